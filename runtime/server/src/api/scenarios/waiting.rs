//! Plays the scenarios on each release of a skill that waits for a person, so that whoever decides reads what it would
//! answer. One after the other, and only while customers leave room.

use super::play::Playing;
use crate::api::{Server, changes};
use crate::listen;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use usher_host::{Digest, Release, State};
use usher_manifest::Kind;

/// Most scenarios that are played on one release by themselves.
const MOST: usize = 200;
/// Between two scenarios.
const BREATH: Duration = Duration::from_millis(100);
/// So often it is seen whether there is room again.
const LATER: Duration = Duration::from_secs(2);
/// Who plays, in runs.
const BY: &str = "runtime";

/// Follows the releases until the server goes down.
pub(crate) async fn keep_trying(server: Server, mut closing: watch::Receiver<bool>) {
    let mut generations = server.host().changes();
    tokio::select! {
        () = try_all(&server, &mut generations) => {}
        () = listen::closed(&mut closing) => {}
    }
}

async fn try_all(server: &Server, generations: &mut watch::Receiver<u64>) {
    let mut tried = BTreeSet::new();
    loop {
        generations.borrow_and_update();
        for release in waiting(server) {
            if tried.insert(release.digest) {
                server.trials().begin(release.digest);
                let played = on(server, &release).await;
                server.trials().end(&release.digest);
                match played {
                    Ok(0) => {}
                    Ok(_) => {
                        ["/api/v1/releases", "/api/v1/scenarios"].iter().for_each(|route| changes::tell(server, route))
                    }
                    Err(why) => {
                        tracing::warn!(plugin = %release.plugin, digest = %release.digest, why, "scenarios could not be run on a release");
                    }
                }
            }
        }
        if generations.changed().await.is_err() {
            return;
        }
    }
}

/// Releases of skills that wait, newest first.
fn waiting(server: &Server) -> Vec<Arc<Release>> {
    let generation = server.host().generation();
    let all = generation.releases.values();
    let mut waiting: Vec<_> =
        all.filter(|release| release.state == State::Pending && release.sheet.kind == Kind::Skill).cloned().collect();
    waiting.sort_by_key(|release| std::cmp::Reverse(release.proposed_at));
    waiting
}

/// How many scenarios were played on it; none where that was done before.
async fn on(server: &Server, release: &Release) -> Result<usize, String> {
    let store = server.store().scenarios();
    let said = |error: usher_agent::store::StoreError| error.to_string();
    let scenarios = store.scenarios().await.map_err(said)?;
    if scenarios.is_empty() || !store.runs_on_release(release.digest).await.map_err(said)?.is_empty() {
        return Ok(0);
    }
    let refused = |problem: crate::problem::Problem| format!("{problem:?}");
    let Some(trial) = server.trial(release).await.map_err(refused)? else { return Ok(0) };
    let (mut played, mut failed) = (0, 0);
    for (kept, _) in scenarios.into_iter().take(MOST) {
        room(server).await;
        if !still_waits(server, &release.digest) {
            break;
        }
        let playing = Playing { server, by: BY, on: Some((release.digest, &trial)) };
        let run = playing.play(kept.id, &kept.scenario).await;
        failed += usize::from(!run.passed);
        played += usize::from(store.put_run(run, super::routes::KEEP).await.map_err(said)?);
        tokio::time::sleep(BREATH).await;
    }
    tracing::info!(plugin = %release.plugin, digest = %release.digest, played, failed, "scenarios were run on a release that waits");
    Ok(played)
}

/// Waits until half of the calls that may be under way are free.
async fn room(server: &Server) {
    while server.host().free_calls() * 2 < server.host().limits().concurrent_calls {
        tokio::time::sleep(LATER).await;
    }
}

fn still_waits(server: &Server, digest: &Digest) -> bool {
    server.host().generation().releases.get(digest).is_some_and(|release| release.state == State::Pending)
}
