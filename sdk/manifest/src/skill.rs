//! `skill.toml`.

use std::collections::BTreeMap;

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::error::{Complaint, Error};
use crate::name::{FunctionName, InterfaceName, Language, PluginId, interface, quoted, slug};
use crate::reader::{Fields, Item};
use crate::setting::{self, Setting};
use crate::text::Shape;

/// What the author of a skill declares.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SkillManifest {
    /// The same in every version.
    pub id: PluginId,
    /// At most 60 characters.
    pub name: String,
    /// Semantic.
    pub version: Version,
    /// Where the console lists it.
    pub category: Category,
    /// What it does, for operators: at most 600 characters.
    pub overview: String,
    /// The scenarios that it answers.
    pub when_to_use: Vec<String>,
    /// How it answers.
    pub how_to_respond: String,
    /// Where it answers.
    pub channels: Vec<Channel>,
    /// What must be there before it answers.
    pub prerequisites: Prerequisites,
    /// What it calls, with a reason each.
    pub tools: Vec<ToolUse>,
    /// What an operator may fill in.
    pub settings: Vec<Setting>,
    /// Questions that customers ask for it, by language: what the router learns from.
    pub examples: BTreeMap<Language, Vec<String>>,
}

/// Where the console lists a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// After an order was placed.
    PostPurchase,
    /// What every shop needs.
    Core,
    /// A shop's own.
    Custom,
}

/// A way that customers write on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say all")]
pub enum Channel {
    Webchat,
    Sms,
    Whatsapp,
    Email,
}

/// What must be there before a skill answers; while something is missing, it is unavailable and says what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Prerequisites {
    /// The customer hub.
    pub hub: bool,
    /// Customers must sign in. For the operator to read: what is enforced is enforced at each tool.
    pub sign_in: bool,
    /// Interfaces that some connected integration must provide.
    pub integrations: Vec<InterfaceName>,
    /// Topics on which there must be an article.
    pub knowledge: Vec<String>,
    /// A filled product catalogue.
    pub catalog: bool,
}

/// One function that a skill calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ToolUse {
    /// Which.
    pub function: FunctionName,
    /// For the reviewer: ends the sentence "it asks for this …".
    pub reason: String,
}

const CATEGORIES: &[(&str, Category)] =
    &[("post-purchase", Category::PostPurchase), ("core", Category::Core), ("custom", Category::Custom)];

const CHANNELS: &[(&str, Channel)] =
    &[("webchat", Channel::Webchat), ("sms", Channel::Sms), ("whatsapp", Channel::Whatsapp), ("email", Channel::Email)];

const KEYS: &[&str] = &[
    "id",
    "name",
    "version",
    "category",
    "overview",
    "when-to-use",
    "how-to-respond",
    "channels",
    "prerequisites",
    "tools",
    "settings",
    "examples",
];

/// `extra` are keys that the caller has read already.
pub(crate) fn read(root: Item, extra: &[&'static str]) -> Result<SkillManifest, Error> {
    let mut fields = root.fields(&[KEYS, extra].concat())?;
    Ok(SkillManifest {
        id: fields.required("id", "id = \"order-tracking\"")?.parse()?,
        name: fields.required("name", "name = \"Order tracking\"")?.text(60, Shape::Line)?,
        version: version(&mut fields)?,
        category: fields.required("category", "category = \"custom\"")?.one_of(CATEGORIES)?,
        overview: fields.required("overview", "overview = \"…\"")?.text(600, Shape::Paragraphs)?,
        when_to_use: scenarios(&mut fields)?,
        how_to_respond: fields.required("how-to-respond", "how-to-respond = \"…\"")?.text(4000, Shape::Paragraphs)?,
        channels: channels(&mut fields)?,
        prerequisites: fields.optional("prerequisites").map_or(Ok(Prerequisites::default()), prerequisites)?,
        tools: tools(&mut fields)?,
        settings: setting::read(fields.list("settings", 64)?)?,
        examples: fields.optional("examples").map_or(Ok(BTreeMap::new()), examples)?,
    })
}

pub(crate) fn version(fields: &mut Fields) -> Result<Version, Error> {
    fields.required("version", "version = \"0.1.0\"")?.parse_with(|text| {
        text.parse().map_err(|e| {
            Complaint::new(format!("{} is not a version ({e})", quoted(text)), "write three numbers, like \"0.1.0\"")
        })
    })
}

fn scenarios(fields: &mut Fields) -> Result<Vec<String>, Error> {
    let item = fields.required("when-to-use", "when-to-use = [\"A customer asks where an order is\"]")?;
    let scenarios = item.distinct(32, |item| item.text(300, Shape::Line))?;
    if scenarios.is_empty() {
        return Err(fields.refuse("when-to-use", Complaint::new("empty", "write at least one scenario")));
    }
    Ok(scenarios)
}

fn channels(fields: &mut Fields) -> Result<Vec<Channel>, Error> {
    let item = fields.required("channels", "channels = [\"webchat\", \"sms\", \"whatsapp\", \"email\"]")?;
    let channels = item.distinct(CHANNELS.len(), |item| item.one_of(CHANNELS))?;
    if channels.is_empty() {
        return Err(fields.refuse("channels", Complaint::new("empty", "write at least one channel")));
    }
    Ok(channels)
}

fn prerequisites(item: Item) -> Result<Prerequisites, Error> {
    let mut fields = item.fields(&["hub", "sign-in", "integrations", "knowledge", "catalog"])?;
    Ok(Prerequisites {
        hub: fields.bool("hub")?,
        sign_in: fields.bool("sign-in")?,
        integrations: match fields.optional("integrations") {
            Some(item) => item.distinct(32, |item| item.parse_with(interface))?,
            None => Vec::new(),
        },
        knowledge: match fields.optional("knowledge") {
            Some(item) => item.distinct(32, |item| item.parse_with(slug))?,
            None => Vec::new(),
        },
        catalog: fields.bool("catalog")?,
    })
}

fn tools(fields: &mut Fields) -> Result<Vec<ToolUse>, Error> {
    let mut tools: Vec<ToolUse> = Vec::new();
    for item in fields.list("tools", 64)? {
        let mut fields = item.fields(&["function", "reason"])?;
        let function: FunctionName = fields.required("function", "function = \"usher:tools/orders.get\"")?.parse()?;
        if function.interface.package() == "usher:skill" {
            let complaint = Complaint::new(format!("every skill may call {function}"), "remove this entry");
            return Err(fields.refuse("function", complaint));
        }
        if tools.iter().any(|tool| tool.function == function) {
            let complaint = Complaint::new(format!("{function} is declared already"), "remove one of the two");
            return Err(fields.refuse("function", complaint));
        }
        let reason = fields.required("reason", "reason = \"to find the order that the customer names\"")?;
        tools.push(ToolUse { function, reason: reason.text(300, Shape::Line)? });
    }
    Ok(tools)
}

fn examples(item: Item) -> Result<BTreeMap<Language, Vec<String>>, Error> {
    let mut examples = BTreeMap::new();
    for (key, item) in item.entries()? {
        let language: Language = key.parse().map_err(|complaint| item.refuse(complaint))?;
        if examples.contains_key(&language) {
            let complaint = Complaint::new(format!("{language} stands there already"), "write each language once");
            return Err(item.refuse(complaint));
        }
        let questions = item.distinct(400, |item| item.text(300, Shape::Utterance))?;
        examples.insert(language, questions);
    }
    Ok(examples)
}
