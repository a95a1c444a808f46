//! A skill as the operator sees it.

use super::Server;
use super::connect_view::kind_of;
use super::requests::RequestView;
use super::skill_tools::{self, SkillTool};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use usher_agent::skills::{Board, Connection, Fix, Missing, SkillRequest, SkillSetup, Standing, State, channel_name};
use usher_host::{Generation, Skill};
use usher_manifest::{Category, Channel, PluginId};
use utoipa::ToSchema;

/// A skill.
#[derive(Serialize, ToSchema)]
#[schema(as = Skill)]
pub(super) struct SkillView {
    /// Its id.
    id: String,
    /// What people call it.
    name: String,
    /// `post-purchase`, `core` or `custom`.
    category: String,
    /// What it is for.
    overview: String,
    /// `live`, `coming-soon` (asked for, without a component yet), `unavailable` (something is missing), `paused` or
    /// `preview-only`.
    state: String,
    /// Everything that it lacks, whatever its switch says.
    missing: Vec<MissingView>,
    /// What it needs, and whether that is there.
    prerequisites: PrerequisitesView,
    /// By channel, whether it answers there.
    channels: BTreeMap<String, bool>,
    /// Its version; missing where there is no component.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// What may be filled in.
    settings: Vec<SettingView>,
    /// How many messages meant it while it couldn't be asked, over the days that were asked for.
    demand: u64,
}

/// Something that a skill lacks.
#[derive(Serialize, ToSchema)]
#[schema(as = MissingPrerequisite)]
pub(super) struct MissingView {
    /// What: "Requires the customer hub".
    what: String,
    /// What to do about it.
    fix: String,
    /// Where: a path of this API.
    fix_link: String,
    /// How that path is called.
    fix_method: &'static str,
    /// The page of the console where it is done.
    fix_page: String,
    /// The same as `what` for programs: `kind` is `hub`, `integration`, `health`, `misfit`, `knowledge`, `catalog` or
    /// `setting`, with its particulars.
    #[schema(value_type = Object)]
    reason: Missing,
    /// The same as `fix` for programs: `kind` is `switch-hub-on`, `install-connector`, `connect`, `mend`, `write-article`,
    /// `fill-catalog` or `fill-in`, with its particulars.
    #[schema(value_type = Object)]
    remedy: Fix,
}

/// A row of the table of prerequisites.
#[derive(Serialize, ToSchema)]
#[schema(as = Prerequisites)]
pub(super) struct PrerequisitesView {
    /// The agent itself: every skill needs it, and it answers here.
    agent: NeedView,
    /// The customer hub.
    hub: NeedView,
    /// Whether customers must sign in before it tells anything of theirs.
    sign_in: bool,
    /// Interfaces that a connected integration must provide.
    integrations: Vec<IntegrationNeed>,
    /// Topics on which there must be an article.
    knowledge: Vec<KnowledgeNeed>,
    /// The product catalogue.
    catalog: NeedView,
}

/// Something that a skill may need.
#[derive(Serialize, ToSchema)]
#[schema(as = Need)]
struct NeedView {
    needed: bool,
    /// It is there, needed or not.
    met: bool,
}

/// An interface that a skill needs.
#[derive(Serialize, ToSchema)]
struct IntegrationNeed {
    /// Which.
    interface: String,
    met: bool,
    /// The integration that provides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    connector: Option<String>,
}

/// A topic that a skill needs.
#[derive(Serialize, ToSchema)]
struct KnowledgeNeed {
    /// Which.
    topic: String,
    met: bool,
}

/// A setting of a skill.
#[derive(Serialize, ToSchema)]
#[schema(as = SkillSetting)]
struct SettingView {
    name: String,
    /// For the operator.
    label: String,
    /// `text`, `choice`, `bool`, `number` or `url`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// For a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
    /// The skill is unavailable until it is filled in.
    required: bool,
    /// What holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// Who said so: `operator`, `configuration` or `skill`.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'static str>,
}

/// One skill with all that its author says of it.
#[derive(Serialize, ToSchema)]
pub(super) struct SkillDetail {
    #[serde(flatten)]
    skill: SkillView,
    /// The operator's word: `on`, `paused` or `preview-only`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    switch: Option<usher_agent::skills::Switch>,
    /// The scenarios that it answers.
    when_to_use: Vec<String>,
    /// How it answers.
    how_to_respond: String,
    /// What it calls, with the author's reason for each.
    tools: BTreeMap<String, String>,
    /// What its component can call, with what each call does and who answers it.
    calls: Vec<SkillTool>,
    /// How customers ask, by language.
    examples: BTreeMap<String, Vec<String>>,
    /// What was asked for, where it is still to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestView>,
}

