//! The ways to hand over, and what each lacks before it can be chosen.

use super::super::Server;
use serde::Serialize;
use usher_agent::handoff::HandoffMethod;
use usher_host::State;
use usher_manifest::{ConnectorManifest, PluginId};
use utoipa::ToSchema;

/// What a connector provides to be a helpdesk.
const HELPDESK: &str = "usher:tools/helpdesk";

/// A way to hand conversations over.
#[derive(Serialize, ToSchema)]
pub(crate) struct MethodView {
    /// As `settings.method` holds it.
    #[schema(value_type = Object)]
    method: HandoffMethod,
    /// What people call it.
    name: String,
    /// The one that fits most shops.
    recommended: bool,
    /// It can be chosen. Of a connector: it is connected, and was well when it was last asked.
    ready: bool,
    /// Why it isn't.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// The way there.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

/// Why a method can't be chosen, and what to do.
pub(crate) struct Lack {
    pub(crate) problem: String,
    pub(crate) fix: String,
}

/// All methods: the built-in helpdesk, the connectors that are one, and the custom message.
pub(super) fn all(server: &Server) -> Vec<MethodView> {
    let generation = server.host().generation();
    let helpdesks = generation.connectors.values().filter(|connector| is_helpdesk(&connector.manifest));
    let connectors = helpdesks.map(|connector| {
        let id = connector.manifest.id.clone();
        view(server, HandoffMethod::Connector { connector: id }, connector.manifest.name.clone())
    });
    let built_in = view(server, HandoffMethod::BuiltIn, "Built-in helpdesk".to_owned());
    let message = view(server, HandoffMethod::CustomMessage, "Custom message".to_owned());
    std::iter::once(built_in).chain(connectors).chain([message]).collect()
}

fn view(server: &Server, method: HandoffMethod, name: String) -> MethodView {
    let lack = lack(server, &method);
    let recommended = method == HandoffMethod::BuiltIn;
    let (problem, fix) = lack.map(|lack| (lack.problem, lack.fix)).unzip();
    MethodView { method, name, recommended, ready: problem.is_none(), problem, fix }
}

/// What a method lacks, as far as it is known without asking anybody.
pub(crate) fn lack(server: &Server, method: &HandoffMethod) -> Option<Lack> {
    let HandoffMethod::Connector { connector } = method else { return None };
    unconnected(server, connector).or_else(|| {
        let health = server.agent().skills().health(connector)?;
        (!health.ok).then(|| unwell(connector, &health.message))
    })
}

/// As [`lack`], and the provider is asked now.
pub(super) async fn lack_now(server: &Server, method: &HandoffMethod) -> Option<Lack> {
    let HandoffMethod::Connector { connector } = method else { return None };
    if let Some(lack) = unconnected(server, connector) {
        return Some(lack);
    }
    match server.agent().skills().check(connector).await {
        Some(health) if health.ok => None,
        Some(health) => Some(unwell(connector, &health.message)),
        None => unconnected(server, connector),
    }
}

fn unwell(connector: &PluginId, message: &str) -> Lack {
    Lack {
        problem: format!("{connector} is connected, and its health check fails: {message}"),
        fix: format!(
            "mend its settings and secrets with `PUT /api/v1/integrations/{connector}`, then see \
             `POST /api/v1/integrations/{connector}/check`"
        ),
    }
}

fn unconnected(server: &Server, id: &PluginId) -> Option<Lack> {
    let generation = server.host().generation();
    let Some(connector) = generation.connectors.get(id) else {
        let state = generation.releases.values().filter(|release| release.plugin == *id).map(|release| release.state);
        return Some(match state.max_by_key(|state| *state == State::Pending) {
            Some(State::Pending) => Lack {
                problem: format!("the connector {id} waits for a person's yes"),
                fix: format!("read `usher plugins show {id}` and say `usher plugins approve {id} --reason …`"),
            },
            Some(_) => Lack {
                problem: format!("the connector {id} doesn't serve: its release was revoked, refused or taken away"),
                fix: format!("`usher plugins show {id}` says why; bring another release, or choose another method"),
            },
            None => Lack {
                problem: format!("there is no connector {id}"),
                fix: "put its component into the plugin folder, or choose a method that `GET /api/v1/handoff` lists"
                    .to_owned(),
            },
        });
    };
    if !is_helpdesk(&connector.manifest) {
        return Some(Lack {
            problem: format!("{id} is no helpdesk: it doesn't provide `{HELPDESK}`"),
            fix: "choose a method that `GET /api/v1/handoff` lists".to_owned(),
        });
    }
    if generation.integrations.contains_key(id) {
        return None;
    }
    let connect = connecting(&connector.manifest);
    Some(match generation.broken.get(id) {
        Some(problem) => {
            Lack { problem: format!("what was filled in for {id} doesn't fit any more: {problem}"), fix: connect }
        }
        None => Lack { problem: format!("{id} isn't connected"), fix: connect },
    })
}

/// The way to a connection, with what has to be filled in.
fn connecting(manifest: &ConnectorManifest) -> String {
    let settings: Vec<&str> =
        manifest.settings.iter().filter(|setting| setting.required).map(|setting| setting.name.as_str()).collect();
    let secrets: Vec<&str> =
        manifest.secrets.iter().filter(|secret| secret.required).map(|secret| secret.name.as_str()).collect();
    let any_secret: Vec<&str> = manifest.secrets.iter().map(|secret| secret.name.as_str()).collect();
    let mut parts = Vec::new();
    if !settings.is_empty() {
        parts.push(format!("the settings {}", settings.join(", ")));
    }
    if !secrets.is_empty() {
        parts.push(format!("the secrets {}", secrets.join(", ")));
    } else if !any_secret.is_empty() {
        parts.push(format!("one of the secrets {}", any_secret.join(", ")));
    }
    let with = if parts.is_empty() { String::new() } else { format!(" with {}", parts.join(" and ")) };
    format!("connect it first: `PUT /api/v1/integrations/{}`{with}, then choose it again", manifest.id)
}

fn is_helpdesk(manifest: &ConnectorManifest) -> bool {
    manifest.provides.iter().any(|interface| interface.without_version().to_string() == HELPDESK)
}
