//! What files say beyond a scenario of the product (`usher_agent::scenario`): how the shop and its providers stand before and
//! afterwards. Every key that isn't known is an error that names the file.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use usher_agent::scenario::{Found, Scenario, read_file};
use usher_standins::Fault;

/// The shop as every scenario finds it: `shop.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Setting {
    #[serde(rename = "article")]
    pub(super) articles: Vec<Article>,
}

/// A scenario and where it stands.
#[derive(Debug)]
pub(super) struct Loaded {
    /// `returns-exchanges/policy.toml:12`
    pub(super) place: String,
    /// The folder's name.
    pub(super) skill: String,
    pub(super) scenario: Scenario,
    /// How the shop stands before the first step.
    pub(super) given: Given,
    /// One for each step.
    pub(super) around: Vec<Around>,
}

/// What a step has to do with the shop.
#[derive(Debug)]
pub(super) struct Around {
    /// What happens just before.
    pub(super) meanwhile: Given,
    /// How the providers stand afterwards.
    pub(super) after: Vec<After>,
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
    let path = folder.join("shop.toml");
    let setting = toml::from_str(&read(&path)?).map_err(|error| format!("{}:\n{error}", path.display()))?;
    let mut all = Vec::new();
    for skill in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        for path in entries(&skill)?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "toml")) {
            let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            for found in read_file(&read(&path)?).map_err(|error| format!("{}:\n{error}", path.display()))? {
                let place = format!("{}/{}:{}", name(&skill), name(&path), found.line);
                let loaded = Loaded::of(found, place.clone(), name(&skill));
                all.push(loaded.map_err(|why| format!("{place}: {why}"))?);
            }
        }
    }
    Ok((setting, all))
}

impl Loaded {
    fn of(Found { scenario, .. }: Found, place: String, skill: String) -> Result<Self, String> {
        let given: Given = stands(&scenario.given, "given")?;
        let mut around = Vec::new();
        for (number, step) in (1..).zip(&scenario.steps) {
            let meanwhile: Given = stands(&step.meanwhile, &format!("step {number}: meanwhile"))?;
            if !meanwhile.settings.is_empty() {
                return Err(format!("step {number}: settings can only be given before the first step"));
            }
            let after = step.expect.after.iter().map(After::deserialize);
            let after = after.collect::<Result<_, _>>().map_err(|error| format!("step {number}: after: {error}"))?;
            around.push(Around { meanwhile, after });
        }
        let faults = around.iter().flat_map(|around| &around.meanwhile.faults).chain(&given.faults);
        for fault in faults {
            fault.fault()?;
        }
        Ok(Self { place, skill, scenario, given, around })
    }

    /// Whether another scenario on the same server could notice it.
    pub(super) fn changes_something(&self) -> bool {
        use usher_agent::scenario::Answer::Yes;
        !self.given.is_empty()
            || self.scenario.steps.iter().any(|step| step.answer == Some(Yes))
            || self.around.iter().any(|around| !around.meanwhile.is_empty() || !around.after.is_empty())
    }
}

fn stands<T: DeserializeOwned>(table: &serde_json::Map<String, Value>, of: &str) -> Result<T, String> {
    serde_json::from_value(Value::Object(table.clone())).map_err(|error| format!("{of}: {error}"))
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let found = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<_> = found.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
