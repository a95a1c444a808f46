//! Mails as programs write them, each beside the words in it that are new.

use crate::rules;
use std::path::Path;
use usher_channels::Content;
use usher_channels::email::{Envelope, mime};

#[test]
fn what_is_new_in_a_mail_is_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replies");
    let mut mails: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    mails.retain(|path| path.extension().is_some_and(|ending| ending == "eml"));
    mails.sort();
    assert!(mails.len() >= 40, "only {} mails", mails.len());
    let mut wrong = Vec::new();
    for path in mails {
        let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap();
        let mail = mime::read(&std::fs::read(&path).unwrap(), &Envelope::default(), &rules()).unwrap();
        let Content::Text(found) = mail.content else { panic!("{} has no words", path.display()) };
        if found != expected.trim_end_matches('\n') {
            wrong.push(format!("== {}\n{found}\n-- expected\n{expected}", path.file_name().unwrap().display()));
        }
        // Nothing of what is new is lost in the full text.
        let whole = mail.email.unwrap().whole_text;
        for line in expected.lines() {
            assert!(whole.contains(line), "{}: {line:?} is not in {whole:?}", path.display());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
