//! What is on its way to customers.

use crate::conformance::channels::{ANA, answered, sms, take};
use crate::conformance::scene::{conversation, entry, now, support, there};
use crate::conformance::{Engine, Outcome};
use jiff::Timestamp;
use usher_agent::channel::{
    Arrival, DeliveryState, Dispatch, DispatchEnd, DispatchFilter, DispatchState, DispatchStatus, DispatchUpdate,
};
use usher_agent::conversation::Owner;
use usher_agent::desk::DeskChange;
use usher_agent::ids::MessageId;
use usher_agent::store::Store;
use usher_host::Action;
use usher_host::skill::Channel;

async fn due(store: &dyn Store, channel: Channel) -> Outcome<Vec<Dispatch>> {
    Ok(store.channels().due_dispatches(channel, Timestamp::MAX, 100).await?)
}

async fn ended(store: &dyn Store, message: MessageId, end: DispatchEnd) -> Outcome<Option<DispatchStatus>> {
    Ok(store.channels().end_dispatch(DispatchUpdate { message, end }, now()).await?)
}

fn sent(provider_id: &str) -> DispatchEnd {
    DispatchEnd::Sent { provider_id: provider_id.to_owned(), last: true }
}

async fn state(store: &dyn Store, message: MessageId) -> Outcome<DispatchState> {
    let all = store.channels().dispatches(DispatchFilter::default(), 100).await?;
    there(all.iter().find(|status| status.message == message).map(|status| status.state), "the message's way")
}

pub async fn what_is_stored_for_a_customer_is_on_its_way(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let chat = conversation(&*store).await?;
    crate::conformance::scene::say(&*store, chat, "a").await?;
    answered(&*store, chat).await?;
    let id = take(&*store, sms(ANA, "1", "Hello")).await?.accepted.message.conversation;
    assert!(due(&*store, Channel::Sms).await?.is_empty(), "a customer's own message is sent back");
    let first = answered(&*store, id).await?;
    // A person's message, too.
    store.set_owner(id, Owner::Human).await?;
    let change = DeskChange { messages: vec![support(id, None, "I am here")], ..DeskChange::default() };
    let second = there(store.change_desk(change).await?.messages.first().map(|one| one.id), "the message")?;

    let all = due(&*store, Channel::Sms).await?;
    assert_eq!(all.iter().map(|one| one.message.id).collect::<Vec<_>>(), [first], "the second overtakes the first");
    assert_eq!((all[0].thread.theirs.as_str(), all[0].thread.ours.as_str()), (ANA, "+15005550006"));
    assert!(store.channels().begin_dispatch(first, false, now()).await?);
    assert!(!store.channels().begin_dispatch(first, false, now()).await?, "it is being sent already");
    assert!(due(&*store, Channel::Sms).await?.is_empty(), "the second overtakes the first");
    ended(&*store, first, sent("P1")).await?;
    assert_eq!(due(&*store, Channel::Sms).await?.first().map(|one| one.message.id), Some(second));
    assert!(due(&*store, Channel::Whatsapp).await?.is_empty());
    Ok(())
}

pub async fn a_try_that_the_process_did_not_survive_is_unsure(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = take(&*store, sms(ANA, "1", "Hello")).await?.accepted.message.conversation;
    let message = answered(&*store, id).await?;
    assert!(store.channels().begin_dispatch(message, true, now()).await?);
    drop(store);

    let store = engine.open().await?;
    assert_eq!(store.channels().resume_dispatches().await?, 1);
    assert!(
        store.channels().due_dispatches(Channel::Sms, now(), 9).await?.is_empty(),
        "the request of the process that ended may still be on its way"
    );
    let all = due(&*store, Channel::Sms).await?;
    let status = &there(all.first(), "the message")?.status;
    assert_eq!((status.state, status.attempts, status.maybe_doubled), (DispatchState::Unsure, 1, 1));
    assert!(status.first_try_at.is_some(), "its provider is asked about what happened since then");
    // It was taken after all, in one of two parts.
    let part = DispatchEnd::Sent { provider_id: "P1".to_owned(), last: false };
    let status = there(ended(&*store, message, part).await?, "the status")?;
    assert_eq!((status.state, status.parts_sent, status.attempts), (DispatchState::Waiting, 1, 0));
    assert_eq!(status.first_try_at, None, "the next part has a first try of its own");
    let later = DispatchEnd::Later { due_at: Timestamp::MAX, tries: 7, error: "busy".to_owned() };
    let status = there(ended(&*store, message, later).await?, "the status")?;
    assert_eq!(status.attempts, 7, "whoever tries says what counts");
    assert!(store.channels().due_dispatches(Channel::Sms, now(), 9).await?.is_empty(), "it is not time yet");
    let status = there(ended(&*store, message, sent("P2")).await?, "the status")?;
    assert_eq!((status.state, status.parts_sent), (DispatchState::Sent, 2));
    Ok(())
}

