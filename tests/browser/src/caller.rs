//! The HTTP API as a program calls it, or as a page of the console does.

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// Who asks.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Nobody in particular.
    Nobody,
    /// A program with this token.
    Token(String),
    /// A browser with this cookie (`name=value`), on a page of the console.
    Cookie(String),
}

/// What came of it.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    /// The body where it is JSON, else null.
    pub value: Value,
    /// The body as it came.
    pub text: String,
}

impl Reply {
    /// The value, of a request that was taken.
    ///
    /// # Panics
    /// If it wasn't.
    pub fn taken(self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text);
        self.value
    }

    /// The cookie that the answer sets, as it is sent back: `name=value`.
    ///
    /// # Panics
    /// If it sets none.
    pub fn cookie(&self) -> String {
        let set = self.headers.get(header::SET_COOKIE).unwrap_or_else(|| panic!("no cookie: {}", self.text));
        set.to_str().unwrap().split(';').next().unwrap_or_default().to_owned()
    }
}

impl Caller {
    /// Sends a request to `{usher}{path}`.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn ask(&self, usher: &str, method: Method, path: &str, body: Option<Value>) -> Reply {
        let kind = body.as_ref().map(|_| "application/json");
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        self.send(usher, method, path, kind, bytes).await
    }

    /// The same with a body of any kind.
    ///
    /// # Panics
    /// If there is no answer.
    pub async fn send(&self, usher: &str, method: Method, path: &str, kind: Option<&str>, body: Vec<u8>) -> Reply {
        let mut request = Request::builder().method(method).uri(format!("{usher}{path}"));
        match self {
            Self::Nobody => {}
            Self::Token(token) => request = request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            Self::Cookie(cookie) => {
                request = request.header(header::COOKIE, cookie).header("sec-fetch-site", "same-origin");
            }
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
        let response = client.request(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = axum::body::to_bytes(Body::new(response.into_body()), 1 << 24).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status, headers, value: serde_json::from_slice(&bytes).unwrap_or(Value::Null), text }
    }
}
