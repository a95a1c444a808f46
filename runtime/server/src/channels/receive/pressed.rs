//! Buttons that were sent to a phone, and pressed there.

use crate::api::Server;
use crate::channels::webchat::ButtonPlace;
use usher_agent::conversation::Body;
use usher_agent::ids::ConversationId;
use usher_agent::store::Result;

/// The name of a button as a provider gets it: its conversation's, and its place there.
pub(in crate::channels) fn id(conversation: ConversationId, place: &str) -> String {
    format!("{}:{place}", conversation.0.simple())
}

/// What pressing a button says; none where it isn't one of this conversation's.
pub(super) async fn choice(server: &Server, conversation: ConversationId, id: &str) -> Result<Option<Body>> {
    let Some((of, place)) = id.split_once(':') else { return Ok(None) };
    let Some(place) = ButtonPlace::parse(place).filter(|_| of.parse() == Ok(conversation)) else { return Ok(None) };
    let before = place.seq.saturating_sub(1);
    let messages = server.store().messages_after(conversation, before, 1).await?;
    Ok(messages.first().filter(|message| message.seq == place.seq).and_then(|message| place.pressed(&message.body)))
}
