//! How a neutral message looks on a channel. A skill answers with text, cards and buttons; here they become
//! what the channel can show: `webchat` gives a browser blocks and buttons, and from those an `outline` is made for
//! `sms`, `whatsapp` and `email`, which have only text.

mod email;
mod format;
mod links;
mod markdown;
mod outline;
mod rendering;
mod sms;
pub(crate) mod webchat;
mod whatsapp;
mod words;

pub(crate) use markdown::Block;
pub(crate) use rendering::Renderings;

/// A day or an instant as people of a language write it, in this machine's zone.
pub(crate) fn write_day(text: &str, locale: &str) -> String {
    format::day(text, locale, &jiff::tz::TimeZone::system())
}
