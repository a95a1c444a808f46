//! Releases that are tried: made ready once, and not anew for each message.

use crate::api::Server;
use crate::problem::{Answer, Kind, Problem};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;
use usher_agent::preview::Trial;
use usher_host::{Digest, Release, State};

/// Scenarios that are played at the same time.
const SIDE_BY_SIDE: usize = 2;

/// What is tried at the moment.
pub(in crate::api) struct Trials {
    /// The release that was tried last, on which generation.
    last: tokio::sync::Mutex<Option<(Digest, u64, Arc<Trial>)>>,
    /// A place for each scenario that is played.
    pub(super) places: Semaphore,
    /// Releases whose scenarios are being played by themselves.
    under_way: Mutex<BTreeSet<Digest>>,
}

impl Default for Trials {
    fn default() -> Self {
        Self { last: tokio::sync::Mutex::default(), places: Semaphore::new(SIDE_BY_SIDE), under_way: Mutex::default() }
    }
}

impl Trials {
    pub(super) fn begin(&self, release: Digest) {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).insert(release);
    }

    pub(super) fn end(&self, release: &Digest) {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(release);
    }

    pub(super) fn runs(&self, release: &Digest) -> bool {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).contains(release)
    }
}

impl Server {
    /// A release made ready to be tried; none where it is the one that serves.
    pub(in crate::api) async fn trial(&self, release: &Release) -> Answer<Option<Arc<Trial>>> {
        match release.state {
            State::Live => return Ok(None),
            State::Revoked | State::Refused => {
                return Err(Problem::new(Kind::Conflict)
                    .detail(format!("{} {} was {} and isn't run", release.plugin, release.digest, release.state.name()))
                    .fix("name a release that waits, or one that served before"));
            }
            State::Pending | State::Approved | State::Superseded => {}
        }
        let serving = self.host().generation().number;
        let mut last = self.trials().last.lock().await;
        if let Some((digest, generation, trial)) = &*last
            && (*digest, *generation) == (release.digest, serving)
        {
            return Ok(Some(trial.clone()));
        }
        let trial = self.agent().trial(&release.digest).await.map_err(|refusal| {
            Problem::new(Kind::Invalid)
                .detail(refusal.to_string())
                .fix("only skills are tried: a connector would hold the shop's secrets before anybody agreed to it")
        })?;
        let trial = Arc::new(trial);
        *last = Some((release.digest, serving, trial.clone()));
        Ok(Some(trial))
    }
}
