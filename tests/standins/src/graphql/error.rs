use graphql_parser::Pos;
use serde_json::{Value, json};

/// One entry of `errors`.
#[derive(Clone, Debug)]
pub(crate) struct GraphqlError {
    pub(crate) message: String,
    pub(crate) at: Option<Pos>,
    pub(crate) path: Vec<Value>,
    /// Null, or an object with `code`.
    pub(crate) extensions: Value,
}

impl GraphqlError {
    pub(crate) fn new(message: impl Into<String>, at: Option<Pos>, path: Vec<Value>, extensions: Value) -> Self {
        Self { message: message.into(), at, path, extensions }
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut entry = json!({ "message": self.message });
        if let Some(at) = self.at {
            entry["locations"] = json!([{ "line": at.line, "column": at.column }]);
        }
        if !self.path.is_empty() {
            entry["path"] = Value::Array(self.path.clone());
        }
        if !self.extensions.is_null() {
            entry["extensions"] = self.extensions.clone();
        }
        entry
    }
}

/// Why a field has no value. The field becomes null and the error is reported with its path.
#[derive(Clone, Debug)]
pub(crate) struct FieldError {
    pub(crate) message: String,
    pub(crate) code: Option<&'static str>,
}

impl FieldError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: None }
    }

    /// The schema has a field that the stand-in forgot to serve.
    pub(crate) fn unserved(on: &str, field: &str) -> Self {
        Self {
            message: format!("the stand-in's schema has {on}.{field} but nothing serves it"),
            code: Some("INTERNAL_SERVER_ERROR"),
        }
    }
}
