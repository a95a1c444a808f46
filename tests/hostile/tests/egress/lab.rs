//! The sending connector on a stage, and servers in its provider's place.

use std::collections::BTreeMap;
use usher_host::{Error, Integration, Limits, SecretValue};
use usher_hostile::{Answer, Capture, HttpError, Request, Response, Stage, Wire, integration};
use usher_manifest::PluginId;

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

pub(crate) const HOST: &str =
    "[[hosts]]\nhost = \"api.provider.example\"\nmethods = [\"get\", \"post\"]\nreason = \"to test\"\n";
pub(crate) const TOKEN: &str =
    "[[secrets]]\nname = \"token\"\nlabel = \"Token\"\nheader = \"X-Shop-Token\"\nvalue = \"Key {}\"\n";
pub(crate) const SECRET: &str = "s3cret-of-the-shop";

/// A stage with the sending connector on it.
pub(crate) struct Lab {
    pub(crate) stage: Stage,
    pub(crate) wire: PluginId,
}

impl Lab {
    pub(crate) async fn new(manifest: &str, limits: Limits) -> Self {
        let stage = Stage::set(COMPILE, limits, std::collections::HashMap::new()).await;
        let wire = stage.load(&Wire::fixture("wire", manifest)).await;
        Self { stage, wire }
    }

    /// With the one host, no secret, and this server in the host's place.
    pub(crate) async fn plain(capture: &Capture, limits: Limits) -> Self {
        let lab = Self::new(HOST, limits).await;
        lab.connect(standing_in(capture)).await.unwrap();
        lab
    }

    pub(crate) async fn connect(&self, change: impl FnOnce(&mut Integration)) -> Result<(), Error> {
        let mut integration = integration(&self.wire);
        change(&mut integration);
        self.stage.host.connect(integration).await.map(drop)
    }

    /// What is wrong with the integration.
    pub(crate) async fn problem(&self, change: impl FnOnce(&mut Integration)) -> String {
        match self.connect(change).await {
            Err(Error::Integration { problem, .. }) => problem,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn send(&self, request: &Request) -> Result<Response, HttpError> {
        Wire::send(&self.stage.host, request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Response, HttpError> {
        self.send(&Request::get(&format!("https://api.provider.example{path}"))).await
    }
}

pub(crate) fn standing_in(capture: &Capture) -> impl FnOnce(&mut Integration) {
    let url = capture.url.clone();
    move |integration| integration.stand_ins = BTreeMap::from([("api.provider.example".to_owned(), url)])
}

pub(crate) fn secret(name: &str, value: &str) -> BTreeMap<String, SecretValue> {
    BTreeMap::from([(name.to_owned(), SecretValue::new(value.to_owned()))])
}

pub(crate) async fn ok_server() -> Capture {
    Capture::start(|_| Answer::http(200, "", "fine")).await
}

/// A server that answers with what it was sent.
pub(crate) async fn echo() -> Capture {
    Capture::start(|seen| {
        Answer::http(200, &format!("x-echo: {}\r\n", seen.header("x-shop-token").concat()), &seen.bytes)
    })
    .await
}

pub(crate) fn rule(result: Result<Response, HttpError>) -> String {
    match result {
        Err(HttpError::Denied(rule)) => rule,
        other => panic!("not denied: {other:?}"),
    }
}
