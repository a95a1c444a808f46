//! The format, and each way in which one signature doesn't count.

use crate::candidate::{Candidate, skill};
use crate::signer::{Parts, Signer, public, shown};
use curve25519_dalek::Scalar;
use curve25519_dalek::constants::EIGHT_TORSION;
use ed25519_dalek::Verifier as _;
use sha2::{Digest as _, Sha512};
use usher_host::{Digest, KeyError, KeyId, PublicKey, Signature, SignatureError, Statement};

/// Made by minisign 0.11: `minisign -G -W`, then `minisign -S` with `-t` and, for the second, `-l`.
const MINISIGN_KEY: &str = "untrusted comment: minisign public key 7A57A1802AEEB15A
RWRase4qgKFXekbQFrCcDJMGTwqKbCinwYuMJ6ZxJoOdZAkl2aRpfKPG
";
const MINISIGN_FILE: &[u8] = b"usher test vector\n";
const MINISIGN_PREHASHED: &str = "untrusted comment: signature from minisign secret key
RURase4qgKFXetPqgmkTmvzBukIN0kOZlHn54bTZHCROGBiybtluIHns5RX+j7B3z7/wjjiRfsZmnwPWgciEoEjnrdzkTI0yowk=
trusted comment: usher plugin=order-tracking version=1.2.0 sequence=7 sha256=a3aa4a44600804c44214c0a1dfe6faa568ccbf349a7aba182615d2bc953dfd65
PawPM9RX9p8CycIdf40ebAbM8INdZ+dLz6ktfLr0i4VPWPE7o6RnNg3qbBJCQQPkn723Tmcw8S9LXZakZH1ZAg==
";
const MINISIGN_LEGACY: &str = "untrusted comment: signature from minisign secret key
RWRase4qgKFXell+soENnDuqrVvYsUsOMzX5oaJ7kE3XSIE7MXVdmiFZggei0QOL9S7O/9LXNmvNhAdZThlf5xcpy09dSeY6/A8=
trusted comment: usher plugin=order-tracking version=1.2.0 sequence=7 sha256=a3aa4a44600804c44214c0a1dfe6faa568ccbf349a7aba182615d2bc953dfd65
zErgQk2/YgLzfM2wlip8nAZaeawlyx8LuOGXVS2tZeGEZHF0kliWBpPr/w/lvLedAKANpg18t/9Cw8XSft2QAg==
";
/// The same file signed with the comment that minisign writes when it is given none.
const MINISIGN_PLAIN: &str = "untrusted comment: signature from minisign secret key
RURase4qgKFXetPqgmkTmvzBukIN0kOZlHn54bTZHCROGBiybtluIHns5RX+j7B3z7/wjjiRfsZmnwPWgciEoEjnrdzkTI0yowk=
trusted comment: timestamp:1795316072\tfile:v.bin\thashed
v/6RQ7csKQnRTArtzCDEAguKM6OfRniwVFWAW/3R8NGHAzzcWQRhjN7Vb8Vj3jxZZfYm9b9oFxzKprPbY0lhBw==
";

fn key(text: &str) -> PublicKey {
    PublicKey::parse(text).expect("a public key")
}

fn verify(text: &str, signer: &Signer, bytes: &[u8]) -> Result<Statement, SignatureError> {
    Signature::parse(text)?.verify(&[key(&signer.public())], bytes)
}

fn id(signer: &Signer) -> KeyId {
    KeyId::parse(&shown(signer.id)).expect("an id")
}

fn release() -> (Signer, Candidate) {
    (Signer::new(1), skill("order-tracking", "1", &[]))
}

#[test]
fn what_minisign_signed_is_accepted_in_both_of_its_forms() {
    let key = key(MINISIGN_KEY);
    assert_eq!(key.id().to_string(), "7A57A1802AEEB15A");
    for text in [MINISIGN_PREHASHED, MINISIGN_LEGACY] {
        let statement =
            Signature::parse(text).expect("its form is good").verify(std::slice::from_ref(&key), MINISIGN_FILE);
        let statement = statement.expect("it is genuine");
        assert_eq!(statement.plugin.as_str(), "order-tracking");
        assert_eq!((statement.version.as_str(), statement.sequence, statement.expires), ("1.2.0", 7, None));
        assert_eq!(statement.digest, Digest::of(MINISIGN_FILE));
    }
    assert_eq!(key.to_string(), MINISIGN_KEY.lines().nth(1).expect("the key"));
}

