//! Who signed a component, by a policy: each way in which a signature is refused, with its reason.

use crate::candidate::{Candidate, skill};
use crate::signer::{Signer, shown};
use jiff::Timestamp;
use usher_host::{KeyId, SignatureError, Signed, TrustPolicy};

fn policy(text: &str) -> TrustPolicy {
    TrustPolicy::from_toml(text).unwrap_or_else(|error| panic!("{error}"))
}

/// A publisher with these keys.
fn publisher(name: &str, plugins: &str, signers: &[&Signer], more: &str) -> String {
    let keys: Vec<_> = signers.iter().map(|signer| format!("\"{}\"", signer.public())).collect();
    format!("[[publisher]]\nname = \"{name}\"\nplugins = [{plugins}]\nkeys = [{}]\n{more}\n", keys.join(", "))
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("a time")
}

fn id(signer: &Signer) -> KeyId {
    KeyId::parse(&shown(signer.id)).expect("an id")
}

fn judge(policy: &TrustPolicy, candidate: &Candidate, signature: &str) -> Result<Signed, SignatureError> {
    policy.judge(&candidate.sheet, &candidate.bytes, Some(signature), now())
}

#[test]
fn a_publishers_signature_counts() {
    let (signer, candidate) = (Signer::new(1), skill("order-tracking", "1", &[]));
    let policy = policy(&publisher("local", "\"*\"", &[&signer], ""));
    let signed = judge(&policy, &candidate, &signer.sign(&candidate.bytes, &candidate.statement(7))).expect("good");
    assert_eq!(signed.publisher.as_deref(), Some("local"));
    assert_eq!((signed.key_ids, signed.sequence), (vec![shown(signer.id)], Some(7)));
    let unsigned = policy.judge(&candidate.sheet, &candidate.bytes, None, now()).expect("having none is no fault");
    assert_eq!(unsigned, Signed::default());
}

#[test]
fn without_publishers_no_signature_says_anything() {
    let (signer, candidate) = (Signer::new(1), skill("order-tracking", "1", &[]));
    let text = signer.sign(&candidate.bytes, &candidate.statement(7));
    let policy = TrustPolicy::cautious();
    assert_eq!(judge(&policy, &candidate, &text).expect("it can't be checked"), Signed::default());
    assert!(matches!(judge(&policy, &candidate, "junk"), Err(SignatureError::Malformed(_))));
}

#[test]
fn the_wrong_key_is_refused() {
    let (signer, other) = (Signer::new(1), Signer::new(2));
    let candidate = skill("order-tracking", "1", &[]);
    let policy = policy(&publisher("local", "\"*\"", &[&signer], ""));
    let error = judge(&policy, &candidate, &other.sign(&candidate.bytes, &candidate.statement(1))).expect_err("wrong");
    assert_eq!(error, SignatureError::UnknownKey(vec![id(&other)]));
    let forged = Signer { id: signer.id, ..other }.sign(&candidate.bytes, &candidate.statement(1));
    let error = judge(&policy, &candidate, &forged).expect_err("it bears the id of a known key");
    assert_eq!(error, SignatureError::NotGenuine(id(&signer)));
}

#[test]
fn a_key_is_good_for_its_publishers_plugins_only() {
    let signer = Signer::new(1);
    let policy = policy(&publisher("Acme", "\"acme/*\", \"acme-*\", \"loop\"", &[&signer], ""));
    for (plugin, covered) in [
        ("acme/orders", true),
        ("acme-orders", true),
        ("loop", true),
        ("loops", false),
        ("shop/orders", false),
        ("order-tracking", false),
        // A prefix ends at a publisher's name.
        ("acme-evil/orders", false),
    ] {
        let candidate = skill(plugin, "1", &[]);
        match judge(&policy, &candidate, &signer.sign(&candidate.bytes, &candidate.statement(1))) {
            Ok(_) => assert!(covered, "{plugin}"),
            Err(error) => {
                assert!(!covered && matches!(error, SignatureError::NotTheirs { .. }), "{plugin}: {error:?}");
                let error = error.to_string();
                assert!(error.contains("Acme") && error.contains("acme/*, acme-*, loop"), "{error}");
            }
        }
    }
}

#[test]
fn revoked_keys_and_digests_are_refused() {
    let signer = Signer::new(1);
    let candidate = skill("order-tracking", "1", &[]);
    let text = signer.sign(&candidate.bytes, &candidate.statement(1));
    let trusted = publisher("local", "\"*\"", &[&signer], "");
    let plain = format!("ed25519:{}", hex::encode(signer.key.verifying_key().as_bytes()));
    for revoked in [shown(signer.id), shown(signer.id).to_lowercase(), signer.public(), plain] {
        let policy = policy(&format!("{trusted}[revoked]\nkeys = [\"{revoked}\"]"));
        let error = judge(&policy, &candidate, &text).expect_err("the key is revoked");
        assert_eq!(error, SignatureError::RevokedKey(id(&signer)), "{revoked}");
        let ids = [shown(signer.id)];
        assert!(policy.revokes_release(&candidate.sheet.digest, &ids), "what it signed before is revoked too");
        assert!(!policy.revokes_release(&candidate.sheet.digest, &[shown([9; 8])]));
    }
    let policy = policy(&format!("{trusted}[revoked]\ndigests = [\"{}\"]", candidate.sheet.digest));
    for signature in [Some(text.as_str()), None] {
        let error = policy.judge(&candidate.sheet, &candidate.bytes, signature, now()).expect_err("it is revoked");
        assert_eq!(error, SignatureError::RevokedDigest(candidate.sheet.digest));
    }
    assert!(policy.revokes_release(&candidate.sheet.digest, &[]));
    let another = skill("order-tracking", "2", &[]);
    judge(&policy, &another, &signer.sign(&another.bytes, &another.statement(2))).expect("another build is not");
}

