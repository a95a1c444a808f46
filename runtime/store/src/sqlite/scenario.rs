//! Scenarios that operators keep from the preview, and what came of running them.

use crate::column::{Bytes, Json};
use crate::failure::Outcome;
use crate::sqlite::SqliteStore;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use usher_agent::ids::ScenarioId;
use usher_agent::scenario::{KeptScenario, ScenarioRun, ScenarioStore};
use usher_agent::store::Result;
use usher_host::Digest;

#[async_trait]
impl ScenarioStore for SqliteStore {
    async fn scenarios(&self) -> Result<Vec<(KeptScenario, Option<ScenarioRun>)>> {
        let all = self
            .readers
            .read(|connection| {
                let mut statement = connection.prepare_cached(
                    "SELECT content, (SELECT run.content FROM scenario_run AS run
                                      WHERE run.scenario = scenario.id AND run.release IS NULL
                                      ORDER BY run.id DESC LIMIT 1)
                     FROM scenario ORDER BY name, id",
                )?;
                let rows = statement.query_map([], |row| {
                    let run = row.get::<_, Option<Json<ScenarioRun>>>(1)?;
                    Ok((row.get::<_, Json<KeptScenario>>(0)?.0, run.map(|run| run.0)))
                })?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            })
            .await?;
        Ok(all)
    }

    async fn scenario(&self, id: ScenarioId) -> Result<Option<KeptScenario>> {
        let found = self
            .readers
            .read(move |connection| {
                let mut statement = connection.prepare_cached("SELECT content FROM scenario WHERE id = ?1")?;
                Ok(statement.query_row([id.0], |row| row.get::<_, Json<_>>(0)).optional()?)
            })
            .await?;
        Ok(found.map(|content| content.0))
    }

    async fn put_scenario(&self, kept: KeptScenario) -> Result<()> {
        let content = serde_json::to_string(&kept).map_err(super::unwritable)?;
        self.writer
            .write(move |connection| {
                connection
                    .prepare_cached(
                        "INSERT INTO scenario (id, name, content) VALUES (?1, ?2, ?3)
                         ON CONFLICT (id) DO UPDATE SET name = excluded.name, content = excluded.content",
                    )?
                    .execute(params![kept.id.0, kept.scenario.name, content])?;
                Ok(())
            })
            .await?;
        Ok(())
    }

    async fn remove_scenario(&self, id: ScenarioId) -> Result<bool> {
        Ok(self.writer.write(move |connection| remove(connection, id)).await?)
    }

    async fn put_run(&self, run: ScenarioRun, keep: usize) -> Result<bool> {
        let content = serde_json::to_string(&run).map_err(super::unwritable)?;
        let kept = self
            .writer
            .write(move |connection| {
                let there = connection
                    .prepare_cached("SELECT 1 FROM scenario WHERE id = ?1")?
                    .query_row([run.scenario.0], |_| Ok(()))
                    .optional()?;
                if there.is_none() {
                    return Ok(false);
                }
                connection
                    .prepare_cached(
                        "INSERT INTO scenario_run (id, scenario, release, content) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![run.id.0, run.scenario.0, run.release.map(Bytes), content])?;
                let keep = if run.release.is_some() { 1 } else { keep };
                connection
                    .prepare_cached(
                        "DELETE FROM scenario_run WHERE id IN (
                             SELECT id FROM scenario_run WHERE scenario = ?1 AND release IS ?2
                             ORDER BY id DESC LIMIT -1 OFFSET ?3)",
                    )?
                    .execute(params![
                        run.scenario.0,
                        run.release.map(Bytes),
                        i64::try_from(keep).unwrap_or(i64::MAX)
                    ])?;
                Ok(true)
            })
            .await?;
        Ok(kept)
    }

    async fn runs_of_scenario(&self, id: ScenarioId, limit: usize) -> Result<Vec<ScenarioRun>> {
        let runs = self
            .readers
            .read(move |connection| {
                let mut statement = connection
                    .prepare_cached("SELECT content FROM scenario_run WHERE scenario = ?1 ORDER BY id DESC LIMIT ?2")?;
                let limit = i64::try_from(limit).unwrap_or(i64::MAX);
                let rows =
                    statement.query_map(params![id.0, limit], |row| row.get::<_, Json<_>>(0).map(|run| run.0))?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            })
            .await?;
        Ok(runs)
    }

    async fn runs_on_release(&self, release: Digest) -> Result<Vec<(String, ScenarioRun)>> {
        let runs = self
            .readers
            .read(move |connection| {
                let mut statement = connection.prepare_cached(
                    "SELECT scenario.name, run.content FROM scenario_run AS run
                     JOIN scenario ON scenario.id = run.scenario
                     WHERE run.release = ?1 ORDER BY scenario.name, scenario.id",
                )?;
                let of = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, Json<ScenarioRun>>(1)?.0));
                let rows = statement.query_map([Bytes(release)], of)?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            })
            .await?;
        Ok(runs)
    }

    async fn forget_scenarios_of(&self, customer: &str) -> Result<usize> {
        let customer = customer.to_owned();
        let removed = self
            .writer
            .write(move |connection| {
                let mut statement = connection.prepare_cached(
                    "SELECT id FROM scenario
                     WHERE lower(content ->> '$.scenario.customer') = lower(?1)
                        OR EXISTS (SELECT 1 FROM json_each(content, '$.scenario.steps') AS step
                                   WHERE lower(step.value ->> '$.sign_in') = lower(?1))",
                )?;
                let rows = statement.query_map([&customer], |row| row.get(0).map(ScenarioId))?;
                let ids: Vec<ScenarioId> = rows.collect::<rusqlite::Result<_>>()?;
                drop(statement);
                ids.iter().try_for_each(|id| remove(connection, *id).map(drop))?;
                Ok(ids.len())
            })
            .await?;
        Ok(removed)
    }
}

fn remove(connection: &Connection, id: ScenarioId) -> Outcome<bool> {
    connection.prepare_cached("DELETE FROM scenario_run WHERE scenario = ?1")?.execute([id.0])?;
    let removed = connection.prepare_cached("DELETE FROM scenario WHERE id = ?1")?.execute([id.0])?;
    Ok(removed > 0)
}