#[test]
fn a_genuine_signature_that_does_not_say_what_it_is_for_is_refused() {
    let signature = Signature::parse(MINISIGN_PLAIN).expect("its form is good");
    let error = signature.verify(&[key(MINISIGN_KEY)], MINISIGN_FILE).expect_err("it names no plugin");
    assert!(matches!(error, SignatureError::Statement(_)), "{error:?}");
    assert!(error.to_string().contains("usher build --sign"), "{error}");
}

#[test]
fn both_spellings_of_a_key_are_the_same_key() {
    let signer = Signer::new(1);
    let raw = signer.key.verifying_key();
    let plain = key(&format!("ed25519:{}", hex::encode(raw.as_bytes())));
    assert!(plain.is_same_key(&key(&signer.public())));
    // A plain key goes by the first eight bytes of its SHA-256.
    let digest = Digest::of(raw.as_bytes()).0;
    let derived: [u8; 8] = digest[..8].try_into().expect("eight");
    assert_eq!(plain.id().to_string(), shown(derived));
    let (derived, candidate) = (Signer { id: derived, ..signer }, skill("order-tracking", "1", &[]));
    let signature = Signature::parse(&derived.sign(&candidate.bytes, &candidate.statement(1))).expect("its form");
    signature.verify(&[plain], &candidate.bytes).expect("a plain key verifies the same files");
}

#[test]
fn a_signature_of_another_file_says_of_which() {
    let (signer, candidate) = release();
    let text = signer.sign(b"another", &format!("usher plugin=x-y version=1 sequence=1 sha256={}", "ab".repeat(32)));
    let error = verify(&text, &signer, &candidate.bytes).expect_err("it is of another file");
    let expected = SignatureError::OtherFile { signed: Digest([0xab; 32]), found: Digest::of(&candidate.bytes) };
    assert_eq!(error, expected);
}

#[test]
fn a_statement_about_another_digest_is_refused_though_the_bytes_are_signed() {
    let (signer, candidate) = release();
    let statement = format!("usher plugin=order-tracking version=1.2.0 sequence=1 sha256={}", "ab".repeat(32));
    let error = verify(&signer.sign(&candidate.bytes, &statement), &signer, &candidate.bytes).expect_err("refused");
    let expected = SignatureError::OtherDigest { stated: Digest([0xab; 32]), found: Digest::of(&candidate.bytes) };
    assert_eq!(error, expected);
}

#[test]
fn one_changed_bit_anywhere_is_noticed() {
    let (signer, candidate) = release();
    let good = signer.parts(&candidate.bytes, &candidate.statement(7));
    verify(&good.file(), &signer, &candidate.bytes).expect("the untouched one is good");

    for bit in 0..512 {
        let mut parts = good.clone();
        parts.signature[bit / 8] ^= 1 << (bit % 8);
        verify(&parts.file(), &signer, &candidate.bytes).expect_err("a bit of the signature");
        let mut parts = good.clone();
        parts.global[bit / 8] ^= 1 << (bit % 8);
        verify(&parts.file(), &signer, &candidate.bytes).expect_err("a bit of the global signature");
    }
    for place in 0..candidate.bytes.len() {
        let mut bytes = candidate.bytes.clone();
        bytes[place] ^= 1;
        verify(&good.file(), &signer, &bytes).expect_err("a bit of the component");
    }
}

#[test]
fn the_trusted_comment_is_the_publishers_word_alone() {
    let (signer, candidate) = release();
    let good = signer.parts(&candidate.bytes, &candidate.statement(7));
    let changed = Parts { comment: candidate.statement(8), ..good.clone() };
    let error = verify(&changed.file(), &signer, &candidate.bytes).expect_err("the sequence was changed");
    assert_eq!(error, SignatureError::ChangedComment(id(&signer)));

    // The comment of another signature of the same key: its global signature is bound to that other signature.
    let other = signer.legacy_parts(&candidate.bytes, &candidate.statement(8));
    let mixed = Parts { comment: other.comment, global: other.global, ..good };
    let error = verify(&mixed.file(), &signer, &candidate.bytes).expect_err("the comment is of another signature");
    assert_eq!(error, SignatureError::ChangedComment(id(&signer)));
}

