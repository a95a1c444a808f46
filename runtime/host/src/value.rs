//! Values on their way between components, and what they weigh.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
pub use wasmtime::component::Val as Value;

use crate::inspect::Digest;

/// Why a call was refused. The same names as in `usher:tools/types`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DenialReason {
    /// No grant for this function.
    NotGranted,
    /// The customer isn't known for certain.
    SignInRequired,
    /// The customer has not said yes to this call.
    ConsentRequired,
    /// A budget is used up.
    LimitReached,
    /// The shop's rules forbid it.
    Policy,
}

impl DenialReason {
    fn name(self) -> &'static str {
        match self {
            Self::NotGranted => "not-granted",
            Self::SignInRequired => "sign-in-required",
            Self::ConsentRequired => "consent-required",
            Self::LimitReached => "limit-reached",
            Self::Policy => "policy",
        }
    }
}

/// How a tool fails. The same cases as `tool-error` in `usher:tools/types`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolError {
    /// Refused.
    Denied(DenialReason, String),
    /// Not there, or not this customer's.
    NotFound,
    /// Makes no sense in this state.
    Invalid(String),
    /// Down, slow, throttling, or nobody provides it.
    Unavailable(String),
    /// The answer was too large.
    TooLarge,
}

impl ToolError {
    /// The error as a plugin sees it.
    #[must_use]
    pub fn into_value(self) -> Value {
        let case = |name: &str, value: Option<Value>| Value::Variant(name.into(), value.map(Box::new));
        match self {
            Self::Denied(reason, message) => case(
                "denied",
                Some(Value::Record(vec![
                    ("reason".into(), Value::Enum(reason.name().into())),
                    ("message".into(), Value::String(message)),
                ])),
            ),
            Self::NotFound => case("not-found", None),
            Self::Invalid(text) => case("invalid", Some(Value::String(text))),
            Self::Unavailable(text) => case("unavailable", Some(Value::String(text))),
            Self::TooLarge => case("too-large", None),
        }
    }

    /// The error that a plugin returned; a case that the contract doesn't have counts as unavailable.
    #[must_use]
    pub fn from_value(value: &Value) -> Self {
        let text = |payload: &Option<Box<Value>>| match payload.as_deref() {
            Some(Value::String(text)) => text.clone(),
            _ => String::new(),
        };
        match value {
            Value::Variant(case, payload) => match case.as_str() {
                "not-found" => Self::NotFound,
                "invalid" => Self::Invalid(text(payload)),
                "too-large" => Self::TooLarge,
                "denied" => Self::Denied(DenialReason::Policy, "refused by the provider".into()),
                _ => Self::Unavailable(text(payload)),
            },
            _ => Self::Unavailable("the answer was not an error of the contract".into()),
        }
    }
}

/// Bytes that a value holds on the heap, roughly: what budgets count.
pub(crate) fn weight(value: &Value) -> usize {
    const SLOT: usize = size_of::<Value>();
    match value {
        Value::String(text) | Value::Enum(text) => SLOT + text.len(),
        Value::List(items) | Value::Tuple(items) | Value::FixedLengthList(items) => {
            SLOT + items.iter().map(weight).sum::<usize>()
        }
        Value::Record(fields) => SLOT + fields.iter().map(|(_, value)| weight(value)).sum::<usize>(),
        Value::Variant(_, payload) | Value::Option(payload) => SLOT + payload.as_deref().map_or(0, weight),
        Value::Result(Ok(payload) | Err(payload)) => SLOT + payload.as_deref().map_or(0, weight),
        Value::Map(entries) => SLOT + entries.iter().map(|(key, value)| weight(key) + weight(value)).sum::<usize>(),
        Value::Flags(names) => SLOT + names.iter().map(String::len).sum::<usize>(),
        _ => SLOT,
    }
}

/// The digest of some values: equal for equal values, and only for those.
pub(crate) fn digest(values: &[Value]) -> Digest {
    let mut hash = Sha256::new();
    values.iter().for_each(|value| feed(&mut hash, value));
    Digest(hash.finalize().into())
}

