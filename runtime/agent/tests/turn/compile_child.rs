//! The compiling process, as the product's own binary has it.

fn main() -> std::process::ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    usher_host::compile_main(&args)
}
