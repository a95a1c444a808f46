//! Integrations that the operator connected. Secrets arrive here sealed.

use crate::column::{At, Json};
use crate::failure::Outcome;
use crate::readers::Readers;
use crate::sqlite::turns::plugin;
use crate::writer::Writer;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use usher_agent::store::{Result, StoredIntegration};
use usher_manifest::PluginId;

pub(super) async fn all(readers: &Readers) -> Result<Vec<StoredIntegration>> {
    Ok(readers.read(read).await?)
}

fn read(connection: &Connection) -> Outcome<Vec<StoredIntegration>> {
    let mut statement = connection.prepare_cached(
        "SELECT connector, settings, hosts, stand_ins, preferred_for, updated_at FROM integration
         ORDER BY connector",
    )?;
    let mut rows = statement.query([])?;
    let mut integrations = Vec::new();
    while let Some(row) = rows.next()? {
        let connector: String = row.get(0)?;
        integrations.push(StoredIntegration {
            connector: plugin(&connector)?,
            settings: row.get::<_, Json<_>>(1)?.0,
            hosts: row.get::<_, Json<_>>(2)?.0,
            stand_ins: row.get::<_, Json<_>>(3)?.0,
            sealed_secrets: secrets(connection, &connector)?,
            preferred_for: row.get::<_, Json<_>>(4)?.0,
            updated_at: row.get::<_, At>(5)?.0,
        });
    }
    Ok(integrations)
}

fn secrets(connection: &Connection, connector: &str) -> Outcome<BTreeMap<String, Vec<u8>>> {
    let mut statement =
        connection.prepare_cached("SELECT name, sealed FROM integration_secret WHERE connector = ?1")?;
    let rows = statement.query_map([connector], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) async fn put(writer: &Writer, integration: StoredIntegration) -> Result<()> {
    let settings = serde_json::to_string(&integration.settings).map_err(super::unwritable)?;
    let hosts = serde_json::to_string(&integration.hosts).map_err(super::unwritable)?;
    let stand_ins = serde_json::to_string(&integration.stand_ins).map_err(super::unwritable)?;
    let preferred_for = serde_json::to_string(&integration.preferred_for).map_err(super::unwritable)?;
    writer
        .write(move |connection| {
            let connector = integration.connector.as_str();
            connection
                .prepare_cached(
                    "INSERT INTO integration (connector, settings, hosts, stand_ins, preferred_for, updated_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                     ON CONFLICT (connector) DO UPDATE SET settings = excluded.settings, hosts = excluded.hosts,
                         stand_ins = excluded.stand_ins, preferred_for = excluded.preferred_for,
                         updated_at = excluded.updated_at",
                )?
                .execute(params![connector, settings, hosts, stand_ins, preferred_for, At(integration.updated_at)])?;
            connection.prepare_cached("DELETE FROM integration_secret WHERE connector = ?1")?.execute([connector])?;
            for (name, sealed) in &integration.sealed_secrets {
                connection
                    .prepare_cached("INSERT INTO integration_secret (connector, name, sealed) VALUES (?1, ?2, ?3)")?
                    .execute(params![connector, name, sealed])?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

pub(super) async fn remove(writer: &Writer, connector: PluginId) -> Result<bool> {
    let removed = writer
        .write(move |connection| {
            let mut statement = connection.prepare_cached("DELETE FROM integration WHERE connector = ?1")?;
            Ok(statement.execute([connector.as_str()])?)
        })
        .await?;
    Ok(removed > 0)
}
