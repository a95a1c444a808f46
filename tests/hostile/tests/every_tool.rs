//! Every function of `usher:tools`, read from the WIT itself, so that one that is added tomorrow is tried too: refused
//! when it isn't declared, refused when nobody approved it, refused below its level of assurance, and, if it acts,
//! refused without the customer's yes, with other arguments than were agreed to, and the second time.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use usher_host::skill::{Assurance, Outcome};
use usher_host::{
    Action, Agreed, CallFailure, CallResult, DenialReason, Digest, Effect, Handled, Host, Ledger, Limits, MemoryLedger,
    ProvidedBy, RuntimeCall, RuntimeTool, State, ToolError, ToolRegistry, ToolRule, TrustPolicy, TurnContext, Value,
};
use usher_hostile::{Fixture, Made as _, Stage, context, core_type, integration, outcome, turn};
use usher_manifest::{FunctionName, InterfaceName, PluginId};

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

/// Answers whatever the runtime is asked.
struct Nothing;

#[async_trait]
impl RuntimeTool for Nothing {
    async fn call(&self, _: RuntimeCall<'_>) -> Result<Value, ToolError> {
        Err(ToolError::NotFound)
    }
}

/// The contract's functions with their rules. Without a customer, nobody may call those of the runtime's own.
struct Contract {
    functions: Vec<(FunctionName, ToolRule)>,
    registry: ToolRegistry,
}

impl Contract {
    fn read(host: &Host) -> Self {
        let registry = ToolRegistry::shipped().unwrap();
        let functions = host.contract().into_iter().map(|function| {
            let rule = registry.rule(&function);
            assert!(registry.knows(&function), "{function} is in the contract and not in the registry of tools");
            (function, rule)
        });
        Self { functions: functions.collect(), registry }
    }

    fn for_skills(&self) -> impl Iterator<Item = &(FunctionName, ToolRule)> {
        self.functions.iter().filter(|(_, rule)| rule.effect != Effect::Runtime)
    }

    fn acting(&self) -> impl Iterator<Item = &(FunctionName, ToolRule)> {
        self.functions.iter().filter(|(_, rule)| rule.effect == Effect::Acting)
    }

    /// One connector for all that connectors answer: each answer is all zeros, which is ok with empty texts, and an
    /// order belongs to whoever asks.
    fn connector(&self) -> Fixture {
        let mut interfaces = BTreeSet::new();
        let mut functions = String::new();
        for (function, _) in &self.functions {
            if self.registry.provided_by(&function.interface) == ProvidedBy::Runtime {
                continue;
            }
            interfaces.insert(function.interface.without_version().to_string());
            let ty = core_type(function, true).unwrap();
            let name = format!("{}@0.1.0#{}", function.interface.without_version(), function.function);
            functions.push_str(&format!(
                "(func (export \"{name}\") {ty}
                   (call $customer (i32.const 512))
                   (if (i32.const {}) (then (memory.copy (i32.const 8208) (i32.const 516) (i32.const 24))))
                   (i32.const 8192))\n",
                i32::from(name == "usher:tools/orders@0.1.0#get"),
            ));
        }
        let interfaces: Vec<&str> = interfaces.iter().map(String::as_str).collect();
        Fixture::connector(
            "everything",
            &["usher:connector/caller@0.1.0"],
            &interfaces,
            "(import \"usher:connector/caller@0.1.0\" \"customer\" (func $customer (param i32)))",
            &functions,
        )
    }
}

