//! The gate: every tool call of every skill passes here, in this order: is it granted and not revoked, is the budget
//! there, is the customer known well enough, is the object theirs, has the customer agreed. Only then is a provider
//! asked, and what it answers is looked at once more: whose it is, and how large.
//!
//! Being let in is the moment that counts: a call that passed before a revocation ends as it would have.

use crate::acting;
use crate::connector_call::{Customer, Errand};
use crate::consent::{self, ConsentAsked};
use crate::error::CallFailure;
use crate::generation::Provider;
use crate::journal::{CallResult, RecordedCall, ToolCall};
use crate::json;
use crate::ledger::{Action, Entry};
use crate::limits::LimitHit;
use crate::owner;
use crate::registry::{Effect, ToolRule};
use crate::sheet::SheetTool;
use crate::skill::Assurance;
use crate::skill_call::SkillCall;
use crate::value::{DenialReason, ToolError, digest, links, weight};
use async_trait::async_trait;
use jiff::Timestamp;
use std::sync::Arc;
use tokio::time::Instant;
use usher_manifest::FunctionName;
use wasmtime::StoreContextMut;
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::{LinkerInstance, Val};

/// A tool that the runtime itself provides. It is called through the gate like any other.
#[async_trait]
pub trait RuntimeTool: Send + Sync + 'static {
    /// Answers one call; the value must have the type of the function's ok case.
    async fn call(&self, call: RuntimeCall<'_>) -> Result<Val, ToolError>;
}

/// A call of a runtime tool.
#[derive(Clone, Debug)]
pub struct RuntimeCall<'a> {
    /// The function, without its interface.
    pub function: &'a str,
    /// The arguments, of the function's types.
    pub arguments: &'a [Val],
    /// The authenticated customer, if any.
    pub customer: Option<&'a Customer>,
    /// The conversation, for records.
    pub conversation: &'a str,
    /// The conversation's language, BCP 47.
    pub locale: &'a str,
}

/// What a linked function knows.
struct Tool {
    function: FunctionName,
    rule: ToolRule,
    ty: ComponentFunc,
}

/// Links one granted function.
pub(crate) fn link(
    instance: &mut LinkerInstance<'_, SkillCall>,
    name: &str,
    tool: &SheetTool,
    ty: ComponentFunc,
) -> wasmtime::Result<()> {
    let tool = Arc::new(Tool { function: tool.function.clone(), rule: tool.rule.clone(), ty });
    instance.func_new_async(name, move |store, _, arguments, results| {
        let tool = tool.clone();
        Box::new(async move {
            let answer = pass(store, &tool, arguments).await?;
            match results {
                [result] => *result = answer,
                _ => wasmtime::bail!("a tool returns one result"),
            }
            Ok(())
        })
    })
}

/// How a call ended, before it is recorded.
struct Passed {
    provider: Option<Provider>,
    answer: Result<Val, ToolError>,
    result: CallResult,
}

async fn pass(mut store: StoreContextMut<'_, SkillCall>, tool: &Tool, arguments: &[Val]) -> wasmtime::Result<Val> {
    let (started, started_at) = (Instant::now(), Timestamp::now());
    store.data_mut().count(arguments.iter().map(weight).sum())?;
    if store.data().script.is_some() {
        return replayed(&mut store, tool, arguments);
    }
    let passed = match admit(&mut store, tool, arguments).await? {
        Ok(()) => ask(&mut store, tool, arguments).await?,
        Err(refusal) => refusal,
    };
    let note = match &passed.answer {
        Err(ToolError::Denied(_, text) | ToolError::Invalid(text) | ToolError::Unavailable(text)) => Some(text.clone()),
        _ => None,
    };
    let answer = match passed.answer {
        Ok(value) => Val::Result(Ok(Some(Box::new(value)))),
        Err(error) => Val::Result(Err(Some(Box::new(error.into_value())))),
    };
    // `result<_, tool-error>` has no value in its ok case.
    let answer = match answer {
        Val::Result(Ok(_)) if returns_nothing(&tool.ty) => Val::Result(Ok(None)),
        answer => answer,
    };
    let data = store.data_mut();
    // An address in a provider's complaint is no answer to pass on.
    if passed.result == CallResult::Ok {
        links(&answer, &mut data.links);
    }
    let (provider, provider_digest) = match &passed.provider {
        Some(Provider::Connector(connected)) => {
            (Some(connected.connector.sheet.plugin.clone()), Some(connected.connector.sheet.digest))
        }
        _ => (None, None),
    };
    data.tape.push(RecordedCall {
        function: tool.function.clone(),
        arguments: json::arguments_to_json(arguments),
        answer: json::to_json(&answer),
    });
    data.calls.push(ToolCall {
        function: tool.function.clone(),
        provider,
        provider_digest,
        arguments: digest(arguments),
        answer: digest(std::slice::from_ref(&answer)),
        result: passed.result,
        note,
        started_at,
        took_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
    });
    Ok(answer)
}

