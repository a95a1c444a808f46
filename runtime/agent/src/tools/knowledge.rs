//! `usher:tools/knowledge`: passages of the shop's articles.

use crate::knowledge::Knowledge;
use async_trait::async_trait;
use std::sync::Arc;
use usher_host::value::{record, text};
use usher_host::{RuntimeCall, RuntimeTool, ToolError, Value};

/// Most passages of one search.
const LIMIT: usize = 10;
/// A longer query is cut: nobody asks that much at once.
const QUERY_CHARS: usize = 1_000;

pub(super) struct KnowledgeTool(pub(super) Arc<Knowledge>);

#[async_trait]
impl RuntimeTool for KnowledgeTool {
    async fn call(&self, call: RuntimeCall<'_>) -> Result<Value, ToolError> {
        let (query, topic, limit) = match call.arguments {
            [Value::String(query), Value::Option(topic), Value::U32(limit)] => {
                let topic = match topic.as_deref() {
                    Some(Value::String(topic)) => Some(topic.clone()),
                    _ => None,
                };
                (query.chars().take(QUERY_CHARS).collect::<String>(), topic, (*limit as usize).min(LIMIT))
            }
            _ => return Err(ToolError::Invalid("search takes a query, a topic and a limit".into())),
        };
        let knowledge = self.0.clone();
        let locale = call.locale.to_owned();
        let search = move || knowledge.search(&query, topic.as_deref(), limit, Some(&locale));
        let found = tokio::task::spawn_blocking(search)
            .await
            .map_err(|_| ToolError::Unavailable("the search failed".into()))?;
        Ok(Value::List(
            found
                .into_iter()
                .map(|passage| {
                    record([
                        ("id", Value::String(passage.id)),
                        ("title", Value::String(passage.title)),
                        ("heading", text(passage.heading)),
                        ("text", Value::String(passage.text)),
                        ("url", text(passage.url)),
                        ("score", Value::Float32(passage.score)),
                        ("confident", Value::Bool(passage.confident)),
                    ])
                })
                .collect(),
        ))
    }
}
