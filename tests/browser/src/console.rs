//! The console in a browser: a team with an account for each role, and what its people do on the pages.

use crate::caller::Caller;
use crate::{Browser, Demo};
use axum::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Everybody's password.
pub const PASSWORD: &str = "four unrelated words in a row";

/// No more than a page in this time.
const PACE: Duration = Duration::from_millis(400);

/// All roles, the one that may do the most first.
pub const ROLES: [&str; 6] = ["owner", "admin", "manager", "agent", "analyst", "reviewer"];

/// An account of each role, all of them signed in.
pub struct Team {
    usher: String,
    cookies: BTreeMap<&'static str, String>,
}

impl Team {
    /// Makes the accounts: the owner's with the setup token, the others' by invitation. `owner@shop.example` is the owner.
    ///
    /// # Panics
    /// If one of them is refused.
    pub async fn found(demo: &Demo) -> Self {
        let usher = &demo.usher;
        let first = json!({ "token": demo.setup_token(), "email": "owner@shop.example", "password": PASSWORD,
            "display_name": "The owner",
            "name": "the-owner" });
        let owner = Caller::Nobody.ask(usher, Method::POST, "/api/v1/setup", Some(first)).await;
        let mut cookies = BTreeMap::from([("owner", owner.cookie())]);
        let owner = Caller::Cookie(owner.cookie());
        for role in ROLES.into_iter().skip(1) {
            let wanted = json!({ "email": format!("{role}@shop.example"), "role": role });
            let link = owner.ask(usher, Method::POST, "/api/v1/invitations", Some(wanted)).await.taken();
            let token = link["link"].as_str().and_then(|link| link.split_once("#token=")).unwrap().1.to_owned();
            let accepted = json!({ "token": token, "password": PASSWORD, "display_name": format!("The {role}"),
                "name": format!("the-{role}") });
            let joined = Caller::Nobody.ask(usher, Method::POST, "/api/v1/invitations/accept", Some(accepted)).await;
            cookies.insert(role, joined.cookie());
        }
        Self { usher: usher.clone(), cookies }
    }

    /// Whoever has this role, as a browser of theirs calls the API.
    pub fn caller(&self, role: &str) -> Caller {
        Caller::Cookie(self.cookies[role].clone())
    }

    /// Signs this browser in as whoever has the role, without going over the page for it.
    pub async fn enter<'a>(&self, browser: &'a Browser, role: &str) -> Console<'a> {
        let (name, value) = self.cookies[role].split_once('=').unwrap();
        let console = Console { browser, usher: self.usher.clone() };
        console.open("/sign-in").await;
        browser.client.delete_all_cookies().await.unwrap();
        browser.keep_cookie(&self.usher, name, value).await;
        console
    }
}

/// The console in a browser's current tab.
pub struct Console<'a> {
    /// For what this has no function for.
    pub browser: &'a Browser,
    usher: String,
}

/// What is wrong with a page, whatever it shows.
const WRONG: &str = r#"
    const page = document.documentElement;
    const wrong = [];
    if (page.scrollWidth > page.clientWidth) {
      const wide = [...document.querySelectorAll("main *, header *, nav *")].filter((one) => one.checkVisibility() &&
        one.getBoundingClientRect().right > page.clientWidth + 1 &&
        !one.closest(".table, figure.chart, pre, .tabs, .scrolls, .sections:not(.open)"));
      wrong.push(`${page.scrollWidth - page.clientWidth} pixels wider than the screen: ${wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120))}`);
    }
    for (const one of performance.getEntriesByType("resource")) {
      if (one.responseStatus >= 400 && !["fetch", "xmlhttprequest"].includes(one.initiatorType)) wrong.push(`${one.responseStatus} of ${one.name}`);
    }
    if (window.pwned) wrong.push("a script of somebody else's ran");
    return wrong;"#;

impl<'a> Console<'a> {
    /// The console of a server, before anybody has signed in.
    pub fn of(browser: &'a Browser, usher: &str) -> Self {
        Self { browser, usher: usher.to_owned() }
    }

    /// Opens a page by its path below `/console`, and waits until its script has run. The status of the answer.
    pub async fn open(&self, path: &str) -> u16 {
        // A page asks for some twenty files each time, and the server gives an address only so many in a second.
        tokio::time::sleep(PACE).await;
        let path = if path == "/" { "" } else { path };
        self.browser.client.goto(&format!("{}/console{path}", self.usher)).await.unwrap();
        self.settled().await;
        let status = "return performance.getEntriesByType('navigation')[0].responseStatus";
        self.browser.frame(status).await.as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or_default()
    }

    /// Waits until the page that is shown is loaded, scripts included.
    pub async fn settled(&self) {
        self.browser
            .until("the page is loaded", async || {
                let loaded = self.browser.client.execute("return document.readyState === 'complete'", vec![]).await;
                loaded.ok() == Some(json!(true))
            })
            .await;
    }

    /// The page that is shown: its path and what stands behind it.
    pub async fn place(&self) -> String {
        self.browser.frame("return location.pathname + location.search").await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until another page is shown.
    pub async fn arrive(&self, path: &str) {
        self.browser.until_eq(format!("/console{path}"), async || self.place().await).await;
        self.settled().await;
    }

    /// Fills in a field of the form that is shown, by its name.
    pub async fn fill(&self, name: &str, value: &str) {
        let script = "const field = [...document.querySelectorAll(`[name=\"${arguments[0]}\"]`)].find((one) => one.checkVisibility());
            if (!field) return false;
            field.focus();
            if (field.matches('select')) {
              field.value = arguments[1];
              field.dispatchEvent(new Event('change', { bubbles: true }));
            } else field.select();
            return true";
        self.browser
            .until(&format!("there is a field {name}"), async || {
                self.script(script, json!([name, value])).await == true
            })
            .await;
        if self.browser.frame("return document.activeElement.matches('select')").await == true {
            return;
        }
        let field = self.browser.client.active_element().await.unwrap();
        field.send_keys(value).await.unwrap();
    }

    /// Chooses a box or one of several, by its value.
    pub async fn choose(&self, name: &str, value: &str) {
        let script = "const one = [...document.querySelectorAll(`[name=\"${arguments[0]}\"]`)]
            .find((one) => one.value === arguments[1] && one.checkVisibility()); one?.click(); return Boolean(one)";
        let can = format!("{name} can be {value}");
        self.browser.until(&can, async || self.script(script, json!([name, value])).await == true).await;
    }

    /// Presses a button or link by its name.
    pub async fn press(&self, name: &str) {
        self.browser.click(name).await;
    }

    /// Waits until these words stand on the page.
    pub async fn see(&self, words: &str) {
        self.browser.see(words).await;
    }

    /// Signs in over the page.
    pub async fn sign_in(&self, email: &str, password: &str) {
        self.fill("email", email).await;
        self.fill("password", password).await;
        self.press("Sign in").await;
    }

    /// What is wrong with the page that is shown: by axe-core and our own checks, wider than the screen, parts that could
    /// not be loaded, scripts that aren't ours.
    pub async fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = serde_json::from_value(self.browser.frame(WRONG).await).unwrap();
        problems.extend(self.browser.accessibility_problems().await);
        problems
    }

    /// Keeps a picture of the whole page.
    pub async fn picture(&self, name: &str) {
        self.browser.picture_of_page(&format!("console/{name}")).await;
    }

    async fn script(&self, script: &str, arguments: Value) -> Value {
        let Value::Array(arguments) = arguments else { unreachable!("arguments are a list") };
        self.browser.run(script, arguments).await
    }
}
