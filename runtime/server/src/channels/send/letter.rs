//! A stored message as its channel's provider gets it.

use super::links;
use crate::api::Server;
use crate::channels::Renderings;
use crate::channels::receive::button_id;
use crate::channels::render::{Email, Interactive as Pressable, Whatsapp};
use jiff::tz::TimeZone;
use usher_agent::channel::{Dispatch, Thread};
use usher_agent::conversation::{Body, Notice};
use usher_agent::ids::ConversationId;
use usher_agent::texts::{Language, fill};
use usher_channels::email::thread;
use usher_channels::{Choice, EmailMessage, Interactive, OutgoingContent, WhatsappMessage, twilio, whatsapp};
use usher_host::skill::{Author, Channel};

/// It means nothing on this channel.
pub(super) const NOT_FOR_CHANNEL: &str = "not_for_channel";

/// Nothing can be said until the customer writes again.
pub(super) const WINDOW_CLOSED: &str = "window_closed";

/// A message, ready to be sent.
pub(super) struct Letter {
    /// The shop's number or address.
    pub(super) from: String,
    /// In this order, each in a message of its own.
    pub(super) parts: Vec<OutgoingContent>,
}

/// Why a message isn't sent.
pub(super) struct Unsent {
    /// One word.
    pub(super) code: &'static str,
    /// For people.
    pub(super) why: String,
}

pub(super) async fn write(server: &Server, dispatch: &Dispatch) -> Result<Letter, Unsent> {
    let (thread, message) = (&dispatch.thread, &dispatch.message);
    if !is_said(thread.channel, &message.body) {
        return Err(Unsent { code: NOT_FOR_CHANNEL, why: "it means nothing on this channel".to_owned() });
    }
    if thread.opted_out_at.is_some() {
        let why = match thread.channel {
            Channel::Sms => "the customer wants no messages here (STOP); once they write START, it can be sent again",
            _ => "the customer wants no messages here; once they write again, it can be sent again",
        };
        return Err(Unsent { code: "opted_out", why: why.to_owned() });
    }
    if thread.channel == Channel::Whatsapp && !whatsapp::is_open(Some(thread.last_arrival_at), server.now()) {
        let why = "WhatsApp takes free answers only within 24 hours of the customer's last message; it is sent as soon \
                   as the customer writes again";
        return Err(Unsent { code: WINDOW_CLOSED, why: why.to_owned() });
    }
    let site = server.config().sites.first().map(|site| site.id.clone()).unwrap_or_default();
    let looking = server.looking(&site, dispatch.locale.clone());
    let look = looking.look();
    let zone = dispatch.time_zone.as_deref().unwrap_or(&server.config().shop.time_zone);
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let renderings = Renderings::of(look.view(message), look.locale, &zone, look.hub);
    let locale = look.locale.to_owned();
    drop(looking);
    let parts = match thread.channel {
        Channel::Sms => texts(server, dispatch.status.conversation, &renderings.sms.text).await,
        Channel::Whatsapp => chats(renderings.whatsapp, dispatch.status.conversation),
        Channel::Email => vec![mail(server, dispatch, renderings.email, &locale)?],
        Channel::Webchat => Vec::new(),
    };
    Ok(Letter { from: thread.ours.clone(), parts })
}

/// Whether a message says something on a channel. Who works on it, and that it was noted, is for who looks at a page; by
/// mail only what is new for the customer is worth a mail.
fn is_said(channel: Channel, body: &Body) -> bool {
    match body {
        Body::Erased { .. } | Body::Choice { .. } => false,
        Body::Notice { notice, .. } => !matches!(
            (channel, notice),
            (_, Notice::Reassigned | Notice::MovedToEmail)
                | (Channel::Email, Notice::Joined | Notice::HandedBack | Notice::Pending | Notice::WillTell)
                | (Channel::Sms, Notice::Joined | Notice::Pending)
        ),
        body => !body.text().trim().is_empty() || matches!(body, Body::Reply { .. }),
    }
}

async fn texts(server: &Server, conversation: ConversationId, text: &str) -> Vec<OutgoingContent> {
    let short = links::shortened(server, conversation, text).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "an address could not be shortened; it is sent as it is");
        text.to_owned()
    });
    twilio::parts(&short).into_iter().map(OutgoingContent::Sms).collect()
}

/// A long text is sent in several; what can be pressed stands below the last.
fn chats(message: Whatsapp, conversation: ConversationId) -> Vec<OutgoingContent> {
    let choices = |labels: Vec<String>, places: Vec<String>| {
        let choices = labels.into_iter().zip(places);
        choices.map(|(label, place)| Choice { id: button_id(conversation, &place), label }).collect()
    };
    let mut interactive = message.interactive.map(|pressable| match pressable {
        Pressable::Buttons { labels, places } => Interactive::Buttons(choices(labels, places)),
        Pressable::List { button, rows, places } => Interactive::List { button, rows: choices(rows, places) },
        Pressable::Link { label, url } => Interactive::Link { label, url },
    });
    let texts = whatsapp::parts(&message.text);
    let last = texts.len().saturating_sub(1);
    let parts = texts.into_iter().enumerate().map(|(at, text)| {
        let interactive = if at == last { interactive.take() } else { None };
        OutgoingContent::Whatsapp(WhatsappMessage { text, interactive })
    });
    parts.collect()
}

fn mail(server: &Server, dispatch: &Dispatch, rendered: Email, locale: &str) -> Result<OutgoingContent, Unsent> {
    let Thread { subject, references, theirs, ours, .. } = &dispatch.thread;
    let sender = server.providers().mail.as_ref();
    let sender = sender.ok_or_else(|| Unsent { code: "no_mail", why: "no `mail` is configured".to_owned() })?;
    // Nobody answers an address that mail can't be sent to.
    if theirs.starts_with("erased:") {
        return Err(Unsent { code: NOT_FOR_CHANNEL, why: "the customer was erased".to_owned() });
    }
    let shop = &server.config().shop.name;
    let host = sender.from.rsplit_once('@').map_or("localhost", |(_, host)| host);
    let conversation = dispatch.status.conversation.to_string();
    let message = dispatch.status.message.to_string();
    let subject = match subject.as_deref().map(str::trim) {
        Some(subject) if !subject.is_empty() => thread::reply_subject(subject),
        _ => {
            let texts = Language::of(locale).unwrap_or(Language::English).texts();
            fill(texts.mail_subject, &[shop])
        }
    };
    let person = match &dispatch.message.body {
        Body::Support { name: Some(name), .. } => Some(name),
        _ => None,
    };
    Ok(OutgoingContent::Email(Box::new(EmailMessage {
        from_name: person.map_or_else(|| shop.clone(), |name| format!("{name}, {shop}")),
        reply_to: thread::reply_address(&sender.key, &conversation, ours),
        subject,
        text: rendered.text,
        html: Some(rendered.html),
        message_id: thread::message_id(&sender.key, &conversation, &message, host),
        in_reply_to: references.last().cloned(),
        references: references.clone(),
        automatic: dispatch.message.author != Author::Human,
    })))
}