/// All skills at one moment.
pub(super) struct SkillsAt {
    pub(super) board: Arc<Board>,
    pub(super) generation: Arc<Generation>,
    setups: BTreeMap<PluginId, SkillSetup>,
    demand: BTreeMap<PluginId, u64>,
}

impl SkillsAt {
    pub(super) fn now(server: &Server, demand: BTreeMap<PluginId, u64>) -> Self {
        let generation = server.host().generation();
        let skills = server.agent().skills();
        let setups = generation.skills.keys().map(|id| (id.clone(), skills.setup(id))).collect();
        Self { board: skills.board(), generation, setups, demand }
    }

    /// A skill that has a component; none where it went a moment ago.
    pub(super) fn view(&self, skill: &Skill) -> Option<SkillView> {
        let manifest = &skill.manifest;
        let standing = self.board.skills.get(&manifest.id)?;
        Some(SkillView {
            id: manifest.id.to_string(),
            name: manifest.name.clone(),
            category: category(manifest.category).to_owned(),
            overview: manifest.overview.clone(),
            state: standing.state.name().to_owned(),
            missing: standing.missing.iter().map(|missing| missing_view(&manifest.id, missing)).collect(),
            prerequisites: self.prerequisites(skill),
            channels: channels(|channel| standing.channels.contains(&channel)),
            version: Some(manifest.version.to_string()),
            settings: self.settings(skill, standing),
            demand: self.demand.get(&manifest.id).copied().unwrap_or_default(),
        })
    }

    /// The same with all that its author says.
    pub(super) fn detail(&self, skill: &Skill) -> Option<SkillDetail> {
        let manifest = &skill.manifest;
        let tools = manifest.tools.iter().map(|tool| (tool.function.to_string(), tool.reason.clone()));
        let examples = manifest.examples.iter().map(|(language, texts)| (language.to_string(), texts.clone()));
        Some(SkillDetail {
            skill: self.view(skill)?,
            switch: self.setups.get(&manifest.id).map(|setup| setup.switch),
            when_to_use: manifest.when_to_use.clone(),
            how_to_respond: manifest.how_to_respond.clone(),
            tools: tools.collect(),
            calls: skill_tools::of(skill, &self.generation),
            examples: examples.collect(),
            request: None,
        })
    }

    /// A skill that was only asked for.
    pub(super) fn coming(&self, request: &SkillRequest) -> SkillView {
        let none = || NeedView { needed: false, met: true };
        SkillView {
            id: request.id.to_string(),
            name: request.name.clone(),
            category: category(Category::Custom).to_owned(),
            overview: request.description.clone(),
            state: State::ComingSoon.name().to_owned(),
            missing: Vec::new(),
            prerequisites: PrerequisitesView {
                agent: NeedView { needed: true, met: true },
                hub: none(),
                sign_in: false,
                integrations: Vec::new(),
                knowledge: Vec::new(),
                catalog: none(),
            },
            channels: channels(|_| false),
            version: None,
            settings: Vec::new(),
            demand: self.demand.get(&request.id).copied().unwrap_or_default(),
        }
    }

    fn prerequisites(&self, skill: &Skill) -> PrerequisitesView {
        let needs = &skill.manifest.prerequisites;
        let now = &self.board.circumstances;
        let integrations = needs.integrations.iter().map(|interface| {
            let plain = interface.without_version();
            let connector = now.answers.get(&plain);
            let failing = connector
                .and_then(|id| now.connectors.get(id))
                .is_some_and(|connector| !matches!(connector.connection, Connection::Connected { failing: None }));
            IntegrationNeed {
                interface: interface.to_string(),
                met: now.own.contains(&plain) || (connector.is_some() && !failing),
                connector: connector.map(ToString::to_string),
            }
        });
        let topics = needs.knowledge.iter();
        let topics = topics.map(|topic| KnowledgeNeed { topic: topic.clone(), met: now.topics.contains(topic) });
        PrerequisitesView {
            agent: NeedView { needed: true, met: true },
            hub: NeedView { needed: needs.hub, met: now.hub },
            sign_in: needs.sign_in,
            integrations: integrations.collect(),
            knowledge: topics.collect(),
            catalog: NeedView { needed: needs.catalog, met: now.products },
        }
    }

