//! The sites of the configuration, with what goes into their pages.

use super::{Operator, Server};
use crate::config::Site;
use crate::problem::ProblemBody;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// A site that shows the chat.
#[derive(Serialize, ToSchema)]
#[schema(as = Site)]
pub(super) struct SiteView {
    /// Its public id.
    id: String,
    /// Shown in the head of the chat.
    name: String,
    /// Pages of these origins may show the chat.
    origins: Vec<String>,
    /// What goes into these pages.
    tag: String,
    /// The shop's backend can say who a visitor is.
    identity: bool,
    /// When a page of it loaded the chat's script last, since the program started (RFC 3339).
    #[schema(format = DateTime)]
    seen_at: Option<String>,
    /// The origin of that page.
    seen_on: Option<String>,
}

/// All sites.
#[derive(Serialize, ToSchema)]
pub(super) struct Sites {
    /// As the configuration has them.
    sites: Vec<SiteView>,
}

impl SiteView {
    fn of(server: &Server, site: &Site) -> Self {
        let seen = server.widget_seen().of(&site.id);
        let base = server.public_url().as_str().trim_end_matches('/');
        Self {
            id: site.id.clone(),
            name: site.name.clone(),
            origins: site.origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
            tag: format!(r#"<script src="{base}/widget.js" data-site="{}" async></script>"#, site.id),
            identity: site.identity.is_some(),
            seen_at: seen.as_ref().map(|seen| seen.at.to_string()),
            seen_on: seen.map(|seen| seen.on),
        }
    }
}

/// The sites that show the chat, each with the tag that goes into its pages, and whether it was seen there.
#[utoipa::path(get, path = "/api/v1/sites", tag = "operator", security(("operator" = [])),
    responses(
        (status = 200, description = "All of them", body = Sites),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn list(State(server): State<Server>, _: Operator) -> Json<Sites> {
    Json(Sites { sites: server.config().sites.iter().map(|site| SiteView::of(&server, site)).collect() })
}