/// Each value begins with a byte that names its kind, and whatever has a length says it first: so that no
/// two different values make the same bytes.
fn feed(hash: &mut Sha256, value: &Value) {
    fn text(hash: &mut Sha256, kind: u8, text: &str) {
        hash.update([kind]);
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    }
    fn fixed(hash: &mut Sha256, kind: u8, bytes: &[u8]) {
        hash.update([kind]);
        hash.update(bytes);
    }
    fn list(hash: &mut Sha256, kind: u8, items: &[Value]) {
        fixed(hash, kind, &(items.len() as u64).to_le_bytes());
        items.iter().for_each(|item| feed(hash, item));
    }
    fn payload(hash: &mut Sha256, value: Option<&Value>) {
        hash.update([u8::from(value.is_some())]);
        if let Some(value) = value {
            feed(hash, value);
        }
    }
    match value {
        Value::Bool(value) => fixed(hash, 1, &[u8::from(*value)]),
        Value::S8(value) => fixed(hash, 2, &value.to_le_bytes()),
        Value::U8(value) => fixed(hash, 3, &value.to_le_bytes()),
        Value::S16(value) => fixed(hash, 4, &value.to_le_bytes()),
        Value::U16(value) => fixed(hash, 5, &value.to_le_bytes()),
        Value::S32(value) => fixed(hash, 6, &value.to_le_bytes()),
        Value::U32(value) => fixed(hash, 7, &value.to_le_bytes()),
        Value::S64(value) => fixed(hash, 8, &value.to_le_bytes()),
        Value::U64(value) => fixed(hash, 9, &value.to_le_bytes()),
        Value::Float32(value) => fixed(hash, 10, &value.to_le_bytes()),
        Value::Float64(value) => fixed(hash, 11, &value.to_le_bytes()),
        Value::Char(value) => fixed(hash, 12, &u32::from(*value).to_le_bytes()),
        Value::String(value) => text(hash, 13, value),
        Value::Enum(value) => text(hash, 14, value),
        Value::List(items) => list(hash, 15, items),
        Value::Tuple(items) => list(hash, 16, items),
        Value::FixedLengthList(items) => list(hash, 17, items),
        Value::Record(fields) => {
            fixed(hash, 18, &(fields.len() as u64).to_le_bytes());
            for (name, value) in fields {
                text(hash, 0, name);
                feed(hash, value);
            }
        }
        Value::Variant(case, value) => {
            text(hash, 19, case);
            payload(hash, value.as_deref());
        }
        Value::Option(value) => {
            hash.update([20]);
            payload(hash, value.as_deref());
        }
        Value::Result(Ok(value)) => {
            hash.update([21]);
            payload(hash, value.as_deref());
        }
        Value::Result(Err(value)) => {
            hash.update([22]);
            payload(hash, value.as_deref());
        }
        Value::Flags(names) => {
            fixed(hash, 23, &(names.len() as u64).to_le_bytes());
            names.iter().for_each(|name| text(hash, 0, name));
        }
        Value::Map(entries) => {
            fixed(hash, 24, &(entries.len() as u64).to_le_bytes());
            for (key, value) in entries {
                feed(hash, key);
                feed(hash, value);
            }
        }
        Value::Resource(_) | Value::Future(_) | Value::Stream(_) | Value::ErrorContext(_) => hash.update([25]),
    }
}

/// Collects the web addresses that a value holds.
pub(crate) fn links(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.starts_with("https://") || text.starts_with("http://") => {
            found.insert(text.clone());
        }
        Value::List(items) | Value::Tuple(items) => items.iter().for_each(|item| links(item, found)),
        Value::Record(fields) => fields.iter().for_each(|(_, value)| links(value, found)),
        Value::Variant(_, Some(value)) | Value::Option(Some(value)) => links(value, found),
        Value::Result(Ok(Some(value)) | Err(Some(value))) => links(value, found),
        _ => {}
    }
}

/// A value for something optional.
#[must_use]
pub fn option(value: Option<Value>) -> Value {
    Value::Option(value.map(Box::new))
}

/// A value for an optional text.
#[must_use]
pub fn text(value: Option<String>) -> Value {
    option(value.map(Value::String))
}

/// A record, its fields in the order of the WIT.
#[must_use]
pub fn record<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Record(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
