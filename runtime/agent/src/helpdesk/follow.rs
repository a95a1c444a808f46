//! Asks the helpdesks for news of the tickets that are out: every half minute, and at once when somebody says that there
//! are some.

use super::helpdesks::Work;
use super::round::{self, Pace, Which};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use usher_manifest::PluginId;

/// How often news are asked for.
const EVERY: Duration = Duration::from_secs(30);
/// How soon news are asked for again that weren't settled yet.
const SOON: Duration = Duration::from_secs(6);
/// Tickets that are quiet are asked about in each twentieth round only: every ten minutes.
const QUIET_ROUNDS: u32 = 20;

/// Follows for as long as the helpdesks live. Each helpdesk is asked by one at a time.
pub(super) async fn keep_following(work: Arc<Work>) {
    let mut at_work: JoinSet<(PluginId, Pace, bool)> = JoinSet::new();
    let mut soon: JoinSet<PluginId> = JoinSet::new();
    let mut paces: BTreeMap<PluginId, Pace> = BTreeMap::new();
    let mut asked: BTreeSet<PluginId> = BTreeSet::new();
    let mut again: BTreeMap<PluginId, Which> = BTreeMap::new();
    let mut rounds = 0_u32;
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let mut due: BTreeMap<PluginId, Which> = BTreeMap::new();
        let all = |which: Which| connectors(&work).into_iter().map(move |connector| (connector, which));
        tokio::select! {
            _ = ticks.tick() => {
                due.extend(all(if rounds.is_multiple_of(QUIET_ROUNDS) { Which::All } else { Which::Lively }));
                rounds = rounds.wrapping_add(1);
            }
            () = work.wish.notified() => {
                let wanted = work.wanted();
                due.extend(wanted.some.into_iter().map(|connector| (connector, Which::Lively)));
                if wanted.all {
                    due.extend(all(Which::All));
                }
            }
            Some(Ok(connector)) = soon.join_next() => {
                due.insert(connector, Which::Lively);
            }
            Some(ended) = at_work.join_next() => match ended {
                Ok((connector, pace, unsettled)) => {
                    asked.remove(&connector);
                    if unsettled {
                        let connector = connector.clone();
                        soon.spawn(async move {
                            tokio::time::sleep(SOON).await;
                            connector
                        });
                    }
                    due.extend(again.remove(&connector).map(|which| (connector.clone(), which)));
                    paces.insert(connector, pace);
                }
                Err(error) => {
                    tracing::error!(%error, "asking a helpdesk for news ended the runtime's own code");
                    at_work.shutdown().await;
                    asked.clear();
                }
            },
        }
        for (connector, which) in due {
            if asked.contains(&connector) {
                let wanted = again.entry(connector).or_insert(which);
                *wanted = which.max(*wanted);
                continue;
            }
            asked.insert(connector.clone());
            let (work, mut pace) = (work.clone(), paces.remove(&connector).unwrap_or_default());
            at_work.spawn(async move {
                let unsettled = round::make(&work, &connector, &mut pace, which).await.unwrap_or_else(|error| {
                    tracing::error!(%connector, %error, "the tickets that are in a helpdesk could not be read");
                    false
                });
                (connector, pace, unsettled)
            });
        }
    }
}

/// The connected helpdesks.
fn connectors(work: &Work) -> BTreeSet<PluginId> {
    let generation = work.around.host.generation();
    let is_helpdesk =
        |name: &usher_manifest::InterfaceName| name.without_version().to_string() == "usher:tools/helpdesk";
    let connected = generation.integrations.iter();
    let connected = connected.filter(|(_, connected)| connected.connector.manifest.provides.iter().any(is_helpdesk));
    connected.map(|(id, _)| id.clone()).collect()
}
