//! Shopify's answers: the GraphQL envelope, and statuses that are no success.
//!
//! GraphQL errors, throttling included, come with status 200; `errors` is a list, but a text or an object where the
//! request didn't reach GraphQL.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use usher_sdk::connector::{Error, Response, one_line};

/// The body of an answer with status 200.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Envelope {
    pub(crate) data: Option<Value>,
    errors: Value,
    extensions: Extensions,
}

/// One of an answer's `errors`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GraphqlError {
    pub(crate) message: String,
    /// `THROTTLED`, `ACCESS_DENIED`, …; open.
    pub(crate) code: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Extensions {
    cost: Option<Cost>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cost {
    requested_query_cost: Option<f64>,
    throttle_status: ThrottleStatus,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ThrottleStatus {
    maximum_available: Option<f64>,
    currently_available: Option<f64>,
    restore_rate: Option<f64>,
}

/// Shopify's bucket of points for the app in this shop, as an answer tells it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bucket {
    pub(crate) maximum: f64,
    pub(crate) available: f64,
    /// Points a second that flow back.
    pub(crate) restore_rate: f64,
}

impl Bucket {
    /// How long until it holds so many points, or as many as it can; none where it never will.
    pub(crate) fn until(&self, points: f64) -> Option<Duration> {
        let lacking = (points.min(self.maximum) - self.available).max(0.0);
        if lacking == 0.0 {
            Some(Duration::ZERO)
        } else {
            Duration::try_from_secs_f64(lacking / self.restore_rate).ok()
        }
    }
}

impl Envelope {
    pub(crate) fn errors(&self) -> Vec<GraphqlError> {
        read_errors(&self.errors)
    }

    /// Whether it answers none of the fields that were asked for.
    pub(crate) fn is_empty(&self) -> bool {
        match &self.data {
            None | Some(Value::Null) => true,
            Some(Value::Object(fields)) => fields.values().all(Value::is_null),
            Some(_) => false,
        }
    }

    /// The bucket after this answer, where Shopify tells it in full.
    pub(crate) fn bucket(&self) -> Option<Bucket> {
        let status = &self.extensions.cost.as_ref()?.throttle_status;
        let (maximum, available) = (status.maximum_available?, status.currently_available?);
        Some(Bucket { maximum, available, restore_rate: status.restore_rate? })
    }

    /// What Shopify reckons that the request costs, in points.
    pub(crate) fn cost(&self) -> Option<f64> {
        self.extensions.cost.as_ref()?.requested_query_cost
    }

    /// How long until the bucket holds enough points for the request: none where Shopify doesn't say.
    ///
    /// # Errors
    /// Where the bucket can never hold that many.
    pub(crate) fn throttled_for(&self) -> Result<Option<Duration>, Error> {
        let Some(cost) = &self.extensions.cost else { return Ok(None) };
        let bucket = &cost.throttle_status;
        let (Some(requested), Some(available), Some(rate)) =
            (cost.requested_query_cost, bucket.currently_available, bucket.restore_rate)
        else {
            return Ok(None);
        };
        if bucket.maximum_available.is_some_and(|maximum| requested > maximum) {
            let costs = format!("a query costs {requested} points, more than the shop's plan ever allows");
            return Err(Error::Unexpected(costs));
        }
        let seconds = (requested - available).max(0.0) / rate;
        Ok(Duration::try_from_secs_f64(seconds).ok())
    }
}

impl GraphqlError {
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }

    /// Whether Shopify answers so before it runs anything of a document. The codes of its validation are written in
    /// camel case (`undefinedField`), all others in capitals.
    pub(crate) fn is_before_running(&self) -> bool {
        self.code.as_deref().is_some_and(|code| {
            code.starts_with(|c: char| c.is_ascii_lowercase())
                || matches!(code, "ACCESS_DENIED" | "MAX_COST_EXCEEDED" | "SHOP_INACTIVE" | "INVALID_VARIABLE")
        })
    }
}

/// What the first of some errors means. They are never the customer's fault: the documents are this crate's.
pub(crate) fn failure(error: &GraphqlError) -> Error {
    let message = one_line(&error.message);
    match error.code.as_deref() {
        Some("ACCESS_DENIED") => Error::Unauthorized(format!(
            "Shopify denies access: {message} Give the app that scope or access, and install it again."
        )),
        Some("MAX_COST_EXCEEDED") => Error::Unexpected(format!("Shopify finds the query too costly: {message}")),
        Some("SHOP_INACTIVE") => Error::Unauthorized("Shopify says that the shop is inactive".to_owned()),
        Some(code) => Error::Unexpected(format!("Shopify answers {code}: {message}")),
        None => Error::Unexpected(format!("Shopify answers: {message}")),
    }
}