/// In a replay nothing is asked and nothing is done: the recording answers, or says that it can't.
fn replayed(store: &mut StoreContextMut<'_, SkillCall>, tool: &Tool, arguments: &[Val]) -> wasmtime::Result<Val> {
    let data = store.data_mut();
    let Some(script) = &mut data.script else { wasmtime::bail!("there is no script") };
    let said = json::arguments_to_json(arguments);
    let result = tool.ty.results().next();
    let found = script.next(&tool.function, &said);
    if let (Some(answer), Some(ty)) = (&found, &result)
        && let Ok(answer) = json::from_json(answer, ty)
    {
        // The same is charged as for the recorded call.
        if let Val::Result(Ok(Some(value))) = &answer {
            data.hand_over(weight(value))?;
        }
        links(&answer, &mut data.links);
        data.tape.push(RecordedCall {
            function: tool.function.clone(),
            arguments: said,
            answer: json::to_json(&answer),
        });
        return Ok(answer);
    }
    // As it was when the customer was asked: what is asked for is compared when the turn has ended.
    if tool.rule.effect != Effect::Reading && data.consent_summary.is_some() {
        return Err(consent::ask(data, &tool.function, &tool.rule, arguments));
    }
    if let Some(script) = &mut data.script {
        script.missed(&tool.function, &said);
    }
    let missing = ToolError::Unavailable("the recording has no answer to this call".into());
    let answer = Val::Result(Err(Some(Box::new(missing.into_value()))));
    data.tape.push(RecordedCall { function: tool.function.clone(), arguments: said, answer: json::to_json(&answer) });
    Ok(answer)
}

fn returns_nothing(ty: &ComponentFunc) -> bool {
    matches!(ty.results().next(), Some(wasmtime::component::Type::Result(result)) if result.ok().is_none())
}

fn denied(reason: DenialReason, message: String) -> Passed {
    Passed { provider: None, answer: Err(ToolError::Denied(reason, message)), result: CallResult::Denied(reason) }
}

/// All that is asked before a provider is. The outer error ends the turn.
async fn admit(
    store: &mut StoreContextMut<'_, SkillCall>,
    tool: &Tool,
    arguments: &[Val],
) -> wasmtime::Result<Result<(), Passed>> {
    let data = store.data_mut();
    let function = &tool.function;
    // The linker holds only granted functions; this asks once more, of the generation that the turn runs on.
    let granted = data.generation.skills.get(&data.skill).is_some_and(|skill| skill.sheet.grants(function));
    if !granted || tool.rule.effect == Effect::Runtime {
        return Ok(Err(denied(DenialReason::NotGranted, format!("{} may not call {function}", data.skill))));
    }
    if data.shared.revoked(&data.digest) {
        return Ok(Err(denied(DenialReason::NotGranted, format!("{} was revoked", data.skill))));
    }
    let Some(left) = data.tool_calls_left.checked_sub(1) else {
        let most = data.shared.limits.tool_calls;
        return Ok(Err(denied(DenialReason::LimitReached, format!("a turn may call {most} tools"))));
    };
    data.tool_calls_left = left;
    if rank(data.context.assurance) < rank(tool.rule.assurance) {
        let message = format!("{function} needs a customer who is signed in");
        return Ok(Err(denied(DenialReason::SignInRequired, message)));
    }
    let acting = tool.rule.effect == Effect::Acting;
    let customer = data.context.subject.text();
    if let Err(message) = data.shared.hours.take(customer, data.skill.as_str(), acting, std::time::Instant::now()) {
        return Ok(Err(denied(DenialReason::LimitReached, message)));
    }
    if let Some(index) = tool.rule.order
        && let Err(refusal) = own_order(store, function, arguments.get(index)).await
    {
        return Ok(Err(refusal));
    }
    if acting {
        return match consent::check(store.data_mut(), function, &tool.rule, arguments) {
            Ok(()) => Ok(Ok(())),
            Err(ConsentAsked::Value(message)) => Ok(Err(denied(DenialReason::ConsentRequired, message))),
            Err(ConsentAsked::Turn(end)) => Err(end),
        };
    }
    Ok(Ok(()))
}

