//! One random call of a component, and what must be true of it however it ends.

use crate::dice::Dice;
use crate::report::words;
use crate::stage::limits;
use crate::subject::Subject;
use crate::turns;
use crate::values::{Function, value};
use anyhow::{Result, bail, ensure};
use std::sync::Arc;
use std::task::Poll;
use usher_host::json::{from_json, to_json};
use usher_host::skill::{Assurance, Outcome};
use usher_host::{
    Agreed, CallFailure, CallResult, Effect, Generation, Handled, Host, LimitHit, Recording, Source, ToolCall,
    ToolError, TurnContext,
};
use usher_manifest::Kind;
use wasmtime::component::{Type, Val};

/// What came of a call, in few words.
#[derive(Debug)]
pub(crate) struct Ending {
    /// How it ended.
    pub(crate) how: String,
    /// How its tool calls went.
    pub(crate) tools: Vec<String>,
}

impl From<String> for Ending {
    fn from(how: String) -> Self {
        Self { how, tools: Vec::new() }
    }
}

/// Calls the component once.
///
/// # Errors
/// What of the ending must not be.
pub(crate) async fn invoke(
    host: &Host,
    generation: &Arc<Generation>,
    functions: &[Function],
    subject: &Subject,
    name: String,
    mut dice: Dice,
) -> Result<Ending> {
    if subject.kind == Kind::Connector {
        return ask(host, generation, functions, subject, &mut dice).await.map(Ending::from);
    }
    let turn = turns::turn(&mut dice);
    let mut context = turns::context(&turn, name, &mut dice);
    let work = host.handle(generation, &subject.id, turn.clone(), context.clone());
    // Somebody may hang up at any moment.
    let handled = match dice.chance(5) {
        true => match polled(work, 1 + dice.below(4)).await {
            Some(handled) => handled,
            None => return Ok("skill: dropped on the way".to_owned().into()),
        },
        false => work.await,
    };
    let ending = check(host, generation, subject, &context, &handled)?;
    if dice.chance(5) {
        replay(host, &handled).await?;
    }
    let Some(request) = &handled.consent else { return Ok(ending) };
    // The customer says yes, and the turn is run again with that.
    context.agreed = Some(Agreed {
        skill: request.skill.clone(),
        skill_digest: request.skill_digest,
        function: request.function.clone(),
        arguments_digest: request.arguments_digest,
        summary: request.summary.clone(),
        again: dice.chance(5),
        idempotency_key: format!("{}-yes", context.conversation),
    });
    let again = host.handle(generation, &subject.id, turn, context.clone()).await;
    let mut agreed = check(host, generation, subject, &context, &again)?;
    agreed.how = format!("{}, asked again after a yes", agreed.how);
    agreed.tools.extend(ending.tools);
    Ok(agreed)
}

/// Polls a future so often and then drops it.
async fn polled<T>(work: impl Future<Output = T>, times: usize) -> Option<T> {
    let (mut work, mut left) = (std::pin::pin!(work), times);
    std::future::poll_fn(move |context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => {
            left -= 1;
            if left == 0 { Poll::Ready(None) } else { Poll::Pending }
        }
    })
    .await
}

/// Runs the turn again from its recording, by way of text: nothing may be different, and nobody is asked.
async fn replay(host: &Host, handled: &Handled) -> Result<()> {
    let Some(recording) = &handled.recording else { return Ok(()) };
    // Where time decided, it may decide otherwise; and an answer that was too much to hand over isn't recorded.
    let otherwise = |outcome: &Result<Outcome, CallFailure>| {
        use LimitHit::{LiftedBytes, Time};
        matches!(outcome, Err(CallFailure::Limit(Time | LiftedBytes)))
    };
    if otherwise(&handled.outcome) {
        return Ok(());
    }
    let recording: Recording = serde_json::from_str(&serde_json::to_string(recording)?)?;
    let (again, differences) = host.replay(&recording, None).await?;
    if again.outcome != Err(CallFailure::Limit(LimitHit::Time)) {
        let first: Vec<_> = differences.iter().take(3).collect();
        let outcome = &handled.outcome;
        ensure!(
            differences.is_empty(),
            "a turn that ended in {outcome:?} has {} differences when it is run again: {first:?}",
            differences.len()
        );
    }
    Ok(())
}

