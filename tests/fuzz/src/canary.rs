//! Honest skills beside the random ones: as long as they answer, nothing that happened did harm to others.

use crate::stage::{Stage, limits};
use crate::tools::{Shared, TOGETHER};
use anyhow::{Result, anyhow, bail};
use std::sync::{Arc, PoisonError};
use tokio::sync::Barrier;
use usher_host::skill::{Assurance, Outcome};
use usher_host::{CallFailure, Handled, LimitHit, TurnContext};
use usher_hostile::{Fixture, Made as _, context, outcome, turn};
use usher_manifest::PluginId;

const WORDS: &str = "all is well";
/// On a machine that is busy with something else, an answer may come too late now and then.
const TRIES: usize = 20;

/// The components of the honest skills.
#[must_use]
pub(crate) fn components() -> [Vec<u8>; 2] {
    let data = format!("(data (i32.const 512) \"{WORDS}\")");
    let reply = outcome::reply("(i32.const 512)", "(i32.const 11)");
    let plain = Fixture::skill("canary", &[], &[], &data, &reply);
    let import =
        "(import \"usher:tools/knowledge@0.1.0\" \"search\" (func $search (param i32 i32 i32 i32 i32 i32 i32)))";
    let search = "(call $search (i32.const 512) (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1)
        (i32.const 2048)) (if (i32.load8_u (i32.const 2048)) (then (unreachable)))";
    let together = Fixture::skill(
        "canary-together",
        &["usher:tools/knowledge@0.1.0"],
        &["usher:tools/knowledge.search"],
        &format!("{import} {data}"),
        &format!("{search} {reply}"),
    );
    [plain.bytes(), together.bytes()]
}

/// Asks the honest skills: one turn, and as many turns at once as may run at once, which end only if none of these
/// places was lost.
///
/// # Errors
/// What was answered instead.
pub(crate) async fn ask(stage: &Stage, shared: &Shared) -> Result<()> {
    one(stage).await?;
    let mut last = String::new();
    for _ in 0..TRIES {
        match together(stage, shared).await {
            Ok(()) => return Ok(()),
            Err(problem) => last = problem,
        }
    }
    bail!("as many turns as may run at once can't run at once any more: {last}")
}

async fn one(stage: &Stage) -> Result<()> {
    for _ in 0..TRIES {
        let handled = handle(stage, "canary", context(Assurance::Anonymous)).await?;
        match well(&handled) {
            Ok(()) => return Ok(()),
            Err(_) if handled.outcome == Err(CallFailure::Limit(LimitHit::Time)) => {}
            Err(problem) => bail!("the honest skill: {problem}"),
        }
    }
    bail!("the honest skill answered too late {TRIES} times")
}

async fn together(stage: &Stage, shared: &Shared) -> Result<(), String> {
    let turns = limits().concurrent_calls;
    let barrier = Some(Arc::new(Barrier::new(turns)));
    *shared.barrier.lock().unwrap_or_else(PoisonError::into_inner) = barrier;
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..turns {
        let context = TurnContext { conversation: TOGETHER.into(), ..context(Assurance::Anonymous) };
        let host = stage.host.clone();
        let id: PluginId = "canary-together".parse().map_err(|error| format!("{error}"))?;
        running.spawn(async move { host.handle(&host.generation(), &id, turn("well?"), context).await });
    }
    let all = running.join_all().await;
    all.iter().try_for_each(well)
}

async fn handle(stage: &Stage, id: &str, context: TurnContext) -> Result<Handled> {
    let id: PluginId = id.parse().map_err(|error| anyhow!("{error}"))?;
    Ok(stage.host.handle(&stage.host.generation(), &id, turn("well?"), context).await)
}

fn well(handled: &Handled) -> Result<(), String> {
    match &handled.outcome {
        Ok(Outcome::Reply(reply)) if reply.text == WORDS => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