#[test]
fn a_threshold_counts_different_keys() {
    let (one, two, three) = (Signer::new(1), Signer::new(2), Signer::new(3));
    let candidate = skill("order-tracking", "1", &[]);
    let policy = policy(&publisher("ours", "\"*\"", &[&one, &two], "threshold = 2"));
    let sign = |signer: &Signer| signer.sign(&candidate.bytes, &candidate.statement(1));
    let too_few = SignatureError::Threshold { publisher: "ours".into(), have: 1, need: 2 };
    assert_eq!(judge(&policy, &candidate, &sign(&one)), Err(too_few.clone()));
    assert_eq!(judge(&policy, &candidate, &sign(&one).repeat(2)), Err(too_few.clone()), "one key twice is one key");
    let with_stranger = [sign(&one), sign(&three)].concat();
    assert_eq!(judge(&policy, &candidate, &with_stranger), Err(too_few), "a stranger's key doesn't count");
    let signed = judge(&policy, &candidate, &[sign(&three), sign(&two), sign(&one)].concat()).expect("two of them");
    assert_eq!(signed.key_ids, [shown(two.id), shown(one.id)]);

    let spoilt = one.sign(&candidate.bytes, &candidate.statement(1)).replace("sequence=1", "sequence=2");
    let error = judge(&policy, &candidate, &[sign(&two), spoilt].concat()).expect_err("one of them is spoilt");
    assert_eq!(error, SignatureError::ChangedComment(id(&one)));
    let of_another = one.sign(&candidate.bytes, &candidate.statement(2));
    let error = judge(&policy, &candidate, &[sign(&two), of_another].concat()).expect_err("they disagree");
    assert!(matches!(error, SignatureError::Disagree { .. }), "{error:?}");
}

#[test]
fn two_ids_of_one_key_do_not_meet_a_threshold() {
    let (one, two) = (Signer::new(1), Signer::new(2));
    let again = Signer { id: [9; 8], key: one.key.clone() };
    let candidate = skill("order-tracking", "1", &[]);
    // Two publishers know the same key by two ids; the second asks for two different keys.
    let policy = policy(
        &[publisher("first", "\"other\"", &[&again], ""), publisher("second", "\"*\"", &[&one, &two], "threshold = 2")]
            .concat(),
    );
    let sign = |signer: &Signer| signer.sign(&candidate.bytes, &candidate.statement(1));
    let error = judge(&policy, &candidate, &[sign(&one), sign(&again)].concat()).expect_err("it is one key");
    assert_eq!(error, SignatureError::Threshold { publisher: "second".into(), have: 1, need: 2 });
}

#[test]
fn what_was_signed_must_be_this_release() {
    let signer = Signer::new(1);
    let policy = policy(&publisher("local", "\"*\"", &[&signer], ""));
    let (candidate, other) = (skill("order-tracking", "1", &[]), skill("order-editing", "1", &[]));
    let sign = |comment: &str| signer.sign(&candidate.bytes, comment);

    let error = judge(&policy, &candidate, &signer.sign(&other.bytes, &other.statement(1))).expect_err("other bytes");
    assert!(matches!(error, SignatureError::OtherFile { .. }), "{error:?}");
    let comment = candidate.statement(1);
    let error = judge(&policy, &candidate, &sign(&comment.replace("tracking", "editing"))).expect_err("another plugin");
    assert!(matches!(error, SignatureError::OtherPlugin { .. }), "{error:?}");
    let error = judge(&policy, &candidate, &sign(&comment.replace("1.2.0", "1.2.1"))).expect_err("another version");
    assert!(matches!(error, SignatureError::OtherVersion { .. }), "{error:?}");
    // The sheet is of other bytes than those that are signed.
    let mixed = Candidate { bytes: candidate.bytes.clone(), sheet: skill("order-tracking", "2", &[]).sheet };
    let error = judge(&policy, &mixed, &sign(&comment)).expect_err("the sheet isn't of these bytes");
    assert!(matches!(error, SignatureError::OtherFile { .. }), "{error:?}");
}

#[test]
fn a_signature_ends_at_its_time() {
    let signer = Signer::new(1);
    let policy = policy(&publisher("local", "\"*\"", &[&signer], ""));
    let candidate = skill("order-tracking", "1", &[]);
    let text = |time: &str| signer.sign(&candidate.bytes, &format!("{} expires={time}", candidate.statement(1)));
    judge(&policy, &candidate, &text("2026-11-22T12:00:01Z")).expect("a second is left");
    for time in ["2026-11-22T12:00:00Z", "2020-01-01T00:00:00Z"] {
        let error = judge(&policy, &candidate, &text(time)).expect_err("its time is over");
        assert_eq!(error, SignatureError::Expired(time.parse().expect("a time")));
    }
}

#[test]
fn of_several_publishers_the_first_that_may_sign_it_counts() {
    let (one, two) = (Signer::new(1), Signer::new(2));
    let candidate = skill("acme/orders", "1", &[]);
    let policy = policy(
        &[
            publisher("shop", "\"shop/*\"", &[&one], ""),
            publisher("both", "\"*\"", &[&one, &two], "threshold = 2"),
            publisher("acme", "\"acme/*\"", &[&one], ""),
        ]
        .concat(),
    );
    let signed = judge(&policy, &candidate, &one.sign(&candidate.bytes, &candidate.statement(1))).expect("acme's");
    assert_eq!(signed.publisher.as_deref(), Some("acme"));
}