/// A skill that calls one function so many times with nothing but zeros, having said before what it will do or not,
/// and says how many calls it got an error from.
fn calling(id: &str, function: &FunctionName, declared: bool, times: usize, describes: bool) -> Fixture {
    let interface = function.interface.without_version();
    let ty = core_type(function, false).unwrap();
    let zeros = ty.split(')').next().unwrap_or_default().trim_start_matches("(param").split_whitespace();
    let mut arguments: Vec<String> = zeros.map(|ty| format!("({ty}.const 0)")).collect();
    // The last parameter says where to put the result.
    *arguments.last_mut().unwrap() = "(i32.const 2048)".into();
    let call = format!("(call $tool {})", arguments.join(" "));
    let describe = if describes { "(call $describe (i32.const 600) (i32.const 5))" } else { "" };
    let note = "(i32.store8 (i32.const 512) (i32.add (i32.load8_u (i32.const 512)) (i32.load8_u (i32.const 2048))))";
    let body = format!("{describe} {call} {note}").repeat(times);
    let reply = outcome::reply("(i32.const 512)", "(i32.const 1)");
    let name = function.to_string();
    Fixture::skill(
        id,
        &[&format!("{interface}@0.1.0"), "usher:skill/consent@0.1.0"],
        if declared { std::slice::from_ref(&name) } else { &[] }
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .as_slice(),
        &format!(
            "(import \"{interface}@0.1.0\" \"{}\" (func $tool {ty}))
             (import \"usher:skill/consent@0.1.0\" \"describe\" (func $describe (param i32 i32)))
             (data (i32.const 512) \"0\") (data (i32.const 600) \"do it\")",
            function.function
        ),
        &format!("{body} {reply}"),
    )
}

fn id_of(function: &FunctionName) -> String {
    let name = format!("{}-{}", function.interface, function.function);
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    name.trim_start_matches("usher-tools-").chars().take(34).collect()
}

fn runtime_tools() -> HashMap<InterfaceName, Arc<dyn RuntimeTool>> {
    let names = ["profile", "knowledge", "catalog", "coupons"];
    names.iter().map(|name| (format!("usher:tools/{name}").parse().unwrap(), Arc::new(Nothing) as _)).collect()
}

/// Puts all of them into the folder and waits until each is loaded or refused.
async fn load_all(stage: &Stage, fixtures: &[Fixture]) {
    for fixture in fixtures {
        let name = format!("{}.wasm", fixture.id());
        stage.signer.put(&stage.config.folder, &name, &fixture.bytes()).unwrap();
    }
    let mut changes = stage.host.changes();
    let wait = async {
        loop {
            let generation = stage.host.generation();
            let known = |fixture: &Fixture| {
                let digest = Digest::of(&fixture.bytes());
                let name = format!("{}.wasm", fixture.id());
                generation.releases.contains_key(&digest)
                    || generation.refused.iter().any(|refused| refused.file.ends_with(&name))
            };
            if fixtures.iter().all(known) {
                return;
            }
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(240), wait).await.unwrap();
}

async fn ask(stage: &Stage, skill: &str, context: TurnContext) -> Handled {
    let skill: PluginId = skill.parse().unwrap();
    stage.host.handle(&stage.host.generation(), &skill, turn("do it"), context).await
}

fn results(handled: &Handled) -> Vec<CallResult> {
    handled.calls.iter().map(|call| call.result.clone()).collect()
}

/// How many of its calls the skill itself saw fail: a refusal is a value that it gets, and it goes on.
fn seen(handled: &Handled) -> u32 {
    match &handled.outcome {
        Ok(Outcome::Reply(reply)) => reply.text.parse().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn none_is_linked_that_is_not_declared_or_is_the_runtimes_own() {
    let stage = Stage::set(COMPILE, Limits::default(), runtime_tools()).await;
    let contract = Contract::read(&stage.host);
    assert!(contract.functions.len() > 25 && contract.acting().count() > 5);
    let fixtures: Vec<Fixture> =
        contract.functions.iter().map(|(function, _)| calling(&id_of(function), function, false, 1, false)).collect();
    load_all(&stage, &fixtures).await;
    let generation = stage.host.generation();
    assert!(generation.skills.is_empty() && generation.releases.is_empty());
    let reasons: BTreeMap<String, &str> = generation
        .refused
        .iter()
        .map(|refused| (refused.file.file_stem().unwrap().to_string_lossy().into_owned(), refused.reason.as_str()))
        .collect();
    for (function, _) in &contract.functions {
        let reason = reasons[&id_of(function)];
        assert!(reason.contains(&format!("imports `{function}` without declaring it")), "{function}: {reason}");
    }
    // Declaring doesn't help where only the runtime may ask.
    let own: Vec<_> = contract.functions.iter().filter(|(_, rule)| rule.effect == Effect::Runtime).collect();
    assert!(own.len() > 3);
    let fixtures: Vec<Fixture> = own
        .iter()
        .map(|(function, _)| calling(&format!("own-{}", id_of(function)), function, true, 1, false))
        .collect();
    load_all(&stage, &fixtures).await;
    let generation = stage.host.generation();
    for (function, _) in own {
        let name = format!("own-{}.wasm", id_of(function));
        let refused = generation.refused.iter().find(|refused| refused.file.ends_with(&name)).unwrap();
        assert!(refused.reason.contains("only the runtime itself may call"), "{}", refused.reason);
    }
    assert!(generation.skills.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn none_runs_that_nobody_approved() {
    let stage = Stage::with(COMPILE, Limits::default(), |config| {
        config.tools = runtime_tools();
        config.policy = TrustPolicy::cautious();
    })
    .await;
    let contract = Contract::read(&stage.host);
    let fixtures: Vec<Fixture> =
        contract.for_skills().map(|(function, _)| calling(&id_of(function), function, true, 1, true)).collect();
    load_all(&stage, &fixtures).await;
    let generation = stage.host.generation();
    assert!(generation.skills.is_empty());
    for (function, _) in contract.for_skills() {
        let waiting = generation.releases.values().find(|release| release.plugin.as_str() == id_of(function)).unwrap();
        assert_eq!(waiting.state, State::Pending, "{function}: {}", waiting.reason);
        let handled = ask(&stage, &id_of(function), context(Assurance::Authenticated)).await;
        assert!(matches!(handled.outcome, Err(CallFailure::NoSuchPlugin(_))), "{function}: {handled:?}");
        assert_eq!(handled.calls, []);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn none_answers_below_its_assurance_and_none_acts_without_a_yes() {
    let ledger = Arc::new(MemoryLedger::default());
    let stage = Stage::with(COMPILE, Limits::default(), |config| {
        config.tools = runtime_tools();
        config.ledger = ledger.clone() as Arc<dyn Ledger>;
    })
    .await;
    let contract = Contract::read(&stage.host);
    let mut fixtures = vec![contract.connector()];
    for (function, rule) in contract.for_skills() {
        fixtures.push(calling(&id_of(function), function, true, 1, false));
        if rule.effect == Effect::Acting {
            fixtures.push(calling(&format!("once-{}", id_of(function)), function, true, 1, true));
            fixtures.push(calling(&format!("twice-{}", id_of(function)), function, true, 2, true));
        }
    }
    load_all(&stage, &fixtures).await;
    assert_eq!(stage.host.generation().refused, []);
    stage.host.connect(integration(&"everything".parse().unwrap())).await.unwrap();

    for (function, rule) in contract.for_skills() {
        let below: &[Assurance] = match rule.assurance {
            Assurance::Anonymous => &[],
            Assurance::Identified => &[Assurance::Anonymous],
            Assurance::Authenticated => &[Assurance::Anonymous, Assurance::Identified],
        };
        for assurance in below {
            let handled = ask(&stage, &id_of(function), context(*assurance)).await;
            assert_eq!(results(&handled), [CallResult::Denied(DenialReason::SignInRequired)], "{function}");
            assert_eq!((seen(&handled), handled.calls[0].provider.as_ref()), (1, None), "{function}");
        }
        if rule.effect == Effect::Reading {
            let handled = ask(&stage, &id_of(function), context(rule.assurance)).await;
            let asked = matches!(results(&handled)[..], [CallResult::Ok | CallResult::NotFound]);
            assert!(asked, "{function}: {:?}", handled.calls);
        }
    }
    for (function, _) in contract.acting() {
        acts_once(&stage, &ledger, function).await;
    }
    assert_eq!(stage.host.generation().connectors.len(), 1);
}

/// All ways to let an acting function act that must fail, and the one that doesn't.
async fn acts_once(stage: &Stage, ledger: &MemoryLedger, function: &FunctionName) {
    let signed_in = || context(Assurance::Authenticated);
    let no = CallResult::Denied(DenialReason::ConsentRequired);
    let acted = || ledger.entries().iter().filter(|(_, entry)| entry.action == Action::ActingIntended).count();
    let before = acted();

    // It doesn't say what it will do: it is told so, and goes on.
    let handled = ask(stage, &id_of(function), signed_in()).await;
    assert_eq!((results(&handled), seen(&handled)), (vec![no.clone()], 1), "{function}");
    assert!(handled.calls[0].note.as_deref().unwrap_or_default().contains("consent.describe"), "{handled:?}");

    // It says so: the turn ends, and the customer is asked.
    let once = format!("once-{}", id_of(function));
    let handled = ask(stage, &once, signed_in()).await;
    assert_eq!(handled.outcome, Err(CallFailure::AwaitsConsent), "{function}");
    let request = handled.consent.unwrap();
    assert_eq!((&request.function, request.summary.as_str(), handled.calls.len()), (function, "do it", 0));
    let agreed = Agreed {
        skill: request.skill,
        skill_digest: request.skill_digest,
        function: request.function,
        arguments_digest: request.arguments_digest,
        summary: request.summary,
        again: false,
        idempotency_key: format!("key of {function}"),
    };
    let with = |agreed: &Agreed| TurnContext { agreed: Some(agreed.clone()), ..signed_in() };

    // Agreed to something else.
    let other_arguments = Agreed { arguments_digest: Digest::of(b"other"), ..agreed.clone() };
    let handled = ask(stage, &once, with(&other_arguments)).await;
    assert_eq!((results(&handled), seen(&handled)), (vec![no.clone()], 1), "{function}");
    let other_function = Agreed { function: "usher:tools/orders.get".parse().unwrap(), ..agreed.clone() };
    assert_eq!(results(&ask(stage, &once, with(&other_function)).await), std::slice::from_ref(&no), "{function}");
    // Agreed to by another version of the skill, or by another skill: asked anew.
    let other_version = Agreed { skill_digest: Digest::of(b"other"), ..agreed.clone() };
    assert_eq!(ask(stage, &once, with(&other_version)).await.outcome, Err(CallFailure::AwaitsConsent), "{function}");
    // Agreed to when it was said in other words: asked anew, with the words of now.
    let other_words = Agreed { summary: "do it for less".into(), ..agreed.clone() };
    let handled = ask(stage, &once, with(&other_words)).await;
    assert_eq!(handled.outcome, Err(CallFailure::AwaitsConsent), "{function}");
    assert_eq!(handled.consent.unwrap().summary, "do it");
    let twice = format!("twice-{}", id_of(function));
    assert_eq!(ask(stage, &twice, with(&agreed)).await.outcome, Err(CallFailure::AwaitsConsent), "{function}");
    // Agreed to, and not signed in any more.
    let below = TurnContext { agreed: Some(agreed.clone()), ..context(Assurance::Identified) };
    let handled = ask(stage, &once, below).await;
    assert_eq!(results(&handled), [CallResult::Denied(DenialReason::SignInRequired)], "{function}");
    assert_eq!(acted(), before, "{function} acted without a yes");

    // Agreed to exactly this: it acts, and is on record before and after.
    let handled = ask(stage, &once, with(&agreed)).await;
    assert_eq!((results(&handled), seen(&handled)), (vec![CallResult::Ok], 0), "{function}: {:?}", handled.calls);
    assert_eq!(handled.calls[0].provider.as_ref().map(PluginId::as_str), Some("everything"));
    assert_eq!(acted(), before + 1, "{function}");
    // The same turn once more, as after a crash: the answer of before, and nobody is asked.
    let handled = ask(stage, &once, with(&agreed)).await;
    assert_eq!(results(&handled), [CallResult::Ok], "{function}");
    assert_eq!(acted(), before + 1, "{function} acted twice under one yes");
    // The second time in one turn.
    let asked = ask(stage, &twice, signed_in()).await.consent.unwrap();
    let agreed = Agreed {
        skill: asked.skill,
        skill_digest: asked.skill_digest,
        idempotency_key: format!("second key of {function}"),
        ..agreed
    };
    let handled = ask(stage, &twice, with(&agreed)).await;
    assert_eq!((results(&handled), seen(&handled)), (vec![CallResult::Ok, no], 1), "{function}");
    assert_eq!(acted(), before + 2, "{function}");
    // Cut off before, it may have been done: the call is taken up whatever is said of it now.
    let again = Agreed {
        skill: once.parse().unwrap(),
        skill_digest: stage.host.generation().skills[&once.parse::<PluginId>().unwrap()].sheet.digest,
        summary: "do it for less".into(),
        again: true,
        idempotency_key: format!("third key of {function}"),
        ..agreed
    };
    assert_eq!(results(&ask(stage, &once, with(&again)).await), [CallResult::Ok], "{function}");
    assert_eq!(acted(), before + 3, "{function}");
}
