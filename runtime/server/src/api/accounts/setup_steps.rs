//! What there is to set up, and how far it is: each step is read from what is there, so that doing it elsewhere counts.

use crate::api::Server;
use crate::problem::Answer;
use jiff::Timestamp;
use serde::Serialize;
use usher_agent::handoff::HandoffMethod;
use utoipa::ToSchema;

/// One step.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Step {
    /// `owner`, `shop`, `channel`, `connector`, `knowledge`, `handoff` or `preview`.
    id: &'static str,
    /// What it is about.
    title: &'static str,
    /// It is done.
    done: bool,
    /// How it is now, in a few words.
    state: String,
    /// The page of the console where it is done; none: in the configuration.
    page: Option<&'static str>,
}

/// All steps in order, and whether they were dismissed. `owner`: there is an account.
pub(super) async fn steps(server: &Server, owner: bool) -> Answer<(Vec<Step>, bool)> {
    let remembered = server.remembered_setup().await?;
    let is = |name: &str| remembered[name].as_bool().unwrap_or(false);
    let config = server.config();
    let open: Vec<&str> = config.sites.iter().filter(|site| !site.origins.is_empty()).map(|s| s.id.as_str()).collect();
    let integrations = server.store().integrations().await?;
    let connected: Vec<String> = integrations.iter().map(|one| one.connector.to_string()).collect();
    let articles = server.store().articles().await?.len();
    let chosen =
        server.store().setting("handoff").await?.is_some() || config.handoff.method != HandoffMethod::default();
    let tried = server.previewed() || !server.store().active_conversations(Timestamp::MIN, 1).await?.is_empty();
    let step = |id, title, done, state: String, page| Step { id, title, done, state, page };
    let steps = vec![
        step("owner", "Make the owner's account", owner, yes(owner, "there is one"), Some("/console/setup")),
        step("shop", "Name the shop", true, format!("{}, {}", config.shop.name, config.shop.locale), None),
        step(
            "channel",
            "Open a channel",
            !open.is_empty(),
            if open.is_empty() {
                "no site may show the chat yet".into()
            } else {
                format!("web chat on {}", open.join(", "))
            },
            Some("/console/settings/channels"),
        ),
        step(
            "connector",
            "Connect the shop's systems",
            !connected.is_empty(),
            if connected.is_empty() { "nothing is connected yet".into() } else { connected.join(", ") },
            Some("/console/settings/integrations"),
        ),
        step(
            "knowledge",
            "Add what it may answer from",
            articles > 0,
            if articles == 1 { "one article".into() } else { format!("{articles} articles") },
            Some("/console/knowledge"),
        ),
        step(
            "handoff",
            "Choose who takes over",
            chosen,
            if chosen { "chosen".into() } else { "the default: the built-in helpdesk".into() },
            Some("/console/settings/handoff"),
        ),
        step("preview", "Try it", tried, yes(tried, "tried"), Some("/console/preview")),
    ];
    Ok((steps, is("dismissed")))
}

fn yes(done: bool, what: &str) -> String {
    if done { what.to_owned() } else { "not yet".to_owned() }
}
