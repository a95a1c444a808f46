//! What goes live, waits or is refused.

use crate::candidate::{Candidate, connector, skill};
use crate::signer::Signer;
use jiff::Timestamp;
use usher_host::{Before, Decision, Digest, Live, PermissionSheet, Signed, TrustPolicy};
use usher_manifest::PluginId;

const ORDERS: &str = "usher:tools/orders.get";
const RECENT: &str = "usher:tools/orders.recent";
const CANCEL: &str = "usher:tools/order-actions.cancel";

fn policy(unattended: &str) -> TrustPolicy {
    let keys = |number| Signer::new(number).public();
    let text = format!(
        "[[publisher]]\nname = \"local\"\nplugins = [\"*\"]\nkeys = [\"{}\"]\nunattended = \"{unattended}\"\n\
         [[publisher]]\nname = \"other\"\nplugins = [\"*\"]\nkeys = [\"{}\"]\nunattended = \"{unattended}\"\n",
        keys(1),
        keys(2)
    );
    TrustPolicy::from_toml(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// What a policy says of a candidate that the first publisher signed.
fn decide(unattended: &str, candidate: &Candidate, sequence: u64, before: Before<'_>) -> Decision {
    let policy = policy(unattended);
    let text = Signer::new(1).sign(&candidate.bytes, &candidate.statement(sequence));
    let signed = policy.judge(&candidate.sheet, &candidate.bytes, Some(&text), Timestamp::UNIX_EPOCH);
    policy.decide(&candidate.sheet, &signed.expect("the signature is good"), before)
}

fn live(sheet: &PermissionSheet, by_person: bool) -> Before<'_> {
    Before { live: Some(Live { sheet, publisher: Some("local"), by_person }), ..Before::default() }
}

#[track_caller]
fn goes_live(decision: &Decision) {
    assert!(matches!(decision, Decision::GoesLive { .. }), "{decision:?}");
}

#[track_caller]
fn waits(decision: &Decision, words: &str) {
    assert!(matches!(decision, Decision::Waits { why } if why.contains(words)), "{words}: {decision:?}");
}

#[track_caller]
fn is_refused(decision: &Decision, words: &str) {
    assert!(matches!(decision, Decision::Refused { why } if why.contains(words)), "{words}: {decision:?}");
}

#[test]
fn first_releases_go_live_as_far_as_the_publisher_is_trusted() {
    let (reads, acts) = (skill("a-skill", "1", &[ORDERS]), skill("a-skill", "1", &[CANCEL]));
    let none = Before::default;
    waits(&decide("never", &reads, 1, none()), "nothing of theirs");
    waits(&decide("same-or-less", &reads, 1, none()), "first release");
    goes_live(&decide("reading", &reads, 1, none()));
    waits(&decide("reading", &acts, 1, none()), "it can act");
    waits(&decide("reading", &connector("a-connector", "usher:tools/orders.get", "\"post\""), 1, none()), "it can act");
    goes_live(&decide("all", &reads, 1, none()));
    goes_live(&decide("all", &acts, 1, none()));
}

#[test]
fn updates_go_live_where_they_ask_for_the_same_or_less_of_what_a_person_approved() {
    let before = skill("a-skill", "1", &[ORDERS, RECENT]).sheet;
    let same = skill("a-skill", "2", &[ORDERS, RECENT]);
    let less = skill("a-skill", "2", &[ORDERS]);
    let more = skill("a-skill", "2", &[ORDERS, RECENT, CANCEL]);
    for unattended in ["same-or-less", "reading"] {
        goes_live(&decide(unattended, &same, 2, live(&before, true)));
        goes_live(&decide(unattended, &less, 2, live(&before, true)));
        waits(&decide(unattended, &more, 2, live(&before, true)), "asks for more");
    }
    waits(&decide("never", &less, 2, live(&before, true)), "nothing of theirs");
    goes_live(&decide("all", &more, 2, live(&before, true)));
    // Nobody ever looked at it.
    waits(&decide("same-or-less", &less, 2, live(&before, false)), "no person");
    goes_live(&decide("reading", &less, 2, live(&before, false)));
    let acting = skill("a-skill", "1", &[CANCEL]).sheet;
    waits(&decide("reading", &skill("a-skill", "2", &[CANCEL]), 2, live(&acting, false)), "no person");
    // A widening is a person's matter even where it only reads.
    waits(&decide("reading", &same, 2, live(&less.sheet, true)), "asks for more");
}

#[test]
fn nobody_signed_it() {
    let candidate = skill("a-skill", "1", &[]);
    let unsigned = Signed::default();
    for policy in [TrustPolicy::cautious(), policy("all")] {
        waits(&policy.decide(&candidate.sheet, &unsigned, Before::default()), "no publisher");
    }
    let strict = TrustPolicy::from_toml("[approval]\nunsigned = \"refuse\"").expect("valid");
    is_refused(&strict.decide(&candidate.sheet, &unsigned, Before::default()), "usher build --sign");
    // It takes the place of a signed one only by a person.
    let before = skill("a-skill", "0", &[]).sheet;
    waits(&policy("all").decide(&candidate.sheet, &unsigned, live(&before, true)), "a person decides");
}

#[test]
fn the_policy_may_have_changed_since() {
    let candidate = skill("a-skill", "1", &[]);
    let text = Signer::new(1).sign(&candidate.bytes, &candidate.statement(1));
    let judged = policy("all").judge(&candidate.sheet, &candidate.bytes, Some(&text), Timestamp::UNIX_EPOCH);
    let signed = judged.expect("good");
    let empty = TrustPolicy::from_toml("").expect("valid");
    is_refused(&empty.decide(&candidate.sheet, &signed, Before::default()), "no such publisher");
    let revoking = |what: &str| TrustPolicy::from_toml(&format!("[revoked]\n{what}")).expect("valid");
    let by_digest = revoking(&format!("digests = [\"{}\"]", candidate.sheet.digest));
    let by_key = revoking(&format!("keys = [\"{}\"]", signed.key_ids[0]));
    for policy in [by_digest, by_key] {
        is_refused(&policy.decide(&candidate.sheet, &signed, Before::default()), "revokes it");
    }
}

#[test]
fn a_lower_or_a_used_sequence_is_refused_even_where_all_goes_live() {
    let (live_now, candidate) = (skill("a-skill", "2", &[]), skill("a-skill", "1", &[]));
    let highest = Some((5, live_now.sheet.digest));
    let before = || Before { highest, ..live(&live_now.sheet, true) };
    is_refused(&decide("all", &candidate, 4, before()), "5 was live before");
    is_refused(&decide("all", &candidate, 0, before()), "5 was live before");
    is_refused(&decide("all", &candidate, 5, before()), "have it signed with a higher one");
    goes_live(&decide("all", &candidate, 6, before()));
    // Taken out of service, or rolled back: what was live once still counts.
    is_refused(&decide("all", &candidate, 4, Before { highest, ..Before::default() }), "5 was live before");
    // The same bytes signed again are no other release.
    goes_live(&decide("all", &live_now, 5, before()));
    goes_live(&decide("all", &live_now, 4, before()));
    // A person can't be asked to approve a rollback in disguise either.
    is_refused(&decide("never", &candidate, 4, before()), "roll back");
}

#[test]
fn an_unsigned_older_build_does_not_slip_past_the_sequence() {
    let (live_now, older) = (skill("a-skill", "2", &[]), skill("a-skill", "1", &[]));
    let before = Before { highest: Some((5, live_now.sheet.digest)), ..live(&live_now.sheet, true) };
    waits(&policy("all").decide(&older.sheet, &Signed::default(), before), "a person decides");
}

#[test]
fn an_id_that_is_easily_taken_for_an_installed_one_waits_for_a_person() {
    let installed: Vec<PluginId> =
        ["order-tracking", "general-qa"].iter().map(|id| id.parse().expect("an id")).collect();
    let before = || Before { installed: &installed, ..Before::default() };
    for id in
        ["order-trackin", "order-trackinq", "ordertracking", "order--tracking", "order-track1ng", "odrer-tracking"]
    {
        waits(&decide("all", &skill(id, "1", &[]), 1, before()), "easily taken for `order-tracking`");
    }
    // Whoever reviews it is told, signed or not.
    let unsigned = policy("all").decide(&skill("order-trackin", "1", &[]).sheet, &Signed::default(), before());
    waits(&unsigned, "no publisher of the trust policy signed it, and its id `order-trackin` is easily taken for");
    for id in ["order-tracking", "order-editing", "loop"] {
        goes_live(&decide("all", &skill(id, "1", &[]), 1, before()));
    }
}

#[test]
fn a_plugin_changes_hands_only_by_a_person() {
    let (now, next) = (skill("a-skill", "1", &[]), skill("a-skill", "2", &[]));
    let live = |publisher| Some(Live { sheet: &now.sheet, publisher, by_person: true });
    let before = |publisher| Before { live: live(publisher), ..Before::default() };
    waits(&decide("all", &next, 2, before(Some("other"))), "other signed the release that is live");
    goes_live(&decide("all", &next, 2, before(Some("local"))));
    goes_live(&decide("same-or-less", &next, 2, before(None)));
}

#[test]
fn what_a_reviewer_must_see_first_does_not_go_live_for_only_reading() {
    let mut candidate = skill("a-skill", "1", &[ORDERS]);
    goes_live(&decide("reading", &candidate, 1, Before::default()));
    candidate.sheet.flags.push(usher_host::Flag {
        severity: usher_host::Severity::Danger,
        name: usher_host::FlagName::PersonalDataOut,
        sentence: "It could send that away.".into(),
    });
    waits(&decide("reading", &candidate, 1, Before::default()), "It could send that away.");
}

#[test]
fn reasons_name_the_release_that_took_the_sequence() {
    let candidate = skill("a-skill", "1", &[]);
    let before = Before { highest: Some((7, Digest([0xcd; 32]))), ..Before::default() };
    is_refused(&decide("all", &candidate, 7, before), &Digest([0xcd; 32]).to_string());
}