fn rank(assurance: Assurance) -> u8 {
    match assurance {
        Assurance::Anonymous => 0,
        Assurance::Identified => 1,
        Assurance::Authenticated => 2,
    }
}

/// Makes sure that the order which a call names is this customer's, by asking the shop for it in the customer's name.
async fn own_order(
    store: &mut StoreContextMut<'_, SkillCall>,
    function: &FunctionName,
    argument: Option<&Val>,
) -> Result<(), Passed> {
    let name = match argument {
        Some(Val::String(name)) => name,
        Some(Val::Option(Some(name))) => match &**name {
            Val::String(name) => name,
            _ => return Err(denied(DenialReason::Policy, format!("{function}: the order isn't named by a text"))),
        },
        Some(Val::Option(None)) => return Ok(()),
        _ => return Err(denied(DenialReason::Policy, format!("{function}: the order isn't named by a text"))),
    };
    let data = store.data();
    // Only spellings that the contract calls the same name are one name here.
    let key = name.strip_prefix('#').unwrap_or(name).to_ascii_lowercase();
    if data.own_orders.contains(&key) {
        return Ok(());
    }
    let check = data.shared.registry.order_check().clone();
    let arguments = [Val::String(name.clone())];
    let errand = errand(data);
    let (generation, shared) = (data.generation.clone(), data.shared.clone());
    let answer = generation.call(&shared, &check, &arguments, errand).await;
    match answer {
        Ok(Val::Result(Ok(Some(order)))) => {
            if owner::checked(*order, store.data().context.customer.as_deref()).is_err() {
                return Err(Passed { provider: None, answer: Err(ToolError::NotFound), result: CallResult::NotFound });
            }
            store.data_mut().own_orders.insert(key);
            Ok(())
        }
        Ok(Val::Result(Err(Some(error)))) if ToolError::from_value(&error) == ToolError::NotFound => {
            Err(Passed { provider: None, answer: Err(ToolError::NotFound), result: CallResult::NotFound })
        }
        _ => Err(unavailable(None, "whether the order is this customer's can't be told just now".into())),
    }
}

/// In the name of the turn's customer, for as long as the turn has.
fn errand(data: &SkillCall) -> Errand {
    Errand {
        customer: data.context.customer.clone(),
        idempotency_key: None,
        earlier_attempt: false,
        time: data.deadline.saturating_duration_since(Instant::now()),
    }
}

fn unavailable(provider: Option<Provider>, message: String) -> Passed {
    Passed { provider, answer: Err(ToolError::Unavailable(message)), result: CallResult::Unavailable }
}

