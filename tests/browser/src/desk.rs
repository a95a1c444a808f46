//! The workspace of people in support in a browser, and what a person does there.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::{Browser, Demo};

/// The workspace in a browser's current tab.
pub struct Desk<'a> {
    /// For what this has no function for.
    pub browser: &'a Browser,
}

impl<'a> Desk<'a> {
    /// Opens the workspace, signed in as the demo's operator, and waits until it is there.
    pub async fn open(browser: &'a Browser, demo: &Demo) -> Self {
        Self::open_as(browser, demo, &demo.token).await
    }

    /// The same with another operator's token.
    pub async fn open_as(browser: &'a Browser, demo: &Demo, token: &str) -> Self {
        browser.client.goto(&format!("{}#token={token}", demo.desk)).await.unwrap();
        let desk = Self { browser };
        desk.ready().await;
        desk
    }

    /// Types a token into the form and sends it.
    pub async fn sign_in(&self, token: &str) {
        let there = "return !!document.getElementById('token')";
        self.browser.until("the field is there", async || self.browser.frame(there).await == true).await;
        let field = self.browser.find("#token").await;
        field.clear().await.unwrap();
        field.send_keys(token).await.unwrap();
        self.browser.click("Sign in").await;
    }

    /// Waits until the list and the stream of events are there.
    pub async fn ready(&self) {
        self.browser
            .until("the workspace is there", async || {
                let list = "return document.getElementById('app')?.hidden === false && \
                    document.getElementById('rows')?.getAttribute('aria-busy') === 'false'";
                self.browser.client.execute(list, vec![]).await.ok() == Some(json!(true))
            })
            .await;
    }

    /// Turns to a view by what it is called.
    pub async fn view(&self, name: &str) {
        let press = "const link = [...document.querySelectorAll('#views .view')]
            .find((one) => one.querySelector('.name').textContent === arguments[0]);
            link?.click(); return Boolean(link)";
        self.browser.until(&format!("there is a view {name}"), async || self.script(press, name).await == true).await;
        self.browser
            .until(&format!("the view {name} is shown"), async || {
                let shown = "return document.getElementById('view-title').textContent === arguments[0] && \
                    document.getElementById('rows').getAttribute('aria-busy') === 'false'";
                self.script(shown, name).await == true
            })
            .await;
    }

    /// The tickets in the list, each with all of its words.
    pub async fn rows(&self) -> Vec<String> {
        let rows =
            self.browser.frame("return [...document.querySelectorAll('#rows .row')].map((one) => one.innerText)").await;
        serde_json::from_value(rows).unwrap()
    }

    /// Opens the ticket in whose row these words stand, once it is in the list.
    pub async fn open_ticket(&self, words: &str) {
        self.browser
            .until(&format!("a ticket with \"{words}\" is in the list"), async || {
                let press = "const row = [...document.querySelectorAll('#rows .row')].find((one) => one.innerText.includes(arguments[0]));
                    row?.click(); return Boolean(row)";
                self.script(press, words).await == true
            })
            .await;
        self.browser
            .until("the conversation is there", async || {
                self.browser.frame("return document.querySelectorAll('#conversation .message').length > 0").await
                    == true
            })
            .await;
    }

    /// Presses a button by its name, wherever it is.
    pub async fn press(&self, name: &str) {
        self.browser.click(name).await;
    }

    /// Opens a menu of the open ticket, `state`, `assign`, `priority`, `snooze` or `more-actions`, and chooses in it.
    pub async fn choose(&self, menu: &str, item: &str) {
        self.script("document.querySelector(`[data-key=\"${arguments[0]}\"]`).click()", menu).await;
        let press = "const item = [...document.querySelectorAll('.panel:not([hidden]) .item')]
            .find((one) => one.querySelector('.label').textContent === arguments[0]);
            item?.click(); return Boolean(item)";
        self.browser
            .until(&format!("{item} can be chosen in {menu}"), async || self.script(press, item).await == true)
            .await;
    }

    /// Writes into the composer, once it takes text.
    pub async fn write(&self, text: &str) {
        self.browser
            .until("the composer takes text", async || {
                self.browser.frame("return document.getElementById('write')?.readOnly === false").await == true
            })
            .await;
        self.browser.type_into("#write", text).await;
    }

    /// What stands in the composer.
    pub async fn written(&self) -> String {
        let text = self.browser.frame("return document.getElementById('write')?.value ?? ''").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Sends what stands in the composer, by key.
    pub async fn send(&self) {
        self.browser.keys(&[Key::Enter], &[Key::Control]).await;
    }

    /// Replies to the customer, and waits until the message is in the conversation.
    pub async fn reply(&self, text: &str) {
        self.script("[...document.querySelectorAll('.tab')].find((one) => one.textContent === 'Reply').click()", "")
            .await;
        self.write(text).await;
        self.send().await;
        self.browser.until("the reply is in the conversation", async || self.conversation().await.contains(text)).await;
        self.browser.until("nothing is left to send", async || self.written().await.is_empty()).await;
    }

    /// Writes a note for the team, and waits until it is in the conversation.
    pub async fn note(&self, text: &str) {
        self.script("[...document.querySelectorAll('.tab')].find((one) => one.textContent === 'Note').click()", "")
            .await;
        self.write(text).await;
        self.send().await;
        let noted = "return [...document.querySelectorAll('#conversation .note')].some((one) => one.innerText.includes(arguments[0]))";
        self.browser.until("the note is in the conversation", async || self.script(noted, text).await == true).await;
    }

    /// All that stands in the open conversation, messages, notes and history.
    pub async fn conversation(&self) -> String {
        let words = self.browser.frame("return document.querySelector('#conversation .log')?.innerText ?? ''").await;
        words.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until these words stand somewhere on the page.
    pub async fn see(&self, words: &str) {
        self.browser.see(words).await;
    }

    /// A key, to whatever has the focus; the composer has it no more.
    pub async fn key(&self, key: char) {
        self.browser.frame("document.activeElement?.matches('input, textarea') && document.activeElement.blur()").await;
        let pressed = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        self.browser.client.perform_actions(pressed).await.unwrap();
    }

    async fn script(&self, script: &str, argument: &str) -> Value {
        self.browser.run(script, vec![json!(argument)]).await
    }
}
