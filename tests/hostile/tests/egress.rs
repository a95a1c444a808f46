//! What a connector may send and what comes back to it (group C of the attack list). The connector sends whatever it is
//! asked for; a server on the loopback stands in for its provider and records the bytes.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use usher_host::{Error, Integration, Limits, SecretValue};
use usher_hostile::{Answer, Capture, HttpError, Request, Response, Seen, Stage, Wire, integration};
use usher_manifest::PluginId;

const COMPILE: &str = env!("CARGO_BIN_EXE_compile-child");

const HOST: &str = "[[hosts]]\nhost = \"api.provider.example\"\nmethods = [\"get\", \"post\"]\nreason = \"to test\"\n";
const TOKEN: &str = "[[secrets]]\nname = \"token\"\nlabel = \"Token\"\nheader = \"X-Shop-Token\"\nvalue = \"Key {}\"\n";
const SECRET: &str = "s3cret-of-the-shop";

/// A stage with the sending connector on it.
struct Lab {
    stage: Stage,
    wire: PluginId,
}

impl Lab {
    async fn new(manifest: &str, limits: Limits) -> Self {
        let stage = Stage::set(COMPILE, limits, std::collections::HashMap::new()).await;
        let wire = stage.load(&Wire::fixture("wire", manifest)).await;
        Self { stage, wire }
    }

    /// With the one host, no secret, and this server in the host's place.
    async fn plain(capture: &Capture, limits: Limits) -> Self {
        let lab = Self::new(HOST, limits).await;
        lab.connect(standing_in(capture)).await.unwrap();
        lab
    }

    async fn connect(&self, change: impl FnOnce(&mut Integration)) -> Result<(), Error> {
        let mut integration = integration(&self.wire);
        change(&mut integration);
        self.stage.host.connect(integration).await.map(drop)
    }

    /// What is wrong with the integration.
    async fn problem(&self, change: impl FnOnce(&mut Integration)) -> String {
        match self.connect(change).await {
            Err(Error::Integration { problem, .. }) => problem,
            other => panic!("{other:?}"),
        }
    }

    async fn send(&self, request: &Request) -> Result<Response, HttpError> {
        Wire::send(&self.stage.host, request).await
    }

    async fn get(&self, path: &str) -> Result<Response, HttpError> {
        self.send(&Request::get(&format!("https://api.provider.example{path}"))).await
    }
}

fn standing_in(capture: &Capture) -> impl FnOnce(&mut Integration) {
    let url = capture.url.clone();
    move |integration| integration.stand_ins = BTreeMap::from([("api.provider.example".to_owned(), url)])
}

fn secret(name: &str, value: &str) -> BTreeMap<String, SecretValue> {
    BTreeMap::from([(name.to_owned(), SecretValue::new(value.to_owned()))])
}

async fn ok_server() -> Capture {
    Capture::start(|_| Answer::http(200, "", "fine")).await
}

/// A server that answers with what it was sent.
async fn echo() -> Capture {
    Capture::start(|seen| {
        Answer::http(200, &format!("x-echo: {}\r\n", seen.header("x-shop-token").concat()), &seen.bytes)
    })
    .await
}

