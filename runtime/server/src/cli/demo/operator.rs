//! The operator's side of the HTTP API, as the demo uses it.

use crate::config::Secret;
use anyhow::bail;
use reqwest::Method;
use serde_json::Value;
use std::time::Duration;

/// Talks to a server in the operator's name.
pub(super) struct Operator {
    http: reqwest::Client,
    base: String,
    token: Secret,
}

impl Operator {
    pub(super) fn new(url: &str, token: Secret) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(120)).build()?;
        Ok(Self { http, base: format!("{url}/api/v1"), token })
    }

    pub(super) async fn put(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub(super) async fn post(&self, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        self.call(Method::POST, path, body).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let mut request = self.http.request(method, format!("{}/{path}", self.base)).bearer_auth(self.token.reveal());
        if let Some(body) = &body {
            request = request.json(body);
        }
        let response = request.send().await?;
        let status = response.status();
        let answer: Value = response.json().await?;
        if status.is_success() {
            return Ok(answer);
        }
        bail!("{}", answer["detail"].as_str().or(answer["title"].as_str()).unwrap_or("it was refused"));
    }
}
