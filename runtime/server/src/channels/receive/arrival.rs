//! A customer's message, on its way to the agent.

use super::pressed;
use crate::api::Server;
use crate::channels::{channel_of, name};
use usher_agent::channel::{Arrival, LeftOut, MailArrival, NewAttachment, Subscription, TakenIn, Writer};
use usher_agent::conversation::Body;
use usher_agent::hygiene::clean;
use usher_agent::ids::ConversationId;
use usher_agent::store::Result;
use usher_channels::email::thread::{conversation_of_address, conversation_of_message_id};
use usher_channels::{Content, EmailParts, Keyword, Proof, Received, twilio};
use usher_host::skill::Channel;

pub(super) async fn take_in(server: &Server, received: Received) -> Result<()> {
    let channel = channel_of(received.channel);
    let (provider_id, from) = (received.provider_id.clone(), received.from.id.clone());
    let arrival = arrival(server, received).await?;
    let automatic = !arrival.answer && arrival.subscription.is_none();
    let answers = arrival.mail.as_ref().is_some_and(|mail| mail.answers.is_some());
    let may_be_forged = answers && !arrival.writer.vouched;
    let TakenIn { accepted, began, stranger_to, too_many } = server.agent().take_in(arrival).await?;
    server.metrics().arrival(channel, accepted.duplicate);
    if accepted.duplicate {
        return Ok(());
    }
    tracing::info!(
        channel = %name(channel),
        conversation = %accepted.message.conversation,
        automatic,
        "a message came in"
    );
    if too_many {
        tracing::warn!(channel = %name(channel), conversation = %accepted.message.conversation,
            "it is kept and not answered: its writer has sent more than `channels.messages-per-hour`");
    }
    if channel == Channel::Whatsapp {
        mark_read(server, provider_id, accepted.turn_waits);
    }
    let conversation = accepted.message.conversation;
    if let Some(other) = stranger_to {
        // Somebody else answered a mail to a customer. What they wrote is no word of the customer's, but people may know
        // them.
        let place = server
            .public_url()
            .join(&format!("/console/conversations/{conversation}"))
            .map_or_else(|_| conversation.to_string(), Into::into);
        let note = format!(
            "A mail in this thread came from another address, {from}. It stands in a conversation of its own: {place}"
        );
        note_for_people(server, other, &note).await;
    }
    if may_be_forged && !began && !accepted.turn_waits {
        // It stands among what the customer wrote, and looks like it. The assistant knows it for what it is.
        let note = format!(
            "Message {} came by e-mail, and nobody vouches for its sender: it may be forged. Ask for a sign-in before \
             anything is told or changed.",
            accepted.message.seq
        );
        note_for_people(server, conversation, &note).await;
    }
    Ok(())
}

async fn arrival(server: &Server, received: Received) -> Result<Arrival> {
    let channel = channel_of(received.channel);
    let (body, mut subscription) = body(server, channel, &received).await?;
    if channel == Channel::Sms
        && let Body::Text { text } = &body
        && subscription.is_none()
        && twilio::opts_in(text)
    {
        let thread = server.store().channels().thread_with(channel, &received.to, &received.from.id).await?;
        if thread.is_some_and(|thread| thread.opted_out_at.is_some()) {
            subscription = Some(Subscription::Start);
        }
    }
    let keyword = matches!(received.content, Content::Keyword { .. }) || subscription.is_some();
    let automatic = received.email.as_ref().and_then(|email| email.automatic.clone());
    if let Some(why) = &automatic {
        tracing::info!(why, "a mail is kept and not answered");
    }
    let kind = match &received.content {
        Content::NoWords { kind } => Some(kind.clone()),
        _ => None,
    };
    let mut left_out: Vec<LeftOut> =
        received.left_out.into_iter().map(|file| LeftOut { name: file.name, why: file.why }).collect();
    if let Some(kind) = kind
        && left_out.is_empty()
        && received.attachments.is_empty()
    {
        left_out.push(LeftOut { name: kind, why: "it has no words, and isn't fetched".to_owned() });
    }
    Ok(Arrival {
        channel,
        provider_id: received.provider_id,
        ours: received.to,
        mail: received.email.map(|email| mail(server, *email)),
        writer: Writer {
            id: received.from.id,
            phone: received.from.phone,
            email: received.from.email,
            name: received.from.name,
            vouched: received.from.proof == Proof::Vouched,
        },
        body,
        attachments: received
            .attachments
            .into_iter()
            .map(|file| NewAttachment { name: file.name, media_type: file.media_type, bytes: file.bytes })
            .collect(),
        left_out,
        answer: !keyword && automatic.is_none(),
        subscription,
        site: server.config().sites.first().map(|site| site.id.clone()).unwrap_or_default(),
        most_an_hour: match channel {
            Channel::Email => server.config().channels.messages_per_hour / 3,
            _ => server.config().channels.messages_per_hour,
        },
        continues_within: server.config().channels.continues_within,
        at: server.now(),
    })
}