fn rule(result: Result<Response, HttpError>) -> String {
    match result {
        Err(HttpError::Denied(rule)) => rule,
        other => panic!("not denied: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_not_granted_is_denied_before_anything_is_sent() {
    let capture = ok_server().await;
    let lab = Lab::plain(&capture, Limits::default()).await;
    let cases: [(&str, &[&str]); 8] = [
        (
            "the operator allows no requests",
            &[
                "https://evil.example/",
                "https://api.provider.example.evil.example/",
                "https://evilapi.provider.example/",
                "https://x.api.provider.example/",
                "https://provider.example/",
                "https://api.provider.examples/",
                "https://api-provider.example/",
                "https://api.provider.example%2eevil.example/",
                "https://evil.example\\@api.provider.example/",
                "https://evil.example?@api.provider.example/",
                "https:evil.example/",
                "https:///evil.example/",
                "https://EVIL.EXAMPLE/",
                "https://localhost/",
                "https://metadata.google.internal/",
                // The first letter is Cyrillic.
                "https://\u{430}pi.provider.example/",
            ],
        ),
        (
            "only https is allowed",
            &[
                "http://api.provider.example/",
                "HTTP://api.provider.example/",
                "http://169.254.169.254/latest/meta-data/",
                "ftp://api.provider.example/",
                "ws://api.provider.example/",
                "wss://api.provider.example/",
                "file:///etc/passwd",
                "data:text/plain,x",
                "gopher://api.provider.example/",
                "unix:/run/docker.sock",
                "httpss://api.provider.example/",
            ],
        ),
        (
            "this is no address",
            &[
                "",
                "api.provider.example",
                "//api.provider.example/",
                "/orders",
                "https://",
                "https://[::1/",
                "https://api.provider.example:99999/",
                "https://api.provider.example%00.evil.example/",
                "https://1.2.3.4.5/",
                "https://256.256.256.256/",
                "https://[::1%25eth0]/",
            ],
        ),
        (
            "blanks or control characters",
            &[
                " https://api.provider.example/",
                "https://api.provider.example/a b",
                "https://api.provider.example/\r\nHost: evil.example",
                "https://api.provider.example/\n",
                "\thttps://api.provider.example/",
                "ht\ntps://api.provider.example/",
                "https://evil\t.example/",
                "https://api.provider.example/\0",
                "https://api.provider.example/\u{a0}",
                "https://api.provider.example/\u{85}",
            ],
        ),
        (
            "a user, a password or a fragment",
            &[
                "https://user@api.provider.example/",
                "https://user:word@api.provider.example/",
                "https://:word@api.provider.example/",
                "https://api.provider.example@evil.example/",
                "https://evil.example@api.provider.example/",
                "https://api.provider.example/#part",
                "https://evil.example#@api.provider.example/",
            ],
        ),
        (
            "can't end with a dot",
            &["https://api.provider.example./", "https://API.PROVIDER.EXAMPLE./x", "https://evil.example./"],
        ),
        (
            "only the standard port",
            &[
                "https://api.provider.example:8443/",
                "https://api.provider.example:80/",
                "https://api.provider.example:0/",
            ],
        ),
        (
            "addresses are not allowed",
            &[
                "https://127.0.0.1/",
                "https://127.1/",
                "https://127.0.0.1./",
                "https://2130706433/",
                "https://0x7f.1/",
                "https://0x7f000001/",
                "https://0177.0.0.1/",
                "https://017700000001/",
                "https://0/",
                "https://0.0.0.0/",
                "https://100.64.0.1/",
                "https://10.0.0.1/",
                "https://169.254.169.254/",
                "https://1.1.1.1/",
                "https://[::1]/",
                "https://[::]/",
                "https://[::ffff:10.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[fd00:ec2::254]/",
                "https://[64:ff9b::7f00:1]/",
                "https://[2002:7f00:1::]/",
                "https://[2606:4700::1111]/",
                // Full-width digits and stops.
                "https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/",
                "https://127\u{3002}0\u{3002}0\u{3002}1/",
                "https://%31%32%37.0.0.1/",
            ],
        ),
    ];
    for (words, urls) in cases {
        for url in urls {
            let rule = rule(lab.send(&Request::get(url)).await);
            assert!(rule.contains(words), "{url:?} is denied by `{rule}`, not by `{words}`");
        }
    }
    assert_eq!(capture.connections(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_spellings_of_the_granted_host_go_there_and_nowhere_else() {
    let capture = ok_server().await;
    let lab = Lab::plain(&capture, Limits::default()).await;
    for (url, target) in [
        ("https://api.provider.example", "/"),
        ("HTTPS://API.Provider.EXAMPLE/Path", "/Path"),
        ("https://api.provider.example:443/", "/"),
        ("https://api.provider.example/a/../../b?c=d", "/b?c=d"),
        ("https://api.provider.example//evil.example/", "//evil.example/"),
        ("https://api.provider.example/http://evil.example/", "/http://evil.example/"),
        ("https://api.provider.example\\@evil.example/", "/@evil.example/"),
        ("https://api.provider.example\\.evil.example/", "/.evil.example/"),
        ("https://api.provider.example?@evil.example/", "/?@evil.example/"),
        ("https:api.provider.example/", "/"),
        ("https://api%2eprovider.example/", "/"),
        ("https://api.provider.example/{{secret:token}}", "/%7B%7Bsecret:token%7D%7D"),
        ("https://api.provider.example/\u{e4}", "/%C3%A4"),
        // The first letter is a full-width one.
        ("https://\u{ff41}pi.provider.example/", "/"),
    ] {
        assert_eq!(lab.send(&Request::get(url)).await.map(|answer| answer.status), Ok(200), "{url}");
        let seen = capture.take();
        assert_eq!(seen.iter().map(Seen::target).collect::<Vec<_>>(), [target], "{url}");
        assert_eq!(seen[0].header("host"), [capture.url.trim_start_matches("http://")], "{url}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strange_addresses_are_answered_and_not_panicked_over() {
    let capture = ok_server().await;
    let lab = Lab::plain(&capture, Limits::default()).await;
    for path in ["|", "^", "`", "\"", "<>", "[", "{}", "%", "%zz", "'", ";", "?\"<>`{|}", "\u{fffd}", "\u{1f600}"] {
        let answer = lab.get(&format!("/{path}")).await;
        assert_eq!(answer.map(|answer| answer.status), Ok(200), "{path}");
    }
    // Longer than an address can be on the wire.
    let answer = lab.get(&format!("/{}", "a".repeat(100_000))).await;
    assert!(
        matches!(answer, Err(HttpError::Unreachable(_) | HttpError::TooLarge | HttpError::Denied(_))),
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_method_that_the_manifest_does_not_declare_is_denied() {
    let capture = ok_server().await;
    let lab = Lab::plain(&capture, Limits::default()).await;
    for method in ["put", "patch", "delete"] {
        let request = Request::new(method, "https://api.provider.example/");
        assert!(rule(lab.send(&request).await).contains("doesn't declare this method"), "{method}");
        // Nor by the back door that some servers have.
        for header in ["X-HTTP-Method-Override", "x-http-method", "X-Method-Override"] {
            let request = Request::new("post", "https://api.provider.example/").header(header, method);
            assert!(rule(lab.send(&request).await).contains("set by the runtime only"), "{header}");
        }
    }
    assert_eq!(capture.connections(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_of_the_runtime_are_denied_to_the_component() {
    let capture = ok_server().await;
    let lab = Lab::new(&format!("{HOST}{TOKEN}"), Limits::default()).await;
    lab.connect(|integration| {
        standing_in(&capture)(integration);
        integration.secrets = secret("token", SECRET);
    })
    .await
    .unwrap();
    let request = Request::new("post", "https://api.provider.example/").body("hello");
    for name in [
        "Host",
        "HOST",
        "host",
        "Content-Length",
        "content-length",
        "Transfer-Encoding",
        "TE",
        "Trailer",
        "Authorization",
        "authorization",
        "aUTHORIZATION",
        "Proxy-Authorization",
        "Proxy-Connection",
        "proxy-anything",
        "Connection",
        "Keep-Alive",
        "Upgrade",
        "HTTP2-Settings",
        "Expect",
        "Cookie",
        "Forwarded",
        "Via",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Shop-Token",
        "x-shop-token",
        "X-SHOP-TOKEN",
    ] {
        let rule = rule(lab.send(&request.clone().header(name, "1")).await);
        assert_eq!(rule, format!("header `{}` is set by the runtime only", name.to_lowercase()));
    }
    for value in ["a\r\nX-Injected: 1", "a\r\n b", "a\nb", "a\rb", "a\0", "a\u{7f}", "\u{e4}", "a\tb"] {
        let rule = rule(lab.send(&request.clone().header("x-own", value)).await);
        assert!(rule.contains("characters that are not allowed"), "{value:?}: {rule}");
    }
    for name in ["", " ", "a b", "a:b", "host ", " host", "a\r\nhost", "\u{e4}", "a\0", "x\u{131}"] {
        let rule = rule(lab.send(&request.clone().header(name, "1")).await);
        assert!(rule.contains("is no header name"), "{name:?}: {rule}");
    }
    assert_eq!(capture.connections(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wire_carries_what_was_asked_for_and_one_length() {
    let capture = ok_server().await;
    let lab = Lab::plain(&capture, Limits::default()).await;
    let request = Request::new("post", "https://api.provider.example/orders?first=2")
        .header("X-Own", "one")
        .header("x-own", "two")
        .header("Content-Type", "application/json")
        .body("{\"n\": \"\u{e9}\"}");
    lab.send(&request).await.unwrap();
    let seen = capture.take();
    let [seen] = seen.as_slice() else { panic!("{seen:?}") };
    assert_eq!(seen.line, "POST /orders?first=2 HTTP/1.1");
    assert_eq!(seen.body, "{\"n\": \"\u{e9}\"}");
    let names: BTreeSet<_> = seen.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, BTreeSet::from(["accept", "content-length", "content-type", "host", "user-agent", "x-own"]));
    assert_eq!(seen.header("content-length"), ["11"]);
    assert_eq!(seen.header("x-own"), ["one", "two"]);
    assert_eq!(seen.header("host").len(), 1);
    // Nothing was left over that the provider could take for a second request.
    assert_eq!(capture.connections(), 1);
    lab.get("/").await.unwrap();
    assert_eq!(capture.take().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_are_bounded_both_ways() {
    let capture = Capture::start(|seen| match seen.target() {
        "/many" => Answer::http(200, &"x-a: 1\r\n".repeat(63), ""),
        "/too-many" => Answer::http(200, &"x-a: 1\r\n".repeat(64), ""),
        "/far-too-many" => Answer::http(200, &"x-a: 1\r\n".repeat(100_000), ""),
        "/long" => Answer::http(200, &format!("x-a: {}\r\n", "a".repeat(17 << 10)), ""),
        "/far-too-long" => Answer::http(200, &format!("x-a: {}\r\n", "a".repeat(4 << 20)), ""),
        "/endless" => Answer::Endless(b"HTTP/1.1 200 X\r\n".to_vec(), b"x-a: 1\r\n".repeat(1000), Duration::ZERO),
        "/cookie" => Answer::http(200, "set-cookie: a=b\r\nx-own: 1\r\nx-bytes: \u{e4}\r\n", ""),
        _ => Answer::http(200, "", ""),
    })
    .await;
    let lab = Lab::plain(&capture, Limits::default()).await;
    let request = |count: usize| {
        (0..count).fold(Request::get("https://api.provider.example/"), |request, _| request.header("x-own", "1"))
    };
    assert!(lab.send(&request(64)).await.is_ok());
    assert_eq!(lab.send(&request(65)).await, Err(HttpError::TooLarge));
    let long = Request::get("https://api.provider.example/").header("x-own", &"a".repeat((16 << 10) - 5));
    assert!(lab.send(&long).await.is_ok());
    assert_eq!(lab.send(&long.header("y", "")).await, Err(HttpError::TooLarge));
    assert_eq!(capture.take().len(), 2);

    assert_eq!(lab.get("/many").await.unwrap().headers.len(), 64);
    assert_eq!(lab.get("/too-many").await, Err(HttpError::TooLarge));
    assert_eq!(lab.get("/long").await, Err(HttpError::TooLarge));
    for path in ["/far-too-many", "/far-too-long", "/endless"] {
        let answer = lab.get(path).await;
        assert!(matches!(answer, Err(HttpError::TooLarge | HttpError::Unreachable(_))), "{path}: {answer:?}");
    }
    // Cookies are the provider's way to know the runtime again, not the component's to see.
    let answer = lab.get("/cookie").await.unwrap();
    assert_eq!((answer.header("set-cookie"), answer.header("x-own")), (None, Some("1")));
    lab.get("/").await.unwrap();
    assert_eq!(capture.take().last().unwrap().header("cookie"), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_are_bounded_both_ways() {
    const MOST: usize = 4_000;
    let chunk = |bytes: usize| format!("{bytes:x}\r\n{}\r\n", "a".repeat(bytes)).into_bytes();
    let capture = Capture::start(move |seen| match seen.target() {
        "/most" => Answer::http(200, "", &"a".repeat(MOST)),
        "/more" => Answer::http(200, "", &"a".repeat(MOST + 1)),
        // Says that ten gigabytes come.
        "/claim" => Answer::Last(b"HTTP/1.1 200 X\r\ncontent-length: 10000000000\r\n\r\nabc".to_vec()),
        "/chunks" => Answer::Endless(
            b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
            chunk(1000),
            Duration::ZERO,
        ),
        "/until-closed" => Answer::Endless(b"HTTP/1.1 200 X\r\n\r\n".to_vec(), vec![b'a'; 1000], Duration::ZERO),
        _ => Answer::http(200, "", ""),
    })
    .await;
    let limits = Limits { http_body_in_bytes: MOST, http_body_out_bytes: MOST, ..Limits::default() };
    let lab = Lab::plain(&capture, limits).await;
    let post = |bytes| Request::new("post", "https://api.provider.example/").body(&"a".repeat(bytes));
    assert!(lab.send(&post(MOST)).await.is_ok());
    assert_eq!(lab.send(&post(MOST + 1)).await, Err(HttpError::TooLarge));
    assert_eq!(capture.take().len(), 1);
    assert_eq!(lab.get("/most").await.unwrap().body.len(), MOST);
    for path in ["/more", "/claim", "/chunks", "/until-closed"] {
        assert_eq!(lab.get(path).await, Err(HttpError::TooLarge), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_text_is_not_handed_over() {
    let capture = Capture::start(|seen| match seen.target() {
        "/latin" => Answer::Last(b"HTTP/1.1 200 X\r\ncontent-length: 4\r\n\r\ncaf\xe9".to_vec()),
        // Packed answers are never unpacked: here a gzip header.
        _ => Answer::Last(
            b"HTTP/1.1 200 X\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00".to_vec(),
        ),
    })
    .await;
    let lab = Lab::plain(&capture, Limits::default()).await;
    assert_eq!(lab.get("/latin").await, Err(HttpError::NotText));
    let packed = Request::get("https://api.provider.example/gzip").header("accept-encoding", "gzip");
    assert_eq!(lab.send(&packed).await, Err(HttpError::NotText));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_provider_costs_no_more_than_the_limit() {
    let capture = Capture::start(|seen| match seen.target() {
        "/silent" => Answer::silence(),
        "/slow-head" => Answer::Endless(b"HTTP/1.1 200 X\r\nx-a: ".to_vec(), b"a".to_vec(), Duration::from_millis(20)),
        "/slow-body" => Answer::Endless(
            b"HTTP/1.1 200 X\r\ncontent-length: 1000000\r\n\r\n".to_vec(),
            b"a".to_vec(),
            Duration::from_millis(20),
        ),
        // Interim answers without end.
        _ => Answer::Endless(Vec::new(), b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(), Duration::from_millis(1)),
    })
    .await;
    let lab = Lab::plain(&capture, Limits { http_ms: 300, ..Limits::default() }).await;
    for path in ["/silent", "/slow-head", "/slow-body", "/interim"] {
        let started = Instant::now();
        assert_eq!(lab.get(path).await, Err(HttpError::TimedOut), "{path}");
        assert!(started.elapsed() < Duration::from_secs(5), "{path} took {:?}", started.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_breaks_off_is_an_ordinary_failure() {
    let capture = Capture::start(|seen| match seen.target() {
        "/closed" => Answer::Last(Vec::new()),
        "/reset" => Answer::Reset(Vec::new()),
        "/reset-in-body" => Answer::Reset(b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\nabc".to_vec()),
        "/short" => Answer::Last(b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\nabc".to_vec()),
        "/chunk-size" => {
            Answer::Last(b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc".to_vec())
        }
        "/chunk-word" => Answer::Last(b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\nabc\r\n".to_vec()),
        "/two-lengths" => {
            Answer::Last(b"HTTP/1.1 200 X\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\nabcde".to_vec())
        }
        "/switch" => Answer::Last(b"HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n".to_vec()),
        _ => Answer::Last(b"\x00\x01 this is not HTTP\r\n\r\n".to_vec()),
    })
    .await;
    let lab = Lab::plain(&capture, Limits { http_ms: 2_000, ..Limits::default() }).await;
    for path in
        ["/closed", "/reset", "/reset-in-body", "/short", "/chunk-size", "/chunk-word", "/two-lengths", "/noise"]
    {
        let answer = lab.get(path).await;
        assert!(matches!(answer, Err(HttpError::Unreachable(_))), "{path}: {answer:?}");
    }
    // A change of protocol was not asked for; whatever comes of it is no hang and no panic.
    let answer = lab.get("/switch").await;
    assert!(!matches!(answer, Err(HttpError::TimedOut)), "{answer:?}");
    // A provider that isn't there at all.
    lab.connect(|integration| {
        integration.stand_ins.insert("api.provider.example".into(), "http://127.0.0.1:1".into());
    })
    .await
    .unwrap();
    assert_eq!(lab.get("/").await, Err(HttpError::Unreachable("no connection could be made".into())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_call_sends_so_many_requests() {
    let capture = ok_server().await;
    let lab = Lab::plain(&capture, Limits::default()).await;
    let request = Request::get("https://api.provider.example/");
    assert_eq!(Wire::send_often(&lab.stage.host, &request, 8).await.map(|answer| answer.status), Ok(200));
    assert_eq!(capture.take().len(), 8);
    let ninth = Wire::send_often(&lab.stage.host, &request, 9).await;
    assert_eq!(rule(ninth), "one call may send 8 requests");
    assert_eq!(capture.take().len(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_secret_goes_into_its_header_and_never_to_the_component() {
    let capture = echo().await;
    let lab = Lab::new(&format!("{HOST}{TOKEN}"), Limits::default()).await;
    lab.connect(|integration| {
        standing_in(&capture)(integration);
        integration.secrets = secret("token", SECRET);
    })
    .await
    .unwrap();
    let request = Request::new("post", "https://api.provider.example/").body("{{secret:token}} {} token");
    let answer = lab.send(&request).await.unwrap();
    let seen = capture.take();
    assert_eq!(seen[0].header("x-shop-token"), [format!("Key {SECRET}")]);
    assert_eq!(seen[0].bytes.matches(SECRET).count(), 1, "once, and in no other place: {}", seen[0].bytes);
    // The server sent all of it back.
    assert!(answer.body.contains("x-shop-token: Key [secret]"), "{}", answer.body);
    assert_eq!(answer.header("x-echo"), Some("Key [secret]"));
    assert!(!format!("{answer:?}").contains(SECRET), "{answer:?}");
    // Nor by its name, nor in what is shown of the integration.
    for name in ["token", "secret:token", "X-Shop-Token", ""] {
        assert_eq!(Wire::setting(&lab.stage.host, name).await, None, "{name}");
    }
    let summary = lab.stage.host.generation().integrations[&lab.wire].summary();
    assert!(!format!("{summary:?}").contains(SECRET) && summary.secrets.contains("token"), "{summary:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_not_shown_in_any_of_its_spellings() {
    let manifest = format!(
        "{HOST}[[settings]]\nname = \"email\"\nlabel = \"E-mail\"\ntype = \"text\"\nrequired = true\n\
         [[secrets]]\nname = \"password\"\nlabel = \"Password\"\nbasic-user = \"{{email}}/token\"\n"
    );
    let capture = Capture::start(|seen| Answer::http(200, "", &seen.bytes)).await;
    let lab = Lab::new(&manifest, Limits::default()).await;
    lab.connect(|integration| {
        standing_in(&capture)(integration);
        integration.settings.insert("email".into(), "ops@shop.example".into());
        integration.secrets = secret("password", "long-password");
    })
    .await
    .unwrap();
    let answer = lab.get("/").await.unwrap();
    // RFC 7617: base64 of `ops@shop.example/token:long-password`.
    let encoded = "b3BzQHNob3AuZXhhbXBsZS90b2tlbjpsb25nLXBhc3N3b3Jk";
    assert_eq!(capture.take()[0].header("authorization"), [format!("Basic {encoded}")]);
    assert!(!answer.body.contains(encoded) && !answer.body.contains("long-password"), "{}", answer.body);
    assert!(answer.body.contains("authorization: Basic [secret]"), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redirects_are_data_and_take_no_secret_along() {
    let elsewhere = ok_server().await;
    let target = elsewhere.url.clone();
    let capture = Capture::start(move |seen| {
        let status = seen.target().trim_start_matches('/').parse().unwrap();
        Answer::http(status, &format!("location: {target}/steal\r\n"), "<meta http-equiv=\"refresh\" content=\"0\">")
    })
    .await;
    let lab = Lab::new(&format!("{HOST}{TOKEN}"), Limits::default()).await;
    lab.connect(|integration| {
        standing_in(&capture)(integration);
        integration.secrets = secret("token", SECRET);
    })
    .await
    .unwrap();
    for status in [300, 301, 302, 303, 307, 308] {
        let answer = lab.get(&format!("/{status}")).await.unwrap();
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("location"), Some(format!("{}/steal", elsewhere.url).as_str()));
        // And a component that follows it is where it was before.
        assert!(rule(lab.send(&Request::get(answer.header("location").unwrap())).await).contains("only https"));
    }
    assert_eq!((capture.take().len(), elsewhere.connections()), (6, 0));
}

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_needs_the_manifest_and_the_operator() {
    let manifest = "[[hosts]]\nhost = \"*.provider.example\"\nmethods = [\"get\"]\nreason = \"to test\"\n";
    let capture = ok_server().await;
    let lab = Lab::new(manifest, Limits::default()).await;
    assert!(lab.problem(|_| {}).await.contains("it may reach no host"));
    for host in [
        "evilprovider.example",
        "provider.example",
        ".provider.example",
        "a.provider.example.evil.example",
        "a.provider.example.",
        "127.0.0.1",
    ] {
        let problem = lab.problem(|integration| integration.hosts = BTreeSet::from([host.to_owned()])).await;
        assert!(problem.contains("is none that the connector declares"), "{host}: {problem}");
    }
    lab.connect(|integration| {
        integration.hosts = BTreeSet::from(["One.Provider.example".to_owned()]);
        integration.stand_ins.insert("one.provider.example".into(), capture.url.clone());
    })
    .await
    .unwrap();
    assert!(lab.send(&Request::get("https://one.provider.example/")).await.is_ok());
    let other = rule(lab.send(&Request::get("https://two.provider.example/")).await);
    assert_eq!(other, "the operator allows no requests to `two.provider.example`");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_integration_that_does_not_fit_its_connector_is_refused_with_the_reason() {
    let manifest = format!(
        "{HOST}{TOKEN}required = true\n\
         [[secrets]]\nname = \"other-token\"\nlabel = \"Other\"\nheader = \"x-shop-token\"\n\
         [[settings]]\nname = \"shop\"\nlabel = \"Shop\"\ntype = \"text\"\nrequired = true\n\
         [[settings]]\nname = \"mode\"\nlabel = \"Mode\"\ntype = \"choice\"\nchoices = [\"live\", \"test\"]\ndefault = \"live\"\n"
    );
    let lab = Lab::new(&manifest, Limits::default()).await;
    let good = |integration: &mut Integration| {
        integration.settings.insert("shop".into(), "ours".into());
        integration.secrets = secret("token", SECRET);
    };
    type Change = fn(&mut Integration);
    let cases: [(Change, &str); 10] = [
        (|it| _ = it.settings.insert("shopp".into(), "x".into()), "there is no setting `shopp`; it has shop, mode"),
        (|it| it.settings.clear(), "setting `shop` (Shop) is missing"),
        (
            |it| _ = it.settings.insert("mode".into(), "wild".into()),
            "setting `mode`: \"wild\" does not fit; choose one of live, test",
        ),
        (|it| _ = it.hosts.insert("evil.example".into()), "host `evil.example` is none that the connector declares"),
        (|it| it.secrets.clear(), "secret `token` (Token) is missing"),
        (|it| it.secrets = secret("token", " \n"), "secret `token` (Token) is empty"),
        (|it| it.secrets.extend(secret("tokenn", "x")), "there is no secret `tokenn`"),
        (
            |it| it.secrets.extend(secret("other-token", "x")),
            "secrets `token` and `other-token` are for the same header; give only one of them",
        ),
        (
            |it| it.secrets = secret("token", "in two\r\nlines"),
            "secret `token` (Token) holds a line break or another character that no header can carry; copy it again",
        ),
        (
            |it| _ = it.stand_ins.insert("evil.example".into(), "http://127.0.0.1:1".into()),
            "the stand-in is for `evil.example`, which the integration may not reach anyway",
        ),
    ];
    for (change, expected) in cases {
        let problem = lab
            .problem(|integration| {
                good(integration);
                change(integration);
            })
            .await;
        assert_eq!(problem, expected);
        assert!(lab.stage.host.generation().integrations.is_empty());
    }
    for address in [
        "http://10.0.0.1:80",
        "http://0.0.0.0:80",
        "http://[::]:80",
        "http://192.168.0.1",
        "http://localhost:80",
        "https://127.0.0.1:1",
        "http://127.0.0.1:1/path",
        "http://127.0.0.1:1/?q",
        "http://user@127.0.0.1:1",
        "http://127.0.0.1.evil.example",
        "ftp://127.0.0.1:1",
        "127.0.0.1:1",
        "http://[::ffff:127.0.0.1]:1",
        "",
    ] {
        let problem = lab
            .problem(|integration| {
                good(integration);
                integration.stand_ins.insert("api.provider.example".into(), address.into());
            })
            .await;
        assert!(
            problem.contains("is not a loopback address; write it as http://127.0.0.1:PORT"),
            "{address}: {problem}"
        );
    }
    lab.connect(good).await.unwrap();
    let settings = &lab.stage.host.generation().integrations[&lab.wire].summary().settings;
    assert_eq!(settings["mode"], "live", "what isn't filled in has the manifest's default");
    // A connector that isn't there.
    let mut unknown = integration(&"nobody".parse().unwrap());
    good(&mut unknown);
    assert!(matches!(lab.stage.host.connect(unknown).await, Err(Error::Integration { .. })));
}

/// The operator's own setting names a host that resolves to the loopback.
async fn to_localhost() -> Lab {
    let manifest = "[[hosts]]\nfrom-setting = \"domain\"\nmethods = [\"get\"]\nreason = \"to test\"\n\
                    [[settings]]\nname = \"domain\"\nlabel = \"Domain\"\ntype = \"text\"\nrequired = true\n";
    let lab = Lab::new(manifest, Limits::default()).await;
    lab.connect(|integration| _ = integration.settings.insert("domain".into(), "localhost".into())).await.unwrap();
    lab
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_of_this_machine_is_not_reached() {
    let lab = to_localhost().await;
    let answer = lab.send(&Request::get("https://localhost/")).await;
    assert_eq!(answer, Err(HttpError::Unreachable("no connection could be made".into())));
    // An address in its place is still an address.
    for (domain, url) in [("127.0.0.1", "https://127.0.0.1/"), ("169.254.169.254", "https://169.254.169.254/")] {
        lab.connect(|integration| _ = integration.settings.insert("domain".into(), domain.into())).await.unwrap();
        assert!(rule(lab.send(&Request::get(url)).await).contains("addresses are not allowed"));
    }
}

/// Run by the test below, with proxies in its environment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the environment that `proxies_of_the_environment_see_nothing` gives it"]
async fn with_proxies_in_the_environment() {
    assert!(std::env::var("HTTPS_PROXY").is_ok());
    let capture = ok_server().await;
    let lab = Lab::plain(&capture, Limits::default()).await;
    assert_eq!(lab.get("/").await.map(|answer| answer.status), Ok(200));
    let answer = to_localhost().await.send(&Request::get("https://localhost/")).await;
    assert_eq!(answer, Err(HttpError::Unreachable("no connection could be made".into())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proxies_of_the_environment_see_nothing() {
    let proxy = ok_server().await;
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap());
    child
        .args(["--ignored", "--exact", "with_proxies_in_the_environment"])
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        child.env(name, &proxy.url).env(name.to_lowercase(), &proxy.url);
    }
    let output = child.output().await.unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    assert_eq!(proxy.connections(), 0);
}
