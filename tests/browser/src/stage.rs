//! A browser with the shop in it, and what a customer does there.

use std::{
    fmt::Debug,
    ops::Deref,
    panic::AssertUnwindSafe,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
    key::Key,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use futures_util::FutureExt as _;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::{Fake, driver::Driver};

/// A wait that takes longer has failed. Generous: the machine may be building something else meanwhile.
const PATIENCE: Duration = Duration::from_secs(40);

/// The device that the customer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// A window of 1280 × 1000.
    Desktop,
    /// The same, set to dark.
    DarkDesktop,
    /// 390 × 844 with touch.
    Phone,
    /// The same, set to dark.
    DarkPhone,
}

/// One browser session.
pub struct Browser {
    /// For what this has no function for.
    pub client: Client,
}

/// A browser with the shop of a [`Fake`] to go to.
pub struct Stage {
    pub fake: Fake,
    browser: Browser,
}

impl Deref for Stage {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

/// Runs a test in a browser of its own. The browser is closed whatever comes, and a script error or a violated content
/// security policy on any page fails the test.
///
/// # Panics
/// If the test does, and if a page had an error.
pub async fn in_browser(screen: Screen, test: impl AsyncFnOnce(&Browser)) {
    let driver = Driver::get();
    let profile = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder for the browser's profile: {error}"));
    let browser = Browser { client: open_browser(&driver, screen, profile.path()).await };
    let outcome = AssertUnwindSafe(test(&browser)).catch_unwind().await;
    let errors = match outcome {
        Ok(()) => browser.page_errors().await,
        Err(_) => {
            let name = std::thread::current().name().unwrap_or("test").replace("::", "-");
            browser.picture(&format!("failed-{name}")).await;
            Vec::new()
        }
    };
    if let Err(error) = browser.client.close().await {
        eprintln!("the browser didn't close: {error}");
    }
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
    assert!(errors.is_empty(), "the pages had errors: {errors:#?}");
}

/// Runs a test [in a browser](in_browser) against a scripted server of its own.
///
/// # Panics
/// As [`in_browser`], and if the frame's content security policy was violated.
pub async fn on_stage(screen: Screen, test: impl AsyncFnOnce(&Stage)) {
    in_browser(screen, async |browser| {
        let stage = Stage { fake: Fake::start().await, browser: Browser { client: browser.client.clone() } };
        test(&stage).await;
        assert!(stage.fake.violations().is_empty(), "the frame's policy was violated: {:#?}", stage.fake.violations());
    })
    .await;
}

async fn open_browser(driver: &Arc<Driver>, screen: Screen, profile: &std::path::Path) -> Client {
    let mut flags: Vec<String> = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars \
        --disable-background-networking --disable-component-update --disable-sync --window-size=1280,1000 --accept-lang=en-GB \
        --force-prefers-reduced-motion"
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    flags.push(format!("--user-data-dir={}", profile.display()));
    let mut options = json!({});
    if matches!(screen, Screen::DarkDesktop | Screen::DarkPhone) {
        flags.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    if matches!(screen, Screen::Phone | Screen::DarkPhone) {
        options["mobileEmulation"] = json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2.0, "touch": true, "mobile": true } });
    }
    options["args"] = json!(flags);
    let mut wanted = Capabilities::new();
    wanted.insert("goog:chromeOptions".to_owned(), options);
    wanted.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
    wanted.insert("unhandledPromptBehavior".to_owned(), json!("ignore"));
    ClientBuilder::new(HttpConnector::new())
        .capabilities(wanted)
        .connect(&driver.url)
        .await
        .unwrap_or_else(|error| panic!("the browser doesn't start: {error}"))
}

impl Stage {
    /// Opens a page of the shop, `home?color=%23…`, and waits for the launcher.
    pub async fn visit(&self, page: &str) {
        self.visit_url(&format!("{}/{page}", self.fake.shop)).await;
    }
}

