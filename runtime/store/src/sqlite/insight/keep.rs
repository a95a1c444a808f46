//! Storing what follows from conversations. What one added before is taken back first.

use super::{changed, gaps};
use crate::column::{At, Json, Word};
use crate::failure::Outcome;
use crate::writer::Writer;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;
use usher_agent::desk::{Ticket, TicketState};
use usher_agent::ids::ConversationId;
use usher_agent::insight::{Facts, Figure, HandedOver, HandoffMode, HandoffOutcome, History, Key};
use usher_agent::store::Result;
use usher_host::skill::Channel;

/// Quarters in the spans that sums are kept by: a quarter, an hour, a day.
pub(super) const SPANS: [i64; 3] = [1, 4, 96];

/// A conversation, ready for its columns.
pub(super) struct Kept {
    conversation: ConversationId,
    channel: Channel,
    facts: Facts,
    adds: String,
    handoffs: Vec<(HandoffOutcome, Option<String>, String)>,
}

/// What an entry of `adds` is made of.
type Added = (i64, i64, String, i64);

impl Kept {
    pub(super) fn of(history: &History, facts: Facts) -> Outcome<Self> {
        let adds: Vec<Added> = facts
            .adds
            .iter()
            .map(|(key, many)| (key.figure.number(), key.quarter, key.subject.clone(), *many))
            .collect();
        let handoffs = facts.handoffs.iter().map(|handoff| {
            let ticket = ticket_of(history, handoff);
            let outcome = outcome(history, handoff, ticket);
            let person = ticket.and_then(|ticket| ticket.assignee.clone().or_else(|| ticket.last_assignee.clone()));
            let content = super::lists::HandoffContent::of(handoff, ticket);
            Ok((outcome, person, serde_json::to_string(&content)?))
        });
        Ok(Self {
            conversation: history.conversation,
            channel: history.channel,
            adds: serde_json::to_string(&adds)?,
            handoffs: handoffs.collect::<Outcome<_>>()?,
            facts,
        })
    }
}

/// The ticket that a handoff is about, with what was merged from it.
fn ticket_of<'a>(history: &'a History, handoff: &HandedOver) -> Option<&'a Ticket> {
    let id = handoff.ticket?;
    history.tickets.iter().find(|ticket| ticket.id == id)
}

fn outcome(history: &History, handoff: &HandedOver, ticket: Option<&Ticket>) -> HandoffOutcome {
    let Some(ticket) = ticket else { return HandoffOutcome::Told };
    let back = history.handed_back.iter().any(|at| *at >= handoff.at);
    match ticket.state {
        _ if back && handoff.mode != HandoffMode::Message && !history.with_people => HandoffOutcome::HandedBack,
        TicketState::Open if ticket.assignee.is_none() && ticket.first_reply_at.is_none() => HandoffOutcome::Waiting,
        TicketState::Open => HandoffOutcome::WithPerson,
        TicketState::Pending => HandoffOutcome::Pending,
        TicketState::Solved => HandoffOutcome::Solved,
        TicketState::Closed => HandoffOutcome::Closed,
    }
}

/// What sums change by.
#[derive(Default)]
pub(super) struct Change {
    by: BTreeMap<(i64, Key), BTreeMap<&'static str, i64>>,
}

impl Change {
    pub(super) fn add(&mut self, channel: Channel, key: &Key, many: i64) {
        let channel = super::sums::word(channel);
        for (span, quarters) in (0..).zip(SPANS) {
            let at = key.quarter.div_euclid(quarters);
            let key = Key { quarter: at * quarters, ..key.clone() };
            *self.by.entry((span, key)).or_default().entry(channel).or_default() += many;
        }
    }

    pub(super) fn store(self, connection: &Connection) -> Outcome<()> {
        let mut statement = connection.prepare_cached(
            "INSERT INTO insight_sum (span, figure, at, channel, subject, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (span, figure, at, channel, subject) DO UPDATE SET sum = sum + excluded.sum",
        )?;
        for ((span, key), by_channel) in self.by {
            for (channel, many) in by_channel.into_iter().filter(|(_, many)| *many != 0) {
                statement.execute(params![span, key.figure.number(), key.quarter, channel, key.subject, many])?;
            }
        }
        Ok(())
    }
}

/// Stores conversations.
pub(super) fn put(connection: &Connection, rows: &[Kept]) -> Outcome<()> {
    let mut change = Change::default();
    for row in rows {
        take_back(connection, row.conversation, row.channel, &mut change)?;
        for (key, many) in &row.facts.adds {
            change.add(row.channel, key, *many);
        }
        put_conversation(connection, row)?;
        put_questions(connection, row)?;
        put_handoffs(connection, row)?;
        for unanswered in &row.facts.unanswered {
            gaps::put(connection, row.conversation, row.channel, unanswered, &mut change)?;
        }
    }
    change.store(connection)
}

