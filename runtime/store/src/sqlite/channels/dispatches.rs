//! What goes out: due, tried, told of by its provider, tried again by an operator.

use super::threads::{self, thread_columns};
use crate::audit::Keys;
use crate::column::{At, Word, Words};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::audit::noted;
use crate::sqlite::conversations::{MESSAGE_COLUMNS, message_columns, message_from_row};
use crate::writer::Writer;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::sync::Arc;
use usher_agent::channel::{
    ChannelCounts, DeliveryState, Dispatch, DispatchEnd, DispatchFilter, DispatchState, DispatchStatus, DispatchUpdate,
};
use usher_agent::ids::{ConversationId, MessageId};
use usher_agent::store::Result;
use usher_host::Entry;
use usher_host::skill::Channel;

impl Words for DispatchState {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Waiting, "waiting"),
        (Self::Trying, "trying"),
        (Self::Unsure, "unsure"),
        (Self::Sent, "sent"),
        (Self::Delivered, "delivered"),
        (Self::Read, "read"),
        (Self::Failed, "failed"),
        (Self::Withheld, "withheld"),
    ];
}

/// The columns of a dispatch `d`, as [`from_row`] reads them.
macro_rules! dispatch_columns {
    () => {
        "d.message, d.conversation, d.seq, d.channel, d.state, d.attempts, d.parts_sent, d.due_at, d.first_try_at,
         d.provider_id, d.error_code, d.error, d.maybe_doubled, d.updated_at"
    };
}
const DISPATCH_COLUMNS: usize = 14;

fn from_row(row: &Row<'_>) -> rusqlite::Result<DispatchStatus> {
    Ok(DispatchStatus {
        message: MessageId(row.get(0)?),
        conversation: ConversationId(row.get(1)?),
        seq: row.get::<_, i64>(2)?.unsigned_abs(),
        channel: row.get::<_, Word<_>>(3)?.0,
        state: row.get::<_, Word<_>>(4)?.0,
        attempts: row.get(5)?,
        parts_sent: row.get(6)?,
        due_at: row.get::<_, At>(7)?.0,
        first_try_at: row.get::<_, Option<At>>(8)?.map(|at| at.0),
        provider_id: row.get(9)?,
        error_code: row.get(10)?,
        error: row.get(11)?,
        maybe_doubled: row.get(12)?,
        updated_at: row.get::<_, At>(13)?.0,
    })
}

fn one(connection: &Connection, message: MessageId) -> Outcome<Option<DispatchStatus>> {
    let mut statement =
        connection.prepare_cached(concat!("SELECT ", dispatch_columns!(), " FROM dispatch d WHERE d.message = ?1"))?;
    Ok(statement.query_row([message.0], from_row).optional()?)
}

/// Within a transaction: a message for the customer of a thread is to be sent. Whoever stores a message says so: the store
/// runs no triggers, so that a file which somebody prepared can't have anything done.
pub(in crate::sqlite) fn to_be_sent(connection: &Connection, message: MessageId) -> Outcome<()> {
    connection
        .prepare_cached(
            "INSERT INTO dispatch (message, conversation, seq, channel, state, due_at, updated_at)
             SELECT m.id, c.id, m.seq, c.channel, 'waiting', m.sent_at, m.sent_at
             FROM message m JOIN conversation c ON c.id = m.conversation
             WHERE m.id = ?1 AND m.author <> 'customer' AND c.thread IS NOT NULL",
        )?
        .execute([message.0])?;
    Ok(())
}

