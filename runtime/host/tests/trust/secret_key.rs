//! The secret key's file, and what it signs.

use crate::candidate::skill;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use usher_host::{KeyError, PublicKey, SecretKey, Signature};

fn file(folder: &Path, text: &str, mode: u32) -> std::path::PathBuf {
    let path = folder.join("key");
    std::fs::write(&path, text).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
    path
}

#[test]
fn a_key_is_kept_to_its_owner_and_never_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    let key = SecretKey::generate().expect("made");
    key.write(&path).expect("written");
    let mode = std::fs::metadata(&path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    assert_eq!(SecretKey::read(&path).expect("read").public(), key.public());
    let other = SecretKey::generate().expect("made");
    assert_ne!(other.public(), key.public());
    assert!(matches!(other.write(&path), Err(KeyError::Io { .. })));
    assert_eq!(SecretKey::read(&path).expect("read").public(), key.public());

    let text = std::fs::read_to_string(&path).expect("text");
    let seed = text.lines().find_map(|line| line.strip_prefix("ed25519-seed:")).expect("the seed");
    assert_eq!(seed.len(), 64);
    assert!(!format!("{key:?}").contains(&seed[..8]));
    for mode in [0o640, 0o604, 0o620, 0o777] {
        let path = file(folder.path(), &text, mode);
        let error = SecretKey::read(&path).expect_err("others can use it");
        assert!(matches!(error, KeyError::Readable { .. }), "{mode:o}: {error}");
        let error = error.to_string();
        assert!(error.contains("chmod 600") && !error.contains(seed), "{error}");
    }
}

#[test]
fn what_is_no_secret_key_is_refused_without_repeating_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let seed = format!("ed25519-seed:{}", "5a".repeat(32));
    for (text, words) in [
        (String::new(), "one line"),
        ("5a".repeat(32), "`ed25519-seed:`"),
        (format!("{seed}5a"), "64 hexadecimal digits"),
        (format!("{seed}\n{seed}"), "one line"),
        (format!("untrusted comment: minisign encrypted secret key\n{}", "5a".repeat(32)), "minisign"),
    ] {
        let error = SecretKey::read(&file(folder.path(), &text, 0o600)).expect_err(words).to_string();
        assert!(error.contains(words) && !error.contains("5a5a"), "{words}: {error}");
    }
    assert!(matches!(SecretKey::read(folder.path()), Err(KeyError::NotSecret { .. })));
    assert!(matches!(SecretKey::read(&folder.path().join("nothing")), Err(KeyError::Io { .. })));
}

/// minisign 0.11 accepts exactly this text: `minisign -V -m FILE -P KEY`, with the bytes `usher test vector\n` in FILE.
/// Signing is deterministic, so a change in the format shows here.
#[test]
fn signatures_are_the_text_that_minisign_accepts() {
    let folder = tempfile::tempdir().expect("a folder");
    let seed = format!("# a comment\n\ned25519-seed:{}\n", "5a".repeat(32));
    let key = SecretKey::read(&file(folder.path(), &seed, 0o600)).expect("read");
    let plugin = "order-tracking".parse().expect("an id");
    let text = key.sign(b"usher test vector\n", &plugin, "1.2.0", 7, None);
    assert_eq!(key.public().to_file(), include_str!("accepted.pub"));
    assert_eq!(text, include_str!("accepted.minisig"));
}

#[test]
fn what_it_signs_its_public_key_verifies() {
    let key = SecretKey::generate().expect("made");
    let public = PublicKey::parse(&key.public().to_file()).expect("its file can be read");
    let candidate = skill("acme/order-tracking", "1", &[]);
    let expires = Some("2030-01-01T00:00:00Z".parse().expect("a time"));
    let text = key.sign(&candidate.bytes, &candidate.sheet.plugin, &candidate.sheet.version, 9, expires);
    let statement = Signature::parse(&text).expect("its form").verify(&[public], &candidate.bytes).expect("genuine");
    assert_eq!(statement.to_string(), format!("{} expires=2030-01-01T00:00:00Z", candidate.statement(9)));
}
