//! Questions for skills that can't be asked: recognised, handed over, and answered by nobody else.

use crate::clerk::{CANCEL, Step, clerk};
use crate::shop::{Disk, Shop, Visitor, typed};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use usher_agent::conversation::Body;
use usher_agent::skills::{SkillRequest, SkillSetup, State, Switch};
use usher_agent::store::Store as _;
use usher_agent::texts::{LANGUAGES, Language};
use usher_host::{Action, Entry};
use usher_manifest::{Channel, PluginId};
use usher_probes::Fixture;

const GENERAL: &str = "what are your opening hours";

/// Answers anything: what it says shows that it was asked.
fn general() -> Fixture {
    clerk("general", 1, GENERAL, &[Step::Search])
}

/// A shop with the fallback skill and these.
async fn shop(skills: &[Fixture]) -> Shop {
    let shop = Disk::new().start(Some("general")).await;
    shop.put(&general()).await;
    for skill in skills {
        shop.put(skill).await;
    }
    known(&shop, skills.len() + 1).await;
    shop
}

/// Waits until the router knows so many skills: asking for one and taking it back waits for that.
pub(crate) async fn known(shop: &Shop, skills: usize) {
    assert_eq!(shop.host.generation().skills.len(), skills);
    let id: PluginId = "nothing-at-all".parse().unwrap();
    shop.agent.ask_for_skill(request(id.as_str(), &["zzz"]), note(&id)).await.unwrap();
    assert!(shop.agent.withdraw_skill_request(&id, note(&id)).await.unwrap());
}

fn note(id: &PluginId) -> Entry {
    Entry::new("operator:test", Action::SkillSwitched, id, Value::Null)
}

async fn decide(shop: &Shop, skill: &str, change: impl FnOnce(&mut SkillSetup) + Send) {
    let id: PluginId = skill.parse().unwrap();
    shop.agent.skills().decide(&id, change, note(&id)).await.unwrap();
}

async fn switch(shop: &Shop, skill: &str, switch: Switch) {
    decide(shop, skill, |setup| setup.switch = switch).await;
}

fn request(id: &str, examples: &[&str]) -> SkillRequest {
    SkillRequest {
        id: id.parse().unwrap(),
        name: "Engraving".into(),
        description: "Engraving of lamps.".into(),
        examples: BTreeMap::from([("en".to_owned(), examples.iter().map(ToString::to_string).collect())]),
        requested_by: "test".into(),
        requested_at: Timestamp::now(),
        delivered_at: None,
    }
}

/// Says something, and gives back what was said to it and the record.
async fn say(visitor: &Visitor<'_>, text: &str) -> (Vec<Body>, Value) {
    let message = visitor.send(typed(text)).await;
    let answers = visitor.answers(&message).await;
    (answers.into_iter().map(|answer| answer.body).collect(), visitor.record(&message).await)
}

/// A question for a skill in this state: handed over, and no skill was asked.
async fn is_handed_over(visitor: &Visitor<'_>, text: &str, skill: &str, state: &str) -> Value {
    let (bodies, record) = say(visitor, text).await;
    assert!(matches!(&bodies[..], [Body::Handoff { .. }]), "{bodies:?}");
    assert!(bodies[0].text().starts_with(Language::English.texts().unavailable), "{bodies:?}");
    assert_eq!((&record["handed_off"], &record["skills"]), (&json!("skill_unavailable"), &json!([])), "{record}");
    assert_eq!((&record["wanted"]["skill"], &record["wanted"]["state"]), (&json!(skill), &json!(state)), "{record}");
    assert!(record["handed_off_detail"].as_str().is_some_and(|detail| detail.contains(skill)), "{record}");
    record
}

fn asked(record: &Value) -> Vec<&str> {
    record["skills"].as_array().unwrap().iter().filter_map(|skill| skill["skill"].as_str()).collect()
}

