//! Has the crate built anew where a file of the console came or went: the files are put into the binary by folder.

fn main() {
    println!("cargo::rerun-if-changed=assets/console");
}
