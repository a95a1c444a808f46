//! How Loop says that something failed. There are five envelopes, and some come with status 200.

use serde_json::Value;
use usher_sdk::connector::{Error, Response, one_line};

/// A failure that an answer's body tells of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    /// `ORDER_NOT_FOUND`, `GEN-UNAUTHORIZED`, …; empty where there is none.
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Failure {
    /// None where the body tells of no failure. `status` decides where only a `message` stands in it.
    pub(crate) fn read(status: u16, body: &Value) -> Option<Self> {
        let found = [body.get("error"), body.get("errors")].into_iter().flatten().find_map(Self::from_value);
        if found.is_some() {
            return found;
        }
        let message = body.get("message").and_then(Value::as_str).filter(|_| status >= 400)?;
        Some(Failure { code: String::new(), message: one_line(message) })
    }

    /// A text; an object with `message` and a code; a list of either; an object with complaints for each field.
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Failure { code: String::new(), message: one_line(text) }),
            Value::Array(list) => list.iter().find_map(Self::from_value),
            Value::Object(object) if object.contains_key("message") || object.contains_key("code") => {
                let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
                // `{"code":"401","http_code":"GEN-UNAUTHORIZED"}`: the one with letters says more.
                let named = |code: &&str| code.chars().any(|c| c.is_ascii_alphabetic());
                let code = [text("http_code"), text("code")].into_iter().find(named).unwrap_or_default();
                Some(Failure { code: code.to_owned(), message: one_line(text("message")) })
            }
            Value::Object(fields) => fields.iter().find_map(|(field, complaints)| {
                let complaint = Self::from_value(complaints)?;
                Some(Failure { message: one_line(&format!("{field}: {}", complaint.message)), ..complaint })
            }),
            _ => None,
        }
    }

    /// "No return found with this ID.", without a code.
    pub(crate) fn is_absence(&self) -> bool {
        let message = self.message.to_lowercase();
        self.code.is_empty() && message.contains("found") && (message.contains("no ") || message.contains("not "))
    }

    /// What it means; the status decides where the code says nothing.
    pub(crate) fn error(&self, response: &Response) -> Error {
        match (self.code.as_str(), response.status()) {
            (_, 429 | 503) => response.failure(&self.message),
            ("ORDER_NOT_FOUND" | "NOT_FOUND", _) => Error::NotFound,
            ("NOT_AUTHORIZED" | "GEN-UNAUTHORIZED", _) | (_, 401 | 403) => Error::Unauthorized(format!(
                "Loop refuses the API key ({}); check it, and that it has the scopes Returns and Orders",
                self.message
            )),
            (_, 404) => Error::NotFound,
            ("UNEXPECTED_ERROR", status) | (_, status @ 500..) => {
                Error::Refused { status, message: self.message.clone() }
            }
            // Inside a success, only a code says that it was understood and refused.
            (code, status @ ..300) if !code.starts_with("UNPROCESSABLE") => {
                Error::Refused { status, message: self.message.clone() }
            }
            _ => Error::Invalid(format!("Loop refuses: {}", self.message)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Option<(String, String)> {
        let failure = Failure::read(status, &serde_json::from_str(body).unwrap())?;
        Some((failure.code, failure.message))
    }

    fn told(code: &str, message: &str) -> Option<(String, String)> {
        Some((code.to_owned(), message.to_owned()))
    }

    #[test]
    fn every_envelope_is_understood() {
        let gateway = r#"{"error":{"code":"401","http_code":"GEN-UNAUTHORIZED","message":"Unauthorized."}}"#;
        assert_eq!(read(401, gateway), told("GEN-UNAUTHORIZED", "Unauthorized."));
        assert_eq!(read(401, r#"{"errors":"Unauthorized."}"#), told("", "Unauthorized."));
        let coded = r#"{"errors":{"message":"It can't be.","code":"UNPROCESSABLE_RETURN"}}"#;
        assert_eq!(read(200, coded), told("UNPROCESSABLE_RETURN", "It can't be."));
        assert_eq!(read(400, r#"{"errors":[{"message":"No."}]}"#), told("", "No."));
        assert_eq!(read(400, r#"{"errors":["No."]}"#), told("", "No."));
        let laravel = r#"{"message":"The given data was invalid.","errors":{"zip":["The zip field is required."]}}"#;
        assert_eq!(read(422, laravel), told("", "zip: The zip field is required."));
        let ok = r#"{"error":{"message":"No return found with this ID."}}"#;
        assert_eq!(read(200, ok), told("", "No return found with this ID."));
        assert_eq!(read(500, r#"{"message":"Server Error"}"#), told("", "Server Error"));
    }

    #[test]
    fn success_is_no_failure() {
        for body in [
            "true",
            r#"{"url":"https://x"}"#,
            r#"{"errors":[]}"#,
            r#"{"message":"hello"}"#,
            "[]",
            "null",
            r#"{"error":null}"#,
        ] {
            assert_eq!(read(200, body), None, "{body}");
        }
    }
}
