//! Conversations, found by what was said in them.

use crate::conformance::scene::{
    answer, begin, conversation, conversation_of, identity, minutes, say, session, support, taken,
};
use crate::conformance::{Engine, Outcome};
use usher_agent::desk::DeskChange;
use usher_agent::ids::ConversationId;
use usher_agent::search::SearchFilter;
use usher_agent::store::Store;
use usher_host::Subject;

async fn found(store: &dyn Store, filter: SearchFilter) -> Outcome<Vec<ConversationId>> {
    while store.insight().follow(minutes(-60)).await?.behind {}
    while store.search().follow().await?.behind {}
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = store.search().find(filter.clone(), after, 2).await?;
        assert!(page.conversations.len() <= 2);
        all.extend(page.conversations.into_iter().map(|found| found.conversation));
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

fn words(words: &str) -> SearchFilter {
    SearchFilter { words: Some(words.to_owned()), ..SearchFilter::default() }
}

pub async fn conversations_are_found_by_their_words(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let store: &dyn Store = &*store;
    let mut ids = Vec::new();
    for text in ["a crème brûlée torch", "where is my torch", "torches, please", "nothing of the kind", "TORCH?"] {
        let id = conversation(store).await?;
        say(store, id, text).await?;
        let claimed = begin(store, id).await?;
        store.finish_turn(answer(&claimed.message)).await?;
        ids.push(id);
    }
    // The last word may be the beginning of one; what began last comes first.
    assert_eq!(found(store, words("torch")).await?, [ids[4], ids[2], ids[1], ids[0]]);
    assert_eq!(found(store, words("torch where")).await?, [ids[1]]);
    assert_eq!(found(store, words("CREME")).await?, [ids[0]]);
    assert_eq!(found(store, words("to")).await?, [], "two letters begin too many words");
    assert_eq!(found(store, words("torch ")).await?, [ids[4], ids[1], ids[0]], "a word that is complete");
    for nothing in ["\"", "* OR", "torch NEAR(", "()", "words:nowhere"] {
        assert!(found(store, words(nothing)).await?.is_empty(), "{nothing}");
    }
    // What a person writes is found too.
    let change = DeskChange {
        owners: taken(ids[3]),
        messages: vec![support(ids[3], None, "we have a lantern")],
        ..DeskChange::default()
    };
    store.change_desk(change).await?;
    assert_eq!(found(store, words("lantern")).await?, [ids[3]]);
    // Erased, nothing of it is found, and nothing comes back.
    store.search().erase(vec![ids[1]]).await?;
    store.insight().erase(vec![ids[1]]).await?;
    assert_eq!(found(store, words("torch")).await?, [ids[4], ids[2], ids[0]]);
    let all = found(store, SearchFilter::default()).await?;
    assert_eq!((all.len(), all[0]), (5, ids[3]), "the one with the latest message comes first");
    Ok(())
}

pub async fn conversations_are_found_by_whose_they_are(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let store: &dyn Store = &*store;
    let theirs = session(store).await?;
    store.set_identity(theirs.id, Some(identity())).await?;
    let id = conversation_of(store, theirs.id).await?.id;
    say(store, id, "mine").await?;
    let claimed = begin(store, id).await?;
    store.finish_turn(answer(&claimed.message)).await?;
    let other = conversation(store).await?;
    say(store, other, "mine too").await?;
    let claimed = begin(store, other).await?;
    store.finish_turn(answer(&claimed.message)).await?;
    let of = |customer: String| SearchFilter { customer: Some(customer), ..SearchFilter::default() };
    for customer in [
        " ADA@shop.example ".to_owned(),
        "7001".to_owned(),
        store.pseudonym(&Subject::Customer("id:7001".to_owned())),
        store.pseudonym(&Subject::Session(theirs.id.to_string())),
    ] {
        assert_eq!(found(store, of(customer.clone())).await?, [id], "{customer}");
    }
    assert!(found(store, of("nobody@shop.example".to_owned())).await?.is_empty());
    assert!(found(store, SearchFilter { words: Some("too".to_owned()), ..of("7001".to_owned()) }).await?.is_empty());
    store.search().erase(vec![id]).await?;
    assert!(found(store, of("7001".to_owned())).await?.is_empty());
    Ok(())
}
