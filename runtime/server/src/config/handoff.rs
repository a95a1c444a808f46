//! To whom conversations are handed over, as the configuration says it.

use super::error::ConfigProblem;
use super::values::ContactUrl;
use super::{Handoff, HandoffLink, settings};
use usher_agent::handoff::HandoffMethod;

/// Checks the section, but for the message's languages.
pub(super) fn checked(handoff: settings::Handoff, problems: &mut Vec<ConfigProblem>) -> Handoff {
    let method = handoff.method.as_deref().map_or(Some(HandoffMethod::default()), method_of);
    if method.is_none() {
        let written = handoff.method.as_deref().unwrap_or_default();
        let message =
            format!("`{written}` is no method; write `built-in`, `custom-message`, or a connector's id like `zendesk`");
        problems.push(ConfigProblem::new("handoff.method", message));
    }
    let mut links = Vec::new();
    for (index, link) in handoff.links.into_iter().enumerate() {
        if !is_label(&link.label) {
            let message = "write plain words, without brackets or line breaks";
            problems.push(ConfigProblem::new(format!("handoff.links.{index}.label"), message));
        }
        links.push(HandoffLink { label: link.label, url: link.url.0 });
    }
    Handoff { method: method.unwrap_or_default(), message: handoff.message, links }
}

/// A method by its name: `built-in`, `custom-message`, or a connector's id.
pub(crate) fn method_of(name: &str) -> Option<HandoffMethod> {
    match name {
        "built-in" => Some(HandoffMethod::BuiltIn),
        "custom-message" => Some(HandoffMethod::CustomMessage),
        id => id.parse().ok().map(|connector| HandoffMethod::Connector { connector }),
    }
}

/// Whether it is a way to reach people: a page (`https:`), an address (`mailto:`) or a number (`tel:`).
pub(crate) fn is_contact(address: &str) -> bool {
    address.parse::<ContactUrl>().is_ok()
}

/// Whether it can stand on a link: label and address become a Markdown link.
pub(crate) fn is_label(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(['[', ']', '\\', '\n'])
}
