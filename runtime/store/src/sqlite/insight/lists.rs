//! Questions and handoffs, newest first.

use super::{end_of, rows};
use crate::audit::Keys;
use crate::column::{At, Json, Word};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::audit::noted;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, params_from_iter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use usher_agent::HandedOff;
use usher_agent::desk::{Ticket, TicketState};
use usher_agent::ids::{ConversationId, MessageId, TicketId, TurnId};
use usher_agent::insight::{HandedOver, Handoff, HandoffFilter, Place, Question, QuestionFilter, Review};
use usher_agent::store::{Result, StoreError};
use usher_host::Entry;
use uuid::Uuid;

pub(super) async fn last_used(readers: &Readers) -> Result<BTreeMap<String, Timestamp>> {
    let used = readers.read(|connection| {
        let mut statement = connection.prepare_cached("SELECT skill, used_at FROM insight_skill")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, At>(1)?.0)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    });
    Ok(used.await?)
}

pub(super) async fn questions(
    readers: &Readers,
    filter: QuestionFilter,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Question>> {
    let found = readers.read(move |connection| {
        let mut conditions = Conditions::new();
        conditions.add("skill = ?", filter.skill);
        conditions.add("at >= ?", At(filter.from));
        conditions.add("at < ?", At(filter.to));
        let (at, id) = end_of(after);
        conditions.add("(at, turn) < (?, ", at);
        conditions.last("?)", id);
        if let Some(channel) = filter.channel {
            conditions.add("channel = ?", Word(channel));
        }
        if let Some(outcome) = filter.outcome {
            conditions.add("outcome = ?", Word(outcome));
        }
        conditions.values.push(Box::new(rows(limit)));
        let mut statement = connection.prepare_cached(&format!(
            "SELECT turn, conversation, message, at, channel, language, text, outcome, answer_ms FROM insight_question
             WHERE {} ORDER BY at DESC, turn DESC LIMIT ?",
            conditions.sql()
        ))?;
        let rows = statement.query_map(params_from_iter(conditions.values.iter()), |row| {
            Ok(Question {
                turn: TurnId(row.get(0)?),
                conversation: ConversationId(row.get(1)?),
                message: MessageId(row.get(2)?),
                at: row.get::<_, At>(3)?.0,
                channel: row.get::<_, Word<_>>(4)?.0,
                language: row.get(5)?,
                text: row.get(6)?,
                outcome: row.get::<_, Word<_>>(7)?.0,
                answer_ms: row.get::<_, Option<i64>>(8)?.map(i64::unsigned_abs),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    });
    Ok(found.await?)
}

/// Conditions in SQL, with their values in order.
struct Conditions {
    sql: Vec<String>,
    values: Vec<Box<dyn ToSql>>,
}

impl Conditions {
    fn new() -> Self {
        Self { sql: Vec::new(), values: Vec::new() }
    }

    fn add(&mut self, condition: &str, value: impl ToSql + 'static) {
        self.sql.push(condition.to_owned());
        self.values.push(Box::new(value));
    }

    /// More of the condition that was added last.
    fn last(&mut self, condition: &str, value: impl ToSql + 'static) {
        if let Some(last) = self.sql.last_mut() {
            last.push_str(condition);
            self.values.push(Box::new(value));
        }
    }

    fn sql(&self) -> String {
        if self.sql.is_empty() { "TRUE".to_owned() } else { self.sql.join(" AND ") }
    }

    fn of(filter: HandoffFilter, after: Option<Place>) -> Self {
        let mut conditions = Self::new();
        let HandoffFilter { from, to, channel, reason, skill, mode, person, outcome, reviewed, .. } = filter;
        if let Some(from) = from {
            conditions.add("h.at >= ?", At(from));
        }
        if let Some(to) = to {
            conditions.add("h.at < ?", At(to));
        }
        if let Some(place) = after {
            conditions.add("(h.at, h.id) < (?, ", At(place.at));
            conditions.last("?)", place.id);
        }
        if let Some(channel) = channel {
            conditions.add("h.channel = ?", Word(channel));
        }
        if let Some(reason) = reason {
            conditions.add("h.reason = ?", Word(reason));
        }
        if let Some(skill) = skill {
            conditions.add("h.skill = ?", skill);
        }
        if let Some(mode) = mode {
            conditions.add("h.mode = ?", Word(mode));
        }
        if let Some(person) = person {
            conditions.add("h.person = ?", person);
        }
        if let Some(outcome) = outcome {
            conditions.add("h.outcome = ?", Word(outcome));
        }
        if let Some(conversation) = filter.conversation {
            conditions.add("h.conversation = ?", conversation.0);
        }
        if let Some(reviewed) = reviewed {
            conditions.add("(r.handoff IS NOT NULL) = ?", reviewed);
        }
        if let Some(should) = filter.should_have_answered {
            conditions.add("r.should = ?", should);
        }
        conditions
    }
}

/// What is kept of a handoff beside its columns.
#[derive(Serialize, Deserialize)]
pub(super) struct HandoffContent {
    detail: String,
    language: Option<String>,
    question: Option<String>,
    ticket: Option<(TicketId, u64, TicketState)>,
    rating: Option<u8>,
}

impl HandoffContent {
    pub(super) fn of(handoff: &HandedOver, ticket: Option<&Ticket>) -> Self {
        Self {
            detail: handoff.detail.clone(),
            language: handoff.language.clone(),
            question: handoff.question.clone(),
            ticket: ticket.map(|ticket| (ticket.id, ticket.number, ticket.state)),
            rating: ticket.and_then(|ticket| ticket.rating.as_ref()?.score),
        }
    }
}

const HANDOFFS: &str =
    "SELECT h.id, h.at, h.conversation, h.channel, h.reason, h.mode, h.outcome, h.skill, h.person, h.content,
         r.content FROM insight_handoff h LEFT JOIN insight_review r ON r.handoff = h.id";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Handoff> {
    let content = row.get::<_, Json<HandoffContent>>(9)?.0;
    Ok(Handoff {
        id: row.get(0)?,
        at: row.get::<_, At>(1)?.0,
        conversation: ConversationId(row.get(2)?),
        channel: row.get::<_, Word<_>>(3)?.0,
        reason: row.get::<_, Word<_>>(4)?.0,
        mode: row.get::<_, Word<_>>(5)?.0,
        outcome: row.get::<_, Word<_>>(6)?.0,
        skill: row.get(7)?,
        person: row.get(8)?,
        language: content.language,
        detail: content.detail,
        question: content.question,
        ticket: content.ticket,
        rating: content.rating,
        review: row.get::<_, Option<Json<Review>>>(10)?.map(|review| review.0),
    })
}

pub(super) async fn handoffs(
    readers: &Readers,
    filter: HandoffFilter,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Handoff>> {
    let found = readers.read(move |connection| {
        let mut conditions = Conditions::of(filter, after);
        conditions.values.push(Box::new(rows(limit)));
        let sql = format!("{HANDOFFS} WHERE {} ORDER BY h.at DESC, h.id DESC LIMIT ?", conditions.sql());
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params_from_iter(conditions.values.iter()), from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    });
    Ok(found.await?)
}

pub(super) async fn count_handoffs(readers: &Readers, filter: HandoffFilter) -> Result<BTreeMap<HandedOff, u64>> {
    let counts = readers.read(move |connection| {
        let conditions = Conditions::of(filter, None);
        let mut statement = connection.prepare_cached(&format!(
            "SELECT h.reason, count(*) FROM insight_handoff h LEFT JOIN insight_review r ON r.handoff = h.id
             WHERE {} GROUP BY h.reason",
            conditions.sql()
        ))?;
        let rows = statement.query_map(params_from_iter(conditions.values.iter()), |row| {
            Ok((row.get::<_, Word<_>>(0)?.0, row.get::<_, i64>(1)?.unsigned_abs()))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    });
    Ok(counts.await?)
}

pub(super) async fn handoff(readers: &Readers, id: Uuid) -> Result<Option<Handoff>> {
    let found = readers.read(move |connection| {
        let mut statement = connection.prepare_cached(&format!("{HANDOFFS} WHERE h.id = ?1"))?;
        Ok(statement.query_row([id], from_row).optional()?)
    });
    Ok(found.await?)
}

fn is_there(connection: &Connection, id: Uuid) -> Outcome<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM insight_handoff WHERE id = ?1")?.exists([id])?)
}

pub(super) async fn review(
    writer: &Writer,
    keys: &Arc<Keys>,
    id: Uuid,
    review: Option<Review>,
    entry: Entry,
) -> Result<()> {
    let content = review.as_ref().map(serde_json::to_string).transpose().map_err(crate::sqlite::unwritable)?;
    let should = review.is_some_and(|review| review.should_have_answered);
    let changed = noted(writer, keys, entry, move |connection| {
        if !is_there(connection, id)? {
            return Ok(false);
        }
        match &content {
            Some(content) => connection
                .prepare_cached(
                    "INSERT INTO insight_review (handoff, should, content) VALUES (?1, ?2, ?3)
                     ON CONFLICT (handoff) DO UPDATE SET should = excluded.should, content = excluded.content",
                )?
                .execute(params![id, should, content])?,
            None => connection.prepare_cached("DELETE FROM insight_review WHERE handoff = ?1")?.execute([id])?,
        };
        Ok(true)
    });
    if changed.await? { Ok(()) } else { Err(StoreError::NotFound("handoff")) }
}
