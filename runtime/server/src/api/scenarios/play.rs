//! Plays a scenario through the preview.

use crate::api::Server;
use crate::api::preview::{channel_of, chosen, instant, rendered};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::time::Instant;
use usher_agent::conversation::{Body, Identity};
use usher_agent::hygiene::{MAX_MESSAGE_CHARS, clean};
use usher_agent::ids::{ScenarioId, ScenarioRunId};
use usher_agent::preview::{Preview, PreviewState, Trial};
use usher_agent::scenario::{self, Came, Scenario, ScenarioRun, Step, StepRun};
use usher_agent::skills::channel_name;
use usher_host::Digest;
use usher_manifest::Channel;

/// Longest answer that is kept with a run, in characters.
const KEPT: usize = 2_000;

/// Who plays, and on what.
pub(super) struct Playing<'a> {
    pub(super) server: &'a Server,
    /// As runs name them.
    pub(super) by: &'a str,
    /// The release that takes its plugin's place.
    pub(super) on: Option<(Digest, &'a Trial)>,
}

impl Playing<'_> {
    /// Plays a scenario. Like a reader of it, it stops at the first step that goes otherwise: what comes after is
    /// another conversation.
    pub(super) async fn play(&self, id: ScenarioId, scenario: &Scenario) -> ScenarioRun {
        let _place = self.server.trials().places.acquire().await;
        let begun = Instant::now();
        let mut steps = Vec::new();
        match Line::open(self, scenario).await {
            Err(problem) => steps.push(StepRun { problem: Some(problem), ..StepRun::default() }),
            Ok(mut line) => {
                for step in &scenario.steps {
                    let ran = line.go(step).await;
                    let passed = ran.passed();
                    steps.push(ran);
                    if !passed {
                        break;
                    }
                }
            }
        }
        ScenarioRun {
            id: ScenarioRunId::new(),
            scenario: id,
            at: self.server.now(),
            by: self.by.to_owned(),
            release: self.on.map(|(digest, _)| digest),
            generation: self.server.host().generation().number,
            passed: steps.len() == scenario.steps.len() && steps.iter().all(StepRun::passed),
            took_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            steps,
        }
    }
}

/// A conversation on its way.
struct Line<'a> {
    playing: &'a Playing<'a>,
    scenario: &'a Scenario,
    channel: Channel,
    zone: TimeZone,
    at: Timestamp,
    page_url: Option<String>,
    customer: Option<Identity>,
    state: PreviewState,
    /// What the customer said last, and what came before it.
    said: Option<(Body, PreviewState)>,
    /// The last answers, as web chat shows them.
    last: Vec<Value>,
}

impl<'a> Line<'a> {
    async fn open(playing: &'a Playing<'a>, scenario: &'a Scenario) -> Result<Self, String> {
        let server = playing.server;
        let zone = TimeZone::get(&server.config().shop.time_zone).unwrap_or(TimeZone::UTC);
        let at = match &scenario.at {
            Some(text) => instant(text, &zone).ok_or_else(|| format!("`{text}` is not a time"))?,
            None => server.now(),
        };
        let mut line = Self {
            playing,
            scenario,
            channel: scenario.channel.unwrap_or(Channel::Webchat),
            zone,
            at,
            page_url: scenario.page.as_deref().map(|page| address(server, page)),
            customer: None,
            state: PreviewState::default(),
            said: None,
            last: Vec::new(),
        };
        if let Some(named) = &scenario.customer {
            line.customer = Some(line.known(named).await?);
        }
        Ok(line)
    }

    async fn known(&self, named: &str) -> Result<Identity, String> {
        let found = self.playing.server.agent().as_customer(named, self.at).await;
        found.ok_or_else(|| format!("the shop has no customer `{named}`, or its connector can't be asked"))
    }

