//! The format of the files. Every key that isn't known here is an error that names the file and the line.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;
use toml::{Spanned, Value};
use usher_standins::Fault;

/// The shop as every scenario finds it: `shop.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Setting {
    #[serde(rename = "article")]
    pub(super) articles: Vec<Article>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Scenarios {
    #[serde(rename = "scenario")]
    scenarios: Vec<Spanned<Scenario>>,
}

/// A scenario and where it stands.
#[derive(Debug)]
pub(super) struct Loaded {
    /// `returns-exchanges/policy.toml:12`
    pub(super) place: String,
    /// The folder's name.
    pub(super) skill: String,
    pub(super) scenario: Scenario,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Scenario {
    pub(super) name: String,
    /// Numbers of the edge cases that it shows.
    #[serde(default)]
    pub(super) edge: Vec<String>,
    /// Why it doesn't go as written yet.
    pub(super) not_yet: Option<String>,
    /// The demo customer by situation; a visitor whom nobody knows where it isn't given.
    #[serde(rename = "as")]
    pub(super) customer: Option<String>,
    #[serde(default)]
    pub(super) channel: Channel,
    /// The shop's page that the customer looks at, from its path on.
    pub(super) page: Option<String>,
    #[serde(default)]
    pub(super) given: Given,
    #[serde(rename = "step")]
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Channel {
    #[default]
    Webchat,
    Sms,
    Whatsapp,
    Email,
}

impl Channel {
    /// As the API writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Webchat => "webchat",
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
            Self::Email => "email",
        }
    }
}

/// What is otherwise than usual.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Given {
    #[serde(default)]
    pub(super) faults: Vec<OrderedFault>,
    /// Connectors whose integration isn't there.
    #[serde(default)]
    pub(super) disconnected: Vec<String>,
    /// Beside the usual ones, or in the place of the one with the same id.
    #[serde(default)]
    pub(super) articles: Vec<Article>,
    /// Ids of usual articles that aren't there.
    #[serde(default)]
    pub(super) without_articles: Vec<String>,
    /// What happened in the shop, in order.
    #[serde(default)]
    pub(super) shop: Vec<Event>,
    /// How conversations are handed over, as `PUT /api/v1/handoff` takes it; the usual is the custom message.
    pub(super) handoff: Option<BTreeMap<String, Value>>,
    /// Of the server's configuration: its key, with dots, and a text. Only before the first step.
    #[serde(default)]
    pub(super) settings: BTreeMap<String, String>,
}

impl Given {
    pub(super) fn is_empty(&self) -> bool {
        self.faults.is_empty()
            && self.disconnected.is_empty()
            && self.articles.is_empty()
            && self.without_articles.is_empty()
            && self.shop.is_empty()
            && self.handoff.is_none()
            && self.settings.is_empty()
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Article {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) topic: Option<String>,
    #[serde(default)]
    pub(super) questions: Vec<String>,
    pub(super) body: String,
}

/// A provider's next requests fail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct OrderedFault {
    /// The provider.
    pub(super) at: String,
    /// See [`Fault`], in its own spelling: `status`, `reset`, `bad_json`, `slow`, `throttled`, `answer_lost` …
    fault: String,
    status: Option<u16>,
    milliseconds: Option<u64>,
    retry_after: Option<u32>,
    /// How many requests; so many that it lasts, where it isn't given.
    #[serde(default = "lasting")]
    pub(super) count: u32,
    /// Only those that hold this text.
    #[serde(default)]
    pub(super) holds: String,
}

fn lasting() -> u32 {
    1000
}

impl OrderedFault {
    pub(super) fn fault(&self) -> Result<Fault, String> {
        let mut value = serde_json::json!({ "fault": self.fault });
        let settings = [
            ("status", self.status.map(u64::from)),
            ("milliseconds", self.milliseconds),
            ("retry_after", self.retry_after.map(u64::from)),
        ];
        for (name, given) in settings {
            if let Some(given) = given {
                value[name] = given.into();
            }
        }
        serde_json::from_value(value).map_err(|error| format!("the fault `{}`: {error}", self.fault))
    }
}

