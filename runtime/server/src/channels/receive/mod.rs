//! What providers bring, on its way to the agent.
//!
//! [`receive`] takes one piece of news: a message is made an [`Arrival`](usher_agent::channel::Arrival) (`arrival`; a
//! pressed button is looked up in `pressed`) and stored before the provider is told that it is taken; what became of a
//! message of ours is noted (`delivery`).

mod arrival;
mod delivery;
mod pressed;

pub(in crate::channels) use pressed::id as button_id;

use crate::api::Server;
use usher_agent::store::Result;
use usher_channels::News;

/// Where Twilio's webhooks come in, below the public address.
pub(crate) const SMS_WEBHOOK: &str = "/api/v1/channels/sms/webhook";

/// Takes one piece of news. When this returns `Ok`, it is stored, and the provider needn't bring it again.
///
/// # Errors
/// Where it could not be stored: the provider is to bring it again.
pub(crate) async fn receive(server: &Server, news: News) -> Result<()> {
    match news {
        News::Received(received) => arrival::take_in(server, *received).await,
        News::Delivery(news) => delivery::note(server, news).await,
        News::Ignored(why) => {
            tracing::debug!(why, "a provider's news mean nothing here");
            Ok(())
        }
    }
}
