//! What requests and answers about scenarios hold.

use serde::{Deserialize, Serialize};
use usher_agent::scenario::{KeptScenario, Scenario, ScenarioRun, StepRun, Verdict};
use utoipa::{IntoParams, ToSchema};

/// A scenario: a customer talks to the shop, and what comes of it is compared with what should.
#[derive(ToSchema)]
#[schema(as = Scenario)]
#[allow(dead_code, reason = "says in the document what `usher_agent::scenario::Scenario` reads")]
pub(super) struct ScenarioForm {
    /// What it shows, in a sentence.
    #[schema(min_length = 1, max_length = 160)]
    name: String,
    /// Numbers of the edge cases that it shows.
    edge: Option<Vec<String>>,
    /// Who is signed in: the shop's id of a customer, or an e-mail address; a visitor whom nobody knows where it isn't
    /// given.
    customer: Option<String>,
    /// `webchat` (where it isn't given), `sms`, `whatsapp` or `email`.
    channel: Option<ChannelForm>,
    /// The shop's page that the customer looks at: a path, or a whole address.
    page: Option<String>,
    /// The language that the channel tells (BCP 47).
    locale: Option<String>,
    /// The time that skills are told: RFC 3339, or without a zone on the shop's clocks; the time of the run where it isn't
    /// given.
    at: Option<String>,
    /// What the customer does, in order.
    #[schema(min_items = 1, max_items = 40)]
    steps: Vec<StepForm>,
}

/// A way that customers write on.
#[derive(ToSchema)]
#[schema(as = ScenarioChannel, rename_all = "lowercase")]
#[allow(dead_code, reason = "for the document")]
enum ChannelForm {
    Webchat,
    Sms,
    Whatsapp,
    Email,
}

/// One thing that the customer does (exactly one of `say`, `press`, `answer` and `sign_in`), and what must come of it.
#[derive(ToSchema)]
#[schema(as = ScenarioStep)]
#[allow(dead_code, reason = "for the document")]
struct StepForm {
    /// What they type.
    #[schema(max_length = 4000)]
    say: Option<String>,
    /// A part of the label of a button of the last answer.
    press: Option<String>,
    /// `yes` or `no` to the question whether something shall be changed.
    #[schema(pattern = "^(yes|no)$")]
    answer: Option<String>,
    /// They sign in as this customer, and what waited for it is answered.
    sign_in: Option<String>,
    /// What must be so.
    expect: Option<ExpectForm>,
}

/// What isn't named isn't looked at, except that a handoff, an offer of a person, a question before one comes, a request to
/// sign in, a question before a change and a failed skill are wrong unless they are expected.
#[derive(ToSchema)]
#[schema(as = ScenarioExpectations)]
#[allow(dead_code, reason = "for the document")]
struct ExpectForm {
    /// The skill that answers; `none` where the server itself does.
    skill: Option<String>,
    /// The skill that answers a second request of the same message.
    also: Option<String>,
    /// All functions that are called, in order: `orders.recent`.
    tools: Option<Vec<String>>,
    /// Functions that are called among others.
    calls: Option<Vec<String>>,
    /// Functions, or whole interfaces, that aren't called.
    no_calls: Option<Vec<String>>,
    /// Parts of what is said; capitals don't matter.
    text: Option<Vec<String>>,
    /// What is said nowhere, on cards and buttons neither.
    no_text: Option<Vec<String>>,
    /// All cards, each with the fields that matter.
    #[schema(value_type = Option<Vec<Object>>)]
    cards: Option<Vec<serde_json::Value>>,
    /// So many SMS at most.
    segments: Option<u64>,
    /// Parts of labels.
    buttons: Option<Vec<String>>,
    /// Parts of labels that aren't there.
    no_buttons: Option<Vec<String>>,
    /// A button with this label leads to a page.
    opens: Option<String>,
    /// Titles of all articles that the answer names.
    sources: Option<Vec<String>>,
    /// `true`, the reason, or reasons.
    #[schema(value_type = Option<Object>)]
    handoff: Option<serde_json::Value>,
    /// The customer is asked whether they want a person.
    offer: Option<bool>,
    /// What the customer is asked for before a person comes: `email`, `phone` or `field`.
    question: Option<String>,
    /// The customer is asked to sign in.
    sign_in: Option<bool>,
    /// `true`, or texts that the question before a change holds.
    #[schema(value_type = Option<Object>)]
    consent: Option<serde_json::Value>,
    /// The language that is answered in: `en`.
    language: Option<String>,
}

/// A scenario that is kept.
#[derive(Serialize, ToSchema)]
#[schema(as = KeptScenario)]
pub(super) struct KeptView {
    id: uuid::Uuid,
    #[serde(flatten)]
    #[schema(value_type = ScenarioForm)]
    scenario: Scenario,
    /// The operator's name.
    created_by: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed last (RFC 3339).
    #[schema(format = DateTime)]
    changed_at: String,
    /// What came of it when it was played last on what served; none where it wasn't yet.
    last_run: Option<RunView>,
}