/// What a message says to the agent.
async fn body(server: &Server, channel: Channel, received: &Received) -> Result<(Body, Option<Subscription>)> {
    let text = |text: &str| Body::Text { text: clean(text) };
    Ok(match &received.content {
        Content::Text(words) => (text(words), None),
        Content::Keyword { keyword, text: words } => {
            let subscription = match keyword {
                Keyword::Stop => Some(Subscription::Stop),
                Keyword::Start => Some(Subscription::Start),
                // The carrier answers it.
                Keyword::Help => None,
            };
            (text(words), subscription)
        }
        Content::Pressed { id, label } => {
            let thread = server.store().channels().thread_with(channel, &received.to, &received.from.id).await?;
            let choice = match thread {
                Some(thread) => pressed::choice(server, thread.conversation, id).await?,
                None => None,
            };
            // What was offered long ago is said like a text.
            (choice.unwrap_or_else(|| text(label)), None)
        }
        Content::NoWords { .. } => (Body::Text { text: String::new() }, None),
    })
}

/// The conversation that a mail answers: by the reply address that only its recipient knows, else by a Message-ID of ours.
fn mail(server: &Server, email: EmailParts) -> MailArrival {
    let answers = server.providers().email.as_ref().and_then(|provider| {
        let rules = &provider.rules;
        let by_address = email.recipients.iter().find_map(|recipient| {
            rules.own_addresses.iter().find_map(|own| conversation_of_address(&rules.keys, recipient, own))
        });
        let by_id = || email.references.iter().rev().find_map(|id| conversation_of_message_id(&rules.keys, id));
        by_address.or_else(by_id)
    });
    MailArrival {
        answers: answers.and_then(|id| id.parse::<ConversationId>().ok()),
        subject: email.subject,
        message_id: email.message_id,
        references: email.references,
    }
}

/// Best effort: that it isn't marked as read keeps nothing from being answered.
fn mark_read(server: &Server, message_id: String, typing: bool) {
    let Some(provider) = &server.providers().whatsapp else { return };
    let sender = provider.sender.clone();
    tokio::spawn(async move {
        if let Err(error) = sender.mark_read(&message_id, typing).await {
            tracing::debug!(%error, "a message could not be marked as read");
        }
    });
}

/// Puts a note into a conversation's latest ticket, where there is one.
async fn note_for_people(server: &Server, conversation: ConversationId, note: &str) {
    let tickets = match server.store().tickets_of(conversation).await {
        Ok(tickets) => tickets,
        Err(error) => {
            tracing::warn!(%error, "the ticket of a mail's conversation can't be read");
            return;
        }
    };
    let Some(ticket) = tickets.last() else { return };
    if let Err(error) = server.desk().note(ticket.id, "runtime", note).await {
        tracing::warn!(%error, "a ticket could not be told of a mail");
    }
}
