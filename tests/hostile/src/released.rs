//! Skills that tell their version, searches that can be held in the middle, and what tests ask of a release.

use async_trait::async_trait;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use usher_host::skill::{Assurance, Outcome};
use usher_host::{Digest, Handled, Host, RuntimeCall, RuntimeTool, State, ToolError, Value};
use usher_manifest::{InterfaceName, PluginId};
use usher_probes::{Fixture, context, outcome, turn};

const SEARCH: &str = "usher:tools/knowledge.search";

/// A skill that says these three letters.
#[must_use]
pub fn saying(id: &str, text: &str) -> Fixture {
    let reply = outcome::reply("(i32.const 512)", "(i32.const 3)");
    Fixture::skill(id, &[], &[], &format!("(data (i32.const 512) \"{text}\")"), &reply)
}

/// A skill that searches so many times and then says these three letters.
#[must_use]
pub fn searching(id: &str, text: &str, times: usize) -> Fixture {
    let call = "(call $search (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 3) (i32.const 2048))";
    let reply = outcome::reply("(i32.const 512)", "(i32.const 3)");
    Fixture::skill(
        id,
        &["usher:tools/knowledge@0.1.0"],
        &[SEARCH],
        &format!(
            "(import \"usher:tools/knowledge@0.1.0\" \"search\" (func $search (param i32 i32 i32 i32 i32 i32 i32)))
             (data (i32.const 512) \"{text}\")"
        ),
        &format!("{}{reply}", call.repeat(times)),
    )
}

/// A search that waits until it is let go.
pub struct Held {
    /// One permit lets one search go.
    pub gate: Semaphore,
    waiting: AtomicUsize,
}

impl Held {
    /// Nobody is let go yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { gate: Semaphore::new(0), waiting: AtomicUsize::new(0) })
    }

    /// As the host wants it.
    #[must_use]
    pub fn tools(self: &Arc<Self>) -> HashMap<InterfaceName, Arc<dyn RuntimeTool>> {
        HashMap::from([("usher:tools/knowledge".parse().expect("a name"), self.clone() as Arc<dyn RuntimeTool>)])
    }

    /// Until a search is held.
    pub async fn someone_waits(&self) {
        while self.waiting.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

#[async_trait]
#[allow(clippy::expect_used, reason = "a test's own fault")]
impl RuntimeTool for Held {
    async fn call(&self, _: RuntimeCall<'_>) -> Result<Value, ToolError> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let permit = self.gate.acquire().await;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        permit.expect("it is never closed").forget();
        Err(ToolError::NotFound)
    }
}

/// A plugin's id.
#[must_use]
pub fn id(text: &str) -> PluginId {
    text.parse().expect("an id")
}

/// Asks a skill on the generation that is live.
pub async fn ask(host: &Host, skill: &str) -> Handled {
    host.handle(&host.generation(), &id(skill), turn("hello"), context(Assurance::Authenticated)).await
}

/// What it replied.
#[must_use]
pub fn said(handled: &Handled) -> &str {
    match &handled.outcome {
        Ok(Outcome::Reply(reply)) => &reply.text,
        other => panic!("{other:?}"),
    }
}

/// How it stands with a release.
#[must_use]
pub fn state(host: &Host, digest: Digest) -> State {
    host.generation().releases[&digest].state
}
