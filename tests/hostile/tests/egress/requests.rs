//! Where a request may go, and what it may carry.

use crate::lab::{HOST, Lab, SECRET, TOKEN, ok_server, rule, secret, standing_in};
use std::collections::BTreeSet;
use usher_host::Limits;
use usher_hostile::{HttpError, Request, Seen, Wire};

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
