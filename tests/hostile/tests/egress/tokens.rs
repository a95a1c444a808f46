//! Tokens that the runtime buys with a secret (OAuth's client-credentials grant).

use crate::lab::{Lab, SECRET, secret, standing_in};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;
use usher_host::{Integration, Limits};
use usher_hostile::{Answer, Capture, HttpError, Request, Seen, Wire};

const CLIENT_CREDENTIALS: &str = "
    [[hosts]]
    host = \"api.provider.example\"
    methods = [\"get\", \"post\"]
    reason = \"to test\"
    [[hosts]]
    host = \"files.provider.example\"
    methods = [\"get\"]
    reason = \"to test\"
    [[settings]]
    name = \"client-id\"
    label = \"Client\"
    type = \"text\"
    required = true
    [[secrets]]
    name = \"client-secret\"
    label = \"Secret\"
    header = \"Authorization\"
    value = \"Bearer {}\"
    client-credentials = { token-path = \"/oauth/token\", client-id = \"client-id\" }
";

/// A provider that sells tokens: `/token` gives `bought-token-N`, of which only those from `least` on are good.
struct Shop {
    capture: Capture,
    sold: Arc<AtomicUsize>,
    least: Arc<AtomicUsize>,
}

impl Shop {
    async fn open(expires_in: &'static str) -> Self {
        let (sold, least) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(1)));
        let (selling, valid) = (sold.clone(), least.clone());
        let capture = Capture::start(move |seen| {
            if seen.target() == "/oauth/token" {
                let number = selling.fetch_add(1, Ordering::SeqCst) + 1;
                let body = format!("{{\"access_token\":\"bought-token-{number}\",\"expires_in\":{expires_in}}}");
                return Answer::http(200, "", &body);
            }
            let token = seen.header("authorization").concat();
            let number = token.trim_start_matches("Bearer bought-token-").parse::<usize>().unwrap_or(0);
            let status = if number >= valid.load(Ordering::SeqCst) { 200 } else { 401 };
            Answer::http(status, "", &seen.bytes)
        })
        .await;
        Self { capture, sold, least }
    }

    async fn lab(&self) -> Lab {
        let lab = Lab::new(CLIENT_CREDENTIALS, Limits::default()).await;
        lab.connect(|integration| self.fill_in(integration)).await.unwrap();
        lab
    }

    fn fill_in(&self, integration: &mut Integration) {
        for host in ["api.provider.example", "files.provider.example"] {
            integration.stand_ins.insert(host.into(), self.capture.url.clone());
        }
        integration.settings.insert("client-id".into(), "the shop".into());
        integration.secrets = secret("client-secret", SECRET);
    }

    fn sold(&self) -> usize {
        self.sold.load(Ordering::SeqCst)
    }
}

/// So many requests at the same time; all are answered with this status.
async fn all_at_once(lab: &Lab, count: usize, status: u16) {
    let calls = (0..count).map(|_| {
        let host = lab.stage.host.clone();
        tokio::spawn(async move { Wire::send(&host, &Request::get("https://api.provider.example/")).await })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().map(|answer| answer.status), Ok(status));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_bought_once_and_bought_again_when_it_is_refused() {
    let shop = Shop::open("3600").await;
    let lab = shop.lab().await;
    all_at_once(&lab, 16, 200).await;
    assert_eq!(shop.sold(), 1);
    let seen = shop.capture.take();
    let form = seen.iter().find(|seen| seen.target() == "/oauth/token").unwrap();
    assert_eq!(form.body, format!("grant_type=client_credentials&client_id=the+shop&client_secret={SECRET}"));
    assert!(seen.iter().all(|other| other == form || !other.bytes.contains(SECRET)));
    // The provider takes the token back: one new one, however many find out at the same time.
    shop.least.store(2, Ordering::SeqCst);
    all_at_once(&lab, 16, 200).await;
    assert_eq!(shop.sold(), 2);
    // Neither the secret nor the token is the component's to know.
    let answer = lab.get("/").await.unwrap();
    assert!(answer.body.contains("authorization: Bearer [secret]"), "{}", answer.body);
    assert!(!answer.body.contains("bought-token"), "{}", answer.body);
    // A token that isn't good however often it is bought: one attempt more, then the answer as it is.
    shop.least.store(100, Ordering::SeqCst);
    let _ = shop.capture.take();
    assert_eq!(lab.get("/").await.map(|answer| answer.status), Ok(401));
    assert_eq!(shop.sold(), 3);
    assert_eq!(shop.capture.take().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_for_its_host_and_its_integration() {
    let shop = Shop::open("3600").await;
    let lab = shop.lab().await;
    lab.get("/").await.unwrap();
    lab.send(&Request::get("https://files.provider.example/")).await.unwrap();
    let numbers: Vec<_> = shop
        .capture
        .take()
        .iter()
        .map(|seen| seen.header("authorization").concat())
        .filter(|it| !it.is_empty())
        .collect();
    assert_eq!(numbers, ["Bearer bought-token-1", "Bearer bought-token-2"]);
    // Other secrets buy other tokens.
    lab.connect(|integration| {
        shop.fill_in(integration);
        integration.secrets = secret("client-secret", "another-secret");
    })
    .await
    .unwrap();
    lab.get("/").await.unwrap();
    let seen = shop.capture.take();
    assert!(seen[0].body.ends_with("client_secret=another-secret"), "{seen:?}");
    assert_eq!(seen[1].header("authorization"), ["Bearer bought-token-3"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_began_before_a_change_of_secrets_leaves_no_token_behind() {
    let (sold, hold) = (AtomicUsize::new(0), Arc::new(Semaphore::new(0)));
    let held = hold.clone();
    let capture = Capture::start(move |seen| match seen.target() {
        "/oauth/token" => {
            let number = sold.fetch_add(1, Ordering::SeqCst) + 1;
            Answer::http(200, "", &format!("{{\"access_token\":\"bought-token-{number}\"}}"))
        }
        "/held" => Answer::Held(held.clone(), b"HTTP/1.1 200 X\r\ncontent-length: 0\r\n\r\n".to_vec()),
        _ => Answer::http(200, "", ""),
    })
    .await;
    let lab = Lab::new(CLIENT_CREDENTIALS, Limits::default()).await;
    let connect = async |value: &str| {
        let fill_in = |integration: &mut Integration| {
            standing_in(&capture)(integration);
            integration.settings.insert("client-id".into(), "shop".into());
            integration.secrets = secret("client-secret", value);
        };
        lab.connect(fill_in).await.unwrap();
    };
    connect("the-old-secret").await;
    // One call with two requests; the secret changes between them.
    let request = Request::get("https://api.provider.example/held");
    let change = async {
        let mut seen = Vec::new();
        while !seen.iter().any(|seen: &Seen| seen.target() == "/held") {
            tokio::time::sleep(Duration::from_millis(5)).await;
            seen.extend(capture.take());
        }
        connect("the-new-secret").await;
        hold.add_permits(2);
    };
    let (answer, ()) = tokio::join!(Wire::send_often(&lab.stage.host, &request, 2), change);
    assert_eq!(answer.map(|answer| answer.status), Ok(200));
    assert!(capture.take()[0].body.ends_with("client_secret=the-old-secret"), "the call goes on as it began");
    lab.get("/").await.unwrap();
    let seen = capture.take();
    assert!(seen[0].body.ends_with("client_secret=the-new-secret"), "{seen:?}");
    assert_eq!(seen[1].header("authorization"), ["Bearer bought-token-3"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_end_when_they_say_so_and_no_answer_of_the_seller_harms() {
    // Shorter than the margin: good for one request.
    let shop = Shop::open("30").await;
    let lab = shop.lab().await;
    lab.get("/").await.unwrap();
    lab.get("/").await.unwrap();
    assert_eq!(shop.sold(), 2);
    // Longer than any clock.
    let shop = Shop::open("18446744073709551615").await;
    let lab = shop.lab().await;
    lab.get("/").await.unwrap();
    lab.get("/").await.unwrap();
    assert_eq!(shop.sold(), 1);

    let answer = Arc::new(Mutex::new(Answer::silence()));
    let next = answer.clone();
    let capture = Capture::start(move |_| next.lock().unwrap().clone()).await;
    let lab = Lab::new(CLIENT_CREDENTIALS, Limits { http_ms: 500, ..Limits::default() }).await;
    lab.connect(|integration| {
        shop.fill_in(integration);
        integration.stand_ins.insert("api.provider.example".into(), capture.url.clone());
    })
    .await
    .unwrap();
    for (selling, expected) in [
        (Answer::silence(), HttpError::TimedOut),
        (Answer::http(500, "", "{}"), HttpError::Unreachable("the provider gave no token (HTTP 500)".into())),
        (
            Answer::http(302, "location: https://evil.example/\r\n", ""),
            HttpError::Unreachable("the provider gave no token (HTTP 302)".into()),
        ),
        (Answer::http(200, "", "<html>"), HttpError::Unreachable("the provider's answer held no token".into())),
        (
            Answer::http(200, "", "{\"token\":\"x\"}"),
            HttpError::Unreachable("the provider's answer held no token".into()),
        ),
        (Answer::http(200, "", &" ".repeat(70_000)), HttpError::TooLarge),
        (
            Answer::http(200, "", "{\"access_token\":\"a\\r\\nX-Injected: 1\"}"),
            HttpError::Denied("secret `client-secret` can't stand in a header".into()),
        ),
    ] {
        *answer.lock().unwrap() = selling;
        assert_eq!(lab.get("/data").await, Err(expected));
        let seen = capture.take();
        assert!(seen.iter().all(|seen| seen.target() == "/oauth/token"), "no request without a token: {seen:?}");
    }
}