    async fn go(&mut self, step: &Step) -> StepRun {
        let mut ran = StepRun { did: step.words(), ..StepRun::default() };
        let (body, before) = match self.act(step).await {
            Ok(said) => said,
            Err(problem) => return StepRun { problem: Some(problem), ..ran },
        };
        let came = self.came(body, before).await;
        let literally = |text: &str| Ok(text.to_owned());
        ran.verdicts = scenario::check(&step.expect, &came, &literally);
        ran.verdicts.iter_mut().for_each(|verdict| verdict.got = cut(&verdict.got));
        ran.answers = came.texts.iter().map(|text| cut(text)).collect();
        let asked = came.record["skills"].as_array().into_iter().flatten();
        let words = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        ran.skills = asked.map(|one| format!("{} → {}", words(&one["skill"]), words(&one["outcome"]))).collect();
        self.last = came.messages;
        ran
    }

    /// What the customer says, and the conversation before it.
    async fn act(&mut self, step: &Step) -> Result<(Body, PreviewState), String> {
        if let Some(named) = &step.sign_in {
            let waiting = self.said.take().ok_or("nothing was said that could wait for the customer to sign in")?;
            self.customer = Some(self.known(named).await?);
            return Ok(waiting);
        }
        let body = if let Some(text) = &step.say {
            let text = clean(text);
            if text.is_empty() || text.chars().count() > MAX_MESSAGE_CHARS {
                return Err(format!("a message has 1 to {MAX_MESSAGE_CHARS} characters"));
            }
            Body::Text { text }
        } else if let Some(label) = &step.press {
            let button =
                scenario::button(&self.last, label).ok_or_else(|| format!("there is no button «{label}» to press"))?;
            if button["kind"] != "choose" {
                return Err(format!("the button «{label}» opens a page, and says nothing: {}", button["href"]));
            }
            self.pressed(&button["ref"])?
        } else {
            let asked = self.last.iter().map(|message| &message["consent"]).find(|consent| consent.is_object());
            let asked = asked.ok_or("the customer wasn't asked whether anything shall be changed")?;
            let name = if step.answer == Some(scenario::Answer::Yes) { "yes" } else { "no" };
            self.pressed(&asked[name]["ref"])?
        };
        Ok((body, std::mem::take(&mut self.state)))
    }

    fn pressed(&self, place: &Value) -> Result<Body, String> {
        let place = place.as_str().unwrap_or_default();
        chosen(&self.state, place).ok_or_else(|| format!("the button {place} isn't there any more"))
    }

    async fn came(&mut self, body: Body, before: PreviewState) -> Came {
        let server = self.playing.server;
        let preview = Preview {
            body: body.clone(),
            channel: channel_of(self.channel),
            customer: self.customer.clone(),
            at: self.at,
            page_url: self.page_url.clone(),
            locale: self.scenario.locale.clone(),
            time_zone: None,
            before: before.clone(),
        };
        let trial = self.playing.on.map(|(_, trial)| trial);
        let previewed = server.agent().preview_on(preview, trial).await;
        let renderings = rendered(server, &previewed, &self.zone);
        let renderings: Vec<Value> =
            renderings.iter().map(|rendering| serde_json::to_value(rendering).unwrap_or_default()).collect();
        let channel = channel_name(self.channel);
        let text = |answer: &Value| match self.channel {
            Channel::Webchat => scenario::text_of(&answer[channel]),
            _ => answer[channel]["text"].as_str().unwrap_or_default().to_owned(),
        };
        let texts = renderings.iter().map(text).collect();
        let segments = renderings.iter().map(|answer| answer[channel]["segments"].as_u64()).sum();
        self.said = Some((body, before));
        self.state = previewed.state;
        let messages = renderings.into_iter().map(|mut answer| answer["webchat"].take()).collect();
        Came { messages, texts, segments, record: previewed.record, ticket: None }
    }
}

/// A page of the shop: a path leads to its first site.
fn address(server: &Server, page: &str) -> String {
    let origin = server.config().sites.iter().flat_map(|site| &site.origins).next();
    match origin {
        Some(origin) if page.starts_with('/') => format!("{}{page}", origin.to_string().trim_end_matches('/')),
        _ => page.to_owned(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(KEPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
