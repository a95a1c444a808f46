//! What the store keeps of a turn for good, and what can be erased.

use crate::clerk::{CANCEL, clerk};
use crate::shop::{Shop, typed};
use usher_agent::store::{AuditFilter, AuditLine, Store as _};
use usher_host::{Action, Recording, Subject};

async fn lines(shop: &Shop, conversation: &str) -> Vec<AuditLine> {
    let filter = AuditFilter {
        action: Some(Action::TurnHandled),
        object: Some(conversation.to_owned()),
        ..AuditFilter::default()
    };
    shop.store.audit(filter, 0, 100).await.unwrap()
}

#[tokio::test]
async fn a_question_and_its_yes_are_on_record() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order, the one with the elephants")).await;
    ana.texts(asked.button(true)).await;
    let lines = lines(&shop, &ana.conversation.to_string()).await;
    assert_eq!(lines.len(), 2);
    let subject = shop.store.pseudonym(&Subject::Customer("id:7001".into()));
    for line in &lines {
        assert_eq!(line.subject.as_ref(), Some(&subject));
        assert!(line.readable);
        let detail = line.detail.to_string();
        for said in ["elephants", "#1001", "84.90", "cancelled", "Ana", "7001", "example.net"] {
            assert!(!detail.contains(said), "{said} is in {detail}");
        }
    }
    let [asking, acting] = &lines[..] else { panic!("two turns") };
    assert_eq!(asking.detail["skills"][0]["outcome"], "consent");
    assert_eq!(asking.detail["consent"]["asked"], asked.key());
    assert_eq!(asking.detail["consent"]["function"], "usher:tools/order-actions.cancel");
    assert_eq!(acting.detail["consent"]["answered"], asked.key());
    assert_eq!(
        (&acting.detail["consent"]["answer"], &acting.detail["consent"]["call"]),
        (&"yes".into(), &"done".into())
    );
    let call = &acting.detail["skills"][0]["calls"][0];
    assert_eq!((&call["function"], &call["result"]), (&"usher:tools/order-actions.cancel".into(), &"ok".into()));

    let recordings = shop.store.recordings_of(ana.conversation).await.unwrap();
    let recorded: Vec<Vec<Recording>> = recordings
        .iter()
        .map(|recording| serde_json::from_slice(recording.recording.as_ref().unwrap()).unwrap())
        .collect();
    assert_eq!(recorded[0][0].turn.input, recorded[1][0].turn.input, "the very same was asked again");
    assert_eq!(recorded[0][0].turn.history, recorded[1][0].turn.history);

    assert!(shop.store.erase_subject(&subject, "operator:test").await.unwrap() > 0);
    let gone = shop.store.recordings_of(ana.conversation).await.unwrap();
    assert!(gone.iter().all(|recording| recording.recording.is_none()));
}

#[tokio::test]
async fn uses_are_counted() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let visitor = shop.visitor().await;
    visitor.texts(typed("cancel my order")).await;
    let lines = lines(&shop, &visitor.conversation.to_string()).await;
    let subject = shop.store.pseudonym(&Subject::Session(visitor.session.to_string()));
    assert_eq!(lines[0].subject.as_ref(), Some(&subject));
    let usage = shop.store.plugin_usage(jiff::civil::date(2020, 1, 1)).await.unwrap();
    let [clerk] = &usage[..] else { panic!("{usage:?}") };
    assert_eq!((clerk.plugin.as_str(), clerk.uses, clerk.failures), ("clerk", 1, 0));
    let cancel = &clerk.functions[&"usher:tools/order-actions.cancel".parse().unwrap()];
    assert_eq!((cancel.calls, cancel.denied), (1, 1), "nobody was signed in");
}
