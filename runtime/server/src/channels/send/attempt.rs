//! One try to send a message.

use super::letter::{self, Letter, Unsent};
use super::pace::Pace;
use super::reference;
use super::{again_at, tell_people, told};
use crate::api::Server;
use jiff::SignedDuration;
use std::time::Duration;
use usher_agent::channel::{Dispatch, DispatchEnd, DispatchFilter, DispatchState, DispatchStatus, DispatchUpdate};
use usher_channels::{
    Channel, Consequence, Finding, Outgoing, OutgoingContent, Recipient, SendFailure, Sender, Sent, WhatsappTemplate,
};

/// So long a provider that can't be asked has time to tell by itself whether it has a message.
const NEWS: SignedDuration = SignedDuration::from_secs(60);
/// How often it is looked whether it has told.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(10);
/// Where the access is refused, an operator has to mend it: it is looked at once a minute, and nothing is given up.
const ACCESS: Duration = Duration::from_secs(60);
/// So often what came of a try is stored where the store fails, and the pause in between.
const STORING: usize = 30;
const STORING_PAUSE: Duration = Duration::from_secs(2);

pub(super) async fn attempt(server: &Server, channel: Channel, sender: &dyn Sender, pace: &Pace, dispatch: Dispatch) {
    let end = match letter::write(server, &dispatch).await {
        Ok(letter) => try_once(server, channel, sender, pace, &dispatch, letter).await,
        Err(Unsent { code, why }) => Some(DispatchEnd::Withheld { code: code.to_owned(), error: why }),
    };
    let Some(end) = end else { return };
    if matches!(&end, DispatchEnd::Withheld { code, .. } if code == letter::WINDOW_CLOSED) {
        tell_that_there_is_an_answer(server, sender, pace, &dispatch).await;
    }
    let update = DispatchUpdate { message: dispatch.status.message, end };
    note(server, update).await;
}

/// Stores what came of a try. What waits behind it in its conversation goes on only then, so that it is tried for a while.
pub(crate) async fn note(server: &Server, update: DispatchUpdate) {
    for _ in 0..STORING {
        match server.store().channels().end_dispatch(update.clone(), server.now()).await {
            Ok(Some(status)) => return settled(server, &status).await,
            Ok(None) => return,
            Err(error) => tracing::error!(%error, "what became of a message can't be stored; it is tried again"),
        }
        tokio::time::sleep(STORING_PAUSE).await;
    }
    tracing::error!("what became of a message could not be stored; its provider is asked at the next start");
}

/// The template that the operator had approved, once for all that waits for the customer to write again. Best effort: what
/// waits is sent then in any case.
async fn tell_that_there_is_an_answer(server: &Server, sender: &dyn Sender, pace: &Pace, dispatch: &Dispatch) {
    let template = server.providers().whatsapp.as_ref().and_then(|provider| provider.template.clone());
    let Some((name, language)) = template else { return };
    let conversation = Some(dispatch.status.conversation);
    let filter = DispatchFilter { conversation, states: vec![DispatchState::Withheld], ..DispatchFilter::default() };
    let told = server.store().channels().dispatches(filter, 20).await;
    let waits = |status: &DispatchStatus| status.error_code.as_deref() == Some(letter::WINDOW_CLOSED);
    if told.map_or(true, |told| told.iter().any(waits)) {
        return;
    }
    let message = Outgoing {
        reference: reference::of_template(dispatch.status.message),
        from: dispatch.thread.ours.clone(),
        to: Recipient { id: dispatch.thread.theirs.clone(), phone: dispatch.thread.phone.clone() },
        content: OutgoingContent::WhatsappTemplate(WhatsappTemplate { name, language }),
        first_try_at: server.now(),
    };
    pace.turn().await;
    if let Err(error) = sender.send(&message).await {
        tracing::warn!(%error, "the template that says that there is an answer could not be sent");
    }
}

/// None where there is nothing to note: somebody else has it in hand, or it isn't time yet.
async fn try_once(
    server: &Server,
    channel: Channel,
    sender: &dyn Sender,
    pace: &Pace,
    dispatch: &Dispatch,
    letter: Letter,
) -> Option<DispatchEnd> {
    let status = &dispatch.status;
    let part = status.parts_sent as usize;
    let Some(content) = letter.parts.get(part).cloned() else {
        // All of it was sent, in other words then: there is nothing left to send.
        let provider_id = status.provider_id.clone().unwrap_or_default();
        return Some(DispatchEnd::Sent { provider_id, last: true });
    };
    let last = part + 1 >= letter.parts.len();
    let now = server.now();
    let message = Outgoing {
        reference: reference::of(status.message, part, letter.parts.len()),
        from: letter.from,
        to: Recipient { id: dispatch.thread.theirs.clone(), phone: dispatch.thread.phone.clone() },
        content,
        first_try_at: status.first_try_at.unwrap_or(now),
    };
    pace.turn().await;
    let mut maybe_doubled = false;
    if status.state == DispatchState::Unsure {
        match look_up(server, sender, &message, status).await {
            Ok(Known::Taken(Sent { provider_id })) => {
                return Some(DispatchEnd::Sent { provider_id, last });
            }
            Ok(Known::NotTaken) => {}
            Ok(Known::NobodyKnows) => {
                let waited = now.duration_since(message.first_try_at);
                if waited < NEWS {
                    let due_at = now.checked_add(LOOK_AGAIN).unwrap_or(now);
                    let error = "its provider may tell yet whether it has it".to_owned();
                    return Some(DispatchEnd::Unsure { due_at, tries: status.attempts, error });
                }
                maybe_doubled = true;
            }
            Err(SendFailure::Never { why, then: Consequence::Access, .. }) => {
                note_failing(server, channel, &why);
                let due_at = now.checked_add(ACCESS).unwrap_or(now);
                return Some(DispatchEnd::Unsure { due_at, tries: status.attempts, error: why });
            }
            // What isn't known yet stays so, whatever kept it from being asked.
            Err(failure) => {
                let (SendFailure::Later { why, .. } | SendFailure::Unknown { why } | SendFailure::Never { why, .. }) =
                    failure;
                return Some(failed(server, channel, status, SendFailure::Unknown { why }));
            }
        }
    }
    match server.store().channels().begin_dispatch(status.message, maybe_doubled, now).await {
        Ok(true) => {}
        Ok(false) => return None,
        Err(error) => {
            tracing::error!(%error, "a message can't be noted as being sent; it is sent later");
            return None;
        }
    }
    let end = match sender.send(&message).await {
        Ok(Sent { provider_id }) => {
            server.channel_health().well(channel, "sending");
            DispatchEnd::Sent { provider_id, last }
        }
        Err(failure) => failed(server, channel, status, failure),
    };
    Some(end)
}

