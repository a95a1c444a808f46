//! What is counted, in Prometheus' terms. Labels come from closed sets (routes, function names, plugin ids), never
//! from what visitors send.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::time::Duration;
use usher_agent::channel::DispatchState;
use usher_host::skill::Channel;

/// Upper ends of buckets in seconds, from a cached answer to a provider's time limit.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

type Labelled<L> = Family<L, Counter>;
type Timed<L> = Family<L, Histogram, fn() -> Histogram>;

fn timed<L: Clone + std::hash::Hash + Eq>() -> Timed<L> {
    Family::new_with_constructor(|| Histogram::new(SECONDS))
}

/// A request that was answered.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a str,
    /// The route's pattern, not the path.
    pub(crate) route: &'a str,
    pub(crate) status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SkillLabel {
    skill: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SkillOutcome {
    skill: String,
    outcome: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    function: String,
    result: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabel {
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ArrivalLabels {
    channel: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DispatchLabels {
    channel: &'static str,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabel {
    result: String,
}

/// All counters of a server.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Labelled<RequestLabels>,
    request_seconds: Timed<RouteLabel>,
    turns: Labelled<OutcomeLabel>,
    turn_seconds: Histogram,
    skill_seconds: Timed<SkillLabel>,
    tool_calls: Labelled<CallLabels>,
    skill_calls: Labelled<SkillOutcome>,
    deliveries: Labelled<ResultLabel>,
    arrivals: Labelled<ArrivalLabels>,
    dispatches: Labelled<DispatchLabels>,
    /// Event streams that are open.
    pub(crate) streams: Gauge,
    /// Deliveries that wait.
    pub(crate) outbox: Gauge,
    helpdesk_jobs: Family<StateLabel, Gauge>,
    generation: Gauge,
    draining_turns: Gauge,
    quarantined: Gauge,
    pending: Gauge,
}

/// How the plugins are at a moment.
pub(crate) struct PluginCounts {
    /// The number of the live generation.
    pub(crate) generation: u64,
    /// Turns that run on former ones.
    pub(crate) draining_turns: usize,
    /// Live plugins that aren't asked for a while.
    pub(crate) quarantined: usize,
    /// Releases that wait for a person.
    pub(crate) pending: usize,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("usher");
        let metrics = Self {
            requests: Family::default(),
            request_seconds: timed(),
            turns: Family::default(),
            turn_seconds: Histogram::new(SECONDS),
            skill_seconds: timed(),
            tool_calls: Family::default(),
            skill_calls: Family::default(),
            deliveries: Family::default(),
            arrivals: Family::default(),
            dispatches: Family::default(),
            streams: Gauge::default(),
            outbox: Gauge::default(),
            helpdesk_jobs: Family::default(),
            generation: Gauge::default(),
            draining_turns: Gauge::default(),
            quarantined: Gauge::default(),
            pending: Gauge::default(),
            registry: Registry::default(),
        };
        registry.register("http_requests", "Requests answered", metrics.requests.clone());
        registry.register_with_unit(
            "http_request_duration",
            "From the request's head to the answer's",
            Unit::Seconds,
            metrics.request_seconds.clone(),
        );
        registry.register("turns", "Turns by how they ended", metrics.turns.clone());
        registry.register_with_unit(
            "turn_duration",
            "From claiming a message to storing its answer",
            Unit::Seconds,
            metrics.turn_seconds.clone(),
        );
        registry.register_with_unit(
            "skill_duration",
            "One call of a skill, its tool calls included",
            Unit::Seconds,
            metrics.skill_seconds.clone(),
        );
        registry.register("tool_calls", "Tool calls of skills by result", metrics.tool_calls.clone());
        registry.register(
            "skill_calls",
            "Calls of skills by outcome; `failure` is a trap or a limit",
            metrics.skill_calls.clone(),
        );
        registry.register("arrivals", "Messages that channels brought", metrics.arrivals.clone());
        registry.register("dispatches", "Messages to channels by how far they came", metrics.dispatches.clone());
        registry.register("deliveries", "Tries to deliver from the outbox", metrics.deliveries.clone());
        registry.register("outbox_waiting", "Deliveries that wait", metrics.outbox.clone());
        registry.register(
            "helpdesk_jobs",
            "What is to be passed on to helpdesks: `waiting` or `given_up`",
            metrics.helpdesk_jobs.clone(),
        );
        registry.register("generation", "Number of the live set of plugins", metrics.generation.clone());
        registry.register(
            "generation_draining_turns",
            "Turns that run on former generations",
            metrics.draining_turns.clone(),
        );
        registry.register(
            "plugins_quarantined",
            "Live plugins that failed too often and aren't asked",
            metrics.quarantined.clone(),
        );
        registry.register("releases_pending", "Releases that wait for a person", metrics.pending.clone());
        registry.register("event_streams", "Event streams that are open", metrics.streams.clone());
        Self { registry, ..metrics }
    }
}

impl Metrics {
    /// Counts an answered request.
    pub(crate) fn request(&self, request: &Request<'_>, took: Duration) {
        let labels = RequestLabels {
            method: match request.method {
                known @ ("GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "OPTIONS" | "PATCH") => known.to_owned(),
                _ => "other".to_owned(),
            },
            route: request.route.to_owned(),
            status: request.status,
        };
        self.requests.get_or_create(&labels).inc();
        let route = RouteLabel { route: request.route.to_owned() };
        self.request_seconds.get_or_create(&route).observe(took.as_secs_f64());
    }

    /// Counts a turn that was stored.
    pub(crate) fn turn(&self, outcome: &str, took: Option<Duration>) {
        self.turns.get_or_create(&OutcomeLabel { outcome: outcome.to_owned() }).inc();
        if let Some(took) = took {
            self.turn_seconds.observe(took.as_secs_f64());
        }
    }

    /// Counts a call of a skill.
    pub(crate) fn skill(&self, skill: &str, outcome: &str, took: Duration) {
        self.skill_calls.get_or_create(&SkillOutcome { skill: skill.to_owned(), outcome: outcome.to_owned() }).inc();
        self.skill_seconds.get_or_create(&SkillLabel { skill: skill.to_owned() }).observe(took.as_secs_f64());
    }

    /// Counts a tool call of a skill.
    pub(crate) fn tool_call(&self, function: &str, result: &str) {
        let labels = CallLabels { function: function.to_owned(), result: result.to_owned() };
        self.tool_calls.get_or_create(&labels).inc();
    }

    /// Counts a message that a channel brought, and whether it was known already.
    pub(crate) fn arrival(&self, channel: Channel, duplicate: bool) {
        let result = if duplicate { "known" } else { "new" };
        self.arrivals.get_or_create(&ArrivalLabels { channel: crate::channels::name(channel), result }).inc();
    }

    /// Counts how far a message to a channel has come.
    pub(crate) fn dispatch(&self, channel: Channel, state: DispatchState) {
        let state = match state {
            DispatchState::Waiting | DispatchState::Trying => "waiting",
            DispatchState::Unsure => "unsure",
            DispatchState::Sent => "sent",
            DispatchState::Delivered => "delivered",
            DispatchState::Read => "read",
            DispatchState::Failed => "failed",
            DispatchState::Withheld => "withheld",
        };
        self.dispatches.get_or_create(&DispatchLabels { channel: crate::channels::name(channel), state }).inc();
    }

    /// Counts a try to deliver: `delivered`, `retried` or `given_up`.
    pub(crate) fn delivery(&self, result: &str) {
        self.deliveries.get_or_create(&ResultLabel { result: result.to_owned() }).inc();
    }

    /// Takes over what is left to be passed on to helpdesks.
    pub(crate) fn helpdesk_jobs(&self, waiting: usize, given_up: usize) {
        for (state, count) in [("waiting", waiting), ("given_up", given_up)] {
            let gauge = self.helpdesk_jobs.get_or_create(&StateLabel { state });
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    /// Takes over how the plugins are.
    pub(crate) fn plugins(&self, counts: &PluginCounts) {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.generation.set(i64::try_from(counts.generation).unwrap_or(i64::MAX));
        self.draining_turns.set(number(counts.draining_turns));
        self.quarantined.set(number(counts.quarantined));
        self.pending.set(number(counts.pending));
    }

    /// All of them as OpenMetrics text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        if let Err(error) = encode(&mut text, &self.registry) {
            tracing::error!(%error, "the metrics can't be written");
        }
        text
    }
}