pub async fn late_news_never_undo_later_ones(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = take(&*store, sms(ANA, "1", "Hello")).await?.accepted.message.conversation;
    let message = answered(&*store, id).await?;
    let tell = async |by: Option<MessageId>, provider_id: &str, state| {
        store.channels().note_delivery(Channel::Sms, by, provider_id, state, None, now()).await
    };
    assert!(tell(None, "P1", DeliveryState::Sent).await?.is_none(), "nobody knows it yet");
    assert!(store.channels().begin_dispatch(message, false, now()).await?);
    // The provider's news overtake its answer.
    assert!(tell(Some(message), "P1", DeliveryState::Delivered).await?.is_some());
    ended(&*store, message, sent("P1")).await?;
    assert_eq!(state(&*store, message).await?, DispatchState::Delivered);
    assert!(tell(None, "P1", DeliveryState::Sent).await?.is_none());
    assert!(tell(None, "P1", DeliveryState::Failed).await?.is_none(), "it has arrived");
    assert!(tell(None, "P1", DeliveryState::Read).await?.is_some());
    assert!(tell(None, "P1", DeliveryState::Delivered).await?.is_none());
    assert_eq!(state(&*store, message).await?, DispatchState::Read);
    let known = store.channels().dispatch_of_provider(Channel::Sms, "P1").await?;
    assert_eq!(known.map(|known| known.message), Some(message));
    assert!(store.channels().dispatch_of_provider(Channel::Whatsapp, "P1").await?.is_none());
    Ok(())
}

pub async fn a_message_in_parts_is_there_with_its_last(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = take(&*store, sms(ANA, "1", "Hello")).await?.accepted.message.conversation;
    let message = answered(&*store, id).await?;
    let tell =
        async |state| store.channels().note_delivery(Channel::Sms, Some(message), "P0", state, None, now()).await;
    let part = |provider_id: &str| DispatchEnd::Sent { provider_id: provider_id.to_owned(), last: false };
    // What a provider tells of the first part before its answer keeps the second one from nothing.
    assert!(store.channels().begin_dispatch(message, false, now()).await?);
    tell(DeliveryState::Delivered).await?;
    ended(&*store, message, part("P0")).await?;
    assert_eq!(state(&*store, message).await?, DispatchState::Waiting);
    assert!(tell(DeliveryState::Delivered).await?.is_none(), "one of two parts is there");
    let failed = there(tell(DeliveryState::Failed).await?, "the status")?;
    assert_eq!((failed.state, failed.parts_sent), (DispatchState::Failed, 0), "all of it is sent again");
    Ok(())
}

pub async fn what_a_provider_failed_to_bring_is_sent_again_as_a_whole(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = take(&*store, sms(ANA, "1", "Hello")).await?.accepted.message.conversation;
    let message = answered(&*store, id).await?;
    ended(&*store, message, sent("P1")).await?;
    let error = Some(("30003".to_owned(), "unreachable".to_owned()));
    store.channels().note_delivery(Channel::Sms, None, "P1", DeliveryState::Failed, error, now()).await?;
    let by = entry("ops", Action::SettingChanged, "sms");
    let again = there(store.channels().redispatch(message, now(), by).await?, "the status")?;
    assert_eq!((again.state, again.parts_sent), (DispatchState::Waiting, 0));
    assert_eq!(due(&*store, Channel::Sms).await?.len(), 1);
    Ok(())
}

