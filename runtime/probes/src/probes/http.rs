//! Attacks of a connector through the runtime's HTTP client, and of a provider that answers out of proportion.

use super::ID;
use crate::error::Error;
use crate::fixture::Fixture;
use crate::probe::{Probe, Stop};
use usher_host::Limits;

/// Beside the addresses: the failures without a text of their own, nine bytes each, sixteen apart by their case.
const FIELDS: &str = r#"
    (import "usher:connector/http@0.1.0" "send" (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (data (i32.const 256) "https://api.provider.example/small")
    (data (i32.const 320) "https://api.provider.example/large")
    (data (i32.const 384) "https://api.provider.example/headers")
    (data (i32.const 448) "https://api.provider.example/header")
    (data (i32.const 512) "https://api.provider.example/silent")
    (data (i32.const 656) "timed out")
    (data (i32.const 672) "too large")
    (data (i32.const 704) "not text.")
    (data (i32.const 720) "answered")
    (data (i32.const 736) "x")
    ;; What came of it, as the health check's own answer.
    (func $tell (result i32)
      (local $case i32)
      (if (i32.eqz (i32.load8_u (i32.const 1024)))
        (then
          (i32.store8 (i32.const 2048) (i32.const 0))
          (i32.store (i32.const 2052) (i32.const 720))
          (i32.store (i32.const 2056) (i32.const 8))
          (return (i32.const 2048))))
      (local.set $case (i32.load8_u (i32.const 1028)))
      (i32.store8 (i32.const 2048) (i32.const 1))
      (if (i32.or (i32.eqz (local.get $case)) (i32.eq (local.get $case) (i32.const 3)))
        (then (i64.store offset=4 align=4 (i32.const 2048) (i64.load align=4 (i32.const 1032))))
        (else
          (i32.store (i32.const 2052) (i32.add (i32.const 640) (i32.shl (local.get $case) (i32.const 4))))
          (i32.store (i32.const 2056) (i32.const 9))))
      (i32.const 2048))"#;

pub(crate) fn probes() -> Vec<Probe> {
    let check = |name, guard, what, words, make| Probe::new(name, guard, what, Stop::Check(words), make);
    vec![
        check("request-flood", "http-requests", "one request more than a call has", "requests", |limits| {
            let send = send(256, 34, 0, None);
            let again = format!(
                "(loop {send}
                   (local.set $i (i32.add (local.get $i) (i32.const 1)))
                   (br_if 0 (i32.le_u (local.get $i) (i32.const {}))))",
                limits.http_requests
            );
            connector(limits, "", &again)
        }),
        check("large-request", "http-body-out-bytes", "a request of one byte too many", "too large", |limits| {
            connector(limits, "", &send(256, 34, 0, Some(limits.http_body_out_bytes + 1)))
        }),
        check("many-headers-out", "http-headers", "a request with one header too many", "too large", |limits| {
            connector(limits, "", &send(256, 34, limits.http_headers + 1, None))
        }),
        check("long-headers-out", "http-header-bytes", "a request with too long a header", "too large", |limits| {
            // The one header's value, which is the filler.
            let value = format!(
                "(i32.store (i32.const 1048584) (i32.const 2097152))
                 (i32.store (i32.const 1048588) (i32.const {}))",
                limits.http_header_bytes
            );
            connector(limits, &value, &send(256, 34, 1, None))
        }),
        check("large-answer", "http-body-in-bytes", "an answer of one byte too many", "too large", |limits| {
            connector(limits, "", &send(320, 34, 0, None))
        }),
        check("many-headers-in", "http-headers", "an answer with one header too many", "too large", |limits| {
            connector(limits, "", &send(384, 36, 0, None))
        }),
        check("long-headers-in", "http-header-bytes", "an answer with too long a header", "too large", |limits| {
            connector(limits, "", &send(448, 35, 0, None))
        }),
        check("silent-provider", "http-ms", "a provider that never answers", "timed out", |limits| {
            connector(limits, "", &send(512, 35, 0, None))
        })
        .tightened(|own| Limits { http_ms: own.http_ms.min(1_000), ..own }),
    ]
}

/// A connector whose health check prepares something and sends requests. From 2 MiB on its memory holds the letter a,
/// as much as its requests may need.
fn connector(limits: &Limits, prepare: &str, send: &str) -> Result<Vec<u8>, Error> {
    let filler = limits.http_body_out_bytes.max(limits.http_header_bytes) + 1;
    // Headers are a list of pairs of texts: all of them `x: ` and nothing, until `prepare` says otherwise.
    let body = format!(
        "(local $i i32)
         (drop (memory.grow (i32.const {})))
         (memory.fill (i32.const 2097152) (i32.const 97) (i32.const {filler}))
         (loop
           (i32.store (i32.add (i32.const 1048576) (i32.shl (local.get $i) (i32.const 4))) (i32.const 736))
           (i32.store (i32.add (i32.const 1048580) (i32.shl (local.get $i) (i32.const 4))) (i32.const 1))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if 0 (i32.le_u (local.get $i) (i32.const {}))))
         (local.set $i (i32.const 0))
         {prepare} {send} (call $tell)",
        filler / (64 << 10) + 1,
        limits.http_headers.min(60_000),
    );
    Fixture::checking(ID, &["usher:connector/http@0.1.0"], FIELDS, &body).component()
}

/// Sends a POST to the address at `url` with so many headers and, where one is said, a body of so many bytes.
fn send(url: usize, len: usize, headers: usize, body: Option<usize>) -> String {
    format!(
        "(call $send (i32.const 1) (i32.const {url}) (i32.const {len}) (i32.const 1048576) (i32.const {headers})
           (i32.const {}) (i32.const 2097152) (i32.const {}) (i32.const 1024))",
        u8::from(body.is_some()),
        body.unwrap_or(0)
    )
}
