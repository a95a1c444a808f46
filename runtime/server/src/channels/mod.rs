//! How a neutral message looks on a channel. A skill answers with text, cards and buttons; here they become
//! what the channel can show. Web chat is the one channel there is.

mod format;
mod links;
mod markdown;
pub(crate) mod webchat;

/// A day or an instant as people of a language write it, in this machine's zone.
pub(crate) fn write_day(text: &str, locale: &str) -> String {
    format::day(text, locale, &jiff::tz::TimeZone::system())
}
