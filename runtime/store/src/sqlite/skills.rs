//! What operators decided about skills and the hub, and the skills that they asked for; each change with its line of the
//! audit.

use super::audit::noted;
use crate::audit::Keys;
use crate::column::{At, Json, Word, Words};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::turns::plugin;
use crate::writer::Writer;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::sync::Arc;
use usher_agent::skills::{Hub, SkillRequest, SkillSetup, Switch};
use usher_agent::store::Result;
use usher_host::Entry;
use usher_manifest::PluginId;

/// The rows of `shop_setup`.
const HUB: &str = "hub";
const NEW_SKILLS: &str = "new-skills";

impl Words for Switch {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::On, "on"), (Self::Paused, "paused"), (Self::PreviewOnly, "preview-only")];
}

pub(super) async fn setups(readers: &Readers) -> Result<Vec<SkillSetup>> {
    let setups = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT skill, switch, channels, settings, updated_at FROM skill_setup ORDER BY skill",
            )?;
            let mut rows = statement.query([])?;
            let mut setups = Vec::new();
            while let Some(row) = rows.next()? {
                setups.push(SkillSetup {
                    skill: plugin(&row.get::<_, String>(0)?)?,
                    switch: row.get::<_, Word<_>>(1)?.0,
                    channels: row.get::<_, Option<Json<_>>>(2)?.map(|channels| channels.0),
                    settings: row.get::<_, Json<_>>(3)?.0,
                    updated_at: row.get::<_, At>(4)?.0,
                });
            }
            Ok(setups)
        })
        .await?;
    Ok(setups)
}

/// A setup as it stands in its columns.
struct Row {
    setup: SkillSetup,
    channels: Option<String>,
    settings: String,
}

impl Row {
    fn of(setup: SkillSetup) -> Result<Self> {
        let channels = setup.channels.as_ref().map(serde_json::to_string).transpose().map_err(super::unwritable)?;
        let settings = serde_json::to_string(&setup.settings).map_err(super::unwritable)?;
        Ok(Self { setup, channels, settings })
    }

    fn put(&self, connection: &Connection) -> Outcome<()> {
        let Self { setup, channels, settings } = self;
        connection
            .prepare_cached(
                "INSERT INTO skill_setup (skill, switch, channels, settings, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (skill) DO UPDATE SET switch = excluded.switch, channels = excluded.channels,
                     settings = excluded.settings, updated_at = excluded.updated_at",
            )?
            .execute(params![setup.skill.as_str(), Word(setup.switch), channels, settings, At(setup.updated_at)])?;
        Ok(())
    }
}

pub(super) async fn put_setups(writer: &Writer, keys: &Arc<Keys>, setups: Vec<SkillSetup>, entry: Entry) -> Result<()> {
    let rows = setups.into_iter().map(Row::of).collect::<Result<Vec<_>>>()?;
    noted(writer, keys, entry, move |connection| {
        rows.iter().try_for_each(|row| row.put(connection))?;
        Ok(true)
    })
    .await?;
    Ok(())
}

pub(super) async fn new_skills(readers: &Readers) -> Result<Switch> {
    Ok(shop_setup(readers, NEW_SKILLS).await?.unwrap_or_default())
}

pub(super) async fn put_new_skills(
    writer: &Writer,
    keys: &Arc<Keys>,
    switch: Switch,
    present: Vec<SkillSetup>,
    entry: Entry,
) -> Result<()> {
    let content = serde_json::to_string(&switch).map_err(super::unwritable)?;
    let rows = present.into_iter().map(Row::of).collect::<Result<Vec<_>>>()?;
    noted(writer, keys, entry, move |connection| {
        put_shop_setup(connection, NEW_SKILLS, &content)?;
        rows.iter().try_for_each(|row| row.put(connection))?;
        Ok(true)
    })
    .await?;
    Ok(())
}

pub(super) async fn hub(readers: &Readers) -> Result<Option<Hub>> {
    shop_setup(readers, HUB).await
}

pub(super) async fn put_hub(writer: &Writer, keys: &Arc<Keys>, hub: Hub, entry: Entry) -> Result<()> {
    let content = serde_json::to_string(&hub).map_err(super::unwritable)?;
    noted(writer, keys, entry, move |connection| {
        put_shop_setup(connection, HUB, &content)?;
        Ok(true)
    })
    .await?;
    Ok(())
}

async fn shop_setup<T: DeserializeOwned + Send + 'static>(readers: &Readers, name: &'static str) -> Result<Option<T>> {
    let found = readers
        .read(move |connection| {
            let mut statement = connection.prepare_cached("SELECT content FROM shop_setup WHERE name = ?1")?;
            Ok(statement.query_row([name], |row| row.get::<_, Json<T>>(0)).optional()?)
        })
        .await?;
    Ok(found.map(|content| content.0))
}

fn put_shop_setup(connection: &Connection, name: &str, content: &str) -> Outcome<()> {
    connection
        .prepare_cached(
            "INSERT INTO shop_setup (name, content) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET content = excluded.content",
        )?
        .execute([name, content])?;
    Ok(())
}

pub(super) async fn requests(readers: &Readers) -> Result<Vec<SkillRequest>> {
    let requests = readers
        .read(|connection| {
            let mut statement = connection.prepare_cached("SELECT content FROM skill_request ORDER BY id")?;
            let rows = statement.query_map([], |row| row.get::<_, Json<_>>(0).map(|request| request.0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await?;
    Ok(requests)
}

pub(super) async fn put_request(writer: &Writer, keys: &Arc<Keys>, request: SkillRequest, entry: Entry) -> Result<()> {
    let content = serde_json::to_string(&request).map_err(super::unwritable)?;
    noted(writer, keys, entry, move |connection| {
        connection
            .prepare_cached(
                "INSERT INTO skill_request (id, content) VALUES (?1, ?2)
                 ON CONFLICT (id) DO UPDATE SET content = excluded.content",
            )?
            .execute([request.id.as_str(), &content])?;
        Ok(true)
    })
    .await?;
    Ok(())
}

pub(super) async fn remove_request(writer: &Writer, keys: &Arc<Keys>, id: PluginId, entry: Entry) -> Result<bool> {
    noted(writer, keys, entry, move |connection| {
        let removed = connection.prepare_cached("DELETE FROM skill_request WHERE id = ?1")?.execute([id.as_str()])?;
        Ok(removed > 0)
    })
    .await
}

pub(super) async fn demand(readers: &Readers, since: Timestamp) -> Result<BTreeMap<PluginId, u64>> {
    let counts = readers
        .read(move |connection| {
            // As the index has it, so that turns that wanted nothing aren't read.
            let mut statement = connection.prepare_cached(
                "SELECT record ->> '$.wanted.skill', count(*) FROM turn
                 WHERE record ->> '$.wanted.skill' IS NOT NULL AND finished_at >= ?1
                 GROUP BY record ->> '$.wanted.skill'",
            )?;
            let mut rows = statement.query([At(since)])?;
            let mut counts = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let count = u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default();
                counts.insert(plugin(&row.get::<_, String>(0)?)?, count);
            }
            Ok(counts)
        })
        .await?;
    Ok(counts)
}