#[test]
fn the_forms_can_not_be_taken_for_one_another() {
    let (signer, candidate) = release();
    let prehashed = signer.parts(&candidate.bytes, &candidate.statement(1));
    let relabelled = Parts { algorithm: *b"Ed", ..prehashed };
    let error = verify(&relabelled.file(), &signer, &candidate.bytes).expect_err("it was made in the other form");
    assert_eq!(error, SignatureError::NotGenuine(id(&signer)));
}

#[test]
fn another_key_under_the_same_id_does_not_count() {
    let (signer, candidate) = release();
    let forger = Signer { id: signer.id, ..Signer::new(2) };
    let text = forger.sign(&candidate.bytes, &candidate.statement(1));
    assert_eq!(verify(&text, &signer, &candidate.bytes), Err(SignatureError::NotGenuine(id(&signer))));
    // An id is only a label: where both are known, the one that signed is found.
    let both = [key(&signer.public()), key(&forger.public())];
    Signature::parse(&text).expect("its form").verify(&both, &candidate.bytes).expect("the second key's");
}

#[test]
fn a_key_that_is_not_given_is_unknown() {
    let (signer, candidate) = release();
    let text = signer.sign(&candidate.bytes, &candidate.statement(1));
    assert_eq!(verify(&text, &Signer::new(2), &candidate.bytes), Err(SignatureError::UnknownKey(vec![id(&signer)])));
}

/// S and S + L fit the same equation; a verifier that doesn't ask for the smaller takes both.
#[test]
fn a_malleable_signature_is_refused() {
    let (signer, candidate) = release();
    let good = signer.parts(&candidate.bytes, &candidate.statement(1));
    let mut changed = good.clone();
    add_order(&mut changed.signature);
    changed.global = signer.global(&changed.signature, &changed.comment);
    let error = verify(&changed.file(), &signer, &candidate.bytes).expect_err("S isn't reduced");
    assert_eq!(error, SignatureError::Malleable(id(&signer)));
    let mut changed = good;
    add_order(&mut changed.global);
    let error = verify(&changed.file(), &signer, &candidate.bytes).expect_err("S isn't reduced");
    assert_eq!(error, SignatureError::Malleable(id(&signer)));
}

fn add_order(signature: &mut [u8; 64]) {
    // L = 2^252 + 27742317777372353535851937790883648493
    let mut order = [0; 32];
    order[..16].copy_from_slice(&27_742_317_777_372_353_535_851_937_790_883_648_493_u128.to_le_bytes());
    order[31] = 0x10;
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0, "S + L fits into 256 bits");
}

/// With R of small order the equation still holds for a signer who chooses so: the ordinary verification takes it.
#[test]
fn a_signature_with_a_point_of_small_order_is_refused() {
    let (signer, candidate) = release();
    let mut parts = signer.legacy_parts(&candidate.bytes, &candidate.statement(1));
    let identity = EIGHT_TORSION[0].compress().to_bytes();
    let public = signer.key.verifying_key();
    let hash = Sha512::new().chain_update(identity).chain_update(public.as_bytes()).chain_update(&candidate.bytes);
    let challenge = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    parts.signature[..32].copy_from_slice(&identity);
    parts.signature[32..].copy_from_slice((challenge * signer.key.to_scalar()).as_bytes());
    parts.global = signer.global(&parts.signature, &parts.comment);

    let lax = ed25519_dalek::Signature::from_bytes(&parts.signature);
    public.verify(&candidate.bytes, &lax).expect("the ordinary verification takes it, so this is the case to refuse");
    let error = verify(&parts.file(), &signer, &candidate.bytes).expect_err("R is of small order");
    assert_eq!(error, SignatureError::SmallOrder(id(&signer)));
}

#[test]
fn keys_of_small_order_are_refused_in_both_spellings() {
    for point in EIGHT_TORSION {
        let bytes = point.compress().to_bytes();
        for text in [public([7; 8], &bytes), format!("ed25519:{}", hex::encode(bytes))] {
            let error = PublicKey::parse(&text).expect_err("anyone can sign for it");
            assert!(matches!(error, KeyError::Weak), "{text}: {error}");
        }
    }
}

