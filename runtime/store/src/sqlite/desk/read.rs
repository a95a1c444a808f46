//! Tickets, found.

use crate::column::{At, Json, Word};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::desk::tickets::{from_row, ticket_columns};
use crate::sqlite::desk::words;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, ToSql, params, params_from_iter};
use usher_agent::desk::{Ticket, TicketEvent, TicketFilter};
use usher_agent::ids::{ConversationId, TicketId};
use usher_agent::store::Result;

pub(in crate::sqlite) async fn by_id(readers: &Readers, id: TicketId) -> Result<Option<Ticket>> {
    let ticket = readers
        .read(move |connection| {
            let mut statement =
                connection.prepare_cached(concat!("SELECT ", ticket_columns!(), " FROM ticket t WHERE t.id = ?1"))?;
            Ok(statement.query_row([id.0], from_row).optional()?)
        })
        .await?;
    Ok(ticket)
}

pub(in crate::sqlite) async fn of_conversation(readers: &Readers, id: ConversationId) -> Result<Vec<Ticket>> {
    Ok(readers.read(move |connection| ticket_rows(connection, id)).await?)
}

/// A conversation's tickets, oldest first.
pub(in crate::sqlite) fn ticket_rows(connection: &Connection, id: ConversationId) -> Outcome<Vec<Ticket>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        ticket_columns!(),
        " FROM ticket t WHERE t.conversation = ?1 ORDER BY t.number"
    ))?;
    let rows = statement.query_map([id.0], from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The latest ticket of a conversation.
pub(in crate::sqlite) fn latest(connection: &Connection, id: ConversationId) -> Outcome<Option<Ticket>> {
    let mut statement = connection.prepare_cached(concat!(
        "SELECT ",
        ticket_columns!(),
        " FROM ticket t WHERE t.conversation = ?1 ORDER BY t.number DESC LIMIT 1"
    ))?;
    Ok(statement.query_row([id.0], from_row).optional()?)
}

/// What a filter asks for, as SQL over a ticket `t` with its values in order.
struct Conditions {
    sql: Vec<String>,
    values: Vec<Box<dyn ToSql>>,
}

impl Conditions {
    fn of(filter: &TicketFilter, now: Timestamp) -> Self {
        let mut conditions = Self { sql: vec!["TRUE".to_owned()], values: Vec::new() };
        if !filter.states.is_empty() {
            let places = vec!["?"; filter.states.len()].join(", ");
            conditions.sql.push(format!("t.state IN ({places})"));
            conditions.values.extend(filter.states.iter().map(|state| Box::new(Word(*state)) as Box<dyn ToSql>));
        }
        if let Some(assignee) = &filter.assignee {
            conditions.add("t.assignee = ?", assignee.clone());
        }
        if filter.unassigned {
            conditions.sql.push("t.assignee IS NULL".to_owned());
        }
        if let Some(group) = &filter.group {
            conditions.add("t.group_name = ?", group.clone());
        }
        if let Some(tag) = &filter.tag {
            conditions.add("t.number IN (SELECT ticket FROM ticket_tag WHERE tag = ?)", tag.clone());
        }
        if filter.active_again {
            conditions.sql.push("t.active_again".to_owned());
        }
        match filter.snoozed {
            Some(true) => conditions.add("t.snoozed_until > ?", At(now)),
            Some(false) => conditions.add("(t.snoozed_until IS NULL OR t.snoozed_until <= ?)", At(now)),
            None => {}
        }
        if let Some(built_in) = filter.built_in {
            conditions.add("t.built_in = ?", built_in);
        }
        if let Some(conversation) = filter.conversation {
            conditions.add("t.conversation = ?", conversation.0);
        }
        for word in words::sought(filter.words.as_deref().unwrap_or_default()) {
            match word.expression {
                Some(expression) => {
                    conditions.add(&words::condition(), word.number);
                    conditions.values.push(Box::new(expression.clone()));
                    conditions.values.push(Box::new(expression));
                }
                None => conditions.sql.push("FALSE".to_owned()),
            }
        }
        conditions
    }

    fn add(&mut self, sql: &str, value: impl ToSql + 'static) {
        self.sql.push(sql.to_owned());
        self.values.push(Box::new(value));
    }
}

pub(in crate::sqlite) async fn find(
    readers: &Readers,
    filter: TicketFilter,
    now: Timestamp,
    skip: usize,
    limit: usize,
) -> Result<Vec<Ticket>> {
    let tickets = readers
        .read(move |connection| {
            let Conditions { sql, mut values } = Conditions::of(&filter, now);
            values.extend([limit, skip].map(|count| Box::new(number(count)) as Box<dyn ToSql>));
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {} FROM ticket t WHERE {} ORDER BY t.priority DESC, t.customer_at, t.number LIMIT ? OFFSET ?",
                ticket_columns!(),
                sql.join(" AND ")
            ))?;
            let rows = statement.query_map(params_from_iter(values), from_row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(tickets)
}

pub(in crate::sqlite) async fn count(
    readers: &Readers,
    filters: Vec<TicketFilter>,
    now: Timestamp,
) -> Result<Vec<u64>> {
    let counts = readers
        .read(move |connection| {
            let counts = filters.iter().map(|filter| {
                let Conditions { sql, values } = Conditions::of(filter, now);
                let sql = format!("SELECT count(*) FROM ticket t WHERE {}", sql.join(" AND "));
                let mut statement = connection.prepare_cached(&sql)?;
                Ok(statement.query_row(params_from_iter(values), |row| row.get::<_, i64>(0))?.unsigned_abs())
            });
            counts.collect::<Outcome<_>>()
        })
        .await?;
    Ok(counts)
}

pub(in crate::sqlite) async fn due(readers: &Readers, now: Timestamp, limit: usize) -> Result<Vec<TicketId>> {
    let tickets = readers
        .read(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT id FROM ticket WHERE due_at <= ?1 ORDER BY due_at, number LIMIT ?2")?;
            let rows = statement.query_map(params![At(now), number(limit)], |row| row.get(0).map(TicketId))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(tickets)
}

pub(in crate::sqlite) async fn unknown_messages(readers: &Readers) -> Result<Vec<ConversationId>> {
    let conversations = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT t.conversation FROM ticket t INDEXED BY ticket_at_work
                 WHERE t.state <> 'closed'
                     AND EXISTS (SELECT 1 FROM message m WHERE m.conversation = t.conversation
                                 AND m.seq > t.known_seq AND m.author = 'customer')
                     AND NOT EXISTS (SELECT 1 FROM ticket n
                                     WHERE n.conversation = t.conversation AND n.number > t.number)
                 ORDER BY t.number",
            )?;
            let rows = statement.query_map([], |row| row.get(0).map(ConversationId))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(conversations)
}

pub(in crate::sqlite) async fn events(readers: &Readers, id: TicketId) -> Result<Vec<TicketEvent>> {
    let events = readers
        .read(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT content FROM ticket_event WHERE ticket = ?1 ORDER BY place")?;
            let rows = statement.query_map([id.0], |row| row.get::<_, Json<_>>(0).map(|event| event.0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(events)
}

pub(in crate::sqlite) async fn first_waits(
    readers: &Readers,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<SignedDuration>> {
    let waits = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT opened_at, first_reply_at FROM ticket
                 WHERE first_reply_at >= ?1 AND built_in = 1 ORDER BY first_reply_at DESC LIMIT ?2",
            )?;
            let rows = statement.query_map(params![At(since), number(limit)], |row| {
                let (opened, replied) = (row.get::<_, At>(0)?.0, row.get::<_, At>(1)?.0);
                Ok(replied.duration_since(opened))
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(waits)
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