/// Something that happens in the shop. Orders are named as `{order}` names them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Event {
    /// All that is left of the order is sent.
    Ship(String),
    Deliver(String),
    /// `{ order = "{order}", state = "ready-for-pickup" }`
    Parcels(Parcels),
    /// The merchant cancels it.
    Cancel(String),
    /// `{ email = …, sku = … }`
    Order(Placed),
    /// A product's page name: none of it is left.
    SoldOut(String),
    /// A product's page name: it isn't sold any more.
    Withdrawn(String),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parcels {
    pub(super) order: String,
    pub(super) state: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Placed {
    pub(super) email: String,
    pub(super) sku: String,
}

/// One thing that the customer does, and what must come of it. Exactly one of `say`, `press`, `answer` and `sign-in`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Step {
    pub(super) say: Option<String>,
    /// A part of the label of a button of the last answer.
    pub(super) press: Option<String>,
    /// A button of the question whether something shall be changed.
    pub(super) answer: Option<YesNo>,
    /// The customer signs in, and the question that waited for it is answered.
    pub(super) sign_in: Option<String>,
    /// What happens just before.
    #[serde(default)]
    pub(super) meanwhile: Given,
    #[serde(default)]
    pub(super) expect: Expect,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum YesNo {
    Yes,
    No,
}

/// What must be so. A handoff, a ticket, an offer of a person, a question before one comes, a request to sign in, a question
/// before a change and a failure must not be there unless they are expected.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Expect {
    /// The skill that answers; `none` where the server itself does.
    pub(super) skill: Option<String>,
    /// The skill that answers a second request of the same message.
    pub(super) also: Option<String>,
    /// All functions that were called, in order: `orders.recent`.
    pub(super) tools: Option<Vec<String>>,
    /// Functions that were called among others.
    #[serde(default)]
    pub(super) calls: Vec<String>,
    /// Functions that weren't called. An interface alone stands for all of its functions.
    #[serde(default)]
    pub(super) no_calls: Vec<String>,
    /// All cards, each with the fields that matter.
    pub(super) cards: Option<Vec<BTreeMap<String, Value>>>,
    #[serde(default)]
    pub(super) text: Vec<String>,
    #[serde(default)]
    pub(super) no_text: Vec<String>,
    /// So many SMS at most.
    pub(super) segments: Option<u64>,
    /// Parts of labels.
    #[serde(default)]
    pub(super) buttons: Vec<String>,
    #[serde(default)]
    pub(super) no_buttons: Vec<String>,
    /// The button with this label leads to a page that answers.
    pub(super) opens: Option<String>,
    /// Titles of all articles that the answer names.
    pub(super) sources: Option<Vec<String>>,
    /// `true`, or the reason.
    #[serde(default)]
    pub(super) handoff: Flag,
    /// Whether the customer is asked if they want a person.
    #[serde(default)]
    pub(super) offer: bool,
    /// What the customer is asked for before a person comes: `email`, `phone` or `field`.
    pub(super) question: Option<String>,
    /// The ticket that was opened in the web chat: fields of it, and of whom it is for, that matter.
    pub(super) ticket: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    pub(super) sign_in: bool,
    /// `true`, or texts that the question holds.
    #[serde(default)]
    pub(super) consent: Flag,
    pub(super) language: Option<String>,
    /// How the providers stand afterwards.
    #[serde(default)]
    pub(super) after: Vec<After>,
}

/// Something that is expected at all, or with details.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub(super) enum Flag {
    Is(bool),
    Text(String),
    Texts(Vec<String>),
}

impl Default for Flag {
    fn default() -> Self {
        Self::Is(false)
    }
}

impl Flag {
    pub(super) fn details(&self) -> &[String] {
        match self {
            Self::Is(_) => &[],
            Self::Text(text) => std::slice::from_ref(text),
            Self::Texts(texts) => texts,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum After {
    Cancelled(String),
    NotCancelled(String),
    /// `{ order = …, holds = "Leipzig" }`
    ShipsTo(Destination),
    /// `{ at = "shopify", holds = "orderCancel", times = 1 }`: requests since the scenario began.
    Asked(Asked),
    /// The points that the customer has.
    Points(u64),
    /// `{ state = "cancelled", next-in = 12 }`: the customer's first subscription, and days until its next charge.
    Subscription(SubscriptionState),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Destination {
    pub(super) order: String,
    pub(super) holds: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) at: String,
    pub(super) holds: String,
    pub(super) times: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SubscriptionState {
    pub(super) state: Option<String>,
    pub(super) next_in: Option<i32>,
}

/// The setting and all scenarios.
pub(super) fn load(folder: &Path) -> Result<(Setting, Vec<Loaded>), String> {
    let setting = read(&folder.join("shop.toml")).map(|(setting, _)| setting)?;
    let mut all = Vec::new();
    for skill in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        for path in entries(&skill)?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "toml")) {
            let (file, text): (Scenarios, _) = read(&path)?;
            let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for scenario in file.scenarios {
                let line = 1 + text[..scenario.span().start].matches('\n').count();
                let place = format!("{}/{}:{line}", name(&skill), name(&path));
                let scenario = scenario.into_inner();
                scenario.check().map_err(|why| format!("{place}: «{}»: {why}", scenario.name))?;
                all.push(Loaded { place, skill: name(&skill), scenario });
            }
        }
    }
    Ok((setting, all))
}

impl Scenario {
    fn check(&self) -> Result<(), String> {
        if self.steps.is_empty() {
            return Err("it has no [[scenario.step]]".to_owned());
        }
        for (number, step) in (1..).zip(&self.steps) {
            let acts = [step.say.is_some(), step.press.is_some(), step.answer.is_some(), step.sign_in.is_some()];
            if acts.into_iter().filter(|&acts| acts).count() != 1 {
                return Err(format!("step {number} needs exactly one of `say`, `press`, `answer` and `sign-in`"));
            }
            if !step.meanwhile.settings.is_empty() {
                return Err(format!("step {number}: settings can only be given before the first step"));
            }
            for fault in self.given.faults.iter().chain(&step.meanwhile.faults) {
                fault.fault()?;
            }
        }
        Ok(())
    }
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let found = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<_> = found.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<(T, String), String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let value = toml::from_str(&text).map_err(|error| format!("{}:\n{error}", path.display()))?;
    Ok((value, text))
}
