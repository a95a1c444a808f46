//! Skills that fail before, while and after they act, and skills that can't be asked.

use crate::clerk::{CANCEL, Step, clerk};
use crate::shop::{Disk, Mode, Shop, texts, typed};
use usher_agent::texts::Language;
use usher_host::Digest;

const DESCRIBE: Step = Step::Describe("Cancel order #1001");

/// B-11: the customer is told what is true.
#[tokio::test]
async fn a_trap_after_the_call_says_that_it_was_done() {
    let steps = [DESCRIBE, Step::Cancel("#1001"), Step::Trap];
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", &steps)).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    let yes = ana.send(asked.button(true)).await;
    assert_eq!(texts(&ana.answers(&yes).await), [Language::English.texts().consent_done]);
    assert_eq!(ana.record(&yes).await["consent"]["call"], "done");
    // No second effect on another try of the same yes.
    assert_eq!(ana.texts(asked.button(true)).await, [Language::English.texts().consent_closed]);
    assert_eq!(shop.orders.calls(), ["#1001"]);
}

#[tokio::test]
async fn a_trap_before_the_call_says_that_nothing_was_done() {
    let steps = [Step::TrapUnlessFound, DESCRIBE, Step::Cancel("#1001")];
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", &steps)).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    shop.knowledge.set(Mode::Unavailable);
    assert_eq!(ana.texts(asked.button(true)).await, [Language::English.texts().consent_not_done]);
    assert!(shop.orders.calls().is_empty());
}

#[tokio::test]
async fn a_skill_that_declines_what_it_asked_about_has_done_nothing() {
    let steps = [Step::DeclineUnlessFound, DESCRIBE, Step::Cancel("#1001")];
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", &steps)).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    shop.knowledge.set(Mode::Unavailable);
    assert_eq!(ana.texts(asked.button(true)).await, [Language::English.texts().consent_not_done]);
    assert!(shop.orders.calls().is_empty());
}

#[tokio::test]
async fn an_end_while_the_call_is_made_says_that_nobody_knows() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    shop.orders.set(Mode::Panics);
    let said = ana.texts(asked.button(true)).await;
    assert!(said[0].starts_with(Language::English.texts().consent_unsure), "{said:?}");
    // The next try at the same goes on under the first one's key.
    shop.orders.set(Mode::Well);
    let second = ana.asked(typed("cancel my order")).await;
    assert_eq!(ana.texts(second.button(true)).await, ["cancelled"]);
    assert_eq!(shop.begun().await[1], (shop.begun().await[1].0.clone(), true));
}

#[tokio::test]
async fn a_kill_in_the_middle_of_the_call_is_an_interruption() {
    let clerk = clerk("clerk", 1, "cancel my order", CANCEL);
    let shop = Shop::open(&clerk).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    shop.orders.set(Mode::Silent);
    let yes = ana.send(asked.button(true)).await;
    shop.orders.called().await;
    let digest = Digest::of(&clerk.component().unwrap());
    shop.host.revoke(&digest, true, "operator:test", "for this test").await.unwrap();
    let said = texts(&ana.answers(&yes).await);
    assert!(said[0].starts_with(Language::English.texts().consent_unsure), "{said:?}");
    let record = ana.record(&yes).await;
    assert_eq!(
        (&record["skills"][0]["outcome"], &record["consent"]["call"]),
        (&"interrupted".into(), &"unknown".into())
    );
}

#[tokio::test]
async fn a_kill_without_a_yes_is_a_failure_like_any_other() {
    let clerk = clerk("clerk", 1, "cancel my order", &[Step::Search]);
    let shop = Shop::open(&clerk).await;
    let ana = shop.customer().await;
    shop.knowledge.set(Mode::Silent);
    let message = ana.send(typed("cancel my order")).await;
    shop.knowledge.called().await;
    let digest = Digest::of(&clerk.component().unwrap());
    shop.host.revoke(&digest, true, "operator:test", "for this test").await.unwrap();
    assert_eq!(texts(&ana.answers(&message).await), [Language::English.texts().failed]);
    assert_eq!(ana.record(&message).await["skills"][0]["outcome"], "interrupted");
}

#[tokio::test]
async fn a_skill_in_quarantine_is_passed_over() {
    let mut disk = Disk::new();
    disk.allowance.traps = 1;
    let shop = disk.start(Some("helper")).await;
    shop.put(&clerk("clerk", 1, "cancel my order", &[Step::Trap])).await;
    let ana = shop.customer().await;
    // The router knows the clerk a moment after it went live.
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while ana.texts(typed("cancel my order")).await != [Language::English.texts().failed] {
        assert!(tokio::time::Instant::now() < deadline, "the clerk was never asked");
    }
    // Nobody else is there: the customer is told whom to ask.
    let alone = ana.send(typed("cancel my order")).await;
    let said = texts(&ana.answers(&alone).await);
    assert!(said[0].starts_with(Language::English.texts().unreachable), "{said:?}");
    let record = ana.record(&alone).await;
    assert_eq!(record["skills"][0]["outcome"], "quarantined");
    assert!(record["unavailable"][0].as_str().unwrap().contains("failed too often"), "{record}");
    // With a fallback, that one answers.
    shop.put(&clerk("helper", 1, "water the plants", &[])).await;
    let with = ana.send(typed("cancel my order")).await;
    assert_eq!(texts(&ana.answers(&with).await), ["cancelled"]);
    let record = ana.record(&with).await;
    let asked: Vec<_> = record["skills"].as_array().unwrap().iter().map(|skill| skill["skill"].clone()).collect();
    assert_eq!(asked, ["clerk", "helper"]);
}
