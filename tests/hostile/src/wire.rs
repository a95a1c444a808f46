//! A connector that hands the runtime's HTTP client whatever request it is asked for: what a hostile one could send.

use usher_host::Host;
use usher_host::value::{Value, record, text};
use usher_manifest::{FunctionName, Kind};
use usher_probes::{Declaration, Fixture};

/// The connector's interface.
const INTERFACE: &str = "
    interface wire {
      use usher:connector/http@0.1.0.{request, response, http-error};
      use usher:tools/types@0.1.0.{tool-error};
      send: func(request: request) -> result<result<response, http-error>, tool-error>;
      send-often: func(request: request, times: u32) -> result<result<response, http-error>, tool-error>;
      setting: func(name: string) -> result<option<string>, tool-error>;
    }";

const FIELDS: &str = r#"
    (import "usher:connector/http@0.1.0" "send" (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (import "usher:connector/settings@0.1.0" "get" (func $setting (param i32 i32 i32)))"#;

/// A request's eight parameters go on as they came. What the runtime answers is written behind a byte that is zero:
/// the tool's own ok.
const FUNCTIONS: &str = r#"
    (func $again (export "fixture:plugin/wire@0.1.0#send-often")
      (param i32 i32 i32 i32 i32 i32 i32 i32) (param $times i32) (result i32)
      (loop
        (call $send (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
          (local.get 6) (local.get 7) (i32.const 2052))
        (local.set $times (i32.sub (local.get $times) (i32.const 1)))
        (br_if 0 (local.get $times)))
      (i32.const 2048))
    (func (export "fixture:plugin/wire@0.1.0#send") (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
      (call $again (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5)
        (local.get 6) (local.get 7) (i32.const 1)))
    (func (export "fixture:plugin/wire@0.1.0#setting") (param i32 i32) (result i32)
      (call $setting (local.get 0) (local.get 1) (i32.const 2052))
      (i32.const 2048))"#;

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    method: &'static str,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

impl Request {
    /// By this method, in lower case.
    #[must_use]
    pub fn new(method: &'static str, url: &str) -> Self {
        Self { method, url: url.to_owned(), headers: Vec::new(), body: None }
    }

    /// Reading this address.
    #[must_use]
    pub fn get(url: &str) -> Self {
        Self::new("get", url)
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    fn value(&self) -> Value {
        let header = |(name, value): &(String, String)| record([("name", text_of(name)), ("value", text_of(value))]);
        record([
            ("method", Value::Enum(self.method.to_owned())),
            ("url", text_of(&self.url)),
            ("headers", Value::List(self.headers.iter().map(header).collect())),
            ("body", text(self.body.clone())),
        ])
    }
}

fn text_of(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// What a component sees of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Response {
    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// What a component sees of a failure. The same cases as in the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the documentation is in wit/")]
pub enum HttpError {
    Denied(String),
    TimedOut,
    TooLarge,
    Unreachable(String),
    NotText,
}

/// The connector.
#[derive(Debug)]
pub struct Wire;

#[allow(clippy::panic, reason = "an answer of another type is the test's own fault")]
impl Wire {
    /// The connector with this id and these further lines of its manifest: hosts, settings and secrets.
    #[must_use]
    pub fn fixture(id: &str, manifest: &str) -> Fixture {
        let imports = ["usher:connector/http@0.1.0", "usher:connector/settings@0.1.0"];
        let toml = format!(
            "id = \"{id}\"\nname = \"{id}\"\nversion = \"0.1.0\"\nprovider = \"Nobody\"\n\
             overview = \"Sends anything.\"\nprovides = [\"fixture:plugin/wire\"]\n{manifest}"
        );
        Fixture {
            world: format!("{} export wire; export usher:connector/health@0.1.0;", imports.map(import).concat()),
            interfaces: INTERFACE.to_owned(),
            manifest: Some(Declaration { kind: Kind::Connector, toml }),
            ..Fixture::connector(id, &[], &["fixture:plugin/wire"], FIELDS, FUNCTIONS)
        }
    }

    /// Has the connector send a request.
    ///
    /// # Errors
    /// As the component sees them.
    ///
    /// # Panics
    /// Where the call itself fails.
    pub async fn send(host: &Host, request: &Request) -> Result<Response, HttpError> {
        response(call(host, "send", &[request.value()]).await)
    }

    /// Has it send the same request so often in one call; the last answer comes back.
    ///
    /// # Errors
    /// As the component sees them.
    ///
    /// # Panics
    /// Where the call itself fails.
    pub async fn send_often(host: &Host, request: &Request, times: u32) -> Result<Response, HttpError> {
        response(call(host, "send-often", &[request.value(), Value::U32(times)]).await)
    }

    /// What the connector gets for a setting.
    ///
    /// # Panics
    /// Where the call itself fails.
    pub async fn setting(host: &Host, name: &str) -> Option<String> {
        match call(host, "setting", &[text_of(name)]).await {
            Value::Option(None) => None,
            Value::Option(Some(value)) => Some(string(&value)),
            other => panic!("{other:?}"),
        }
    }
}

fn import(interface: &str) -> String {
    format!("import {interface};")
}

#[allow(clippy::expect_used, clippy::panic, reason = "an answer of another type is the test's own fault")]
async fn call(host: &Host, function: &str, arguments: &[Value]) -> Value {
    let interface = "fixture:plugin/wire".parse().expect("a name");
    let function = FunctionName::new(&interface, function).expect("a name");
    match host.ask(&function, arguments).await {
        Ok(value) => value,
        Err(error) => panic!("the call failed: {error:?}"),
    }
}

#[allow(clippy::panic, reason = "an answer of another type is the test's own fault")]
fn response(value: Value) -> Result<Response, HttpError> {
    match value {
        Value::Result(Ok(Some(response))) => {
            let Value::Record(fields) = *response else { panic!("no record") };
            let [(_, Value::U16(status)), (_, Value::List(headers)), (_, Value::String(body))] = fields.as_slice()
            else {
                panic!("no response: {fields:?}")
            };
            Ok(Response { status: *status, headers: headers.iter().map(header).collect(), body: body.clone() })
        }
        Value::Result(Err(Some(error))) => {
            let Value::Variant(case, payload) = *error else { panic!("no variant") };
            let text = || payload.as_deref().map(string).unwrap_or_default();
            Err(match case.as_str() {
                "denied" => HttpError::Denied(text()),
                "timed-out" => HttpError::TimedOut,
                "too-large" => HttpError::TooLarge,
                "unreachable" => HttpError::Unreachable(text()),
                "not-text" => HttpError::NotText,
                other => panic!("{other}"),
            })
        }
        other => panic!("{other:?}"),
    }
}

#[allow(clippy::panic, reason = "an answer of another type is the test's own fault")]
fn header(value: &Value) -> (String, String) {
    match value {
        Value::Record(fields) => match fields.as_slice() {
            [(_, name), (_, value)] => (string(name), string(value)),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[allow(clippy::panic, reason = "an answer of another type is the test's own fault")]
fn string(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => panic!("{other:?}"),
    }
}
