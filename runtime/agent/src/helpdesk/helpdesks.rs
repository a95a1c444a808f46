//! The connectors' helpdesks, as the rest of the agent sees them.

use super::{HelpdeskJob, filing, follow};
use crate::agent::Clock;
use crate::desk::Desk;
use crate::ids::HelpdeskJobId;
use crate::settings::Settings;
use crate::skills::Skills;
use crate::store::{self, Store};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use usher_host::Host;
use usher_manifest::PluginId;

/// Most jobs that are read at once.
pub(super) const MANY: usize = 1000;

/// A helpdesk that doesn't do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnswering {
    /// Since when.
    pub since: Timestamp,
    /// Why, in the connector's words.
    pub error: String,
}

/// What the helpdesks need of the agent.
pub(crate) struct Surroundings {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) host: Host,
    pub(crate) skills: Arc<Skills>,
    pub(crate) settings: Arc<Settings>,
    /// The shop's name.
    pub(crate) shop: String,
    pub(crate) clock: Clock,
    /// Stores and announces.
    pub(crate) desk: Arc<Desk>,
}

/// Files tickets in the helpdesks of connectors, and brings back what people do there, for as long as it lives. One a
/// running agent: `Agent::helpdesks`.
pub struct Helpdesks {
    work: Arc<Work>,
    tasks: Vec<AbortHandle>,
}

/// What those who file and those who follow share.
pub(super) struct Work {
    pub(super) around: Surroundings,
    /// Helpdesks that failed the last time that they were asked, since the start of the process.
    failing: Mutex<BTreeMap<PluginId, NotAnswering>>,
    /// Whose news are wanted at once.
    wanted: Mutex<Wanted>,
    pub(super) wish: Notify,
    /// A job may be due before its time.
    pub(super) due: Notify,
}

/// Whose news are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) all: bool,
    pub(super) some: BTreeSet<PluginId>,
}

impl Drop for Helpdesks {
    fn drop(&mut self) {
        // What a helpdesk is being asked is asked again at the next start, under the same name.
        self.tasks.iter().for_each(AbortHandle::abort);
    }
}

impl Helpdesks {
    /// Starts to file and to follow.
    pub(crate) fn start(around: Surroundings) -> Arc<Self> {
        let work = Arc::new(Work {
            around,
            failing: Mutex::default(),
            wanted: Mutex::default(),
            wish: Notify::new(),
            due: Notify::new(),
        });
        let tasks = vec![
            tokio::spawn(filing::keep_filing(work.clone())).abort_handle(),
            tokio::spawn(filing::keep_trying(work.clone())).abort_handle(),
            tokio::spawn(follow::keep_following(work.clone())).abort_handle(),
        ];
        Arc::new(Self { work, tasks })
    }

    /// Asks this connector (all, where none is named) for news at once; where it is being asked, once more after that.
    pub fn sync(&self, connector: Option<&PluginId>) {
        self.work.sync(connector);
    }

    /// The jobs that are left: those that wait, and those that were given up. At most 1000.
    ///
    /// # Errors
    /// Where the store can't be read.
    pub async fn jobs(&self) -> store::Result<Vec<HelpdeskJob>> {
        self.work.jobs().await
    }

    /// Has a job tried again at once, as if it were new; none where there is no such job.
    ///
    /// # Errors
    /// Where it could not be stored.
    pub async fn retry(&self, id: HelpdeskJobId) -> store::Result<Option<HelpdeskJob>> {
        let Some(job) = self.jobs().await?.into_iter().find(|job| job.id == id) else { return Ok(None) };
        let job = HelpdeskJob { attempts: 0, given_up_at: None, due_at: self.work.now(), ..job };
        let kept = filing::keep(&self.work, job.clone()).await?;
        self.work.due.notify_one();
        Ok(kept.then_some(job))
    }

    /// Helpdesks that failed the last time that they were asked.
    #[must_use]
    pub fn failing(&self) -> BTreeMap<PluginId, NotAnswering> {
        self.work.failing()
    }
}

impl Work {
    pub(super) fn sync(&self, connector: Option<&PluginId>) {
        let mut wanted = locked(&self.wanted);
        match connector {
            Some(connector) => drop(wanted.some.insert(connector.clone())),
            None => wanted.all = true,
        }
        drop(wanted);
        self.wish.notify_one();
    }

    pub(super) fn wanted(&self) -> Wanted {
        std::mem::take(&mut *locked(&self.wanted))
    }

    pub(super) async fn jobs(&self) -> store::Result<Vec<HelpdeskJob>> {
        self.around.store.jobs(MANY).await
    }

    pub(super) fn failing(&self) -> BTreeMap<PluginId, NotAnswering> {
        locked(&self.failing).clone()
    }

    /// Notes that a helpdesk did what it was asked; true where it had failed before.
    pub(super) fn note_well(&self, connector: &PluginId) -> bool {
        let back = locked(&self.failing).remove(connector).is_some();
        if back {
            tracing::info!(%connector, "the helpdesk answers again");
        }
        back
    }

    /// Notes that a helpdesk failed.
    pub(super) fn note_failing(&self, connector: &PluginId, error: &str) {
        let now = self.now();
        let mut failing = locked(&self.failing);
        let entry = failing.entry(connector.clone()).or_insert_with(|| {
            tracing::warn!(%connector, error, "the helpdesk doesn't answer");
            NotAnswering { since: now, error: String::new() }
        });
        error.clone_into(&mut entry.error);
        drop(failing);
        self.around.skills.suspect(connector);
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.around.clock)()
    }

    pub(super) fn is_connected(&self, connector: &PluginId) -> bool {
        self.around.host.generation().integrations.contains_key(connector)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
