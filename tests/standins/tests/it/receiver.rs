//! A server that webhooks are sent to.

use std::time::Duration;

use axum::{Router, http::HeaderMap, routing::post};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
};

type Call = (HeaderMap, String);

pub(crate) struct Receiver {
    pub(crate) url: String,
    calls: Mutex<mpsc::UnboundedReceiver<Call>>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?from=test", listener.local_addr().unwrap());
        let (sender, calls) = mpsc::unbounded_channel();
        let note = move |headers: HeaderMap, body: String| {
            let sent = sender.send((headers, body));
            async move { if sent.is_ok() { "" } else { "nobody is waiting" } }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/hook", post(note))).await });
        Self { url, calls: Mutex::new(calls) }
    }

    /// The next call, in the order in which they came.
    pub(crate) async fn next(&self) -> Call {
        let mut calls = self.calls.lock().await;
        tokio::time::timeout(Duration::from_secs(30), calls.recv()).await.unwrap().unwrap()
    }
}
