//! How a neutral message looks on a channel. A skill answers with text, cards and buttons; here they become
//! what the channel can show: `webchat` gives a browser blocks and buttons, and from those an `outline` is made for
//! `sms`, `whatsapp` and `email`, which have only text.

mod article;
mod email;
mod format;
#[cfg(test)]
mod golden;
mod links;
mod markdown;
mod outline;
mod rendering;
mod sms;
#[cfg(test)]
mod tests;
pub(crate) mod webchat;
mod whatsapp;
mod words;

pub(crate) use article::article;
pub(super) use email::Email;
pub(crate) use markdown::Block;
pub(crate) use rendering::Renderings;
pub(super) use whatsapp::{Interactive, Whatsapp};

/// All that a message says as plain text, its cards in words; dates are written in this zone.
pub(crate) fn in_words(view: &webchat::MessageView, locale: &str, zone: &jiff::tz::TimeZone) -> String {
    email::text_of(view, &outline::Tongue { locale, zone, hub: None })
}

/// A day or an instant as people of a language write it, in this machine's zone.
pub(crate) fn write_day(text: &str, locale: &str) -> String {
    format::day(text, locale, &jiff::tz::TimeZone::system())
}
