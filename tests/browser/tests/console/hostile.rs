//! What customers, skills and providers can write, written by somebody who means harm: markup, scripts and addresses in
//! every text that a page of the console shows.

use axum::http::Method;
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use usher_browser_tests::demo::SITE;
use usher_browser_tests::{Caller, Demo, Shopper, Team};

/// Each would set `window.pwned`, or load or send something, if a page took it for markup.
pub(crate) const CORPUS: [&str; 24] = [
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg/onload=window.pwned=1>",
    "\"><svg onload=window.pwned=1>",
    "' onfocus='window.pwned=1' autofocus='",
    "\" onfocus=\"window.pwned=1\" autofocus=\"",
    "javascript:window.pwned=1",
    "[a link](javascript:window.pwned=1)",
    "![a picture](https://tracker.example/pixel.png)",
    "<a href=\"java&#x09;script:window.pwned=1\">a link</a>",
    "<math><mtext></p><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=window.pwned=1&gt;\">",
    "<noscript><p title=\"</noscript><img src=x onerror=window.pwned=1>\">",
    "<svg></p><style><a id=\"</style><img src=x onerror=window.pwned=1>\">",
    "</title><script>window.pwned=1</script>",
    "</textarea><script>window.pwned=1</script>",
    "</script><script>window.pwned=1</script>",
    "<iframe srcdoc=\"<script>parent.pwned=1</script>\"></iframe>",
    "<details open ontoggle=window.pwned=1><summary>x</summary></details>",
    "<base href=https://evil.example/><link rel=stylesheet href=/evil.css>",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example/\">",
    "<form action=https://evil.example/><button autofocus>Sign in</button></form>",
    "<p style=\"position:fixed;inset:0;background:url(https://evil.example/x)\">x</p>",
    "{{ 7 * 7 }} {% include \"base.html\" %} ${7*7} <%= 7*7 %>",
    "&lt;script&gt;window.pwned=1&lt;/script&gt; &#60;img src=x onerror=window.pwned=1&#62;",
];

/// What there is to look at after that.
pub(crate) struct Written {
    pub(crate) conversation: String,
    pub(crate) article: String,
    /// The digest of a release that waits.
    pub(crate) release: String,
    pub(crate) scenario: String,
    pub(crate) endpoint: String,
}

/// Writes the corpus wherever somebody who isn't trusted can write.
pub(crate) async fn write(demo: &Demo, team: &Team) -> Written {
    let owner = team.caller("owner");
    let ask = async |method: Method, path: &str, body| owner.ask(&demo.usher, method, path, Some(body)).await;

    // A customer, who is handed over in the end: conversation, question, ticket.
    let shopper = Shopper::open(&demo.usher, SITE).await;
    for some in CORPUS.chunks(6) {
        shopper.say(&some.join("\n\n")).await;
        // A customer may write a message a second.
        tokio::time::sleep(Duration::from_millis(1500)).await;
    }
    shopper
        .ask_for_a_person("What is your return policy? <b onmouseover=window.pwned=1>", "h0stile+tag@example.net")
        .await;

    // A website that is read, and documents: titles, questions, bodies.
    for (number, text) in CORPUS.iter().enumerate() {
        let article = json!({ "title": text, "questions": [text], "format": "markdown",
            "body": format!("{text}\n\n# {text}\n\n- {text}\n\n`{text}`\n\nReturns are taken back within {number} days.") });
        ask(Method::PUT, &format!("/api/v1/articles/hostile-{number}"), article).await.taken();
    }
    for address in
        ["https://evil.example/\"><script>window.pwned=1</script>", "https://evil.example/'onfocus='window.pwned=1"]
    {
        ask(Method::POST, "/api/v1/knowledge/sources", json!({ "url": address })).await.taken();
    }

    // Colleagues: what they are called and what they ask for.
    for (role, name) in
        [("manager", CORPUS[1]), ("agent", CORPUS[3]), ("analyst", "\" autofocus onfocus=\"window.pwned=1")]
    {
        let named = json!({ "display_name": name });
        team.caller(role).ask(&demo.usher, Method::PATCH, "/api/v1/account", Some(named)).await.taken();
    }
    for (number, text) in CORPUS.iter().enumerate().step_by(5) {
        let wish = json!({ "id": format!("wish-{number}"), "name": format!("Wish {number}"), "description": text,
            "examples": { "en": [text] } });
        ask(Method::POST, "/api/v1/skill-requests", wish).await.taken();
    }
    let scenario = json!({ "name": CORPUS[1], "steps": [{ "say": CORPUS[0] }, { "say": CORPUS[5] }] });
    let scenario = ask(Method::POST, "/api/v1/scenarios", scenario).await.taken();
    let endpoint = json!({ "url": "https://hooks.example/\"onfocus=\"window.pwned=1", "description": CORPUS[3] });
    let endpoint = ask(Method::POST, "/api/v1/webhook-endpoints", endpoint).await.taken();

    let written = |value: &serde_json::Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let endpoint =
        if endpoint["id"].is_string() { written(&endpoint, "id") } else { written(&endpoint["endpoint"], "id") };
    Written {
        conversation: shopper.conversation.clone(),
        article: "hostile-1".into(),
        release: hostile_release(demo, &owner).await,
        scenario: written(&scenario, "id"),
        endpoint,
    }
}

/// A release whose manifest was written by somebody who means harm. Its texts are as long as the real ones.
async fn hostile_release(demo: &Demo, owner: &Caller) -> String {
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins");
    let mut component = std::fs::read(plugins.join("order-tracking.wasm")).unwrap();
    for (real, hostile) in [
        (
            "Tells signed-in customers how it stands with their orders",
            "<img src=x onerror=window.pwned=1><script>window.pwned=1</",
        ),
        (
            "A customer asks where an order is, or when it will arrive",
            "<svg/onload=window.pwned=1><iframe srcdoc='<script>'>",
        ),
        ("Says the state first, with the day where the carrier", "<details open ontoggle=window.pwned=1>' onfocus='x"),
        (
            "to read the order that the customer names, or that was shown last",
            "<img src=x onerror=window.pwned=1>{{ 7*7 }}[x](javascript:x)",
        ),
        ("Where is my order?", "<b onclick=x()>x?"),
    ] {
        let at = component.windows(real.len()).position(|bytes| bytes == real.as_bytes());
        let at = at.unwrap_or_else(|| panic!("the manifest says no longer: {real}"));
        let hostile = format!("{hostile:width$}", width = real.len());
        component[at..at + real.len()].copy_from_slice(&hostile.as_bytes()[..real.len()]);
    }
    let reply = owner.send(&demo.usher, Method::POST, "/api/v1/releases", Some("application/wasm"), component).await;
    let release = reply.taken();
    release["digest"].as_str().unwrap_or_else(|| panic!("no digest: {release}")).to_owned()
}
