//! What an operator may connect: what the manifest declares, and whole.

use crate::lab::{HOST, Lab, SECRET, TOKEN, ok_server, rule, secret};
use std::collections::BTreeSet;
use usher_host::{Error, Integration, Limits};
use usher_hostile::{Request, integration};

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