impl Browser {
    /// Opens a page with the widget and waits for the launcher.
    pub async fn visit_url(&self, url: &str) {
        self.client.goto(url).await.unwrap();
        self.until("the launcher is there", async || {
            self.page("return !!document.querySelector('#usher-chat')?.shadowRoot.querySelector('.launcher')").await
                == true
        })
        .await;
    }

    // --- in the page ---------------------------------------------------------------------------------------------------

    /// Runs a script in the page; `launcher`, `panel` and `badge` are at hand.
    pub async fn page(&self, script: &str) -> Value {
        self.leave_frame().await;
        let script = format!(
            "const root = document.querySelector('#usher-chat')?.shadowRoot;
             const [launcher, panel, badge] = ['.launcher', '.panel', '.badge'].map((name) => root?.querySelector(name));
             {script}"
        );
        self.run(&script, vec![]).await
    }

    /// Presses the launcher as a customer would, and waits for the frame.
    pub async fn open(&self) {
        self.page("launcher.focus()").await;
        self.press(Key::Enter).await;
        self.enter_frame().await;
    }

    /// A key, to whatever has the focus.
    pub async fn press(&self, key: Key) {
        self.keys(&[key], &[]).await;
    }

    /// Keys one after the other, while others are held.
    pub async fn keys(&self, keys: &[Key], held: &[Key]) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in held {
            actions = actions.then(KeyAction::Down { value: (*key).into() });
        }
        for key in keys {
            actions =
                actions.then(KeyAction::Down { value: (*key).into() }).then(KeyAction::Up { value: (*key).into() });
        }
        for key in held {
            actions = actions.then(KeyAction::Up { value: (*key).into() });
        }
        self.client.perform_actions(actions).await.unwrap();
    }

    // --- in the frame --------------------------------------------------------------------------------------------------

    /// Turns to the widget's frame, once it shows something.
    pub async fn enter_frame(&self) {
        self.leave_frame().await;
        self.until("the frame is there", async || self.page("return !!panel.querySelector('iframe')").await == true)
            .await;
        let host = self.client.find(Locator::Css("#usher-chat")).await.unwrap();
        let frame = host.shadow_root().await.unwrap().find(Locator::Css("iframe")).await.unwrap();
        frame.enter_frame().await.unwrap();
        self.until("the frame has started", async || {
            self.client.execute("return !!document.body && !document.body.hidden", vec![]).await.ok()
                == Some(json!(true))
        })
        .await;
    }

    pub async fn leave_frame(&self) {
        self.client.issue_cmd(Raw { post: Some(json!({ "id": null })), path: "frame" }).await.unwrap();
    }

    /// Runs a script in the frame, which must be entered.
    pub async fn frame(&self, script: &str) -> Value {
        self.run(script, vec![]).await
    }

    /// Runs a script with these arguments; again where the page was just being left for another one.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let error = match self.client.execute(script, arguments.clone()).await {
                Ok(done) => return done,
                Err(error) => error.to_string(),
            };
            let left = ["navigation", "execution context", "detached"].iter().any(|words| error.contains(words));
            assert!(left && Instant::now() < deadline, "{script}: {error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Runs a script in the frame that calls `arguments[arguments.length - 1]` with its result.
    pub async fn frame_async(&self, script: &str) -> Value {
        self.client.execute_async(script, vec![]).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The first that fits, once it is there.
    pub async fn find(&self, css: &str) -> Element {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.client.find(Locator::Css(css)).await {
                Ok(element) => return element,
                Err(error) => assert!(Instant::now() < deadline, "{css}: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses the first that fits, once it can be pressed: a page that is live may replace it between two calls.
    pub async fn press_on(&self, css: &str) {
        // Away from what sticks to the top.
        let middle = "document.querySelector(arguments[0])?.scrollIntoView({ block: 'center', behavior: 'instant' })";
        let deadline = Instant::now() + PATIENCE;
        loop {
            let element = self.find(css).await;
            self.run(middle, vec![json!(css)]).await;
            let Err(error) = element.click().await else { return };
            assert!(Instant::now() < deadline, "{css}: {error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Types into the first that fits, once it takes text.
    pub async fn type_into(&self, css: &str, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while let Err(error) = self.find(css).await.send_keys(text).await {
            assert!(Instant::now() < deadline, "{css}: {error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Clicks the button or link whose text or name is `label`, once it can be pressed.
    pub async fn click(&self, label: &str) {
        let script = "return [...document.querySelectorAll('button, a, summary')].find((one) => one.checkVisibility() && \
             !one.disabled && [one.textContent.trim(), one.getAttribute('aria-label')].includes(arguments[0]))";
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.run(script, vec![json!(label)]).await;
            if !found.is_null() {
                let element = Element::from_element_id(self.client.clone(), element_id(&found));
                // It may be replaced between the two calls; then it is looked for again.
                if element.click().await.is_ok() {
                    return;
                }
            }
            assert!(Instant::now() < deadline, "no button \"{label}\" in: {}", self.words().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Writes into the composer and sends with Enter.
    pub async fn send(&self, text: &str) {
        self.type_into("#text", text).await;
        self.type_into("#text", &char::from(Key::Enter).to_string()).await;
    }

    /// The messages on screen, own ones after `> `.
    pub async fn messages(&self) -> Vec<String> {
        let script = "return [...document.querySelectorAll('.message[data-at]')].map((one) => \
            (one.dataset.author === 'customer' ? '> ' : '') + [...one.querySelectorAll('.bubble > p, .bubble li')].map((p) => p.textContent).join('\\n'))";
        serde_json::from_value(self.frame(script).await).unwrap()
    }

    /// Waits until the messages on screen are these, whole and in this order.
    pub async fn see_messages(&self, expected: &[&str]) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let seen = self.messages().await;
            if seen == expected {
                return;
            }
            assert!(Instant::now() < deadline, "expected {expected:#?}, on screen is {seen:#?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the frame shows `text`.
    pub async fn see(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.words().await.contains(text) {
            assert!(Instant::now() < deadline, "\"{text}\" isn't in: {}", self.words().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the frame no longer shows `text`.
    pub async fn see_gone(&self, text: &str) {
        self.until(&format!("\"{text}\" is gone"), async || !self.words().await.contains(text)).await;
    }

    /// All that is on screen in the frame, as text.
    pub async fn words(&self) -> String {
        self.frame("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the element is whole within the list's visible part.
    pub async fn see_whole(&self, css: &str) {
        let script = format!(
            "const box = document.querySelector('{css}')?.getBoundingClientRect();
             const list = document.getElementById('scroller').getBoundingClientRect();
             return !!box && box.height > 0 && box.top >= list.top && box.bottom <= list.bottom"
        );
        self.until(&format!("{css} is in view"), async || self.frame(&script).await == true).await;
    }

    /// What has the focus in the frame: its id, else its text.
    pub async fn focus(&self) -> String {
        let script = "const one = document.activeElement; return one.id || one.textContent.trim()";
        self.frame(script).await.as_str().unwrap_or_default().to_owned()
    }

    /// What is wrong, by the checks of `accessibility.js` and, where `npm ci` has been run in this crate's folder, by
    /// axe-core's rules for WCAG 2.2 AA. In the frame if it is entered, else in the page.
    pub async fn accessibility_problems(&self) -> Vec<String> {
        let mut problems: Vec<String> =
            serde_json::from_value(self.frame(include_str!("accessibility.js")).await).unwrap();
        // Through the driver, which isn't bound by the page's content security policy.
        let Ok(axe) = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/node_modules/axe-core/axe.min.js"))
        else {
            eprintln!("axe-core isn't installed, so its rules aren't checked: run `npm ci` in tests/browser");
            return problems;
        };
        self.frame(&axe).await;
        let run = "const done = arguments[0];
            const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
            axe.run(document, { runOnly: rules, iframes: false }).then((found) =>
              done(found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))))";
        let found: Vec<String> = serde_json::from_value(self.frame_async(run).await).unwrap();
        problems.extend(found);
        problems
    }

    // --- anywhere ------------------------------------------------------------------------------------------------------

    /// Waits until `holds`.
    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds().await {
            assert!(Instant::now() < deadline, "it never came true that {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until `get` gives this.
    pub async fn until_eq<T: PartialEq + Debug>(&self, expected: T, get: impl AsyncFn() -> T) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let got = get().await;
            if got == expected {
                return;
            }
            assert!(Instant::now() < deadline, "expected {expected:?}, got {got:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Keeps a picture of the screen in `target/screenshots`.
    pub async fn picture(&self, name: &str) {
        let folder = pictures();
        // A frame of another site is painted by a process of its own; two frames later it is up to date.
        let painted = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))";
        let _ = self.client.execute_async(painted, vec![]).await;
        let picture = self.client.issue_cmd(Raw { post: None, path: "screenshot" }).await.ok();
        let Some(bytes) = picture.and_then(|data| STANDARD.decode(data.as_str()?).ok()) else { return };
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }

    /// Keeps a picture of the whole page, however long, in `target/screenshots`.
    pub async fn picture_of_page(&self, name: &str) {
        let size =
            "return [document.documentElement.clientWidth, Math.min(document.documentElement.scrollHeight, 8000)]";
        let size = self.frame(size).await;
        let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 });
        let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let taken = self.chromium("Page.captureScreenshot", params).await;
        let Some(bytes) = taken.and_then(|taken| STANDARD.decode(taken["data"].as_str()?).ok()) else { return };
        let file = pictures().join(format!("{name}.png"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }

    /// Has the browser keep a cookie that no script can read, as if a page at this address had set it.
    pub async fn keep_cookie(&self, url: &str, name: &str, value: &str) {
        let cookie = json!({ "url": url, "name": name, "value": value, "httpOnly": true, "sameSite": "Lax" });
        let kept = self.chromium("Network.setCookie", cookie).await.unwrap_or_default();
        assert_eq!(kept["success"], true, "{kept}");
    }

    async fn chromium(&self, command: &str, params: Value) -> Option<Value> {
        let post = Some(json!({ "cmd": command, "params": params }));
        self.client.issue_cmd(Raw { post, path: "goog/cdp/execute" }).await.ok()
    }

    /// Takes the browser off the network, or puts it back.
    pub async fn offline(&self, on: bool) {
        let conditions = json!({ "offline": on, "latency": 0, "download_throughput": -1, "upload_throughput": -1 });
        let post = Some(json!({ "network_conditions": conditions }));
        self.client.issue_cmd(Raw { post, path: "chromium/network_conditions" }).await.unwrap();
    }

    /// Script errors and refusals by a content security policy that the browser has noted.
    pub async fn page_errors(&self) -> Vec<String> {
        let log =
            self.client.issue_cmd(Raw { post: Some(json!({ "type": "browser" })), path: "se/log" }).await.unwrap();
        let entries = log.as_array().cloned().unwrap_or_default();
        entries
            .into_iter()
            .filter(|entry| entry["level"] == "SEVERE" && entry["source"] != "network")
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

/// Where pictures are kept.
fn pictures() -> PathBuf {
    PathBuf::from(std::env::var_os("CARGO_TARGET_TMPDIR").unwrap_or_else(|| TARGET_TMP.into())).join("../screenshots")
}

/// Where cargo puts a test's files, seen from this crate.
const TARGET_TMP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tmp");

fn element_id(reference: &Value) -> fantoccini::elements::ElementRef {
    let id =
        reference.as_object().and_then(|object| object.values().next()).and_then(Value::as_str).unwrap_or_default();
    fantoccini::elements::ElementRef::from(id.to_owned())
}

/// A command that fantoccini has no function for.
#[derive(Debug)]
struct Raw {
    path: &'static str,
    /// The body; a GET without one.
    post: Option<Value>,
}

impl WebDriverCompatibleCommand for Raw {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        match &self.post {
            Some(body) => (axum::http::Method::POST, Some(body.to_string())),
            None => (axum::http::Method::GET, None),
        }
    }
}
