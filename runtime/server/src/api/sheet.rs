//! A permission sheet as the API shows it.

use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use usher_host::skill::Assurance;
use usher_host::{Flag, PermissionSheet, SheetWebhook, visible};
use usher_manifest::Verification;
use utoipa::ToSchema;

/// What a plugin can do.
#[derive(Serialize, ToSchema)]
#[schema(as = PermissionSheet)]
pub(super) struct SheetView {
    /// The tools that it can call.
    tools: Vec<ToolView>,
    /// Tools that it declares and doesn't import.
    over_asked: Vec<String>,
    /// What it imports of the runtime beside tools.
    baseline: BTreeSet<String>,
    /// For a connector: the interfaces that it answers.
    provides: BTreeSet<String>,
    /// For a connector: where it may send requests.
    hosts: Vec<HostView>,
    /// For a connector: the secrets that the server puts into its requests.
    secrets: Vec<SecretView>,
    /// For a connector: where its provider may say that something happened (`POST /api/v1/webhooks/{connector}/{name}`).
    webhooks: Vec<WebhookView>,
    /// The names of the settings that it reads.
    settings: BTreeSet<String>,
    /// What one call of it may use, by the name of the limit.
    limits: BTreeMap<String, u64>,
    /// What a reviewer should look at first, the worst first.
    flags: Vec<FlagView>,
    /// All that it can do in plain words.
    sentences: Vec<SentenceView>,
}

/// Something to look at before the plugin is approved.
#[derive(Serialize, ToSchema)]
pub(super) struct FlagView {
    /// `note`, `warning` or `danger`.
    severity: String,
    /// The rule that found it, like `personal-data-out`.
    name: String,
    /// What could happen, and what to check. Text, not markup; what hides is spelled out.
    sentence: String,
}

/// One thing that a plugin can do.
#[derive(Serialize, ToSchema)]
struct SentenceView {
    /// `tool`, `over-asked`, `interface`, `host`, `secret`, `webhook`, `setting` or `baseline`.
    about: String,
    /// Its technical name.
    name: String,
    /// For people. Text, not markup; what hides is spelled out.
    text: String,
    /// The author's reason, spelled out in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A tool that a plugin can call.
#[derive(Serialize, ToSchema)]
struct ToolView {
    function: String,
    /// For people.
    title: String,
    /// `reading` or `acting`.
    effect: String,
    /// The least that must be known of the customer: `anonymous`, `identified` or `authenticated`.
    assurance: String,
    /// The answer holds personal data.
    personal: bool,
    /// False where nobody listed it: it then counts as acting.
    listed: bool,
    /// `runtime` or `connector`.
    provided_by: String,
    /// The author's reason.
    reason: String,
}

/// A place that a connector may send requests to.
#[derive(Serialize, ToSchema)]
struct HostView {
    host: String,
    methods: Vec<String>,
    /// The author's reason.
    reason: String,
}

/// A secret of a connector.
#[derive(Serialize, ToSchema)]
struct SecretView {
    name: String,
    /// The header that it is sent in.
    header: String,
    /// It buys a short-lived token, and that one is sent.
    client_credentials: bool,
}

/// A webhook of a connector. What is said there has the connector asked for news, and is not believed.
#[derive(Serialize, ToSchema)]
struct WebhookView {
    name: String,
    /// How it is known who calls: `hmac-sha256` or `token`.
    verify: String,
    /// The header with the signature or the token.
    header: String,
    /// The header with the time of sending, where that is signed too.
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp_header: Option<String>,
    /// The secret that it is checked with.
    secret: String,
}

impl From<&SheetWebhook> for WebhookView {
    fn from(webhook: &SheetWebhook) -> Self {
        let (verify, header, timestamp_header) = match &webhook.verification {
            Verification::HmacSha256 { header, timestamp_header, .. } => {
                ("hmac-sha256", header, timestamp_header.clone())
            }
            Verification::Token { header } => ("token", header, None),
        };
        Self {
            name: webhook.name.clone(),
            verify: verify.to_owned(),
            header: header.clone(),
            timestamp_header,
            secret: webhook.secret.clone(),
        }
    }
}

/// Serde's own word for a value that is written as text.
pub(super) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

/// An author's text with its lines as they are, and in each what hides spelled out.
pub(super) fn lines_visible(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// How sure one must be of a customer, in a word.
pub(super) fn assurance(needed: Assurance) -> &'static str {
    match needed {
        Assurance::Anonymous => "anonymous",
        Assurance::Identified => "identified",
        Assurance::Authenticated => "authenticated",
    }
}

impl From<&PermissionSheet> for SheetView {
    fn from(sheet: &PermissionSheet) -> Self {
        let tools = sheet.tools.iter().map(|tool| ToolView {
            function: tool.function.to_string(),
            title: tool.rule.title.clone(),
            effect: word(&tool.rule.effect),
            assurance: assurance(tool.rule.assurance).to_owned(),
            personal: tool.rule.personal,
            listed: tool.listed,
            provided_by: word(&tool.provided_by),
            reason: tool.reason.clone(),
        });
        let limits = serde_json::to_value(sheet.limits).ok();
        let limits = limits.as_ref().and_then(serde_json::Value::as_object).into_iter().flatten();
        Self {
            tools: tools.collect(),
            over_asked: sheet.over_asked.iter().map(ToString::to_string).collect(),
            baseline: sheet.baseline.clone(),
            provides: sheet.provides.iter().map(|provided| provided.interface.to_string()).collect(),
            hosts: sheet
                .hosts
                .iter()
                .map(|host| HostView {
                    host: host.host.to_string(),
                    methods: host.methods.iter().map(word).collect(),
                    reason: host.reason.clone(),
                })
                .collect(),
            webhooks: sheet.webhooks.iter().map(WebhookView::from).collect(),
            secrets: sheet
                .secrets
                .iter()
                .map(|secret| SecretView {
                    name: secret.name.clone(),
                    header: secret.header.clone(),
                    client_credentials: secret.client_credentials.is_some(),
                })
                .collect(),
            settings: sheet.settings.clone(),
            limits: limits.filter_map(|(name, value)| Some((name.clone(), value.as_u64()?))).collect(),
            flags: sheet.flags.iter().map(FlagView::from).collect(),
            sentences: sheet
                .sentences()
                .into_iter()
                .map(|sentence| SentenceView {
                    about: word(&sentence.about),
                    name: sentence.name,
                    text: sentence.text,
                    reason: sentence.reason,
                })
                .collect(),
        }
    }
}

impl From<&Flag> for FlagView {
    fn from(flag: &Flag) -> Self {
        Self { severity: word(&flag.severity), name: word(&flag.name), sentence: flag.sentence.clone() }
    }
}
