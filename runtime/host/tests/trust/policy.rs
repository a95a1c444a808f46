//! The policy's file: defaults, and what it says of mistakes.

use crate::candidate::{connector, skill};
use crate::signer::Signer;
use std::os::unix::fs::PermissionsExt as _;
use usher_host::{ApprovalRule, PolicyError, TrustPolicy, Unsigned};

#[test]
fn what_is_left_out_is_cautious() {
    let empty = TrustPolicy::from_toml("").expect("nothing is needed");
    assert_eq!(empty.sequence(), 1);
    let expected = ApprovalRule { reading: 1, acting: 1, proposer_may_approve: true, unsigned: Unsigned::Wait };
    assert_eq!(empty.approval(), expected);
    assert_eq!(TrustPolicy::cautious().approval(), expected);
    assert_eq!(TrustPolicy::cautious().sequence(), 0, "a policy that was in force isn't replaced by having none");
}

#[test]
fn a_full_policy_is_read() {
    let (one, two) = (Signer::new(1), Signer::new(2));
    let policy = format!(
        "sequence = 7
         [[publisher]]
         name = \"Our shop\"
         plugins = [\"order-tracking\", \"our/*\", \"gift-*\"]
         keys = [\"{}\", \"ed25519:{}\"]
         threshold = 2
         unattended = \"same-or-less\"
         [approval]
         reading = 2
         acting = 3
         proposer-may-approve = false
         unsigned = \"refuse\"
         [revoked]
         digests = [\"sha256:{}\"]
         keys = [\"{}\", \"7A57A1802AEEB15A\"]",
        one.public(),
        hex::encode(two.key.verifying_key().as_bytes()),
        "00".repeat(32),
        Signer::new(3).public(),
    );
    let policy = TrustPolicy::from_toml(&policy).expect("valid");
    assert_eq!(policy.sequence(), 7);
    let expected = ApprovalRule { reading: 2, acting: 3, proposer_may_approve: false, unsigned: Unsigned::Refuse };
    assert_eq!(policy.approval(), expected);
}

#[test]
fn mistakes_are_named_with_the_way_out() {
    let key = Signer::new(1).public();
    let plain = format!("ed25519:{}", hex::encode(Signer::new(1).key.verifying_key().as_bytes()));
    let publisher = |fields: &str| format!("[[publisher]]\nname = \"acme\"\n{fields}");
    let good = format!("plugins = [\"acme/*\"]\nkeys = [\"{key}\"]\n");
    TrustPolicy::from_toml(&publisher(&good)).expect("the untouched one is good");
    let with_key = |key: &str| publisher(&format!("plugins = [\"*\"]\nkeys = [{key}]\n"));
    for (text, words) in [
        ("sequence = -1".into(), vec!["sequence"]),
        ("publishers = []".into(), vec!["publishers", "`publisher`"]),
        ("[approval]\nproposer_may_approve = true".into(), vec!["proposer_may_approve", "`proposer-may-approve`"]),
        ("[approval]\nunsigned = \"allow\"".into(), vec!["allow", "wait", "refuse"]),
        ("[approval]\nacting = 0".into(), vec!["approval.acting", "at least one person"]),
        ("[approval]\nreading = 0".into(), vec!["approval.reading", "at least one person"]),
        ("[revoked]\ndigests = [\"sha256:12\"]".into(), vec!["revoked.digests", "64 hexadecimal digits"]),
        ("[revoked]\nkeys = [\"1234\"]".into(), vec!["revoked.keys", "16 hexadecimal digits"]),
        (publisher(&format!("plugins = [\"*\"]\nkey = \"{key}\"")), vec!["`key`", "`keys`"]),
        (publisher(&format!("keys = [\"{key}\"]")), vec!["missing", "plugins"]),
        (publisher("plugins = [\"*\"]"), vec!["missing", "keys"]),
        (publisher(&format!("{good}unattended = \"always\"")), vec!["always", "same-or-less"]),
        (publisher(&format!("{good}threshold = 0")), vec!["acme", "threshold", "1 or more"]),
        (publisher(&format!("{good}threshold = 2")), vec!["acme", "threshold", "there are 1 keys"]),
        (publisher(&good).repeat(2), vec!["acme", "two of this name"]),
        (publisher(&good).replace("acme\"", "ac\\u001bme\""), vec!["name", "letters"]),
        (publisher(&format!("plugins = []\nkeys = [\"{key}\"]")), vec!["`plugins` is empty", "acme/*"]),
        (publisher(&format!("plugins = [\"Acme\"]\nkeys = [\"{key}\"]")), vec!["\"Acme\" is not an id", "prefix"]),
        (publisher(&format!("plugins = [\"a*me\"]\nkeys = [\"{key}\"]")), vec!["a*me"]),
        (publisher(&format!("plugins = [\"**\"]\nkeys = [\"{key}\"]")), vec!["\"**\"", "one `*`"]),
        (publisher(&format!("plugins = [\"a/b/*\"]\nkeys = [\"{key}\"]")), vec!["a/b/*"]),
        (with_key("\"RWQ\""), vec!["acme", "RWQ", "56 characters"]),
        (with_key(&format!("\"{key}\", \"{plain}\"")), vec!["twice", "counts once"]),
        (with_key(&format!("\"ed25519:01{}\"", "00".repeat(31))), vec!["small order"]),
    ] {
        let error = TrustPolicy::from_toml(&text).expect_err(&text).to_string();
        for word in words {
            assert!(error.contains(word), "{word:?} is not in: {error}");
        }
        assert!(!error.contains('\u{1b}'), "{error:?}");
    }
}

#[test]
fn a_policy_that_others_can_change_is_not_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("trust.toml");
    std::fs::write(&path, "sequence = 3").expect("written");
    for (mode, readable) in [(0o600, true), (0o644, true), (0o664, false), (0o646, false)] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
        match TrustPolicy::read(&path) {
            Ok(policy) => assert!(readable && policy.sequence() == 3, "{mode:o}"),
            Err(error) => {
                assert!(!readable && matches!(error, PolicyError::Writable { .. }), "{mode:o}: {error}");
                assert!(error.to_string().contains("chmod go-w"), "{error}");
            }
        }
    }
    assert!(matches!(TrustPolicy::read(&folder.path().join("nothing")), Err(PolicyError::Io { .. })));
}

#[test]
fn the_number_of_persons_goes_by_what_the_plugin_can_do() {
    let policy = TrustPolicy::from_toml("[approval]\nreading = 1\nacting = 2").expect("valid");
    let needed = |candidate: &crate::candidate::Candidate| policy.approvals_needed(&candidate.sheet);
    assert_eq!(needed(&skill("a-skill", "1", &["usher:tools/orders.get"])), 1);
    assert_eq!(needed(&skill("a-skill", "1", &["usher:tools/order-actions.cancel"])), 2);
    // Nobody listed it, so nobody knows that it only reads.
    assert_eq!(needed(&skill("a-skill", "1", &["acme:things/gadgets.look"])), 2);
    assert_eq!(needed(&connector("a-connector", "usher:tools/orders.get", "\"get\"")), 1);
    assert_eq!(needed(&connector("a-connector", "usher:tools/orders.get", "\"get\", \"post\"")), 2);
    assert_eq!(needed(&connector("a-connector", "usher:tools/order-actions.cancel", "\"get\"")), 2);
}

#[test]
fn approvals_are_counted_by_person() {
    let reads = skill("a-skill", "1", &["usher:tools/orders.get"]).sheet;
    let acts = skill("a-skill", "1", &["usher:tools/order-actions.cancel"]).sheet;
    let lax = TrustPolicy::from_toml("[approval]\nacting = 2").expect("valid");
    assert_eq!(lax.lacking(&reads, "ann", &["ann"]), None);
    assert!(lax.lacking(&reads, "ann", &[]).is_some());
    assert_eq!(lax.lacking(&acts, "ann", &["ann", "ben"]), None);
    let lacking = lax.lacking(&acts, "ann", &["ben", "ben"]).expect("one person twice is one person");
    assert!(lacking.contains("needs 2 different persons' approvals, and it has 1"), "{lacking}");

    let strict = TrustPolicy::from_toml("[approval]\nacting = 2\nproposer-may-approve = false").expect("valid");
    let lacking = strict.lacking(&reads, "ann", &["ann"]).expect("the proposer alone is not enough");
    assert!(lacking.contains("another person"), "{lacking}");
    assert_eq!(strict.lacking(&reads, "ann", &["ben"]), None);
    assert_eq!(strict.lacking(&acts, "ann", &["ann", "ben"]), None);
}
