//! Finds lines of the audit: by their columns, and by the terms that are kept beside them.

use super::audit::{head, word};
use crate::audit::{Hash, Keys};
use crate::column::{At, Json};
use crate::failure::Outcome;
use crate::readers::Readers;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params, params_from_iter};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use usher_agent::store::{AuditFilter, AuditHead, AuditLine, AuditNames, Result};
use usher_host::Action;

/// The runtime did most of what there is: its lines aren't found by a term.
const RUNTIME: &str = "runtime";
/// Actions that begin so have a plugin as their object.
const ABOUT_PLUGINS: [&str; 5] = ["release-", "plugin-", "skill-", "integration-", "foreign-object"];

/// The terms of a line that is about to be written: what it is found by beside its columns.
pub(super) fn terms_of(actor: &str, action: &str, object: &str, detail: &Value) -> Vec<String> {
    let mut terms = BTreeSet::new();
    let mut add = |kind: &str, name: Option<&str>| {
        if let Some(name) = name {
            terms.insert(format!("{kind}:{name}"));
        }
    };
    add("actor", Some(actor).filter(|actor| *actor != RUNTIME));
    add("plugin", actor.strip_prefix("skill:"));
    if ABOUT_PLUGINS.iter().any(|about| action.starts_with(about)) {
        add("plugin", Some(object));
    }
    if action == "turn-handled" {
        for skill in detail["skills"].as_array().into_iter().flatten() {
            add("plugin", skill["skill"].as_str());
            for call in skill["calls"].as_array().into_iter().flatten() {
                add("tool", call["function"].as_str());
                add("plugin", call["provider"].as_str());
            }
        }
    } else {
        add("tool", detail["function"].as_str());
        add("conversation", detail["conversation"].as_str());
    }
    terms.into_iter().collect()
}

/// Writes the terms of a line.
pub(super) fn keep_terms(connection: &Connection, terms: &[String], seq: i64) -> Outcome<()> {
    let mut statement = connection.prepare_cached("INSERT OR IGNORE INTO audit_term (term, seq) VALUES (?1, ?2)")?;
    for term in terms {
        statement.execute(params![term, seq])?;
    }
    Ok(())
}

/// Which way lines are read.
pub(super) enum Reading {
    /// Above this number, in order.
    After(u64),
    /// Below this number, or from the end: newest first.
    Before(Option<u64>),
}

pub(super) async fn lines(
    readers: &Readers,
    filter: AuditFilter,
    reading: Reading,
    limit: usize,
) -> Result<Vec<AuditLine>> {
    let action = filter.action.map(word).transpose().map_err(super::unwritable)?;
    let lines = readers.read(move |connection| read(connection, &filter, action, &reading, limit)).await?;
    Ok(lines)
}

/// Conditions of a query, each with its values in order.
#[derive(Default)]
struct Conditions {
    texts: Vec<&'static str>,
    values: Vec<Box<dyn ToSql>>,
}

impl Conditions {
    fn add(&mut self, text: &'static str, value: impl ToSql + 'static) {
        self.texts.push(text);
        self.values.push(Box::new(value));
    }

    fn add_text(&mut self, text: &'static str, value: Option<&String>) {
        if let Some(value) = value {
            self.add(text, value.clone());
        }
    }
}

/// The terms of a filter, the one first that fewest lines are likely to have.
fn terms(filter: &AuditFilter) -> Vec<String> {
    let actor = filter.actor.as_ref().filter(|actor| *actor != RUNTIME);
    let of = |kind: &str, name: Option<&String>| name.map(|name| format!("{kind}:{name}"));
    [of("actor", actor), of("tool", filter.tool.as_ref()), of("plugin", filter.plugin.as_ref())]
        .into_iter()
        .flatten()
        .collect()
}

