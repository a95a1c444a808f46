//! What an answer may be, and how much of it is taken.

use crate::lab::Lab;
use std::time::{Duration, Instant};
use usher_host::Limits;
use usher_hostile::{Answer, Capture, HttpError, Request};

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