impl KeptView {
    pub(super) fn of(kept: KeptScenario, last: Option<ScenarioRun>) -> Self {
        Self {
            id: kept.id.0,
            last_run: last.map(|run| RunView::of(run, &kept.scenario.name)),
            scenario: kept.scenario,
            created_by: kept.created_by,
            created_at: kept.created_at.to_string(),
            changed_at: kept.changed_at.to_string(),
        }
    }
}

/// A scenario with what came of it.
#[derive(Serialize, ToSchema)]
#[schema(as = ScenarioDetail)]
pub(super) struct DetailView {
    #[serde(flatten)]
    pub(super) kept: KeptView,
    /// What came of it, newest first, on whatever release.
    pub(super) runs: Vec<RunView>,
}

/// All scenarios.
#[derive(Serialize, ToSchema)]
#[schema(as = Scenarios)]
pub(super) struct ScenariosView {
    /// By name.
    pub(super) scenarios: Vec<KeptView>,
}

/// What came of playing a scenario once.
#[derive(Serialize, ToSchema)]
#[schema(as = ScenarioRun)]
pub(super) struct RunView {
    id: uuid::Uuid,
    /// Which scenario was played.
    scenario: uuid::Uuid,
    /// Its name.
    name: String,
    /// When (RFC 3339).
    #[schema(format = DateTime)]
    at: String,
    /// The operator's name; `runtime` where it was played by itself.
    by: String,
    /// The digest of the release that took its plugin's place; missing: everything was as it served.
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<String>,
    /// The generation of plugins that served.
    generation: u64,
    /// Everything was as expected.
    pub(super) passed: bool,
    /// Milliseconds.
    took_ms: u64,
    /// The steps that were played; those after one that went otherwise weren't.
    steps: Vec<StepView>,
}

impl RunView {
    pub(super) fn of(run: ScenarioRun, name: &str) -> Self {
        Self {
            id: run.id.0,
            scenario: run.scenario.0,
            name: name.to_owned(),
            at: run.at.to_string(),
            by: run.by,
            release: run.release.map(|release| release.to_string()),
            generation: run.generation,
            passed: run.passed,
            took_ms: run.took_ms,
            steps: run.steps.into_iter().map(StepView::of).collect(),
        }
    }
}

/// What came of one step.
#[derive(Serialize, ToSchema)]
#[schema(as = ScenarioStepRun)]
struct StepView {
    /// What the customer did.
    did: String,
    /// Everything was as expected.
    passed: bool,
    /// Why it couldn't be played.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// Each expectation with what came.
    verdicts: Vec<VerdictView>,
    /// What was said, as the scenario's channel shows it.
    answers: Vec<String>,
    /// The skills that were asked: `order-tracking → reply`.
    skills: Vec<String>,
}

impl StepView {
    fn of(step: StepRun) -> Self {
        Self {
            passed: step.passed(),
            did: step.did,
            problem: step.problem,
            verdicts: step.verdicts.into_iter().map(VerdictView::of).collect(),
            answers: step.answers,
            skills: step.skills,
        }
    }
}

/// One expectation, and what came.
#[derive(Serialize, ToSchema)]
#[schema(as = ScenarioVerdict)]
struct VerdictView {
    /// What was looked at: `skill`, `text contains`.
    what: String,
    /// What should be.
    expected: String,
    /// What was.
    got: String,
    /// Whether that is the same.
    ok: bool,
}

impl VerdictView {
    fn of(verdict: Verdict) -> Self {
        Self { what: verdict.what, expected: verdict.expected, got: verdict.got, ok: verdict.ok }
    }
}

/// What came of playing several.
#[derive(Serialize, ToSchema)]
#[schema(as = ScenarioRuns)]
pub(super) struct RunsView {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) runs: Vec<RunView>,
}

impl RunsView {
    pub(super) fn of(runs: Vec<RunView>) -> Self {
        let passed = runs.iter().filter(|run| run.passed).count();
        Self { passed, failed: runs.len() - passed, runs }
    }
}

/// What the scenarios say of a release.
#[derive(Serialize, ToSchema)]
#[schema(as = ReleaseScenarios)]
pub(super) struct ReleaseRunsView {
    /// `none` was played on it yet, some are being played (`running`), or `done`.
    pub(super) state: &'static str,
    /// Scenarios that are kept and weren't played on it.
    pub(super) waiting: usize,
    /// The last run of each.
    #[serde(flatten)]
    pub(super) runs: RunsView,
}

/// On what to play.
#[derive(Default, Deserialize, ToSchema, IntoParams)]
#[schema(as = RunScenarios)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RunOn {
    /// A release of a skill that waits or served before: its digest, or at least six digits of it. It takes its plugin's
    /// place for this run. Missing: everything is as it serves.
    pub(super) release: Option<String>,
}

/// Scenarios of a file.
#[derive(Deserialize, ToSchema)]
#[schema(as = ScenarioFile)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    /// The file, in TOML.
    #[schema(max_length = 500_000)]
    pub(super) toml: String,
}
