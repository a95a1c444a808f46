//! The operator's side of the HTTP API, for every command that asks a running server.

use super::terminal::plain_line;
use crate::config::{Secret, is_loopback};
use anyhow::{Context, bail};
use clap::Args;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// The token itself stands here where it isn't in a file.
const TOKEN: &str = "USHER_TOKEN";
/// Where a server that was started without a word about it keeps the token.
const TOKEN_FILE: &str = ".usher/admin-token";
/// A call of the API that takes longer has failed.
const LONGEST_CALL: Duration = Duration::from_secs(600);

/// Which server a command asks, and in whose name.
#[derive(Args)]
pub(super) struct ServerArgs {
    /// The server.
    #[arg(long, env = "USHER_URL", default_value = "http://127.0.0.1:8787")]
    pub(super) url: Url,
    /// The file with the operator's token: `admin-token` in the server's data folder. Without it: the environment's
    /// USHER_TOKEN, then `.usher/admin-token`.
    #[arg(long)]
    pub(super) token_file: Option<PathBuf>,
}

/// Talks to a server in the operator's name.
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    token: Secret,
}

impl Client {
    /// Reads the token; nothing is sent yet.
    ///
    /// # Errors
    /// Where there is no token, or it would be sent unencrypted over a network.
    pub(super) fn new(args: &ServerArgs) -> anyhow::Result<Self> {
        let local = is_loopback(&args.url);
        if args.url.scheme() != "https" && !local {
            bail!(
                "the operator's token isn't sent to {} unencrypted: name an https address, or make a tunnel",
                args.url
            );
        }
        // A second call finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .timeout(LONGEST_CALL)
            .redirect(reqwest::redirect::Policy::none());
        let http = if local { http.no_proxy() } else { http };
        Ok(Self { http: http.build()?, base: args.url.clone(), token: token(args.token_file.clone())? })
    }

    /// `GET /api/v1/PATH`.
    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call(Method::GET, path, None).await
    }

    /// `GET /api/v1/PATH` of something that isn't JSON.
    pub(super) async fn text(&self, path: &str) -> anyhow::Result<String> {
        let body = self.answer(self.request(Method::GET, path)?).await?;
        String::from_utf8(body).context("the answer isn't text")
    }

    /// `POST /api/v1/PATH`.
    pub(super) async fn post(&self, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        self.call(Method::POST, path, body).await
    }

    /// `PUT /api/v1/PATH`.
    pub(super) async fn put(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.call(Method::PUT, path, Some(body)).await
    }

    /// `PATCH /api/v1/PATH`.
    pub(super) async fn patch(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        self.call(Method::PATCH, path, Some(body)).await
    }

    /// `DELETE /api/v1/PATH`.
    pub(super) async fn delete(&self, path: &str) -> anyhow::Result<Value> {
        self.call(Method::DELETE, path, None).await
    }

    /// `POST /api/v1/PATH` of a file's content, with further headers.
    pub(super) async fn upload(
        &self,
        path: &str,
        content_type: &str,
        headers: &[(&str, String)],
        content: Vec<u8>,
    ) -> anyhow::Result<Value> {
        let mut request = self.request(Method::POST, path)?.header("content-type", content_type).body(content);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        self.send(request).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let mut request = self.request(method, path)?;
        if let Some(body) = &body {
            request = request.json(body);
        }
        self.send(request).await
    }

    fn request(&self, method: Method, path: &str) -> anyhow::Result<RequestBuilder> {
        let url = self.base.join(&format!("/api/v1/{path}"))?;
        Ok(self.http.request(method, url).bearer_auth(self.token.reveal()))
    }

    /// One call. An answer without a body is `null`.
    async fn send(&self, request: RequestBuilder) -> anyhow::Result<Value> {
        let body = self.answer(request).await?;
        Ok(if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap_or_default() })
    }

    /// The body of an answer; a refusal is told in the server's words.
    async fn answer(&self, request: RequestBuilder) -> anyhow::Result<Vec<u8>> {
        let response = request.send().await.with_context(|| {
            format!("no answer from {}; is the server running? `--url` names another one", self.base)
        })?;
        let status = response.status();
        let body = response.bytes().await.with_context(|| format!("the answer from {} broke off", self.base))?;
        if status.is_success() {
            return Ok(body.into());
        }
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status == StatusCode::UNAUTHORIZED {
            bail!("{} doesn't accept this token: `--token-file` names the file that holds the operator's", self.base);
        }
        let said = |part: &str| value[part].as_str().map(plain_line);
        match (said("detail").or_else(|| said("title")), said("fix")) {
            (Some(what), Some(fix)) => bail!("{what}; {fix}"),
            (Some(what), None) => bail!("{what}"),
            (None, _) => bail!("{} answered {status}, and not as usher does; is this the right address?", self.base),
        }
    }
}

fn token(file: Option<PathBuf>) -> anyhow::Result<Secret> {
    if file.is_none()
        && let Ok(token) = std::env::var(TOKEN)
        && !token.trim().is_empty()
    {
        return Ok(Secret::new(token.trim().to_owned()));
    }
    let file = file.unwrap_or_else(|| TOKEN_FILE.into());
    let text = std::fs::read_to_string(&file).with_context(|| {
        let file = file.display();
        format!("the operator's token can't be read from {file}: `--token-file` names the `admin-token` in the server's data folder, or set {TOKEN}")
    })?;
    Ok(Secret::new(text.trim().to_owned()))
}

/// A name as one part of a path.
pub(super) fn path_part(name: &str) -> String {
    url::form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20")
}

/// `?a=1&b=2` of those that are there; nothing where none is.
pub(super) fn query<'a>(parameters: impl IntoIterator<Item = (&'a str, Option<String>)>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value {
            query.append_pair(name, &value);
        }
    }
    let query = query.finish();
    if query.is_empty() { query } else { format!("?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_doesnt_travel_in_the_clear() {
        let args = |url: &str| ServerArgs { url: url.parse().expect("a URL"), token_file: Some("nowhere".into()) };
        let refusal = |url: &str| Client::new(&args(url)).err().expect("a refusal").to_string();
        assert!(refusal("http://shop.example:8787").contains("unencrypted"));
        assert!(refusal("http://127.0.0.1:8787").contains("can't be read from nowhere"));
        assert!(refusal("https://shop.example").contains("can't be read from nowhere"));
    }

    #[test]
    fn names_stay_one_part_of_a_path() {
        assert_eq!(path_part("acme/loop back+?"), "acme%2Floop%20back%2B%3F");
        assert_eq!(query([("a", Some("1 &".to_owned())), ("b", None)]), "?a=1+%26");
        assert_eq!(query([("b", None)]), "");
    }
}
