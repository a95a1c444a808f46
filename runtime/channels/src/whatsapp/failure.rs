//! What the Cloud API's error codes mean. The HTTP status says little: the code decides.
//!
//! Codes by Meta's documentation of the Cloud API (error codes), read July 2026; what isn't listed is judged by the status.

use crate::{Consequence, SendFailure};
use serde_json::Value;
use std::time::Duration;

/// Too many messages to one customer: one in six seconds is what they allow.
const PAIR_PAUSE: Duration = super::PAIR_INTERVAL;
/// Sending was restricted because customers blocked or reported messages: trying on makes it worse.
const SPAM_PAUSE: Duration = Duration::from_secs(30 * 60);
/// Longest words of the provider that are repeated.
const MAX_WORDS: usize = 200;

/// What a code means, wherever it turns up.
pub(super) struct Meaning {
    pub(super) kind: Kind,
    /// What was wrong and what to do; none where the provider's own words say it best.
    words: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Later(Option<Duration>),
    Never(Consequence),
    /// It may have been taken all the same.
    Unknown,
    /// Not listed.
    Unlisted,
}

pub(super) fn meaning(code: i64) -> Meaning {
    use Consequence as C;
    let (kind, words) = match code {
        0 | 190 => (
            Kind::Never(C::Access),
            "the access token has expired or was withdrawn; make a new one for the system user",
        ),
        3 | 10 | 200..=299 | 131_005 => (
            Kind::Never(C::Access),
            "the access token may not send for this number; grant the system user whatsapp_business_messaging",
        ),
        33 | 133_010 | 131_045 => {
            (Kind::Never(C::Access), "the number isn't registered for the Cloud API; register it in WhatsApp Manager")
        }
        131_037 => (Kind::Never(C::Access), "the number's display name isn't approved yet; see WhatsApp Manager"),
        131_042 => {
            (Kind::Never(C::Access), "the WhatsApp account has no valid way to pay; mend it in WhatsApp Manager")
        }
        368 | 131_031 => (
            Kind::Never(C::Access),
            "Meta has blocked the WhatsApp account for a breach of its rules; see WhatsApp Manager",
        ),
        4 | 80_007 | 130_429 | 131_064 => (Kind::Later(None), "more was sent than the number's limit allows"),
        131_048 => (
            Kind::Later(Some(SPAM_PAUSE)),
            "sending is restricted because customers blocked or reported messages; see the number's quality in WhatsApp Manager",
        ),
        131_056 => (Kind::Later(Some(PAIR_PAUSE)), "too many messages to this one customer in a short time"),
        1 => (Kind::Unknown, "the Graph API failed and doesn't say whether it did anything"),
        2 | 131_000 | 131_016 | 131_057 | 133_004 | 135_000 => {
            (Kind::Later(None), "the Cloud API is failing for the moment")
        }
        131_047 => (
            Kind::Never(C::WindowClosed),
            "the customer last wrote more than 24 hours ago; only an approved template can be sent",
        ),
        131_026 => (
            Kind::Never(C::Unreachable),
            "it can't be delivered: no WhatsApp there, an old version of it, or its terms weren't accepted",
        ),
        131_021 => (Kind::Never(C::Unreachable), "sender and recipient are the same number"),
        130_497 => (Kind::Never(C::Unreachable), "the shop's account may not write to customers in this country"),
        131_030 => (
            Kind::Never(C::None),
            "a test number writes only to numbers on its list; add this one, or use the shop's own number",
        ),
        130_472 | 131_049 => (Kind::Never(C::None), "Meta held it back to spare this customer messages of businesses"),
        131_050 => (Kind::Never(C::None), "the customer wants no marketing of this shop"),
        132_000..=132_016 => (
            Kind::Never(C::None),
            "the template doesn't exist in this language, or not with these values; see WhatsApp Manager",
        ),
        100 | 131_008 | 131_009 | 131_051..=131_053 => return Meaning { kind: Kind::Never(C::None), words: None },
        _ => return Meaning { kind: Kind::Unlisted, words: None },
    };
    Meaning { kind, words: Some(words) }
}

/// What an answer that isn't 2xx means. `pause` is what its `Retry-After` asks for, where it has one.
pub(super) fn of_answer(status: u16, pause: Option<Duration>, body: &[u8]) -> SendFailure {
    let answer = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let error = &answer["error"];
    let Some(code) = error["code"].as_i64() else { return without_code(status, pause) };
    let meaning = meaning(code);
    let why = format!("WhatsApp refused it with {code}: {}", said(&meaning, error));
    match meaning.kind {
        Kind::Later(own) => SendFailure::Later { why, pause: pause.max(own) },
        Kind::Never(then) => SendFailure::Never { code: Some(code.to_string()), why, then },
        Kind::Unknown => SendFailure::Unknown { why },
        Kind::Unlisted if status == 429 || error["is_transient"] == true => SendFailure::Later { why, pause },
        Kind::Unlisted if status >= 500 => SendFailure::Unknown { why },
        Kind::Unlisted => SendFailure::Never { code: Some(code.to_string()), why, then: Consequence::None },
    }
}

/// No answer of the Graph API: something stands in between.
fn without_code(status: u16, pause: Option<Duration>) -> SendFailure {
    let why = format!("HTTP {status} without an error of the Graph API; check the base URL and what stands in between");
    if status >= 500 { SendFailure::Unknown { why } } else { SendFailure::Later { why, pause } }
}

/// For people: our words where there are some, else the provider's.
pub(super) fn said(meaning: &Meaning, error: &Value) -> String {
    if let Some(words) = meaning.words {
        return words.to_owned();
    }
    let texts = [&error["message"], &error["title"], &error["error_data"]["details"]];
    let mut said: Vec<String> =
        texts.into_iter().filter_map(Value::as_str).map(shown).filter(|t| !t.is_empty()).collect();
    said.dedup();
    if said.is_empty() { "it gave no reason".to_owned() } else { said.join(": ") }
}

/// Words of the provider, cut and on one line; what looks like a customer's number is left out.
fn shown(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_WORDS).collect();
    let words = clean.split_whitespace().map(|word| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        if digits > 6 { "(number)" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}
