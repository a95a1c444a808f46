//! Keeps what a mailbox brings, as the server does: the mail and its place in one step.

use async_trait::async_trait;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use usher_channels::email::imap::{self, Keeper, Mailbox, MailboxState, PassedOver, Place};

#[derive(Default)]
pub(crate) struct Store {
    pub(crate) mails: Mutex<Vec<String>>,
    pub(crate) passed: Mutex<Vec<PassedOver>>,
    pub(crate) states: Mutex<Vec<MailboxState>>,
    place: Mutex<Option<Place>>,
    /// The next mail is stored, without its place, and nothing is heard of it any more: as in a crash.
    pub(crate) crash: AtomicBool,
    /// Mail can't be stored.
    pub(crate) full: AtomicBool,
}

impl Store {
    /// The Message-IDs of the mails, in the order in which they came.
    pub(crate) fn ids(&self) -> Vec<String> {
        let id = |mail: &String| {
            let line = mail.lines().find(|line| line.starts_with("Message-ID: ")).unwrap_or_default();
            line.trim_start_matches("Message-ID: <").trim_end_matches('>').to_owned()
        };
        self.mails.lock().expect("mails").iter().map(id).collect()
    }

    pub(crate) fn last_state(&self) -> Option<MailboxState> {
        self.states.lock().expect("states").last().cloned()
    }

    pub(crate) fn is_watching(&self) -> bool {
        matches!(self.last_state(), Some(MailboxState::Watching { .. }))
    }

    pub(crate) fn place(&self) -> Option<Place> {
        *self.place.lock().expect("place")
    }
}

#[async_trait]
impl Keeper for Store {
    async fn place(&self) -> Result<Option<Place>, String> {
        Ok(Self::place(self))
    }

    async fn keep(&self, raw: &[u8], place: Place) -> Result<(), String> {
        if self.full.load(Ordering::Relaxed) {
            return Err("the disk is full".into());
        }
        self.mails.lock().expect("mails").push(String::from_utf8_lossy(raw).into_owned());
        if self.crash.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        *self.place.lock().expect("place") = Some(place);
        Ok(())
    }

    async fn pass_over(&self, place: Place, mail: Option<PassedOver>) -> Result<(), String> {
        self.passed.lock().expect("passed").extend(mail);
        *self.place.lock().expect("place") = Some(place);
        Ok(())
    }

    fn state(&self, state: MailboxState) {
        self.states.lock().expect("states").push(state);
    }
}

/// A watcher that runs.
pub(crate) struct Watching {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Watching {
    pub(crate) fn start(mailbox: Mailbox, store: &Arc<Store>) -> Self {
        store.states.lock().expect("states").clear();
        let (stop, closing) = watch::channel(false);
        Self { stop, task: tokio::spawn(imap::watch(mailbox, store.clone(), closing)) }
    }

    /// Ends as it should.
    pub(crate) async fn stop(self) {
        self.stop.send(true).expect("it listens");
        self.task.await.expect("it ends");
    }

    /// Ends as in a crash.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}
