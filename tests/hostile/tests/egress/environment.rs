//! What the machine around the host would do to a request: its names and its proxies.

use crate::lab::{Lab, ok_server, rule};
use usher_host::Limits;
use usher_hostile::{HttpError, Request};

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
        .args(["--ignored", "--exact", "environment::with_proxies_in_the_environment"])
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
