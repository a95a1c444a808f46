//! The reading process, as the product's own binary has it; for one test, a process that tries what it mustn't do.

use std::io::Read as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.as_slice() {
        [what, address] if what == "try-to-escape" => escape(address),
        args => usher_documents::read_main(args),
    }
}

fn escape(address: &str) -> ExitCode {
    let confinement = usher_host::Confinement { seconds: 5, memory_bytes: 512 << 20, descriptors: 0 };
    if usher_host::confine(confinement).is_err() {
        return ExitCode::FAILURE;
    }
    // What is open stays usable.
    let mut input = String::new();
    if std::io::stdin().read_to_string(&mut input).is_err() || input != "go" {
        return ExitCode::FAILURE;
    }
    let told = |what: &str, worked: bool| println!("{}{what}", if worked { "a " } else { "no " });
    told("socket", std::net::TcpStream::connect(address).is_ok());
    told("file", std::fs::File::open("/proc/self/status").is_ok());
    ExitCode::SUCCESS
}
