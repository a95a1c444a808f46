//! How the domain's values stand in columns.

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::de::DeserializeOwned;
use usher_agent::conversation::Owner;
use usher_agent::resolution::ResolutionState;
use usher_host::Digest;
use usher_host::skill::{Author, Channel};

/// A time, to the microsecond.
#[derive(Clone, Copy)]
pub(crate) struct At(pub(crate) Timestamp);

impl At {
    /// The clock's time, cut to what a column keeps.
    pub(crate) fn now() -> Self {
        Self(kept(Timestamp::now()))
    }
}

/// The time that is read back for this one.
pub(crate) fn kept(time: Timestamp) -> Timestamp {
    // The microseconds of a valid time are a valid time.
    from_microseconds(time.as_microsecond()).unwrap_or(time)
}

/// `Timestamp::from_microsecond` refuses the microseconds of the last second, and so of `Timestamp::MAX`.
fn from_microseconds(time: i64) -> Result<Timestamp, jiff::Error> {
    const SECOND: i64 = 1_000_000;
    let nanoseconds = i32::try_from(time.rem_euclid(SECOND) * 1000).unwrap_or(0);
    Timestamp::new(time.div_euclid(SECOND), nanoseconds)
}

impl ToSql for At {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_microsecond().into())
    }
}

impl FromSql for At {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        from_microseconds(value.as_i64()?).map(Self).map_err(FromSqlError::other)
    }
}

/// A value in JSON.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

/// SHA-256 of a component.
pub(crate) struct Bytes(pub(crate) Digest);

impl ToSql for Bytes {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.0.as_slice().into())
    }
}

impl FromSql for Bytes {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 32]>::column_result(value).map(|digest| Self(Digest(digest)))
    }
}

/// A value with a fixed word for each case.
pub(crate) struct Word<T>(pub(crate) T);

/// The cases of a type with their words, which are part of the schema.
pub(crate) trait Words: Copy + PartialEq + 'static {
    const WORDS: &'static [(Self, &'static str)];
}

impl Words for Author {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Customer, "customer"), (Self::Assistant, "assistant"), (Self::Human, "human")];
}

impl Words for Channel {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Webchat, "webchat"), (Self::Sms, "sms"), (Self::Whatsapp, "whatsapp"), (Self::Email, "email")];
}

impl Words for Owner {
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Assistant, "assistant"), (Self::Human, "human")];
}

impl Words for ResolutionState {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Open, "open"),
        (Self::Answered, "answered"),
        (Self::Confirmed, "confirmed"),
        (Self::Assumed, "assumed"),
        (Self::HandedOff, "handed_off"),
    ];
}

#[derive(Debug, thiserror::Error)]
#[error("the database holds an unknown word")]
struct UnknownWord;

impl<T: Words> ToSql for Word<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let word = T::WORDS.iter().find(|(value, _)| *value == self.0).map(|(_, word)| *word);
        word.map(ToSqlOutput::from).ok_or_else(|| rusqlite::Error::ToSqlConversionFailure(Box::new(UnknownWord)))
    }
}

impl<T: Words> FromSql for Word<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let known = T::WORDS.iter().find(|(_, word)| *word == text);
        known.map(|(value, _)| Self(*value)).ok_or_else(|| FromSqlError::other(UnknownWord))
    }
}
