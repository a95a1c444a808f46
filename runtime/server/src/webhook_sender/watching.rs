//! Looks at what endpoints are told of and nobody stores: the states of skills, and whether integrations are well.

use super::Sending;
use crate::listen;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use usher_agent::Agent;
use usher_agent::webhook::Observed;

/// Changes that come together are told as one: at a start, skills stand still only once all is looked at.
const SETTLES: Duration = Duration::from_secs(2);

/// Notes every change of a state until `closing` turns true.
pub(super) async fn watch(agent: Agent, sending: Arc<Sending>, mut closing: watch::Receiver<bool>) {
    let mut changes = agent.skills().changes();
    loop {
        tokio::select! {
            () = tokio::time::sleep(SETTLES) => {}
            () = listen::closed(&mut closing) => return,
        }
        changes.mark_unchanged();
        let noted = sending.store.webhooks().observe(observed(&agent), (sending.clock)()).await;
        if let Err(error) = noted {
            tracing::error!(%error, "how skills and integrations stand could not be noted for webhooks");
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = listen::closed(&mut closing) => return,
        }
    }
}

fn observed(agent: &Agent) -> Vec<Observed> {
    let skills = agent.skills();
    let board = skills.board();
    let states = board.skills.iter().map(|(skill, standing)| Observed::Skill(skill.clone(), standing.state));
    let connectors = board.circumstances.connectors.keys();
    let health = connectors.filter_map(|id| Some(Observed::Integration(id.clone(), skills.health(id)?.ok)));
    states.chain(health).collect()
}
