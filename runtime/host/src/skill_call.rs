//! One turn of a skill: a fresh instance with this turn's memory, and the tools of its sheet.

use crate::call::{self, LimitReached, Limited};
use crate::connector_call::{Customer, cut};
use crate::consent::{Agreed, ConsentRequest};
use crate::error::CallFailure;
use crate::generation::Generation;
use crate::host::Shared;
use crate::inspect::Digest;
use crate::journal::{Handled, LogLine, RecordedCall, Recording, ToolCall};
use crate::ledger::Subject;
use crate::limits::{Budget, LimitHit, Limiter};
use crate::plugin::Skill;
use crate::replay::{Difference, Script};
use crate::skill::{Assurance, Turn, consent, log, memory, settings};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use tokio::time::Instant;
use usher_manifest::PluginId;
use wasmtime::component::{HasSelf, Linker};

/// Most keys that a skill may remember in one conversation.
const MEMORY_KEYS: usize = 32;
const MEMORY_KEY_BYTES: usize = 128;
const MEMORY_VALUE_BYTES: usize = 4 << 10;

/// What a turn knows beside what the skill is told.
#[derive(Clone, Debug)]
pub struct TurnContext {
    /// The conversation, for records.
    pub conversation: String,
    /// Its language, BCP 47.
    pub locale: String,
    /// How sure the runtime is of the customer.
    pub assurance: Assurance,
    /// Who tools are bound to; none while nobody is authenticated.
    pub customer: Option<Arc<Customer>>,
    /// What the skill remembers.
    pub memory: BTreeMap<String, String>,
    /// What `settings.get` answers.
    pub settings: Arc<BTreeMap<String, String>>,
    /// Whose calls these are, for budgets and records.
    pub subject: Subject,
    /// The acting call that the customer agreed to, if any.
    pub agreed: Option<Agreed>,
}

/// What a skill's instance lives on.
pub(crate) struct SkillCall {
    limiter: Limiter,
    pub(crate) budget: Budget,
    pub(crate) shared: Arc<Shared>,
    pub(crate) generation: Arc<Generation>,
    pub(crate) skill: PluginId,
    pub(crate) digest: Digest,
    pub(crate) context: TurnContext,
    pub(crate) deadline: Instant,
    pub(crate) tool_calls_left: u32,
    /// Orders that were found to be this customer's in this turn.
    pub(crate) own_orders: HashSet<String>,
    /// What the skill says the next acting call will do.
    pub(crate) consent_summary: Option<String>,
    /// What the customer is to be asked.
    pub(crate) consent: Option<ConsentRequest>,
    pub(crate) agreement_used: bool,
    /// In a replay, what answers instead of providers.
    pub(crate) script: Option<Script>,
    pub(crate) calls: Vec<ToolCall>,
    pub(crate) tape: Vec<RecordedCall>,
    pub(crate) links: BTreeSet<String>,
    remembered: bool,
    log: Vec<LogLine>,
}

impl Limited for SkillCall {
    fn limiter(&mut self) -> &mut Limiter {
        &mut self.limiter
    }
}

/// Asks a skill. Whatever it does, an answer or a reason comes back in time. With a script it is asked again, and
/// nobody else is.
pub(crate) async fn handle(
    shared: Arc<Shared>,
    generation: Arc<Generation>,
    skill: Arc<Skill>,
    turn: Turn,
    context: TurnContext,
    script: Option<Script>,
) -> (Handled, Vec<Difference>) {
    let started = Instant::now();
    let limits = &shared.limits;
    let mut handled = Handled { digest: Some(skill.sheet.digest), ..Handled::failed(CallFailure::Busy) };
    let deadline = started + limits.turn();
    let Ok(Ok(_permit)) = tokio::time::timeout_at(deadline, shared.calls.acquire()).await else {
        handled.took = started.elapsed();
        return (handled, Vec::new());
    };
    let mut recording = Recording {
        skill: skill.sheet.plugin.clone(),
        digest: skill.sheet.digest,
        generation: generation.number,
        turn,
        memory: context.memory.clone(),
        settings: context.settings.as_ref().clone(),
        calls: Vec::new(),
        outcome: Err(String::new()),
        remembered: None,
        asked: None,
    };
    let data = SkillCall::new(&shared, generation, &skill, context, deadline, script);
    let mut store = match call::store(&shared.engine, data, limits) {
        Ok(store) => store,
        Err(failure) => {
            handled.outcome = Err(failure);
            return (handled, Vec::new());
        }
    };
    let work = async {
        let bindings = skill.pre.instantiate_async(&mut store).await?;
        bindings.usher_skill_handler().call_handle(&mut store, &recording.turn).await
    };
    let mut killed = skill.killed.subscribe();
    let outcome = tokio::select! {
        outcome = tokio::time::timeout_at(deadline, work) => outcome.map_err(|_| CallFailure::Limit(LimitHit::Time)),
        _ = killed.wait_for(|killed| *killed) => Err(CallFailure::Revoked),
    };
    handled.fuel = limits.fuel.saturating_sub(store.get_fuel().unwrap_or(0));
    let data = store.into_data();
    handled.outcome = match outcome {
        Ok(Ok(outcome)) => Ok(outcome),
        Ok(Err(_)) if data.consent.is_some() => Err(CallFailure::AwaitsConsent),
        Ok(Err(error)) => Err(call::failure(&error, &data.limiter)),
        Err(failure) => Err(failure),
    };
    // What a failed turn meant to remember is not worth keeping.
    if handled.outcome.is_ok() && data.remembered {
        handled.memory = Some(data.context.memory);
    }
    handled.consent = data.consent;
    handled.calls = data.calls;
    handled.links = data.links;
    handled.log = data.log;
    handled.took = started.elapsed();
    recording.calls = data.tape;
    recording.outcome = match &handled.outcome {
        Ok(outcome) => Ok(outcome.clone()),
        Err(failure) => Err(failure.to_string()),
    };
    recording.remembered = handled.memory.clone();
    recording.asked = handled.consent.clone();
    handled.recording = Some(Box::new(recording));
    (handled, data.script.map(Script::end).unwrap_or_default())
}

