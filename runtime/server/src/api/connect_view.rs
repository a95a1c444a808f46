//! What an operator fills in to connect an integration, as its connector declares it.

use serde::Serialize;
use usher_host::Connector;
use usher_manifest::SettingType;
use utoipa::ToSchema;

/// What is filled in to connect an integration.
#[derive(Serialize, ToSchema)]
pub(super) struct ConnectView {
    /// Settings.
    settings: Vec<ConnectSetting>,
    /// Secrets; they are put into requests by the runtime.
    secrets: Vec<ConnectSecret>,
}

/// A setting of an integration.
#[derive(Serialize, ToSchema)]
struct ConnectSetting {
    /// What `settings` of `PUT /api/v1/integrations/{connector}` calls it.
    name: String,
    /// For the operator.
    label: String,
    /// `text`, `choice`, `bool`, `number` or `url`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// For a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
    /// It can't be left out.
    required: bool,
    /// What holds where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
}

/// A secret of an integration.
#[derive(Serialize, ToSchema)]
struct ConnectSecret {
    /// What `secrets` of `PUT /api/v1/integrations/{connector}` calls it.
    name: String,
    /// For the operator.
    label: String,
    /// It can't be left out.
    required: bool,
}

impl ConnectView {
    pub(super) fn of(connector: &Connector) -> Self {
        let settings = connector.manifest.settings.iter().map(|setting| {
            let (kind, choices) = kind_of(&setting.kind);
            ConnectSetting {
                name: setting.name.clone(),
                label: setting.label.clone(),
                kind,
                choices: choices.to_vec(),
                required: setting.required,
                default: setting.default.clone(),
            }
        });
        let secrets = connector.manifest.secrets.iter().map(|secret| ConnectSecret {
            name: secret.name.clone(),
            label: secret.label.clone(),
            required: secret.required,
        });
        Self { settings: settings.collect(), secrets: secrets.collect() }
    }
}

/// A type's name, and what can be chosen.
pub(super) fn kind_of(kind: &SettingType) -> (&'static str, &[String]) {
    match kind {
        SettingType::Text => ("text", &[]),
        SettingType::Choice { choices } => ("choice", choices),
        SettingType::Bool => ("bool", &[]),
        SettingType::Number => ("number", &[]),
        SettingType::Url => ("url", &[]),
    }
}
