//! What comes from outside stays text, and only the right page is heard.

use serde_json::{Value, json};
use usher_browser_tests::{
    Screen, on_stage,
    script::{cards, say},
};

const PAYLOADS: [&str; 4] = [
    "<img src=x onerror=\"top.postMessage('pwned','*');alert(1)\">",
    "<script>alert(2)</script>",
    "\"'><svg/onload=alert(3)>",
    "{{constructor.constructor('alert(4)')()}}",
];

/// `value` with every text in it replaced, but for those that say what a thing is.
fn poisoned(value: Value, payload: &str) -> Value {
    match value {
        Value::String(_) => json!(payload),
        Value::Array(all) => all.into_iter().map(|one| poisoned(one, payload)).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, one)| {
                if name == "kind" {
                    (name, one)
                } else {
                    let one = poisoned(one, payload);
                    (name, one)
                }
            })
            .collect(),
        other => other,
    }
}

#[tokio::test]
async fn scripts_in_any_field_are_shown_as_text() {
    on_stage(Screen::Desktop, async |stage| {
        let whole = json!({
            "blocks": [
                { "kind": "paragraph", "spans": [{ "text": "a", "bold": true, "href": "b" }, { "text": "c", "code": true, "italic": true }] },
                { "kind": "list", "ordered": false, "items": [[{ "text": "d" }]] }],
            "cards": cards(),
            "quick_replies": [{ "kind": "choose", "label": "e" }, { "kind": "open", "label": "f", "href": "g" }],
            "sources": [{ "title": "h", "url": "i" }],
        });
        for payload in PAYLOADS {
            stage.fake.answer(payload, vec![poisoned(whole.clone(), payload)]);
        }
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("name", PAYLOADS[0]), ("assistant", PAYLOADS[1]), ("questions", PAYLOADS[2]), ("locale", PAYLOADS[3]), ("color", PAYLOADS[0])])
            .finish();
        stage.visit(&format!("home?{query}")).await;
        stage.open().await;
        stage.see(PAYLOADS[1]).await;
        for payload in PAYLOADS {
            stage.send(payload).await;
        }
        stage.until("all is there", async || stage.frame("return document.querySelectorAll('article').length").await == 20).await;
        for payload in PAYLOADS {
            stage.see(payload).await;
        }
        // Nothing that a payload names has become an element, nothing it links to a link.
        let strays = "return [...document.querySelectorAll('img:not([alt=\"\"]), script:not([src]), [onerror], [onload], #log a, #replies a')].map((one) => one.outerHTML)";
        assert_eq!(stage.frame(strays).await, json!([]));
        assert!(stage.client.get_alert_text().await.is_err(), "a dialog is open");
    })
    .await;
}

#[tokio::test]
async fn links_are_made_of_safe_addresses_only() {
    on_stage(Screen::Desktop, async |stage| {
        let hrefs = [
            "https://shop.example.com/a", "mailto:help@example.com", "tel:+31201234567", "javascript:alert(1)", " JaVaScRiPt:alert(1)",
            "data:text/html,<script>alert(1)</script>", "vbscript:x", "blob:https://example.com/1", "file:///etc/passwd", "https://user:pass@example.com/",
            "//example.com/", "/relative", "",
        ];
        let spans: Vec<_> = hrefs.iter().map(|href| json!({ "text": format!("[{href}]"), "href": href })).collect();
        let message = json!({ "blocks": [{ "kind": "paragraph", "spans": spans }],
            "cards": [{ "kind": "product", "title": "t", "price": "1", "in_stock": true, "image_url": "javascript:alert(1)", "buttons": [] },
                { "kind": "made-up", "title": "unknown kinds are left out", "buttons": [] }] });
        stage.fake.answer("links", vec![message]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("links").await;
        stage.see("[/relative]").await;
        let made = stage.frame("return [...document.querySelectorAll('#log a')].map((one) => one.href)").await;
        assert_eq!(made, json!(&hrefs[..3]));
        assert_eq!(stage.frame("return document.querySelectorAll('#log img').length").await, 0);
        assert!(!stage.words().await.contains("unknown kinds"));
    })
    .await;
}

#[tokio::test]
async fn messages_from_other_windows_and_of_other_shapes_are_not_heard() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("hello", vec![say("Hello!")]);
        stage.visit("home").await;
        stage.open().await;
        stage.send("hello").await;
        stage.see_messages(&["> hello", "Hello!"]).await;

        // To the page: not from the frame's window, though of the right shape.
        stage.page("postMessage({ usher: 1, type: 'unread', count: 7 }, '*'); postMessage({ usher: 1, type: 'close' }, '*')").await;
        // To the page from the frame: wrong shapes.
        stage.enter_frame().await;
        stage
            .frame(
                "for (const said of [null, 'close', 7, {}, { type: 'close' }, { usher: 2, type: 'close' }, { usher: 1, type: 'toString' },
                   { usher: 1, type: '__proto__' }, { usher: 1, type: 'unread', count: -1 }, { usher: 1, type: 'unread', count: '9' }])
                 parent.postMessage(said, '*')",
            )
            .await;
        // To the frame: from a window that doesn't embed it, and wrong shapes from the one that does.
        stage.frame("postMessage({ usher: 1, type: 'identity', identity: { token: 'token-of-mallory' } }, '*')").await;
        stage
            .page(
                "const frame = panel.querySelector('iframe').contentWindow;
                 const other = document.createElement('iframe'); document.body.append(other);
                 for (const said of [null, 'x', { usher: 1, type: 'identity', identity: 'token-of-mallory' }, { usher: 1, type: 'identity', identity: { token: 5 } },
                   { usher: 1, type: 'page', url: 'not a url' }, { usher: 1, type: 'constructor' }, { type: 'identity', identity: { token: 'token-of-mallory' } }])
                 frame.postMessage(said, '*')",
            )
            .await;
        // What was said above has arrived when this has.
        stage.page("usher('identify', 'token-of-ana')").await;
        stage.enter_frame().await;
        stage.see("Signed in as Ana").await;
        assert_eq!(stage.fake.heard("POST session/identity").len(), 1);
        assert_eq!(stage.page("return [panel.checkVisibility(), launcher.ariaLabel]").await, json!([true, "Close chat"]));
    })
    .await;
}

#[tokio::test]
async fn the_shops_style_doesnt_reach_the_widget() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        let styles = stage
            .page("return [getComputedStyle(launcher).backgroundColor, getComputedStyle(panel.querySelector('iframe')).borderTopWidth, panel.offsetWidth, panel.offsetHeight]")
            .await;
        assert_eq!(styles, json!(["rgb(31, 95, 74)", "0px", 400, 640]));
        assert_eq!(
            stage.page("return panel.querySelector('iframe').getAttribute('sandbox')").await,
            "allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-same-origin"
        );
    })
    .await;
}