fn check(
    host: &Host,
    generation: &Generation,
    subject: &Subject,
    context: &TurnContext,
    handled: &Handled,
) -> Result<Ending> {
    let (limits, assurance) = (limits(), context.assurance);
    ensure!(handled.fuel <= limits.fuel, "a call used {} units of fuel", handled.fuel);
    ensure!(handled.log.len() <= limits.log_lines as usize, "a call logged {} lines", handled.log.len());
    let longest = handled.log.iter().map(|line| line.text.len()).max().unwrap_or(0);
    ensure!(longest <= limits.log_line_bytes, "a call logged a line of {longest} bytes");
    ensure!(handled.calls.len() <= limits.host_calls as usize, "a call left {} tool calls", handled.calls.len());
    if let Some(memory) = &handled.memory {
        ensure!(memory.len() <= 32 + context.memory.len(), "a skill remembers {} values", memory.len());
    }
    let sheet = generation.skills.get(&subject.id).map(|skill| &skill.sheet);
    for call in &handled.calls {
        let granted = sheet.is_some_and(|sheet| sheet.tools.iter().any(|tool| tool.function == call.function));
        ensure!(granted, "{} was called and is not on the sheet", call.function);
        let rule = host.registry().rule(&call.function);
        if call.result == CallResult::Ok {
            let agreed = context
                .agreed
                .as_ref()
                .is_some_and(|agreed| agreed.function == call.function && agreed.arguments_digest == call.arguments);
            let acts = rule.effect != Effect::Reading;
            ensure!(!acts || agreed, "{} acts, nobody agreed, and it was done", call.function);
            ensure!(rank(assurance) >= rank(rule.assurance), "{} was answered to {assurance:?}", call.function);
        }
    }
    let acted = handled
        .calls
        .iter()
        .filter(|call| call.result == CallResult::Ok && host.registry().rule(&call.function).effect == Effect::Acting);
    ensure!(acted.count() <= 1, "a turn acted more than once");
    let tool = |call: &ToolCall| match host.registry().rule(&call.function).effect {
        Effect::Acting => format!("acting: {:?}", call.result),
        _ => format!("reading: {:?}", call.result),
    };
    let tools = handled.calls.iter().map(tool).collect();
    let ending = match &handled.outcome {
        Ok(outcome) => {
            // Whatever comes out can be kept.
            serde_json::to_string(outcome)?;
            match outcome {
                Outcome::Reply(_) => "reply",
                Outcome::SignIn(_) => "sign-in",
                Outcome::Handoff(_) => "handoff",
                Outcome::Decline => "decline",
            }
            .to_owned()
        }
        Err(CallFailure::Limit(hit)) => format!("limit: {hit:?}"),
        Err(CallFailure::Trap(text)) => format!("trap: {}", words(text)),
        Err(CallFailure::AwaitsConsent) => "awaits the customer's yes".into(),
        Err(other) => bail!("the call ended with: {other}"),
    };
    Ok(Ending { how: format!("skill: {ending}"), tools })
}

fn rank(assurance: Assurance) -> u8 {
    match assurance {
        Assurance::Anonymous => 0,
        Assurance::Identified => 1,
        Assurance::Authenticated => 2,
    }
}

/// Asks a connector for its health or for a function that it provides, with arguments of the right types.
async fn ask(
    host: &Host,
    generation: &Generation,
    functions: &[Function],
    subject: &Subject,
    dice: &mut Dice,
) -> Result<String> {
    let provides = |function: &&Function| {
        let source: Option<Source> = generation.source_of(&function.name.interface);
        source.is_some_and(|source| source.connector == subject.id)
    };
    let provided: Vec<&Function> = functions.iter().filter(provides).collect();
    if provided.is_empty() || dice.chance(10) {
        let well = host.check(&subject.id).await.is_ok();
        return Ok(format!("connector: {}", if well { "says that it is well" } else { "is not well" }));
    }
    let function = *dice.pick(&provided);
    let arguments: Vec<Val> = function.ty.params().map(|(_, ty)| value(&ty, dice)).collect();
    let ending = match host.ask(&function.name, &arguments).await {
        Ok(answer) => {
            if let Some(Type::Result(result)) = function.ty.results().next()
                && let Some(ty) = result.ok()
            {
                let again = from_json(&to_json(&answer), &ty);
                ensure!(again.as_ref() == Ok(&answer), "{}: {answer:?}, read again: {again:?}", function.name);
            }
            "answers".to_owned()
        }
        Err(ToolError::Denied(..)) => "refuses".into(),
        Err(ToolError::NotFound) => "finds nothing".into(),
        Err(ToolError::Invalid(_)) => "finds it invalid".into(),
        Err(ToolError::TooLarge) => "answer too large".into(),
        Err(ToolError::Unavailable(text)) if text.contains("the runtime failed") => bail!("a connector's call: {text}"),
        Err(ToolError::Unavailable(text)) if text.starts_with("the ") => format!("unavailable: {}", words(&text)),
        Err(ToolError::Unavailable(_)) => "unavailable".into(),
    };
    Ok(format!("connector: {ending}"))
}