pub async fn what_did_not_reach_the_customer_is_found_behind_what_was_not_meant_to(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let mut all = Vec::new();
    for (number, code) in ["30003", "not_for_channel", "opted_out"].into_iter().enumerate() {
        let arrival = sms(&format!("+3360000010{number}"), &number.to_string(), "Hello");
        let id = take(&*store, arrival).await?.accepted.message.conversation;
        let (message, error) = (answered(&*store, id).await?, "no".to_owned());
        let end = match number {
            0 => DispatchEnd::Failed { code: Some(code.to_owned()), error },
            _ => DispatchEnd::Withheld { code: code.to_owned(), error },
        };
        ended(&*store, message, end).await?;
        all.push((id, message));
    }
    let undelivered = DispatchFilter { undelivered: true, ..DispatchFilter::default() };
    let found = store.channels().dispatches(undelivered.clone(), 9).await?;
    assert_eq!(found.iter().map(|one| one.message).collect::<Vec<_>>(), [all[2].1, all[0].1], "the newest first");
    let one = DispatchFilter { conversation: Some(all[0].0), channel: Some(Channel::Sms), ..undelivered };
    assert_eq!(store.channels().dispatches(one.clone(), 9).await?.len(), 1);
    let elsewhere = DispatchFilter { channel: Some(Channel::Email), ..one };
    assert!(store.channels().dispatches(elsewhere, 9).await?.is_empty());
    Ok(())
}

pub async fn what_was_given_up_can_be_sent_again(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = take(&*store, sms(ANA, "1", "Hello")).await?.accepted.message.conversation;
    let message = answered(&*store, id).await?;
    let failed = DispatchEnd::Failed { code: Some("30003".to_owned()), error: "unreachable".to_owned() };
    ended(&*store, message, failed).await?;
    assert!(due(&*store, Channel::Sms).await?.is_empty());
    let filter = DispatchFilter { states: vec![DispatchState::Failed], ..DispatchFilter::default() };
    let given_up = store.channels().dispatches(filter.clone(), 9).await?;
    assert_eq!(
        given_up.iter().map(|one| (one.message, one.error_code.as_deref())).collect::<Vec<_>>(),
        [(message, Some("30003"))]
    );
    let by = || entry("ops", Action::SettingChanged, "sms");
    assert!(store.channels().redispatch(MessageId::new(), now(), by()).await?.is_none());
    let again = there(store.channels().redispatch(message, now(), by()).await?, "the status")?;
    assert_eq!((again.state, again.attempts, again.error), (DispatchState::Waiting, 0, None));
    assert!(store.channels().redispatch(message, now(), by()).await?.is_none(), "it is on its way already");
    assert_eq!(due(&*store, Channel::Sms).await?.len(), 1);
    assert!(store.channels().dispatches(filter, 9).await?.is_empty());
    let counts = store.channels().channel_counts(Channel::Sms, Timestamp::UNIX_EPOCH).await?;
    assert_eq!((counts.arrived, counts.dispatches.get("waiting").copied()), (1, Some(1)));
    Ok(())
}

pub async fn what_the_closed_window_held_is_sent_when_the_customer_writes(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let chat = |provider_id: &str| Arrival { channel: Channel::Whatsapp, ..sms(ANA, provider_id, "Hello") };
    let id = take(&*store, chat("1")).await?.accepted.message.conversation;
    let message = answered(&*store, id).await?;
    let withheld = |code: &str| DispatchEnd::Withheld { code: code.to_owned(), error: "not now".to_owned() };
    ended(&*store, message, withheld("window_closed")).await?;
    take(&*store, chat("2")).await?;
    assert_eq!(due(&*store, Channel::Whatsapp).await?.first().map(|one| one.message.id), Some(message));
    ended(&*store, message, withheld("not_for_channel")).await?;
    take(&*store, chat("3")).await?;
    assert!(due(&*store, Channel::Whatsapp).await?.is_empty(), "what isn't meant for a channel is sent there");

    // The provider took it, and says later that the window was closed.
    let message = answered(&*store, id).await?;
    ended(&*store, message, sent("P1")).await?;
    let status = there(ended(&*store, message, withheld("window_closed")).await?, "the status")?;
    assert_eq!((status.state, status.parts_sent), (DispatchState::Withheld, 0));
    take(&*store, chat("4")).await?;
    assert_eq!(due(&*store, Channel::Whatsapp).await?.first().map(|one| one.message.id), Some(message));
    ended(&*store, message, withheld("not_for_channel")).await?;

    // Who has said STOP meanwhile gets nothing, though it was due already.
    let message = answered(&*store, id).await?;
    let thread = there(store.channels().thread_of(id).await?, "the thread")?;
    store.channels().set_opted_out(thread.id, Some(now())).await?;
    assert!(!store.channels().begin_dispatch(message, false, now()).await?);
    Ok(())
}