/// Makes an instance, as a call would, and drops it: what a component does when it starts is known before it serves.
/// No tool answers meanwhile.
pub(crate) async fn probe(shared: &Arc<Shared>, skill: &Skill) -> Result<(), CallFailure> {
    let nobody = TurnContext {
        conversation: String::new(),
        locale: String::new(),
        assurance: Assurance::Anonymous,
        customer: None,
        memory: BTreeMap::new(),
        settings: Arc::new(BTreeMap::new()),
        subject: Subject::Session("probe".into()),
        agreed: None,
    };
    let deadline = Instant::now() + shared.limits.turn();
    let mut data = SkillCall::new(shared, shared.generation(), skill, nobody, deadline, None);
    data.tool_calls_left = 0;
    let mut store = call::store(&shared.engine, data, &shared.limits)?;
    match tokio::time::timeout_at(deadline, skill.pre.instantiate_async(&mut store)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(call::failure(&error, &store.data().limiter)),
        Err(_) => Err(CallFailure::Limit(LimitHit::Time)),
    }
}

/// What every skill has without asking.
pub(crate) fn link(linker: &mut Linker<SkillCall>) -> wasmtime::Result<()> {
    memory::add_to_linker::<_, HasSelf<_>>(linker, |call| call)?;
    consent::add_to_linker::<_, HasSelf<_>>(linker, |call| call)?;
    settings::add_to_linker::<_, HasSelf<_>>(linker, |call| call)?;
    log::add_to_linker::<_, HasSelf<_>>(linker, |call| call)
}

impl SkillCall {
    fn new(
        shared: &Arc<Shared>,
        generation: Arc<Generation>,
        skill: &Skill,
        context: TurnContext,
        deadline: Instant,
        script: Option<Script>,
    ) -> Self {
        let limits = &shared.limits;
        Self {
            limiter: Limiter::new(limits),
            budget: Budget::new(limits),
            shared: shared.clone(),
            generation,
            skill: skill.sheet.plugin.clone(),
            digest: skill.sheet.digest,
            context,
            deadline,
            tool_calls_left: limits.tool_calls,
            own_orders: HashSet::new(),
            consent_summary: None,
            consent: None,
            agreement_used: false,
            script,
            calls: Vec::new(),
            tape: Vec::new(),
            links: BTreeSet::new(),
            remembered: false,
            log: Vec::new(),
        }
    }

    /// Charges what a tool's answer brings into the instance.
    pub(crate) fn hand_over(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.budget.answer(bytes).map_err(|hit| wasmtime::Error::new(LimitReached(hit)))
    }

    pub(crate) fn count(&mut self, bytes: usize) -> wasmtime::Result<()> {
        self.budget.host_call(bytes).map_err(|hit| wasmtime::Error::new(LimitReached(hit)))
    }
}

impl memory::Host for SkillCall {
    fn get(&mut self, key: String) -> wasmtime::Result<Option<String>> {
        self.count(key.len())?;
        Ok(self.context.memory.get(&key).cloned())
    }

    fn set(&mut self, key: String, value: String) -> wasmtime::Result<bool> {
        self.count(key.len() + value.len())?;
        let memory = &mut self.context.memory;
        if value.is_empty() {
            self.remembered |= memory.remove(&key).is_some();
            return Ok(true);
        }
        let fits = key.len() <= MEMORY_KEY_BYTES && value.len() <= MEMORY_VALUE_BYTES;
        if !fits || (memory.len() >= MEMORY_KEYS && !memory.contains_key(&key)) {
            return Ok(false);
        }
        memory.insert(key, value);
        self.remembered = true;
        Ok(true)
    }
}

impl consent::Host for SkillCall {
    fn describe(&mut self, summary: String) -> wasmtime::Result<()> {
        self.count(summary.len())?;
        self.consent_summary = Some(cut(&summary, 500).to_owned());
        Ok(())
    }
}

impl settings::Host for SkillCall {
    fn get(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        self.count(name.len())?;
        Ok(self.context.settings.get(&name).cloned())
    }
}

impl log::Host for SkillCall {
    fn write(&mut self, level: log::Level, text: String) -> wasmtime::Result<()> {
        self.count(text.len())?;
        let Some(last) = self.budget.log_line() else { return Ok(()) };
        let text = if last { "(the rest was left out)" } else { cut(&text, self.shared.limits.log_line_bytes) };
        let level = match level {
            log::Level::Debug => "debug",
            log::Level::Info => "info",
            log::Level::Warn => "warn",
        };
        tracing::debug!(skill = self.skill.as_str(), level, "{}", text.escape_debug());
        self.log.push(LogLine { level: level.to_owned(), text: text.to_owned() });
        Ok(())
    }
}
