//! How things stand that are looked at rather than stored by themselves.

use super::events::tell;
use crate::column::At;
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::json;
use usher_agent::store::Result;
use usher_agent::webhook::{EventKind, Observed};

const FAILING: &str = "failing";
const WELL: &str = "well";

/// What is noted of it: kind, name, state.
fn noted(observed: &Observed) -> (&'static str, &str, &'static str) {
    match observed {
        Observed::Skill(skill, state) => ("skill", skill.as_str(), state.name()),
        Observed::Integration(connector, well) => {
            ("integration", connector.as_str(), if *well { WELL } else { FAILING })
        }
    }
}

fn before(connection: &Connection, kind: &str, name: &str) -> Outcome<Option<String>> {
    let mut statement =
        connection.prepare_cached("SELECT state FROM webhook_observed WHERE kind = ?1 AND name = ?2")?;
    Ok(statement.query_row([kind, name], |row| row.get(0)).optional()?)
}

pub(super) async fn note(readers: &Readers, writer: &Writer, observed: Vec<Observed>, at: Timestamp) -> Result<()> {
    // Mostly nothing has changed: that is seen without the thread that writes.
    let changed = readers
        .read(move |connection| {
            let mut changed = Vec::new();
            for one in observed {
                let (kind, name, state) = noted(&one);
                if before(connection, kind, name)?.as_deref() != Some(state) {
                    changed.push(one);
                }
            }
            Ok(changed)
        })
        .await?;
    if changed.is_empty() {
        return Ok(());
    }
    writer.write(move |connection| changed.iter().try_for_each(|one| put(connection, one, At(at)))).await?;
    Ok(())
}

fn put(connection: &Connection, observed: &Observed, at: At) -> Outcome<()> {
    let (kind, name, state) = noted(observed);
    let was = before(connection, kind, name)?;
    if was.as_deref() == Some(state) {
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO webhook_observed (kind, name, state) VALUES (?1, ?2, ?3)
             ON CONFLICT (kind, name) DO UPDATE SET state = excluded.state",
        )?
        .execute(params![kind, name, state])?;
    match (observed, was) {
        (Observed::Skill(skill, to), Some(from)) => {
            tell(connection, EventKind::SkillStateChanged, at, || Ok(json!({ "skill": skill, "from": from, "to": to })))
        }
        (Observed::Integration(connector, false), _) => {
            tell(connection, EventKind::IntegrationFailing, at, || Ok(json!({ "connector": connector })))
        }
        (Observed::Integration(connector, true), Some(_)) => {
            tell(connection, EventKind::IntegrationRecovered, at, || Ok(json!({ "connector": connector })))
        }
        (Observed::Skill(..) | Observed::Integration(_, true), None) => Ok(()),
    }
}
