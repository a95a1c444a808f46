//! A process that is killed: the same test program, started again with one test.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What it says when it has started.
pub(crate) const READY: &str = "ready";
/// What it says when the last day is over.
pub(crate) const DONE: &str = "done";

const HOME: &str = "USHER_KILLED_HOME";
const OUTSIDE: &str = "USHER_KILLED_OUTSIDE";
const ZENDESK: &str = "USHER_KILLED_ZENDESK";
const SCRIPT: &str = "USHER_KILLED_SCRIPT";

const PATIENCE: Duration = Duration::from_secs(120);

/// What a process is started with.
pub(crate) struct Start {
    /// The folder of the database, the journal and the plugins.
    pub(crate) home: PathBuf,
    /// Of the script.
    pub(crate) seed: u64,
    /// Where mails are taken, and a helpdesk's people told to write.
    pub(crate) outside: SocketAddr,
    /// Where the helpdesk is.
    pub(crate) zendesk: String,
}

impl Start {
    /// What this process was started with, where it is one that is killed.
    pub(crate) fn given() -> Option<Self> {
        Some(Self {
            home: env::var_os(HOME)?.into(),
            seed: env::var(SCRIPT).unwrap().parse().unwrap(),
            outside: env::var(OUTSIDE).unwrap().parse().unwrap(),
            zendesk: env::var(ZENDESK).unwrap(),
        })
    }

    /// Starts the ignored test of this name.
    pub(crate) fn child(&self, test: &str) -> Killed {
        let began = Instant::now();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", test, "--ignored", "--nocapture"])
            .env(HOME, &self.home)
            .env(SCRIPT, self.seed.to_string())
            .env(OUTSIDE, self.outside.to_string())
            .env(ZENDESK, &self.zendesk)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let (lines, said) = unbounded_channel();
        // Read all the time, so that the process never waits for a full pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if lines.send(line).is_err() {
                    return;
                }
            }
        });
        Killed { child, said, began }
    }

    /// From now on a day that is over is the last one.
    pub(crate) fn last_day(&self) {
        std::fs::write(self.sign(), "").unwrap();
    }

    /// Whether no other day begins.
    pub(crate) fn is_last_day(&self) -> bool {
        self.sign().exists()
    }

    fn sign(&self) -> PathBuf {
        self.home.join("last-day")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.home.join("usher.sqlite")
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.home.join("journal")
    }
}

/// A process that is to be killed. It ends with this at the latest.
pub(crate) struct Killed {
    child: Child,
    said: UnboundedReceiver<String>,
    began: Instant,
}

impl Killed {
    /// Waits until it has started; how long that took.
    pub(crate) async fn ready(&mut self) -> Duration {
        self.hear(READY).await;
        self.began.elapsed()
    }

    /// Ends it at once; it must not have ended by itself.
    pub(crate) fn kill(mut self) {
        let ended = self.child.try_wait().unwrap();
        assert!(ended.is_none(), "it ended by itself: {ended:?}");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn done(mut self) {
        self.hear(DONE).await;
        assert!(self.child.wait().unwrap().success());
    }

    async fn hear(&mut self, word: &str) {
        let heard = async {
            while let Some(line) = self.said.recv().await {
                if line == word {
                    return true;
                }
            }
            false
        };
        let heard = tokio::time::timeout(PATIENCE, heard).await;
        assert!(heard == Ok(true), "it never said {word}: {:?}", self.child.try_wait());
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        let _it_ended_already = self.child.kill();
        let _it_ended_already = self.child.wait();
    }
}
