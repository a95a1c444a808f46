//! Changing a setting: what is given replaces what was there, what isn't given stays.

use super::super::Server;
use super::super::extract::Operator;
use crate::problem::{Answer, Kind, Problem};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, http};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use usher_agent::settings::Setting;

/// What a `PUT` holds: fields of the setting.
pub(super) type Fields = Map<String, Value>;

/// A setting with these fields changed. `parts` are fields that are changed field by field themselves.
pub(super) fn changed<S: Setting>(current: &S, fields: Fields, parts: &[&str]) -> Answer<S> {
    let mut next = written(current)?;
    let Value::Object(object) = &mut next else { return Err(Problem::internal(&"a setting is no object")) };
    for (name, value) in fields {
        match (object.get_mut(&name), value) {
            (Some(Value::Object(part)), Value::Object(given)) if parts.contains(&name.as_str()) => part.extend(given),
            (_, value) => drop(object.insert(name, value)),
        }
    }
    let parsed: S = serde_path_to_error::deserialize(&next).map_err(|error| {
        let path = error.path().to_string();
        let detail = if path == "." { error.inner().to_string() } else { format!("`{path}`: {}", error.inner()) };
        refused(detail)
    })?;
    // What would be dropped without a word is a field that was misspelt.
    match unknown(&next, &written(&parsed)?, "") {
        Some(path) => Err(refused(format!("`{path}`: there is no such field here"))),
        None => Ok(parsed),
    }
}

fn refused(detail: String) -> Problem {
    Problem::new(Kind::Invalid).detail(detail).fix("`GET` the same path shows all fields and how they are written")
}

/// All that is wrong with a setting, as one problem.
pub(super) fn wrong(mut messages: Vec<String>) -> Problem {
    let fix = match messages.len() {
        0 | 1 => "mend this field and send it again; nothing has changed",
        _ => "mend these fields and send them again; nothing has changed",
    };
    messages.truncate(20);
    Problem::new(Kind::Invalid).detail(messages.join("; ")).fix(fix)
}

/// The first field that was given and isn't in what was understood.
fn unknown(given: &Value, understood: &Value, path: &str) -> Option<String> {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match (given, understood) {
        (Value::Object(given), Value::Object(understood)) => {
            given.iter().find_map(|(name, value)| match understood.get(name) {
                Some(known) => unknown(value, known, &below(name)),
                None if value.is_null() => None,
                None => Some(below(name)),
            })
        }
        (Value::Array(given), Value::Array(understood)) => {
            let mut pairs = given.iter().zip(understood).enumerate();
            pairs.find_map(|(index, (given, understood))| unknown(given, understood, &below(&index.to_string())))
        }
        _ => None,
    }
}

pub(super) fn written<S: Serialize>(setting: &S) -> Answer<Value> {
    serde_json::to_value(setting).map_err(|error| Problem::internal(&error))
}

/// Refuses where the caller changes another state than the one that holds: `If-Match` with the `ETag` of what they read.
pub(super) fn still<S: Setting>(current: &S, headers: &HeaderMap) -> Answer<()> {
    let Some(wanted) = headers.get(header::IF_MATCH) else { return Ok(()) };
    if wanted == "*" || *wanted == tag(current)? {
        return Ok(());
    }
    Err(Problem::new(Kind::Conflict)
        .detail("somebody changed this setting since it was read")
        .fix("read it again, and change what is there now"))
}

fn tag<S: Setting>(setting: &S) -> Answer<HeaderValue> {
    let digest = Sha256::digest(written(setting)?.to_string().as_bytes());
    HeaderValue::try_from(format!("\"{}\"", hex::encode(&digest[..12]))).map_err(|error| Problem::internal(&error))
}

/// An answer with the tag of the setting that it shows.
pub(super) fn tagged<S: Setting>(setting: &S, view: impl Serialize) -> Answer<Response> {
    let tag = tag(setting)?;
    let mut response = (http::StatusCode::OK, Json(view)).into_response();
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// Stores a setting that was checked. The caller holds the server's lock for changes.
pub(super) async fn put<S: Setting>(server: &Server, operator: &Operator, setting: S) -> Answer<()> {
    server.agent().settings().put(setting, &operator.actor()).await?;
    tracing::info!(operator = operator.name, setting = S::NAME, "a setting was changed");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;
    use serde_json::json;
    use usher_agent::desk::DeskSettings;
    use usher_agent::handoff::{FieldKind, HandoffSettings};
    use usher_agent::hours::BusinessHours;

    fn fields(value: Value) -> Fields {
        match value {
            Value::Object(fields) => fields,
            other => panic!("{other}"),
        }
    }

    async fn told<S: Setting + std::fmt::Debug>(current: &S, value: Value) -> String {
        let response = changed(current, fields(value), &[]).unwrap_err().into_response();
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        serde_json::from_slice::<Value>(&body).unwrap()["detail"].as_str().unwrap().to_owned()
    }

    #[test]
    fn what_isnt_given_stays() {
        let mut desk = DeskSettings { ask_rating: true, ..DeskSettings::default() };
        desk.timers.close_after = 99;
        let next = changed(&desk, fields(json!({ "groups": ["a"], "timers": { "remind_after": 5 } })), &["timers"]);
        let next = next.unwrap();
        assert!(next.ask_rating && next.groups.contains("a"));
        assert_eq!((next.timers.remind_after, next.timers.close_after), (5, 99));
        // A null takes an optional value out.
        let next = changed(&desk, fields(json!({ "timers": { "solve_after": null } })), &["timers"]).unwrap();
        assert_eq!(next.timers.solve_after, None);
    }

    #[tokio::test]
    async fn what_cant_be_read_is_named() {
        let hours = BusinessHours::default();
        let told_of = told(&hours, json!({ "weekly": { "monday": [{ "from": "9", "until": "17:00" }] } })).await;
        assert!(told_of.starts_with("`weekly.monday[0].from`: "), "{told_of}");
        let told_of = told(&hours, json!({ "time-zone": "UTC" })).await;
        assert!(told_of.contains("`time-zone`") && told_of.contains("time_zone"), "{told_of}");
        let told_of = told(&HandoffSettings::default(), json!({ "tell_wait": "yes" })).await;
        assert!(told_of.starts_with("`tell_wait`: "), "{told_of}");
        let field = json!({ "name": "size", "question": {}, "kind": "text", "required": true, "requird": true });
        let told_of = told(&HandoffSettings::default(), json!({ "form": [field] })).await;
        assert_eq!(told_of, "`form.0.requird`: there is no such field here");
    }

    #[test]
    fn fields_of_a_form_are_read_as_they_are_written() {
        let field =
            json!({ "name": "size", "question": {}, "kind": "choice", "choices": ["S", "M"], "required": false });
        let next = changed(&HandoffSettings::default(), fields(json!({ "form": [field] })), &[]).unwrap();
        assert_eq!(next.form[0].kind, FieldKind::Choice { choices: vec!["S".into(), "M".into()] });
        let again = changed(&next, Fields::new(), &[]).unwrap();
        assert_eq!(again, next);
    }
}