/// What is known of a message whose answer was lost.
enum Known {
    Taken(Sent),
    NotTaken,
    NobodyKnows,
}

async fn look_up(
    server: &Server,
    sender: &dyn Sender,
    message: &Outgoing,
    status: &DispatchStatus,
) -> Result<Known, SendFailure> {
    Ok(match sender.find(message).await? {
        Finding::Taken(sent) => {
            // The same words may stand in another message of ours, which the provider has.
            let others = server.store().channels().dispatch_of_provider(status.channel, &sent.provider_id).await;
            match others {
                Ok(Some(other)) if other.message != status.message => Known::NotTaken,
                Ok(_) => Known::Taken(sent),
                Err(error) => return Err(SendFailure::Unknown { why: error.to_string() }),
            }
        }
        Finding::NotTaken => Known::NotTaken,
        Finding::CantTell => Known::NobodyKnows,
    })
}

fn failed(server: &Server, channel: Channel, status: &DispatchStatus, failure: SendFailure) -> DispatchEnd {
    let now = server.now();
    let tries = status.attempts + 1;
    match failure {
        SendFailure::Later { why, pause } => match again_at(tries, pause, now) {
            Some(due_at) => {
                note_failing(server, channel, &why);
                DispatchEnd::Later { due_at, tries, error: why }
            }
            None => DispatchEnd::Failed { code: None, error: format!("given up after {tries} tries: {why}") },
        },
        SendFailure::Unknown { why } => {
            note_failing(server, channel, &why);
            match again_at(tries, None, now) {
                Some(due_at) => DispatchEnd::Unsure { due_at, tries, error: why },
                None => DispatchEnd::Failed { code: None, error: format!("given up after {tries} tries: {why}") },
            }
        }
        SendFailure::Never { why, then: Consequence::Access, .. } => {
            note_failing(server, channel, &why);
            let due_at = now.checked_add(ACCESS).unwrap_or(now);
            DispatchEnd::Later { due_at, tries: status.attempts, error: why }
        }
        SendFailure::Never { code, why, then } => {
            // It took the request: it was this message that it didn't want.
            server.channel_health().well(channel, "sending");
            match then {
                Consequence::OptedOut => DispatchEnd::Withheld { code: "opted_out".to_owned(), error: why },
                Consequence::WindowClosed => window_closed(why),
                _ => DispatchEnd::Failed { code, error: why },
            }
        }
    }
}

/// It goes out once the customer has written again.
pub(crate) fn window_closed(why: String) -> DispatchEnd {
    DispatchEnd::Withheld { code: letter::WINDOW_CLOSED.to_owned(), error: why }
}

fn note_failing(server: &Server, channel: Channel, why: &str) {
    if server.channel_health().failing(channel, "sending", why, server.now()) {
        tracing::warn!(?channel, why, "messages can't be sent now; they wait");
    }
}

async fn settled(server: &Server, status: &DispatchStatus) {
    told(server, status);
    server.metrics().dispatch(status.channel, status.state);
    match status.state {
        DispatchState::Failed => tell_people(server, status).await,
        DispatchState::Withheld => {
            if status.error_code.as_deref() == Some("opted_out") {
                opted_out(server, status).await;
            }
            if status.error_code.as_deref() != Some(letter::NOT_FOR_CHANNEL) {
                tell_people(server, status).await;
            }
        }
        _ => {}
    }
}

async fn opted_out(server: &Server, status: &DispatchStatus) {
    let channels = server.store().channels();
    let noted = async {
        if let Some(thread) = channels.thread_of(status.conversation).await?
            && thread.opted_out_at.is_none()
        {
            channels.set_opted_out(thread.id, Some(server.now())).await?;
        }
        Ok::<_, usher_agent::store::StoreError>(())
    };
    if let Err(error) = noted.await {
        tracing::error!(%error, "that a customer wants no messages could not be stored");
    }
}