/// What a conversation has added is subtracted.
fn take_back(
    connection: &Connection,
    conversation: ConversationId,
    channel: Channel,
    change: &mut Change,
) -> Outcome<()> {
    let before = connection
        .prepare_cached("SELECT adds FROM insight_conversation WHERE conversation = ?1")?
        .query_row([conversation.0], |row| row.get::<_, Json<Vec<Added>>>(0))
        .optional()?;
    for (figure, quarter, subject, many) in before.map(|before| before.0).unwrap_or_default() {
        if let Some(figure) = Figure::of_number(figure) {
            change.add(channel, &Key { figure, quarter, subject }, -many);
        }
    }
    Ok(())
}

fn put_conversation(connection: &Connection, row: &Kept) -> Outcome<()> {
    let Some(began_at) = row.facts.began_at else {
        // One in which nobody wrote is none.
        connection
            .prepare_cached("DELETE FROM insight_conversation WHERE conversation = ?1")?
            .execute([row.conversation.0])?;
        return Ok(());
    };
    connection
        .prepare_cached(
            "INSERT INTO insight_conversation (conversation, status, began_at, open_since, adds)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (conversation) DO UPDATE SET status = excluded.status, began_at = excluded.began_at,
                 open_since = excluded.open_since, adds = excluded.adds",
        )?
        .execute(params![
            row.conversation.0,
            row.facts.status.map_or("small_talk", usher_agent::insight::Status::name),
            At(began_at),
            row.facts.open_since.map(At),
            row.adds
        ])?;
    Ok(())
}

fn put_questions(connection: &Connection, row: &Kept) -> Outcome<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO insight_question (skill, at, turn, conversation, message, channel, outcome, language, text, answer_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (skill, at, turn) DO UPDATE SET outcome = excluded.outcome WHERE outcome <> excluded.outcome",
    )?;
    let mut used = connection.prepare_cached(
        "INSERT INTO insight_skill (skill, used_at) VALUES (?1, ?2)
         ON CONFLICT (skill) DO UPDATE SET used_at = excluded.used_at WHERE used_at < excluded.used_at",
    )?;
    for question in &row.facts.questions {
        statement.execute(params![
            question.skill,
            At(question.at),
            question.turn.0,
            row.conversation.0,
            question.message.0,
            Word(row.channel),
            Word(question.outcome),
            question.language,
            question.text,
            question.answer_ms.map(|took| i64::try_from(took).unwrap_or(i64::MAX)),
        ])?;
        used.execute(params![question.skill, At(question.at)])?;
    }
    Ok(())
}

fn put_handoffs(connection: &Connection, row: &Kept) -> Outcome<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO insight_handoff (id, at, conversation, channel, reason, mode, outcome, skill, person, content)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (id) DO UPDATE SET outcome = excluded.outcome, person = excluded.person, content = excluded.content",
    )?;
    for (handoff, (outcome, person, content)) in row.facts.handoffs.iter().zip(&row.handoffs) {
        statement.execute(params![
            handoff.id,
            At(handoff.at),
            row.conversation.0,
            Word(row.channel),
            Word(handoff.reason),
            Word(handoff.mode),
            Word(*outcome),
            handoff.skill,
            person,
            content,
        ])?;
    }
    Ok(())
}

/// Forgets what can be counted anew.
pub(super) fn forget_figures(connection: &Connection) -> Outcome<()> {
    connection.execute_batch(
        "DELETE FROM insight_conversation; DELETE FROM insight_sum; DELETE FROM insight_question;
         DELETE FROM insight_skill; DELETE FROM insight_handoff;",
    )?;
    gaps::count_all(connection)
}

/// What customers said in these conversations goes from the lists; what they added to sums stays.
pub(super) async fn erase_all(writer: &Writer, conversations: Vec<ConversationId>) -> Result<()> {
    writer
        .write(move |connection| conversations.iter().try_for_each(|&conversation| erase(connection, conversation)))
        .await?;
    Ok(())
}

/// The same, in the transaction in which its messages are erased. The lists are made anew of what is left.
pub(in crate::sqlite) fn erase(connection: &Connection, conversation: ConversationId) -> Outcome<()> {
    for statement in [
        "DELETE FROM insight_question WHERE conversation = ?1",
        "UPDATE insight_review SET content = json_set(content, '$.note', NULL)
         WHERE handoff IN (SELECT id FROM insight_handoff WHERE conversation = ?1)",
        "UPDATE insight_handoff SET content = json_set(content, '$.question', NULL) WHERE conversation = ?1",
    ] {
        connection.prepare_cached(statement)?.execute([conversation.0])?;
    }
    gaps::erase(connection, conversation)?;
    changed(connection, conversation)
}

/// Forgets a conversation that isn't there any more. What it added to sums stays.
pub(super) fn forget(connection: &Connection, conversation: ConversationId) -> Outcome<()> {
    for statement in [
        "DELETE FROM insight_conversation WHERE conversation = ?1",
        "DELETE FROM insight_question WHERE conversation = ?1",
        "DELETE FROM insight_review WHERE handoff IN (SELECT id FROM insight_handoff WHERE conversation = ?1)",
        "DELETE FROM insight_handoff WHERE conversation = ?1",
    ] {
        connection.prepare_cached(statement)?.execute([conversation.0])?;
    }
    gaps::erase(connection, conversation)
}