/// What an answer that is no success means.
pub(crate) fn status_failure(response: &Response) -> Error {
    let body: Envelope = response.json().unwrap_or_default();
    let message = body.errors().into_iter().map(|error| one_line(&error.message)).next().unwrap_or_default();
    let said = if message.is_empty() { String::new() } else { format!(": {message}") };
    let unauthorized = |text: &str| Error::Unauthorized(format!("{text} (status {}{said})", response.status()));
    match response.status() {
        401 => unauthorized("Shopify refuses the access token; enter a valid one, or the app's client id and secret"),
        402 => unauthorized("Shopify has frozen the shop until its bill is paid"),
        403 => unauthorized("Shopify forbids the request; check that the app is installed, and its scopes"),
        404 => Error::Setting {
            name: "shop".to_owned(),
            problem: format!("Shopify knows no such shop or API version (status 404{said}); check both"),
        },
        423 => unauthorized("Shopify has locked the shop; its owner must ask Shopify"),
        430 => unauthorized("Shopify takes the request for an attack; try again later"),
        _ => response.failure(&message),
    }
}

fn read_errors(errors: &Value) -> Vec<GraphqlError> {
    let text_only = |message: String| GraphqlError { message, code: None };
    match errors {
        Value::Null => Vec::new(),
        Value::String(message) => vec![text_only(message.clone())],
        Value::Array(list) => list.iter().map(read_error).collect(),
        Value::Object(object) if object.contains_key("message") => vec![read_error(errors)],
        // `{"base": ["…"]}`
        Value::Object(object) => {
            object.iter().map(|(field, complaint)| text_only(format!("{field}: {}", text_of(complaint)))).collect()
        }
        other => vec![text_only(other.to_string())],
    }
}

fn read_error(error: &Value) -> GraphqlError {
    let own = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    GraphqlError {
        message: error.get("message").map_or_else(|| text_of(error), text_of),
        code: own(error.pointer("/extensions/code")),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(text_of).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(json: &str) -> Envelope {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_wait_is_what_the_bucket_lacks() {
        let throttled = envelope(
            r#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED","documentation":"https://shopify.dev/api/usage/rate-limits"}}],
            "extensions":{"cost":{"requestedQueryCost":507,"actualQueryCost":null,
            "throttleStatus":{"maximumAvailable":1000.0,"currentlyAvailable":493,"restoreRate":50.0}}}}"#,
        );
        assert!(throttled.errors()[0].has_code("THROTTLED"));
        assert_eq!(throttled.throttled_for(), Ok(Some(Duration::from_millis(280))));
        assert!(throttled.data.is_none());
    }

    #[test]
    fn odd_costs_are_no_wait_or_an_error() {
        let cost = |requested: &str, available: &str, rate: &str| {
            envelope(&format!(
                r#"{{"extensions":{{"cost":{{"requestedQueryCost":{requested},"throttleStatus":
                {{"maximumAvailable":1000,"currentlyAvailable":{available},"restoreRate":{rate}}}}}}}}}"#
            ))
            .throttled_for()
        };
        assert_eq!(cost("10", "500.5", "50"), Ok(Some(Duration::ZERO)));
        assert_eq!(cost("10", "null", "50"), Ok(None));
        assert_eq!(cost("500", "10", "0"), Ok(None));
        assert!(cost("1001", "1000", "50").is_err());
        assert_eq!(envelope("{}").throttled_for(), Ok(None));
    }

    #[test]
    fn a_bucket_fills_with_time() {
        let bucket = |available: f64, restore_rate: f64| Bucket { maximum: 2000.0, available, restore_rate };
        assert_eq!(bucket(1500.0, 100.0).until(1300.0), Some(Duration::ZERO));
        assert_eq!(bucket(300.0, 100.0).until(1300.0), Some(Duration::from_secs(10)));
        assert_eq!(bucket(1900.0, 100.0).until(5000.0), Some(Duration::from_secs(1)));
        assert_eq!(bucket(300.0, 0.0).until(1300.0), None);
        let told = envelope(
            r#"{"data":{},"extensions":{"cost":{"requestedQueryCost":1,"throttleStatus":
            {"maximumAvailable":2000.0,"currentlyAvailable":1988,"restoreRate":100.0}}}}"#,
        );
        assert_eq!(told.bucket(), Some(bucket(1988.0, 100.0)));
        assert_eq!(envelope(r#"{"data":{}}"#).bucket(), None);
    }

    #[test]
    fn errors_come_in_every_shape() {
        let first = |json: &str| envelope(json).errors().remove(0);
        assert_eq!(first(r#"{"errors":"[API] Invalid"}"#).message, "[API] Invalid");
        assert_eq!(first(r#"{"errors":["no"]}"#).message, "no");
        assert_eq!(first(r#"{"errors":{"base":["no","never"]}}"#).message, "base: no, never");
        assert_eq!(first(r#"{"errors":{"message":"no"}}"#).message, "no");
        let full = first(
            r#"{"data":null,"errors":[{"message":"Field 'x' doesn't exist","locations":[{"line":1,"column":9}],
            "path":["orders","nodes",0,"x"],"extensions":{"code":"undefinedField","typeName":"Order","fieldName":"x"}}]}"#,
        );
        assert_eq!(full.code.as_deref(), Some("undefinedField"));
        assert!(envelope(r#"{"data":{},"errors":[]}"#).errors().is_empty());
        assert!(envelope(r#"{"data":{}}"#).errors().is_empty());
    }
}
