//! Where a secret goes, and where it never does.

use crate::lab::{HOST, Lab, SECRET, TOKEN, echo, ok_server, rule, secret, standing_in};
use usher_host::Limits;
use usher_hostile::{Answer, Capture, Request, Wire};

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
