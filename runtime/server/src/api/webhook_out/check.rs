//! What an operator decides about an endpoint, checked.

use crate::problem::{Answer, Kind, Problem};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;
use usher_agent::webhook::{EventKind, WebhookEndpoint};
use usher_host::{Web, WebStandIns};
use utoipa::ToSchema;

/// The longest address, bytes.
const URL: usize = 2_000;
/// The longest description, characters.
const DESCRIPTION: usize = 200;

/// What is decided about an endpoint; what isn't given stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(in crate::api) struct EndpointInput {
    /// Where events are posted: `https`, a name, the standard port.
    url: Option<String>,
    /// What it is for: up to 200 characters.
    description: Option<String>,
    /// What it is told of, by name; empty: everything.
    events: Option<Vec<String>>,
    /// Whether it is told.
    enabled: Option<bool>,
    /// A loopback address (`http://127.0.0.1:PORT`) that stands in for its host, in the clear, for development and
    /// tests; empty: none.
    stand_in: Option<String>,
}

impl EndpointInput {
    pub(super) fn has_url(&self) -> bool {
        self.url.is_some()
    }

    /// Changes an endpoint. Switched on, it isn't the server that switched it off any more.
    pub(super) fn apply(self, endpoint: &mut WebhookEndpoint) -> Answer<()> {
        if let Some(url) = self.url {
            endpoint.url = address(&url)?;
        }
        if let Some(description) = self.description {
            let description = description.trim().to_owned();
            if description.chars().count() > DESCRIPTION || description.chars().any(char::is_control) {
                return Err(invalid(
                    "description",
                    "it is too long, or isn't one line",
                    "write a line of up to 200 characters",
                ));
            }
            endpoint.description = description;
        }
        if let Some(events) = self.events {
            endpoint.events = events.iter().map(|name| kind(name)).collect::<Answer<BTreeSet<_>>>()?;
        }
        if let Some(enabled) = self.enabled {
            endpoint.enabled = enabled;
            if enabled {
                endpoint.off = None;
            }
        }
        if let Some(stand_in) = self.stand_in {
            endpoint.stand_in = Some(stand_in).filter(|stand_in| !stand_in.is_empty());
            let stand_ins: BTreeMap<_, _> =
                endpoint.stand_in.iter().map(|address| ("host".to_owned(), address.clone())).collect();
            WebStandIns::parse(&stand_ins)
                .map_err(|detail| invalid("stand_in", &detail, "leave it empty in service"))?;
        }
        Ok(())
    }
}

fn address(text: &str) -> Answer<String> {
    const FIX: &str = "write an address like https://hooks.example.com/usher";
    let text = text.trim();
    if text.len() > URL {
        return Err(invalid("url", "it is longer than 2000 bytes", FIX));
    }
    let url: Url = text.parse().map_err(|error| invalid("url", &format!("it is no address: {error}"), FIX))?;
    Web::admits(&url).map_err(|error| invalid("url", &error.to_string(), FIX))?;
    if url.fragment().is_some() {
        return Err(invalid("url", "what follows `#` is never sent", FIX));
    }
    Ok(url.into())
}

fn kind(name: &str) -> Answer<EventKind> {
    EventKind::named(name).filter(|kind| EventKind::ALL.contains(kind)).ok_or_else(|| {
        let detail = format!("there are no events `{name}`");
        invalid("events", &detail, "name some that `GET /api/v1/webhook-endpoints` lists under `events`")
    })
}

fn invalid(field: &str, detail: &str, fix: &str) -> Problem {
    Problem::new(Kind::Invalid).detail(format!("`{field}`: {detail}")).fix(fix)
}