pub(super) async fn due(readers: &Readers, channel: Channel, now: Timestamp, limit: usize) -> Result<Vec<Dispatch>> {
    let due = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(concat!(
                "SELECT ",
                dispatch_columns!(),
                ", ",
                message_columns!(),
                ", ",
                thread_columns!(),
                ", c.locale, c.time_zone
                 FROM dispatch d JOIN message m ON m.id = d.message JOIN conversation c ON c.id = d.conversation
                 JOIN thread t ON t.id = c.thread
                 WHERE d.channel = ?1 AND d.state IN ('waiting', 'unsure') AND d.due_at <= ?2
                   AND NOT EXISTS (SELECT 1 FROM dispatch b WHERE b.conversation = d.conversation AND b.seq < d.seq
                                   AND b.state IN ('waiting', 'trying', 'unsure'))
                 ORDER BY d.due_at, d.message LIMIT ?3"
            ))?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map(params![Word(channel), At(now), limit], |row| {
                const THREAD: usize = DISPATCH_COLUMNS + MESSAGE_COLUMNS;
                Ok(Dispatch {
                    status: from_row(row)?,
                    message: message_from_row(row, DISPATCH_COLUMNS)?,
                    thread: threads::from_row(row, THREAD)?,
                    locale: row.get("locale")?,
                    time_zone: row.get("time_zone")?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(due)
}

pub(super) async fn begin(writer: &Writer, message: MessageId, maybe_doubled: bool, at: Timestamp) -> Result<bool> {
    let begun = writer
        .write(move |connection| {
            let changed = connection
                .prepare_cached(
                    // Of a second copy the provider may tell as late as of the first.
                    "UPDATE dispatch SET state = 'trying', attempts = attempts + 1,
                            first_try_at = iif(?3, ?2, coalesce(first_try_at, ?2)), updated_at = ?2,
                            maybe_doubled = maybe_doubled + ?3
                     WHERE message = ?1 AND state IN ('waiting', 'unsure')
                       AND NOT EXISTS (SELECT 1 FROM conversation c JOIN thread t ON t.id = c.thread
                                       WHERE c.id = dispatch.conversation AND t.opted_out_at IS NOT NULL)",
                )?
                .execute(params![message.0, At(at), maybe_doubled])?;
            Ok(changed > 0)
        })
        .await?;
    Ok(begun)
}

pub(super) async fn end(writer: &Writer, update: DispatchUpdate, at: Timestamp) -> Result<Option<DispatchStatus>> {
    let status = writer
        .write(move |connection| {
            let changed = put_end(connection, update.message, &update.end, at)?;
            if changed { one(connection, update.message) } else { Ok(None) }
        })
        .await?;
    Ok(status)
}

/// A provider's news may have come before its answer: what has arrived stays so.
fn put_end(connection: &Connection, message: MessageId, end: &DispatchEnd, at: Timestamp) -> Outcome<bool> {
    let message = message.0;
    let changed = match end {
        DispatchEnd::Sent { provider_id, last } => connection
            .prepare_cached(
                "UPDATE dispatch SET provider_id = ?2, parts_sent = parts_sent + 1, error = NULL, error_code = NULL,
                        updated_at = ?4, attempts = iif(?3, attempts, 0),
                        first_try_at = iif(?3, first_try_at, NULL), due_at = ?4,
                        state = iif(?3, iif(state IN ('delivered', 'read'), state, 'sent'), 'waiting')
                 WHERE message = ?1 AND state NOT IN ('failed', 'withheld')",
            )?
            .execute(params![message, provider_id, last, At(at)])?,
        DispatchEnd::Later { due_at, tries, error } | DispatchEnd::Unsure { due_at, tries, error } => {
            let state = match end {
                DispatchEnd::Later { .. } => DispatchState::Waiting,
                _ => DispatchState::Unsure,
            };
            // After a refusal nothing has been sent yet: another try is a first one.
            connection
                .prepare_cached(
                    "UPDATE dispatch SET state = ?2, due_at = ?3, error = ?4, updated_at = ?5, attempts = ?6,
                            first_try_at = iif(?2 = 'waiting', NULL, first_try_at)
                     WHERE message = ?1 AND state IN ('waiting', 'trying', 'unsure')",
                )?
                .execute(params![message, Word(state), At(*due_at), error, At(at), tries])?
        }
        DispatchEnd::Failed { code, error } => connection
            .prepare_cached(
                "UPDATE dispatch SET state = 'failed', error_code = ?2, error = ?3, updated_at = ?4
                 WHERE message = ?1 AND state IN ('waiting', 'trying', 'unsure', 'sent')",
            )?
            .execute(params![message, code, error, At(at)])?,
        DispatchEnd::Withheld { code, error } => connection
            .prepare_cached(
                "UPDATE dispatch SET state = 'withheld', error_code = ?2, error = ?3, updated_at = ?4,
                        parts_sent = iif(state = 'sent', 0, parts_sent)
                 WHERE message = ?1 AND state IN ('waiting', 'trying', 'unsure', 'sent')",
            )?
            .execute(params![message, code, error, At(at)])?,
    };
    Ok(changed > 0)
}

/// What the process that ended had sent may still be on its way to the provider: it is asked a little later.
const STILL_ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(5);

pub(super) async fn resume(writer: &Writer) -> Result<u64> {
    let unsure = writer
        .write(|connection| {
            let now = At::now().0;
            let due_at = At(now.checked_add(STILL_ON_ITS_WAY).unwrap_or(now));
            let unsure = connection
                .prepare_cached("UPDATE dispatch SET state = 'unsure', due_at = ?1 WHERE state = 'trying'")?
                .execute([due_at])?;
            Ok(unsure as u64)
        })
        .await?;
    Ok(unsure)
}

/// What a provider tells of a message.
pub(super) struct News {
    pub(super) channel: Channel,
    pub(super) message: Option<MessageId>,
    pub(super) provider_id: String,
    pub(super) state: DeliveryState,
    pub(super) error: Option<(String, String)>,
}

pub(super) async fn note(writer: &Writer, news: News, at: Timestamp) -> Result<Option<DispatchStatus>> {
    let status = writer
        .write(move |connection| {
            let Some(known) = sought(connection, &news)? else { return Ok(None) };
            let Some(state) = next(known.state, known.parts_sent, news.state) else { return Ok(None) };
            let (code, error) = match (&news.error, state) {
                (Some((code, error)), DispatchState::Failed) => (Some(code), Some(error)),
                _ => (None, None),
            };
            connection
                .prepare_cached(
                    // What failed is sent again as a whole.
                    "UPDATE dispatch SET state = ?2, provider_id = coalesce(provider_id, nullif(?3, '')),
                            parts_sent = iif(?2 = 'failed', 0, parts_sent), error_code = ?4, error = ?5, updated_at = ?6 WHERE message = ?1",
                )?
                .execute(params![known.message.0, Word(state), news.provider_id, code, error, At(at)])?;
            one(connection, known.message)
        })
        .await?;
    Ok(status)
}

fn sought(connection: &Connection, news: &News) -> Outcome<Option<DispatchStatus>> {
    if let Some(message) = news.message
        && let Some(found) = one(connection, message)?
    {
        return Ok(Some(found).filter(|found| found.channel == news.channel));
    }
    known_as(connection, news.channel, &news.provider_id)
}

fn known_as(connection: &Connection, channel: Channel, provider_id: &str) -> Outcome<Option<DispatchStatus>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        dispatch_columns!(),
        " FROM dispatch d WHERE d.provider_id = ?1 AND d.channel = ?2"
    ))?;
    Ok(statement.query_row(params![provider_id, Word(channel)], from_row).optional()?)
}

pub(super) async fn of_provider(
    readers: &Readers,
    channel: Channel,
    provider_id: String,
) -> Result<Option<DispatchStatus>> {
    Ok(readers.read(move |connection| known_as(connection, channel, &provider_id)).await?)
}

/// How far a message has come by news of it; none where they are old. A message that was opened has arrived, whatever
/// comes after. Of one whose first parts are sent and whose next one waits, only failing matters.
fn next(known: DispatchState, parts_sent: u32, news: DeliveryState) -> Option<DispatchState> {
    use DispatchState::{Delivered, Failed, Read, Sent, Trying, Unsure, Waiting, Withheld};
    match (known, news) {
        (Waiting, DeliveryState::Failed) if parts_sent > 0 => Some(Failed),
        (Waiting | Failed | Withheld | Read, _) => None,
        (Trying | Unsure, DeliveryState::Sent) => Some(Sent),
        (Trying | Unsure | Sent, DeliveryState::Delivered) => Some(Delivered),
        (Trying | Unsure | Sent | Delivered, DeliveryState::Read) => Some(Read),
        (Trying | Unsure | Sent, DeliveryState::Failed) => Some(Failed),
        (Sent | Delivered, _) => None,
    }
}

pub(super) async fn list(readers: &Readers, filter: DispatchFilter, limit: usize) -> Result<Vec<DispatchStatus>> {
    let DispatchFilter { conversation, channel, states, undelivered } = filter;
    // Each question as a statement of its own: one with `?1 IS NULL OR` in it can use no index.
    let mut holds = vec![if conversation.is_some() { "d.conversation = ?1" } else { "?1 IS NULL" }];
    holds.push(if channel.is_some() { "d.channel = ?2" } else { "?2 IS NULL" });
    if undelivered {
        holds.push(
            "d.state IN ('failed', 'withheld') AND (d.state = 'failed' OR d.error_code IS NOT 'not_for_channel')",
        );
    }
    let states: Vec<String> = DispatchState::WORDS
        .iter()
        .filter(|(state, _)| states.contains(state))
        .map(|(_, it)| format!("'{it}'"))
        .collect();
    let among = format!("d.state IN ({})", states.join(", "));
    if !states.is_empty() {
        holds.push(&among);
    }
    let asked = format!(
        concat!("SELECT ", dispatch_columns!(), " FROM dispatch d WHERE {} ORDER BY d.message DESC LIMIT ?3"),
        holds.join(" AND ")
    );
    let list = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(&asked)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let conversation = conversation.map(|id| id.0);
            let rows = statement.query_map(params![conversation, channel.map(Word), limit], from_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(list)
}

pub(super) async fn of_message(readers: &Readers, message: MessageId) -> Result<Option<DispatchStatus>> {
    Ok(readers.read(move |connection| one(connection, message)).await?)
}

pub(super) async fn again(
    writer: &Writer,
    keys: &Arc<Keys>,
    message: MessageId,
    at: Timestamp,
    entry: Entry,
) -> Result<Option<DispatchStatus>> {
    let changed = noted(writer, keys, entry, move |connection| {
        let changed = connection
            .prepare_cached(
                "UPDATE dispatch SET state = 'waiting', attempts = 0, first_try_at = NULL, due_at = ?2, error = NULL,
                        error_code = NULL, updated_at = ?2
                 WHERE message = ?1 AND state IN ('failed', 'withheld') AND error_code IS NOT 'erased'",
            )?
            .execute(params![message.0, At(at)])?;
        Ok(changed > 0)
    })
    .await?;
    if !changed {
        return Ok(None);
    }
    Ok(writer.write(move |connection| one(connection, message)).await?)
}

pub(super) async fn counts(readers: &Readers, channel: Channel, since: Timestamp) -> Result<ChannelCounts> {
    let counts = readers
        .read(move |connection| {
            let mut counts = ChannelCounts::default();
            let mut statement = connection.prepare_cached(
                "SELECT iif(state = 'withheld' AND error_code = 'not_for_channel', 'not_for_channel', state) AS word,
                        count(*), sum(maybe_doubled)
                 FROM dispatch
                 WHERE channel = ?1 AND (updated_at >= ?2 OR state IN ('waiting', 'trying', 'unsure')) GROUP BY word",
            )?;
            let rows = statement.query_map(params![Word(channel), At(since)], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
            })?;
            for row in rows {
                let (state, count, doubled) = row?;
                counts.dispatches.insert(state, count.unsigned_abs());
                counts.maybe_doubled += doubled.unsigned_abs();
            }
            let value = |statement: &str| -> Outcome<Option<At>> {
                Ok(connection.prepare_cached(statement)?.query_row([Word(channel)], |row| row.get(0))?)
            };
            counts.last_arrival_at = value("SELECT max(received_at) FROM arrival WHERE channel = ?1")?.map(|at| at.0);
            counts.last_sent_at = value(
                "SELECT max(updated_at) FROM dispatch WHERE channel = ?1 AND state IN ('sent', 'delivered', 'read')",
            )?
            .map(|at| at.0);
            counts.waiting_since = value(
                "SELECT min(m.sent_at) FROM dispatch d JOIN message m ON m.id = d.message
                 WHERE d.channel = ?1 AND d.state IN ('waiting', 'unsure')",
            )?
            .map(|at| at.0);
            let number = |statement: &str, since: Option<At>| -> Outcome<u64> {
                let mut statement = connection.prepare_cached(statement)?;
                let count: i64 = match since {
                    Some(since) => statement.query_row(params![Word(channel), since], |row| row.get(0))?,
                    None => statement.query_row([Word(channel)], |row| row.get(0))?,
                };
                Ok(count.unsigned_abs())
            };
            counts.arrived =
                number("SELECT count(*) FROM arrival WHERE channel = ?1 AND received_at >= ?2", Some(At(since)))?;
            counts.opted_out =
                number("SELECT count(*) FROM thread WHERE channel = ?1 AND opted_out_at IS NOT NULL", None)?;
            Ok(counts)
        })
        .await?;
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::{DeliveryState, DispatchState, next};

    #[test]
    fn late_news_never_undo_later_ones() {
        use DispatchState::{Delivered, Failed, Read, Sent, Trying, Unsure, Waiting, Withheld};
        let all = [DeliveryState::Sent, DeliveryState::Delivered, DeliveryState::Read, DeliveryState::Failed];
        for ended in [Waiting, Failed, Withheld, Read] {
            assert!(all.iter().all(|news| next(ended, 0, *news).is_none()), "{ended:?}");
        }
        for on_its_way in [Trying, Unsure] {
            assert_eq!(
                all.map(|news| next(on_its_way, 0, news)),
                [Some(Sent), Some(Delivered), Some(Read), Some(Failed)]
            );
        }
        assert_eq!(all.map(|news| next(Sent, 1, news)), [None, Some(Delivered), Some(Read), Some(Failed)]);
        assert_eq!(all.map(|news| next(Delivered, 1, news)), [None, None, Some(Read), None]);
        assert_eq!(all.map(|news| next(Waiting, 1, news)), [None, None, None, Some(Failed)], "its second part waits");
    }
}