    fn settings(&self, skill: &Skill, standing: &Standing) -> Vec<SettingView> {
        let decided = self.setups.get(&skill.manifest.id);
        let settings = skill.manifest.settings.iter().map(|setting| {
            let own = decided.is_some_and(|setup| setup.settings.contains_key(&setting.name));
            let filled = standing.settings.get(&setting.name);
            let from = match (own, filled, &setting.default) {
                (true, ..) => Some("operator"),
                (false, Some(_), _) => Some("configuration"),
                (false, None, Some(_)) => Some("skill"),
                (false, None, None) => None,
            };
            let (kind, choices) = kind_of(&setting.kind);
            SettingView {
                name: setting.name.clone(),
                label: setting.label.clone(),
                kind,
                choices: choices.to_vec(),
                required: setting.required,
                value: filled.or(setting.default.as_ref()).cloned(),
                from,
            }
        });
        settings.collect()
    }
}

impl SkillDetail {
    /// A skill that was only asked for.
    pub(super) fn coming(skill: SkillView, request: RequestView) -> Self {
        Self {
            skill,
            switch: None,
            when_to_use: Vec::new(),
            how_to_respond: String::new(),
            tools: BTreeMap::new(),
            calls: Vec::new(),
            examples: BTreeMap::new(),
            request: Some(request),
        }
    }
}

fn missing_view(skill: &PluginId, missing: &Missing) -> MissingView {
    let remedy = missing.fix();
    let (fix_method, fix_link) = link(skill, &remedy);
    let fix_page = page(skill, &remedy);
    let (what, fix) = (missing.what(), remedy.words());
    MissingView { what, fix, fix_link, fix_method, fix_page, reason: missing.clone(), remedy }
}

/// The page of the console where a fix is made.
fn page(skill: &PluginId, fix: &Fix) -> String {
    match fix {
        Fix::SwitchHubOn => "/console/settings/hub".to_owned(),
        Fix::InstallConnector { .. } => "/console/plugins".to_owned(),
        Fix::Connect { connectors } => match connectors.as_slice() {
            [one] => format!("/console/settings/integrations/{one}"),
            _ => "/console/settings/integrations".to_owned(),
        },
        Fix::Mend { connector } => format!("/console/settings/integrations/{connector}"),
        Fix::WriteArticle { topic } => {
            let topic: String = url::form_urlencoded::byte_serialize(topic.as_bytes()).collect();
            format!("/console/knowledge/new?topic={topic}")
        }
        Fix::FillCatalog => "/console/settings/integrations".to_owned(),
        Fix::FillIn { .. } => format!("/console/skills/{skill}#settings"),
    }
}

/// Where a fix is made.
fn link(skill: &PluginId, fix: &Fix) -> (&'static str, String) {
    let part = |text: &str| text.replace('/', "%2F");
    match fix {
        Fix::SwitchHubOn => ("PUT", "/api/v1/hub".to_owned()),
        Fix::InstallConnector { .. } => ("POST", "/api/v1/releases".to_owned()),
        Fix::Connect { connectors } => match connectors.as_slice() {
            [one] => ("PUT", format!("/api/v1/integrations/{}", part(one.as_str()))),
            _ => ("GET", "/api/v1/plugins".to_owned()),
        },
        Fix::Mend { connector } => ("POST", format!("/api/v1/integrations/{}/check", part(connector.as_str()))),
        Fix::WriteArticle { topic } => ("PUT", format!("/api/v1/articles/{topic}")),
        Fix::FillCatalog => ("POST", "/api/v1/catalog/sync".to_owned()),
        Fix::FillIn { .. } => ("PUT", format!("/api/v1/skills/{}/settings", part(skill.as_str()))),
    }
}

fn channels(answers: impl Fn(Channel) -> bool) -> BTreeMap<String, bool> {
    let all = [Channel::Webchat, Channel::Sms, Channel::Whatsapp, Channel::Email];
    all.into_iter().map(|channel| (channel_name(channel).to_owned(), answers(channel))).collect()
}

fn category(category: Category) -> &'static str {
    match category {
        Category::PostPurchase => "post-purchase",
        Category::Core => "core",
        Category::Custom => "custom",
    }
}