#[tokio::test]
async fn a_skill_that_is_switched_off_is_never_called() {
    let shop = shop(&[clerk("clerk", 1, "cancel my order", CANCEL)]).await;
    let ana = shop.customer().await;
    for (state, name) in [(Switch::Paused, "paused"), (Switch::PreviewOnly, "preview-only")] {
        switch(&shop, "clerk", state).await;
        is_handed_over(&ana, "cancel my order", "clerk", name).await;
    }
    // What nobody meant the clerk for goes on as before.
    let (_, record) = say(&ana, GENERAL).await;
    assert_eq!(asked(&record), ["general"]);
    switch(&shop, "clerk", Switch::On).await;
    ana.asked(typed("cancel my order")).await;
    assert_eq!(shop.orders.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn a_yes_to_a_skill_that_was_paused_since_changes_nothing() {
    let shop = shop(&[clerk("clerk", 1, "cancel my order", CANCEL)]).await;
    let ana = shop.customer().await;
    let card = ana.asked(typed("cancel my order")).await;
    switch(&shop, "clerk", Switch::Paused).await;
    assert_eq!(ana.texts(card.button(true)).await, [Language::English.texts().consent_gone]);
    assert_eq!(shop.orders.calls(), Vec::<String>::new());
}

#[tokio::test]
async fn a_skill_answers_on_its_channels_only() {
    let shop = shop(&[clerk("clerk", 1, "cancel my order", CANCEL)]).await;
    let ana = shop.customer().await;
    decide(&shop, "clerk", |setup| setup.channels = Some(BTreeSet::from([Channel::Email, Channel::Sms]))).await;
    let record = is_handed_over(&ana, "cancel my order", "clerk", "live").await;
    assert_eq!(record["wanted"]["channel"], "webchat");
    // Back to what its author says.
    decide(&shop, "clerk", |setup| setup.channels = None).await;
    ana.asked(typed("cancel my order")).await;
}

#[tokio::test]
async fn a_skill_that_was_asked_for_is_recognised_until_it_is_there() {
    let shop = shop(&[]).await;
    let ana = shop.customer().await;
    let examples = ["can you engrave my lamp", "engraving please", "put my name on it", "do you engrave", "engrave it"];
    let id: PluginId = "engraving".parse().unwrap();
    shop.agent.ask_for_skill(request("engraving", &examples), note(&id)).await.unwrap();
    is_handed_over(&ana, "can you engrave my lamp", "engraving", "coming-soon").await;
    assert_eq!(shop.store.skill_demand(Timestamp::UNIX_EPOCH).await.unwrap(), BTreeMap::from([(id.clone(), 1)]));

    shop.put(&clerk("engraving", 1, "can you engrave my lamp", CANCEL)).await;
    ana.asked(typed("can you engrave my lamp")).await;
    assert_eq!(shop.agent.skills().board().state(&id), Some(State::Live));
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while shop.store.skill_requests().await.unwrap()[0].delivered_at.is_none() {
        assert!(tokio::time::Instant::now() < deadline, "the delivery isn't noted");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }

    // Taken back before it is there, it is nobody's question.
    let other: PluginId = "repairs".parse().unwrap();
    shop.agent.ask_for_skill(request("repairs", &["mend my broken chair"]), note(&other)).await.unwrap();
    is_handed_over(&ana, "mend my broken chair", "repairs", "coming-soon").await;
    assert!(shop.agent.withdraw_skill_request(&other, note(&other)).await.unwrap());
    let (_, record) = say(&ana, "mend my broken chair").await;
    assert_eq!(record["wanted"], Value::Null, "{record}");
}

#[tokio::test]
async fn where_two_fit_and_one_cant_be_asked_nobody_promises_both() {
    let shared = "can you repair it";
    let shop = shop(&[clerk("lamps", 1, shared, CANCEL), clerk("chairs", 2, shared, CANCEL)]).await;
    let ana = shop.customer().await;
    let texts = Language::English.texts();
    let which = say(&ana, shared).await.0;
    assert_eq!(which[0].text(), texts.which, "{which:?}");
    switch(&shop, "lamps", Switch::Paused).await;
    let bea = shop.customer().await;
    let which = say(&bea, shared).await.0;
    assert_eq!(which[0].text(), texts.which_of, "{which:?}");
    let chosen = Body::Choice { label: "lamps".into(), skill: None, value: "lamps".into() };
    let message = bea.send(chosen).await;
    assert!(bea.answers(&message).await[0].body.text().starts_with(texts.unavailable));
    assert_eq!(bea.record(&message).await["wanted"]["skill"], "lamps");
    // With neither there is nothing to choose.
    switch(&shop, "chairs", Switch::Paused).await;
    let cleo = shop.customer().await;
    let (bodies, record) = say(&cleo, shared).await;
    assert!(matches!(&bodies[..], [Body::Handoff { .. }]), "{bodies:?}");
    assert_eq!(asked(&record), Vec::<&str>::new());
}

#[tokio::test]
async fn a_general_question_is_answered_where_the_skill_may_not_be_meant() {
    let steps = &[Step::DeclineUnlessFound, Step::Search];
    let shop = Disk::new().start(Some("general")).await;
    let shared = "can you repair it";
    for skill in [clerk("general", 1, shared, steps), clerk("lamps", 1, shared, CANCEL)] {
        shop.put(&skill).await;
    }
    known(&shop, 2).await;
    switch(&shop, "lamps", Switch::Paused).await;
    // Too close to call, and the general skill knows something: it is asked, and the other isn't.
    let ana = shop.customer().await;
    let (bodies, record) = say(&ana, shared).await;
    assert_eq!(asked(&record), ["general"], "{record}");
    assert!(matches!(&bodies[..], [Body::Reply { .. }]), "{bodies:?}");
    assert_eq!(record["handed_off"], Value::Null);
    // It knows nothing: the question was for the skill that can't be asked.
    shop.knowledge.set(crate::shop::Mode::Unavailable);
    let bea = shop.customer().await;
    let (bodies, record) = say(&bea, shared).await;
    assert!(matches!(&bodies[..], [Body::Handoff { .. }]), "{bodies:?}");
    assert_eq!((&record["handed_off"], &record["wanted"]["skill"]), (&json!("skill_unavailable"), &json!("lamps")));
}

#[tokio::test]
async fn a_general_skill_that_is_paused_is_missed_by_nobody_else() {
    let shop = shop(&[clerk("clerk", 1, "cancel my order", CANCEL)]).await;
    switch(&shop, "general", Switch::Paused).await;
    let ana = shop.customer().await;
    is_handed_over(&ana, GENERAL, "general", "paused").await;
    // Nobody's question: nothing is known that answers it.
    let (_, record) = say(&ana, "what is the capital of Mongolia and why").await;
    assert_eq!((&record["handed_off"], &record["wanted"]), (&json!("missing_knowledge"), &Value::Null), "{record}");
}

#[tokio::test]
async fn skills_that_are_new_begin_in_the_preview_where_the_operator_says_so() {
    let shop = shop(&[clerk("clerk", 1, "cancel my order", CANCEL)]).await;
    let skills = shop.agent.skills();
    skills.decide_new(Switch::PreviewOnly, note(&"skills".parse().unwrap())).await.unwrap();
    shop.put(&clerk("newcomer", 1, "paint my lamp red", CANCEL)).await;
    let state = |id: &str| skills.board().state(&id.parse().unwrap());
    assert_eq!((state("clerk"), state("newcomer")), (Some(State::Live), Some(State::PreviewOnly)));
    switch(&shop, "newcomer", Switch::On).await;
    assert_eq!(state("newcomer"), Some(State::Live));
}

#[tokio::test]
async fn what_was_decided_holds_after_a_restart() {
    let shop = shop(&[clerk("clerk", 1, "cancel my order", CANCEL)]).await;
    switch(&shop, "clerk", Switch::Paused).await;
    let id: PluginId = "engraving".parse().unwrap();
    shop.agent.ask_for_skill(request("engraving", &["engrave my lamp"]), note(&id)).await.unwrap();
    let Shop { disk, store, host, agent, .. } = shop;
    drop((agent, host, store));
    let shop = disk.start(Some("general")).await;
    let board = shop.agent.skills().board();
    let state = |id: &str| board.state(&id.parse().unwrap());
    assert_eq!((state("clerk"), state("engraving")), (Some(State::Paused), Some(State::ComingSoon)));
}

#[test]
fn every_language_has_its_own_honest_words() {
    let words: BTreeSet<&str> = LANGUAGES.iter().map(|language| language.texts().unavailable).collect();
    assert_eq!(words.len(), LANGUAGES.len());
}
