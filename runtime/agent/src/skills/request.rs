//! A skill that an operator asked for.

use crate::router::{Example, SkillExamples};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use usher_manifest::PluginId;

/// What a skill should answer. Until a component with its id is live, its questions are recognised and handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkillRequest {
    /// The id that the skill will have.
    pub id: PluginId,
    /// What people call it.
    pub name: String,
    /// The type of question that it should answer.
    pub description: String,
    /// How customers ask, by language (BCP 47).
    pub examples: BTreeMap<String, Vec<String>>,
    /// The operator who asked for it.
    pub requested_by: String,
    /// When that was.
    pub requested_at: Timestamp,
    /// When a component with this id was live for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
}

impl From<&SkillRequest> for SkillExamples {
    fn from(request: &SkillRequest) -> Self {
        let examples = request
            .examples
            .iter()
            .flat_map(|(language, texts)| texts.iter().map(|text| Example::new(language.as_str(), text.as_str())));
        Self {
            id: request.id.clone(),
            name: request.name.clone(),
            overview: request.description.clone(),
            when_to_use: Vec::new(),
            examples: examples.collect(),
        }
    }
}