#[test]
fn what_is_no_public_key_says_so() {
    let secret = format!("ed25519-seed:{}", "11".repeat(32));
    let not_on_the_curve = format!("ed25519:{}", hex::encode([2; 32]));
    for (text, words) in [
        ("", "not the length"),
        ("RWQ", "not a public key"),
        ("RWRase4qgKFXekbQFrCcDJMGTwqKbCinwYuMJ6ZxJoOdZAkl2aRp", "not the length"),
        ("RURase4qgKFXekbQFrCcDJMGTwqKbCinwYuMJ6ZxJoOdZAkl2aRpfKPG", "another kind"),
        ("ed25519:123", "64 hexadecimal digits"),
        (not_on_the_curve.as_str(), "not a point on the curve"),
        (secret.as_str(), "SECRET"),
    ] {
        let error = PublicKey::parse(text).expect_err(text).to_string();
        assert!(error.contains(words) && error.contains("RW"), "{text}: {error}");
        assert!(!error.contains("1111"), "no key is repeated: {error}");
    }
}

#[test]
fn damaged_files_are_refused_with_what_is_wrong() {
    let (signer, candidate) = release();
    let good = signer.sign(&candidate.bytes, &candidate.statement(1));
    let lines: Vec<&str> = good.lines().collect();
    let four = |a: &str, b: &str, c: &str, d: &str| format!("{a}\n{b}\n{c}\n{d}\n");
    let other_algorithm = Parts { algorithm: *b"XX", ..signer.parts(&candidate.bytes, "c") }.file();
    for (text, words) in [
        (String::new(), "empty"),
        ("\n\n".into(), "empty"),
        (lines[..3].join("\n"), "in the middle"),
        (four("comment", lines[1], lines[2], lines[3]), "untrusted comment:"),
        (four(lines[0], lines[1], "comment: x", lines[3]), "trusted comment: "),
        (four(lines[0], &lines[1][4..], lines[2], lines[3]), "base64"),
        (four(lines[0], "?", lines[2], lines[3]), "base64"),
        (four(lines[0], lines[1], lines[2], &lines[3][8..]), "base64"),
        (other_algorithm, "algorithm"),
        (good.repeat(2), "2 signatures"),
        (good.repeat(9), "more than 8"),
        (format!("untrusted comment: {}\n", "x".repeat(70_000)), "bytes"),
    ] {
        let error = Signature::parse(&text).expect_err(words);
        assert!(matches!(error, SignatureError::Malformed(_)), "{error:?}");
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
    assert_eq!(Signature::parse_all(&good.repeat(8)).expect("eight are allowed").len(), 8);
    Signature::parse(&good.replace('\n', "\r\n")).expect("line ends of other systems");
}

#[test]
fn statements_are_read_strictly() {
    let (signer, candidate) = release();
    let good = candidate.statement(1);
    let digest = hex::encode(Digest::of(&candidate.bytes).0);
    for (comment, words) in [
        (String::new(), "begin"),
        (good.replacen("usher", "Usher", 1), "begin"),
        (good.replace(" sequence=1", ""), "`sequence` is missing"),
        (good.replace(" plugin=order-tracking", ""), "`plugin` is missing"),
        (good.replace(" version=1.2.0", ""), "`version` is missing"),
        (good.replace(&format!(" sha256={digest}"), ""), "`sha256` is missing"),
        (format!("{good} sequence=2"), "twice"),
        (format!("{good} min-host=9"), "not known"),
        (format!("{good} word"), "name=value"),
        (good.replace("sequence=1", "sequence=-1"), "can't be read"),
        (good.replace("sequence=1", "sequence=+1"), "can't be read"),
        (good.replace("sequence=1", "sequence=9223372036854775808"), "can't be read"),
        (good.replace("plugin=order-tracking", "plugin=Order_Tracking"), "can't be read"),
        (good.replace("version=1.2.0", "version=1\u{1b}[31m"), "can't be read"),
        (good.replace("sha256=", "sha256=0"), "can't be read"),
        (format!("{good} expires=tomorrow"), "can't be read"),
    ] {
        let text = signer.sign(&candidate.bytes, &comment);
        let error = verify(&text, &signer, &candidate.bytes).expect_err(&comment);
        assert!(matches!(error, SignatureError::Statement(_)), "{comment}: {error:?}");
        let error = error.to_string();
        assert!(error.contains(words) && !error.contains('\u{1b}'), "{comment}: {error}");
    }
    let text = signer.sign(&candidate.bytes, &format!("{good} expires=2030-01-01T00:00:00Z"));
    let statement = verify(&text, &signer, &candidate.bytes).expect("it is complete");
    assert_eq!(statement.expires, Some("2030-01-01T00:00:00Z".parse().expect("a time")));
    assert_eq!(statement.to_string(), format!("{good} expires=2030-01-01T00:00:00Z"));
}