/// Asks the provider, in the generation that the turn runs on.
async fn ask(store: &mut StoreContextMut<'_, SkillCall>, tool: &Tool, arguments: &[Val]) -> wasmtime::Result<Passed> {
    let data = store.data();
    let (generation, shared) = (data.generation.clone(), data.shared.clone());
    let Some(provider) = generation.provider(&tool.function.interface) else {
        let interface = &tool.function.interface;
        return Ok(unavailable(None, format!("no connected integration provides {interface}")));
    };
    if let Err(why) = may_answer(data, &provider, tool) {
        return Ok(unavailable(Some(provider), why));
    }
    let mut errand = errand(data);
    let answer = if tool.rule.effect == Effect::Acting {
        match acting::begin(data, &tool.function, &provider, arguments, &tool.ty).await {
            // It was made before and answered: it isn't made again.
            Ok(acting::Begun::Answered(answer)) => from_result(answer),
            Ok(acting::Begun::Go { idempotency_key, earlier_attempt }) => {
                errand.idempotency_key = Some(idempotency_key.clone());
                errand.earlier_attempt = earlier_attempt;
                let answer = answer_of(store.data(), &provider, tool, arguments, errand).await;
                acting::settle(&shared, &idempotency_key, &answer).await;
                answer
            }
            Err(why) => Err(ToolError::Unavailable(why)),
        }
    } else {
        answer_of(data, &provider, tool, arguments, errand).await
    };
    let answer = match answer {
        Ok(value) if weight(&value) > shared.limits.lift_bytes => Err(ToolError::TooLarge),
        Ok(value) if tool.rule.owned => owned(store.data(), &provider, tool, value),
        answer => answer,
    };
    // The skill's own budget bounds what it is given in all.
    if let Ok(value) = &answer {
        store.data_mut().hand_over(weight(value))?;
    }
    let result = match &answer {
        Ok(_) => CallResult::Ok,
        Err(ToolError::NotFound) => CallResult::NotFound,
        Err(ToolError::Invalid(_)) => CallResult::Invalid,
        Err(ToolError::Denied(reason, _)) => CallResult::Denied(*reason),
        Err(ToolError::Unavailable(_)) => CallResult::Unavailable,
        Err(ToolError::TooLarge) => CallResult::TooLarge,
    };
    Ok(Passed { provider: Some(provider), answer, result })
}

/// Whether this provider may be asked just now.
fn may_answer(data: &SkillCall, provider: &Provider, tool: &Tool) -> Result<(), String> {
    let Provider::Connector(connected) = provider else { return Ok(()) };
    if !connected.provides(&tool.function, &tool.ty) {
        let id = &connected.connector.sheet.plugin;
        return Err(format!("{id} provides another version of {}", tool.function.interface));
    }
    connected.admit(&data.shared).map_err(|failure| failure.to_string())
}

async fn answer_of(
    data: &SkillCall,
    provider: &Provider,
    tool: &Tool,
    arguments: &[Val],
    errand: Errand,
) -> Result<Val, ToolError> {
    let shared = &data.shared;
    match provider {
        Provider::Runtime(runtime) => {
            let call = RuntimeCall {
                function: &tool.function.function,
                arguments,
                customer: errand.customer.as_deref(),
                conversation: &data.context.conversation,
                locale: &data.context.locale,
            };
            match tokio::time::timeout(errand.time.min(shared.limits.tool()), runtime.call(call)).await {
                Ok(answer) => answer,
                Err(_) => Err(ToolError::Unavailable("the runtime didn't answer in time".into())),
            }
        }
        Provider::Connector(connected) => match connected.call(shared, &tool.function, arguments, errand).await {
            Ok(answer @ Val::Result(_)) => from_result(answer),
            Ok(_) => Err(ToolError::Unavailable("the answer was not of the contract's type".into())),
            Err(CallFailure::Limit(LimitHit::LiftedBytes)) => Err(ToolError::TooLarge),
            Err(failure) => Err(ToolError::Unavailable(failure.to_string())),
        },
    }
}

/// A tool's result as one of the host's.
fn from_result(answer: Val) -> Result<Val, ToolError> {
    match answer {
        Val::Result(Ok(value)) => Ok(value.map_or(Val::Tuple(Vec::new()), |value| *value)),
        Val::Result(Err(Some(error))) => Err(ToolError::from_value(&error)),
        _ => Err(ToolError::Unavailable("the provider gave no reason".into())),
    }
}

/// An answer whose objects are all the caller's, with the mark of it taken off; otherwise nothing is there.
fn owned(data: &SkillCall, provider: &Provider, tool: &Tool, value: Val) -> Result<Val, ToolError> {
    owner::checked(value, data.context.customer.as_deref()).map_err(|owner::NotTheirs| {
        let Provider::Connector(connected) = provider else { return ToolError::NotFound };
        let sheet = &connected.connector.sheet;
        tracing::error!(connector = %sheet.plugin, function = %tool.function, "it returned an object of somebody else");
        data.shared.breaker_note(&sheet.plugin, &sheet.digest, true);
        data.shared.write_down(Entry {
            subject: Some(data.context.subject.clone()),
            ..Entry::new(
                "runtime",
                Action::ForeignObject,
                &sheet.plugin,
                serde_json::json!({
                    "function": tool.function,
                    "digest": sheet.digest,
                    "conversation": data.context.conversation,
                }),
            )
        });
        ToolError::NotFound
    })
}
