//! Requests of an operation.

use super::pool::Pool;
use super::schema::{nonsense, spoilt, value};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;
use std::fmt;

/// Bytes of one value in an address.
const LONGEST: usize = 6000;

/// What one method of one path takes.
pub(crate) struct Operation {
    method: reqwest::Method,
    path: String,
    description: Value,
}

/// One request.
pub(crate) struct Request {
    pub(crate) method: reqwest::Method,
    pub(crate) path: String,
    /// Content type and bytes.
    pub(crate) body: Option<(&'static str, Vec<u8>)>,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        if let Some((kind, body)) = &self.body {
            write!(f, " {kind} {}", String::from_utf8_lossy(&body[..body.len().min(600)]))?;
        }
        Ok(())
    }
}

impl Operation {
    /// All that the description names.
    pub(crate) fn all(document: &Value) -> Vec<Self> {
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for name in ["get", "put", "post", "patch", "delete"] {
                if let Some(description) = item.get(name) {
                    let method = name.to_uppercase().parse().unwrap();
                    operations.push(Self { method, path: path.clone(), description: description.clone() });
                }
            }
        }
        operations
    }

    pub(crate) fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    pub(crate) fn for_operators(&self) -> bool {
        let needed = self.description["security"].as_array();
        needed.is_some_and(|needed| needed.iter().any(|one| one.get("operator").is_some()))
    }

    /// A request with values of the right kind for the most part.
    pub(crate) fn request(&self, document: &Value, pool: &Pool, random: &mut StdRng) -> Request {
        let mut path = self.path.clone();
        let mut query = Vec::new();
        for parameter in self.description["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            match parameter["in"].as_str() {
                Some("path") => {
                    let given = encoded(&self.part(document, parameter, pool, random));
                    path = path.replace(&format!("{{{name}}}"), &given).replace(&format!("{{*{name}}}"), &given);
                }
                Some("query") if parameter["required"] == true || random.random_bool(0.4) => {
                    let given = self.part(document, parameter, pool, random);
                    query.push(format!("{}={}", encoded(name), encoded(&given)));
                }
                _ => {}
            }
        }
        if random.random_bool(0.03) {
            query.push("no-such-parameter=1".to_owned());
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let body = (self.method != reqwest::Method::GET).then(|| self.body(document, pool, random));
        Request { method: self.method.clone(), path, body }
    }

    fn part(&self, document: &Value, parameter: &Value, pool: &Pool, random: &mut StdRng) -> String {
        if random.random_bool(0.6)
            && parameter["in"] == "path"
            && let Some(known) = pool.any(random)
        {
            return known.to_owned();
        }
        if random.random_bool(0.15) {
            return nonsense(random);
        }
        match value(document, &parameter["schema"], pool, random, 0) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    fn body(&self, document: &Value, pool: &Pool, random: &mut StdRng) -> (&'static str, Vec<u8>) {
        let content = &self.description["requestBody"]["content"];
        let schema = &content["application/json"]["schema"];
        let example = &content["application/json"]["example"];
        if content.is_object() && schema.is_null() {
            // Bytes of something: a component, a document.
            let text = nonsense(random);
            return ("application/octet-stream", [b"\0asm", text.as_bytes()].concat());
        }
        let mut made = if example.is_object() && random.random_bool(0.5) {
            example.clone()
        } else {
            value(document, schema, pool, random, 0)
        };
        match random.random_range(0..10) {
            0..4 => spoilt(&mut made, random),
            4 => return ("application/json", nonsense(random).into_bytes()),
            5 => return ("application/json", "[".repeat(3000).into_bytes()),
            _ => {}
        }
        ("application/json", made.to_string().into_bytes())
    }
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    // The client itself refuses addresses that are much longer.
    for byte in text.bytes().take(LONGEST) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    // A path with nothing in one of its places would be another path.
    if matches!(out.as_str(), "" | "." | "..") { "%20".to_owned() } else { out }
}
