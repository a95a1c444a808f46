//! A browser at a page of the server: it keeps the cookie, and says where its requests come from.

use crate::support::{Reply, Site};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use std::sync::Mutex;

pub(crate) struct Browser {
    http: reqwest::Client,
    url: String,
    /// Name and value.
    cookie: Mutex<Option<(String, String)>>,
}

impl Browser {
    pub(crate) fn of(site: &Site) -> Self {
        Self { http: site.http.clone(), url: site.url.clone(), cookie: Mutex::default() }
    }

    /// One that has this cookie from somewhere.
    pub(crate) fn with_cookie(site: &Site, name: &str, value: &str) -> Self {
        let browser = Self::of(site);
        *browser.cookie.lock().unwrap() = Some((name.to_owned(), value.to_owned()));
        browser
    }

    /// The same browser, before whatever comes next.
    pub(crate) fn copy(&self) -> Self {
        Self { http: self.http.clone(), url: self.url.clone(), cookie: Mutex::new(self.cookie.lock().unwrap().clone()) }
    }

    pub(crate) fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap().as_ref().map(|(_, value)| value.clone())
    }

    /// A request to `/api/v1/PATH` with the cookie and nothing that says where it comes from.
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1/{path}", self.url));
        match &*self.cookie.lock().unwrap() {
            Some((name, value)) => request.header("cookie", format!("theme=dark; {name}={value}")),
            None => request,
        }
    }

    /// Sends it as a script of our own page does.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let request = self.bare(method, path).header("sec-fetch-site", "same-origin");
        let request = body.into_iter().fold(request, |request, body| request.json(&body));
        self.keep(Reply::of(request.send().await.unwrap()).await)
    }

    /// Keeps the cookie that an answer sets.
    pub(crate) fn keep(&self, reply: Reply) -> Reply {
        if let Some(set) = reply.headers.get("set-cookie") {
            let (name, rest) = set.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            let kept = (!value.is_empty()).then(|| (name.to_owned(), value.to_owned()));
            *self.cookie.lock().unwrap() = kept;
        }
        reply
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.call(Method::DELETE, path, None).await
    }
}
