//! Whether integrations are well, as their connectors say when they are asked. Kept in memory: a start asks anew.

use super::state::Failing;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use usher_host::{Connected, Digest, Generation};
use usher_manifest::PluginId;

/// How often an integration is asked that was well.
const EVERY: Duration = Duration::from_secs(60);
/// How often one is asked that wasn't.
const AGAIN: Duration = Duration::from_secs(10);
/// A failed call doesn't have it asked again sooner than this after the last time.
const NOT_SOONER: Duration = Duration::from_secs(2);

/// What came of asking an integration whether it is well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    /// The provider answered, and the credentials are good.
    pub ok: bool,
    /// What was reached, or what is wrong and how to mend it, in the connector's words.
    pub message: String,
    /// When it was asked last.
    pub checked_at: Timestamp,
    /// When it failed first, where it fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
}

/// All integrations with their last checks.
#[derive(Default)]
pub(super) struct Checks {
    entries: Mutex<BTreeMap<PluginId, Entry>>,
    /// Woken where one is due before its time.
    pub(super) due: Arc<Notify>,
}

/// What a check was of: another release, other settings or secrets may be well where this wasn't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Checked {
    digest: Digest,
    revision: u64,
}

impl Checked {
    pub(super) fn of(connected: &Connected) -> Self {
        Self { digest: connected.connector.sheet.digest, revision: connected.revision() }
    }
}

struct Entry {
    checked: Checked,
    health: Option<Health>,
    /// When the last finished check began.
    begun: Option<Instant>,
    due: Instant,
    under_way: bool,
    /// Held while it is asked, so that several who want to know ask once.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Checks {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<PluginId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up the integrations of a generation: new and changed ones are due at once.
    pub(super) fn take_up(&self, generation: &Generation) {
        let mut entries = self.entries();
        entries.retain(|id, _| generation.integrations.contains_key(id));
        for (id, connected) in &generation.integrations {
            let checked = Checked::of(connected);
            if entries.get(id).is_some_and(|entry| entry.checked == checked) {
                continue;
            }
            let entry = Entry {
                checked,
                health: None,
                begun: None,
                due: Instant::now(),
                under_way: false,
                turn: Arc::default(),
            };
            entries.insert(id.clone(), entry);
        }
    }

    /// The integrations that are due and not being asked; they count as being asked from now on.
    pub(super) fn begin_due(&self) -> Vec<PluginId> {
        let now = Instant::now();
        let mut entries = self.entries();
        let due = entries.iter_mut().filter(|(_, entry)| entry.due <= now && !entry.under_way);
        due.map(|(id, entry)| {
            entry.under_way = true;
            id.clone()
        })
        .collect()
    }

    /// Whoever holds this asks the integration; none where it isn't connected.
    pub(super) fn turn(&self, connector: &PluginId) -> Option<Arc<tokio::sync::Mutex<()>>> {
        self.entries().get(connector).map(|entry| entry.turn.clone())
    }

    /// What is known from a check that began at this time or after.
    pub(super) fn known_since(&self, connector: &PluginId, since: Instant) -> Option<Health> {
        let entries = self.entries();
        let entry = entries.get(connector)?;
        entry.begun.filter(|begun| *begun >= since)?;
        entry.health.clone()
    }

    /// Notes what came of asking. Nothing where the integration has changed meanwhile: that one is due already.
    pub(super) fn note(
        &self,
        connector: &PluginId,
        checked: Checked,
        begun: Instant,
        answer: Result<String, String>,
    ) -> Health {
        let mut entries = self.entries();
        let entry = entries.get_mut(connector).filter(|entry| entry.checked == checked);
        let now = Timestamp::now();
        let before = entry.as_ref().and_then(|entry| entry.health.as_ref());
        let since = before.and_then(|health| health.failing_since).unwrap_or(now);
        let health = match answer {
            Ok(message) => Health { ok: true, message, checked_at: now, failing_since: None },
            Err(message) => Health { ok: false, message, checked_at: now, failing_since: Some(since) },
        };
        if let Some(entry) = entry {
            match (before_ok(entry), health.ok) {
                (true, false) => tracing::warn!(%connector, message = health.message, "the integration is not well"),
                (false, true) => tracing::info!(%connector, message = health.message, "the integration is well again"),
                _ => {}
            }
            entry.due = Instant::now() + if health.ok { EVERY } else { AGAIN };
            entry.under_way = false;
            entry.begun = Some(begun);
            entry.health = Some(health.clone());
        }
        health
    }

    /// A call of this integration failed: it is asked soon whether it is well.
    pub(super) fn suspect(&self, connector: &PluginId) {
        let mut entries = self.entries();
        let Some(entry) = entries.get_mut(connector) else { return };
        let earliest = entry.begun.map_or_else(Instant::now, |begun| begun + NOT_SOONER);
        if earliest < entry.due {
            entry.due = earliest;
            drop(entries);
            self.due.notify_one();
        }
    }

    /// What is known of an integration.
    pub(super) fn health(&self, connector: &PluginId) -> Option<Health> {
        self.entries().get(connector)?.health.clone()
    }

    /// Why this integration counts as failing, if it does.
    pub(super) fn failing(&self, connector: &PluginId, checked: Checked) -> Option<Failing> {
        let entries = self.entries();
        let health = entries.get(connector).filter(|entry| entry.checked == checked)?.health.as_ref()?;
        Some(Failing { message: health.message.clone(), since: health.failing_since? })
    }
}

fn before_ok(entry: &Entry) -> bool {
    entry.health.as_ref().is_none_or(|health| health.ok)
}
