//! What operators decide about skills and the hub, and the skills that they ask for.

use crate::conformance::scene::{answer, conversation, entry, holds, lines, minutes, now, say, skill, there};
use crate::conformance::{Engine, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use usher_agent::skills::{Hub, SkillRequest, SkillSetup, Switch};
use usher_agent::store::FinishedTurn;
use usher_host::{Action, Entry};
use usher_manifest::Channel;

fn why(action: Action, object: &str) -> Entry {
    entry("operator:ada", action, object)
}

fn setup(id: &str, switch: Switch) -> Outcome<SkillSetup> {
    Ok(SkillSetup { updated_at: now(), ..SkillSetup::new(skill(id)?, switch) })
}

fn request(id: &str) -> Outcome<SkillRequest> {
    Ok(SkillRequest {
        id: skill(id)?,
        name: "Gift \u{1F381}".to_owned(),
        description: "Cards: buying, \"using\".".to_owned(),
        examples: BTreeMap::from([("en".to_owned(), vec!["do you sell gift cards?".to_owned()])]),
        requested_by: "ada".to_owned(),
        requested_at: now(),
        delivered_at: None,
    })
}

pub async fn what_is_decided_about_skills_is_kept(engine: &dyn Engine) -> Outcome {
    let (first, second) = (setup("acme/returns", Switch::Paused)?, setup("orders", Switch::PreviewOnly)?);
    let changed = SkillSetup {
        switch: Switch::On,
        channels: Some(BTreeSet::from([Channel::Webchat, Channel::Email])),
        settings: BTreeMap::from([("answer-with".to_owned(), "link \u{1F517}".to_owned())]),
        ..first.clone()
    };
    {
        let store = engine.open().await?;
        assert_eq!(store.skill_setups().await?, []);
        store.put_skill_setups(vec![second.clone(), first.clone()], why(Action::SkillSwitched, "orders")).await?;
        assert_eq!(store.skill_setups().await?, [first, second.clone()]);
        store.put_skill_setups(vec![changed.clone()], why(Action::SkillSettingsChanged, "acme/returns")).await?;
    }
    let store = engine.open().await?;
    assert_eq!(store.skill_setups().await?, [changed, second]);
    Ok(())
}

pub async fn new_skills_begin_as_decided(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    assert_eq!(store.new_skills().await?, Switch::On);
    let present = setup("orders", Switch::On)?;
    let entry = why(Action::NewSkillsSwitched, "skills");
    store.put_new_skills(Switch::PreviewOnly, vec![present.clone()], entry.clone()).await?;
    assert_eq!((store.new_skills().await?, store.skill_setups().await?), (Switch::PreviewOnly, vec![present.clone()]));
    store.put_new_skills(Switch::On, Vec::new(), entry).await?;
    assert_eq!((store.new_skills().await?, store.skill_setups().await?), (Switch::On, vec![present]));
    Ok(())
}

pub async fn the_hub_is_kept(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    assert_eq!(store.hub().await?, None);
    let on =
        Hub { on: true, addresses: BTreeMap::from([("orders".to_owned(), "https://shop.example/account".to_owned())]) };
    store.put_hub(on.clone(), why(Action::HubSwitched, "hub")).await?;
    assert_eq!(store.hub().await?, Some(on));
    store.put_hub(Hub::default(), why(Action::HubSwitched, "hub")).await?;
    assert_eq!(store.hub().await?, Some(Hub::default()));
    Ok(())
}

pub async fn requests_are_put_changed_and_taken_back(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    assert_eq!(store.skill_requests().await?, []);
    let (first, second) = (request("gift-cards")?, request("acme/repairs")?);
    store.put_skill_request(first.clone(), why(Action::SkillRequested, "gift-cards")).await?;
    store.put_skill_request(second.clone(), why(Action::SkillRequested, "acme/repairs")).await?;
    assert_eq!(store.skill_requests().await?, [second.clone(), first.clone()]);
    let delivered = SkillRequest { delivered_at: Some(minutes(1)), ..first };
    store.put_skill_request(delivered.clone(), why(Action::SkillRequestDelivered, "gift-cards")).await?;
    let gone = || why(Action::SkillRequestWithdrawn, "acme/repairs");
    assert!(store.remove_skill_request(&second.id, gone()).await?);
    assert!(!store.remove_skill_request(&second.id, gone()).await?);
    assert_eq!(store.skill_requests().await?, [delivered]);
    Ok(())
}

pub async fn every_decision_leaves_its_line(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = skill("orders")?;
    store.put_skill_setups(vec![setup("orders", Switch::Paused)?], why(Action::SkillSwitched, "orders")).await?;
    store.put_new_skills(Switch::PreviewOnly, Vec::new(), why(Action::NewSkillsSwitched, "skills")).await?;
    store.put_hub(Hub::default(), why(Action::HubSwitched, "hub")).await?;
    store.put_skill_request(request("orders")?, why(Action::SkillRequested, "orders")).await?;
    assert!(store.remove_skill_request(&id, why(Action::SkillRequestWithdrawn, "orders")).await?);
    // Nothing was there, so nothing was decided.
    assert!(!store.remove_skill_request(&id, why(Action::SkillRequestWithdrawn, "orders")).await?);
    let kept: Vec<_> = lines(&*store).await?.into_iter().map(|line| (line.action, line.actor, line.object)).collect();
    let expected = [
        (Action::SkillSwitched, "orders"),
        (Action::NewSkillsSwitched, "skills"),
        (Action::HubSwitched, "hub"),
        (Action::SkillRequested, "orders"),
        (Action::SkillRequestWithdrawn, "orders"),
    ];
    let expected = expected.map(|(action, object)| (action, "operator:ada".to_owned(), object.to_owned()));
    assert_eq!(kept, expected);
    holds(&*store).await?;
    Ok(())
}

pub async fn demand_is_counted_by_skill_and_time(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    for (count, wanted) in [(2, Some("loyalty")), (1, Some("acme/subscriptions")), (3, None)] {
        for number in 0..count {
            let id = conversation(&*store).await?;
            say(&*store, id, &format!("{number}")).await?;
            let claimed = there(store.begin_turn(id).await?, "the turn")?;
            let record = match wanted {
                Some(skill) => serde_json::json!({ "wanted": { "skill": skill, "state": "unavailable" } }),
                None => serde_json::json!({ "wanted": null }),
            };
            let turn = answer(&claimed.message);
            store.finish_turn(FinishedTurn { record, ..turn }).await?;
        }
    }
    let expected = BTreeMap::from([(skill("loyalty")?, 2), (skill("acme/subscriptions")?, 1)]);
    assert_eq!(store.skill_demand(minutes(-5)).await?, expected);
    assert_eq!(store.skill_demand(minutes(5)).await?, BTreeMap::new());
    Ok(())
}