fn read(
    connection: &Connection,
    filter: &AuditFilter,
    action: Option<String>,
    reading: &Reading,
    limit: usize,
) -> Outcome<Vec<AuditLine>> {
    let number = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    let mut wanted = Conditions::default();
    let mut terms = terms(filter).into_iter();
    // Lines of the first term are in order in its index; the others are looked up for each of them.
    let (from, after, before, order) = match terms.next() {
        Some(term) => {
            wanted.add("t.term = ?", term);
            ("audit_term t CROSS JOIN audit ON audit.seq = t.seq", "t.seq > ?", "t.seq < ?", "t.seq")
        }
        None => ("audit", "audit.seq > ?", "audit.seq < ?", "audit.seq"),
    };
    for term in terms {
        wanted.add("EXISTS (SELECT 1 FROM audit_term o WHERE o.term = ? AND o.seq = audit.seq)", term);
    }
    let direction = match *reading {
        Reading::After(seq) => {
            wanted.add(after, number(seq));
            "ASC"
        }
        Reading::Before(seq) => {
            wanted.add(before, number(seq.unwrap_or(u64::MAX)));
            "DESC"
        }
    };
    if let Some(action) = action {
        // The index of actions leaves the most frequent one out, and is used only where that is said.
        let rare = filter.action != Some(Action::TurnHandled);
        wanted.add(if rare { "action <> 'turn-handled' AND action = ?" } else { "action = ?" }, action);
    }
    wanted.add_text("actor = ?", filter.actor.as_ref().filter(|actor| *actor == RUNTIME));
    wanted.add_text("object = ?", filter.object.as_ref());
    wanted.add_text("subject = ?", filter.subject.as_ref());
    if let Some(conversation) = &filter.conversation {
        wanted.add("(object = ? OR audit.seq IN (SELECT seq FROM audit_term WHERE term = ?))", conversation.clone());
        wanted.values.push(Box::new(format!("conversation:{conversation}")));
    }
    for (condition, time) in [("at >= ?", filter.from), ("at < ?", filter.to)] {
        if let Some(time) = time {
            wanted.add(condition, At(time));
        }
    }
    wanted.values.push(Box::new(i64::try_from(limit).unwrap_or(i64::MAX)));
    let mut statement = connection.prepare_cached(&format!(
        "SELECT audit.seq, at, actor, action, object, subject, detail, stored, recording, hash,
                EXISTS (SELECT 1 FROM audit_recording r WHERE r.seq = audit.seq)
         FROM {from} WHERE {} ORDER BY {order} {direction} LIMIT ?",
        wanted.texts.join(" AND ")
    ))?;
    let rows = statement.query_map(params_from_iter(wanted.values), line_from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn line_from_row(row: &Row<'_>) -> rusqlite::Result<AuditLine> {
    Ok(AuditLine {
        seq: row.get::<_, i64>(0)?.unsigned_abs(),
        at: row.get::<_, At>(1)?.0,
        actor: row.get(2)?,
        action: row.get::<_, ActionWord>(3)?.0,
        object: row.get(4)?,
        subject: row.get(5)?,
        detail: row.get::<_, Json<_>>(6)?.0,
        stored: row.get::<_, Option<Json<_>>>(7)?.map(|stored| stored.0),
        recording: row.get::<_, Option<Hash>>(8)?.map(hex::encode),
        hash: hex::encode(row.get::<_, Hash>(9)?),
        readable: row.get(10)?,
    })
}

struct ActionWord(Action);

impl FromSql for ActionWord {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = serde_json::Value::from(value.as_str()?);
        serde_json::from_value(word).map(Self).map_err(FromSqlError::other)
    }
}

pub(super) async fn names(readers: &Readers) -> Result<AuditNames> {
    let names = readers
        .read(|connection| {
            let mut actions = distinct::<ActionWord>(
                connection,
                "WITH RECURSIVE each(name) AS (
                     SELECT min(action) FROM audit WHERE action <> 'turn-handled'
                     UNION ALL
                     SELECT (SELECT min(action) FROM audit WHERE action <> 'turn-handled' AND action > each.name)
                     FROM each WHERE each.name IS NOT NULL)
                 SELECT name FROM each WHERE name IS NOT NULL",
                [],
            )?;
            let handled =
                connection.prepare_cached("SELECT 1 FROM audit WHERE action = 'turn-handled' LIMIT 1")?.exists([])?;
            if handled {
                actions.push(ActionWord(Action::TurnHandled));
            }
            Ok(AuditNames {
                actions: actions.into_iter().map(|word| word.0).collect(),
                actors: of_kind(connection, "actor:")?,
                plugins: of_kind(connection, "plugin:")?,
                tools: of_kind(connection, "tool:")?,
            })
        })
        .await?;
    Ok(names)
}

/// The names of a kind of terms. Each is found by one step in the index, however many lines have it.
fn of_kind(connection: &Connection, kind: &str) -> Outcome<Vec<String>> {
    let terms: Vec<String> = distinct(
        connection,
        "WITH RECURSIVE each(name) AS (
             SELECT min(term) FROM audit_term WHERE term >= ?1 AND term < ?2
             UNION ALL
             SELECT (SELECT min(term) FROM audit_term WHERE term > each.name AND term < ?2)
             FROM each WHERE each.name IS NOT NULL)
         SELECT name FROM each WHERE name IS NOT NULL",
        [kind, &kind.replace(':', ";")],
    )?;
    Ok(terms.into_iter().filter_map(|term| term.strip_prefix(kind).map(str::to_owned)).collect())
}

fn distinct<T: FromSql>(connection: &Connection, query: &str, values: impl rusqlite::Params) -> Outcome<Vec<T>> {
    let mut statement = connection.prepare_cached(query)?;
    Ok(statement.query_map(values, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Where the audit stands, and what was signed of it.
pub(super) async fn stands(readers: &Readers, keys: &Arc<Keys>) -> Result<AuditHead> {
    let keys = Arc::clone(keys);
    let stands = readers
        .read(move |connection| {
            let last = head(connection)?;
            let mut statement =
                connection.prepare_cached("SELECT at, note FROM audit_checkpoint ORDER BY id DESC LIMIT 1")?;
            let signed: Option<(At, String)> =
                statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let through = signed.as_ref().and_then(|(_, note)| keys.signer.read(note).ok());
            Ok(AuditHead {
                last: last.map_or(0, |(seq, _)| seq.unsigned_abs()),
                hash: last.map(|(_, hash)| hex::encode(hash)),
                signed_at: signed.map(|(at, _)| at.0),
                signed_through: through.map(|checkpoint| checkpoint.size),
            })
        })
        .await?;
    Ok(stands)
}
