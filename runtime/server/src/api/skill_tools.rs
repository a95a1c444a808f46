//! The tools that a skill uses, as the operator sees them.

use super::sheet::{assurance, word};
use serde::Serialize;
use usher_host::{Generation, Skill};
use utoipa::ToSchema;

/// A tool that a skill's component can call.
#[derive(Serialize, ToSchema)]
#[schema(as = SkillTool)]
pub(super) struct SkillTool {
    /// The function: `usher:tools/orders.get`.
    function: String,
    /// What it does, for people.
    title: String,
    /// The author's reason for it.
    reason: String,
    /// `reading`: it changes nothing. `acting`: it changes something, and only after the customer's yes.
    effect: String,
    /// The least that must be known of the customer: `anonymous`, `identified` or `authenticated`.
    assurance: String,
    /// The answer holds personal data.
    personal: bool,
    /// `runtime`: answered here. `connector`: by an integration.
    provided_by: String,
    /// The connector that answers it now; missing where none is connected, or where it is answered here.
    #[serde(skip_serializing_if = "Option::is_none")]
    connector: Option<String>,
    /// What people call that connector.
    #[serde(skip_serializing_if = "Option::is_none")]
    connector_name: Option<String>,
}

/// The tools that the component of a skill can call, in the order of its sheet.
pub(super) fn of(skill: &Skill, generation: &Generation) -> Vec<SkillTool> {
    let tools = skill.sheet.tools.iter().map(|tool| {
        let connector = generation.source_of(&tool.function.interface).map(|source| source.connector);
        SkillTool {
            function: tool.function.to_string(),
            title: tool.rule.title.clone(),
            reason: tool.reason.clone(),
            effect: word(&tool.rule.effect),
            assurance: assurance(tool.rule.assurance).to_owned(),
            personal: tool.rule.personal,
            provided_by: word(&tool.provided_by),
            connector_name: connector
                .as_ref()
                .and_then(|id| generation.connectors.get(id))
                .map(|connector| connector.manifest.name.clone()),
            connector: connector.map(|id| id.to_string()),
        }
    });
    tools.collect()
}
