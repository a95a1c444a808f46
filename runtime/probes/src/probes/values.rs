//! Values that the contract doesn't know, and other failures of a plugin's own.

use super::ID;
use crate::fixture::{Fixture, HANDLE, outcome};
use crate::probe::{Probe, Stop};

const VALUES: &str = "values are checked";

pub(crate) fn probes() -> Vec<Probe> {
    let failure = |name, guard, what, words, make| Probe::new(name, guard, what, Stop::Failure(words), make);
    vec![
        failure("bad-text", VALUES, "a text that isn't UTF-8", "utf-8", |_| {
            let body = outcome::reply("(i32.const 512)", "(i32.const 2)");
            Fixture::skill(ID, &[], &[], "(data (i32.const 512) \"\\ff\\fe\")", &body).component()
        }),
        failure("bad-pointer", VALUES, "a text of a gigabyte that isn't there", "out of bounds", |_| {
            let body = outcome::reply("(i32.const 0)", "(i32.const 1073741824)");
            Fixture::skill(ID, &[], &[], "", &body).component()
        }),
        failure("bad-case", VALUES, "an outcome that the contract doesn't have", "discriminant", |_| {
            Fixture::skill(ID, &[], &[], "", "(i32.store8 (i32.const 1024) (i32.const 77)) (i32.const 1024)")
                .component()
        }),
        failure("bad-alignment", VALUES, "an outcome at an odd address", "aligned", |_| {
            Fixture::skill(ID, &[], &[], "", "(i32.const 1025)").component()
        }),
        failure("bad-allocator", VALUES, "an allocator that points outside its memory", "realloc", |_| {
            let module = format!(
                "(module (memory (export \"memory\") 1)
                   (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) (i32.const -8))
                   (func (export \"{HANDLE}\") (param i32) (result i32) {}))",
                outcome::DECLINE
            );
            Fixture { module, ..Fixture::skill(ID, &[], &[], "", "") }.component()
        }),
        failure("trap", "fresh instances", "a skill that gives up", "unreachable", |_| {
            Fixture::skill(ID, &[], &[], "", "(unreachable)").component()
        }),
    ]
}
