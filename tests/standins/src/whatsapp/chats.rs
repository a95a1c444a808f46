//! The customers' side: what their phones show, and what they do.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{App, WhatsappMessage, WhatsappReadMark, WhatsappState, WhatsappUser, WhatsappWebhook, events};
use crate::Error;

/// What customers see and do in WhatsApp. Every handle shows the same chats.
#[derive(Clone)]
pub struct WhatsappChats(Arc<App>);

impl WhatsappChats {
    pub(super) fn new(app: Arc<App>) -> Self {
        Self(app)
    }

    /// Webhooks go there from now on, signed with the app's secret.
    ///
    /// # Errors
    /// It isn't an address, or not one of plain HTTP.
    pub fn send_webhooks_to(&self, url: &str) -> Result<(), Error> {
        self.0.delivery.aim(url)
    }

    /// A text. Gives the message's id, as all of these do.
    pub fn write(&self, user: &WhatsappUser, text: &str) -> String {
        self.send(user, text_content(text))
    }

    /// Several texts that come in one webhook, of whomever.
    pub fn write_at_once(&self, texts: &[(&WhatsappUser, &str)]) -> Vec<String> {
        let now = self.0.clock.now();
        let mut book = self.0.book();
        let add = |(user, text): &(&WhatsappUser, &str)| {
            ((*user).clone(), book.add(user, false, text_content(text), None, now))
        };
        let all: Vec<(WhatsappUser, WhatsappMessage)> = texts.iter().map(add).collect();
        drop(book);
        self.bring(&all);
        all.into_iter().map(|(_, message)| message.id).collect()
    }

    /// Presses a button, or a row of a list.
    ///
    /// # Errors
    /// The shop sent no such message to anybody, or it has no such choice.
    pub fn press(&self, message_id: &str, choice_id: &str) -> Result<String, Error> {
        let missing = || Error::NoChoice { message: message_id.to_owned(), choice: choice_id.to_owned() };
        let (user, message) = self.0.book().message(message_id).ok_or_else(missing)?;
        let choice = message.choices().into_iter().find(|choice| choice.id == choice_id).ok_or_else(missing)?;
        let kind = if message.list_button().is_some() { "list_reply" } else { "button_reply" };
        let reply = json!({ "type": kind, kind: { "id": choice.id, "title": choice.title } });
        let context = json!({ "from": self.0.config.number.trim_start_matches('+'), "id": message_id });
        Ok(self.send(&user, json!({ "type": "interactive", "interactive": reply, "context": context })))
    }

    /// A picture, with words below it or without.
    pub fn send_image(&self, user: &WhatsappUser, caption: Option<&str>) -> String {
        let mut image = json!({ "id": "1003383421387256", "mime_type": "image/jpeg", "sha256": "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=" });
        if let Some(caption) = caption {
            image["caption"] = json!(caption);
        }
        self.send(user, json!({ "type": "image", "image": image }))
    }

    /// Anything else that a message can be: `type` and what belongs to it.
    pub fn send(&self, user: &WhatsappUser, content: Value) -> String {
        let message = self.0.book().add(user, false, content, None, self.0.clock.now());
        let id = message.id.clone();
        self.bring(&[(user.clone(), message)]);
        id
    }

    /// Opens the chat: everything that arrived is read.
    pub fn open(&self, user: &WhatsappUser) {
        let arrived =
            |m: &WhatsappMessage| m.from_shop && matches!(m.state, WhatsappState::Sent | WhatsappState::Delivered);
        let unread: Vec<WhatsappMessage> = self.0.book().messages(user).into_iter().filter(arrived).collect();
        for message in unread {
            self.0.book().advance(&message.id, WhatsappState::Read);
            if !self.0.book().holds_statuses {
                self.tell(user, &message, WhatsappState::Read);
            }
        }
    }

    /// Both sides, oldest first; also what never arrived.
    pub fn messages(&self, user: &WhatsappUser) -> Vec<WhatsappMessage> {
        self.0.book().messages(user)
    }

    /// All chats' messages, each chat oldest first.
    pub fn all(&self) -> Vec<(WhatsappUser, WhatsappMessage)> {
        self.0.book().all()
    }

    /// Whether any words may be sent to them now.
    pub fn window_open(&self, user: &WhatsappUser) -> bool {
        self.0.book().window_open(user, self.0.clock.now())
    }

    /// Whether their phone shows that the shop is writing.
    pub fn is_typing(&self, user: &WhatsappUser) -> bool {
        self.0.book().is_typing(user, self.0.clock.now())
    }

    /// The shop's number, E.164.
    pub fn number(&self) -> &str {
        &self.0.config.number
    }

    /// Oldest first.
    pub fn read_marks(&self) -> Vec<WhatsappReadMark> {
        self.0.book().read_marks()
    }

    /// From now on statuses are sent only by [`WhatsappChats::status`], in whatever order and as often as is liked.
    pub fn hold_statuses(&self, hold: bool) {
        self.0.book().holds_statuses = hold;
    }

    /// Tells the shop of one of its messages.
    ///
    /// # Errors
    /// There is no such message.
    pub fn status(&self, message_id: &str, state: WhatsappState) -> Result<(), Error> {
        let found = self.0.book().message(message_id);
        let (user, message) = found.ok_or_else(|| Error::NoMessage(message_id.to_owned()))?;
        self.0.book().advance(message_id, state);
        self.tell(&user, &message, state);
        Ok(())
    }

    /// The next messages of the shop are taken, and then fail with this code.
    pub fn fail_next(&self, count: usize, code: i64) {
        self.0.book().failing.extend(std::iter::repeat_n(code, count));
    }

    /// Brings the last webhook once more.
    pub fn repeat_webhook(&self) {
        if let Some(last) = self.0.delivery.sent().last() {
            self.0.delivery.repeat(last);
        }
    }

    /// Brings a webhook with this body, signed: whatever Meta may think of.
    pub fn send_webhook(&self, body: &str) {
        self.0.delivery.bring(vec![body.to_owned()]);
    }

    /// Oldest first.
    pub fn webhooks(&self) -> Vec<WhatsappWebhook> {
        self.0.delivery.sent()
    }

    /// Waits until every webhook was taken or given up.
    pub async fn settled(&self) {
        self.0.delivery.settled().await;
    }

    /// `X-Hub-Signature-256` of a body.
    pub fn sign(&self, body: &str) -> String {
        super::delivery::sign(&self.0.config.app_secret, body.as_bytes())
    }

    /// The customers see that their messages arrived once the shop took the webhook.
    fn bring(&self, all: &[(WhatsappUser, WhatsappMessage)]) {
        let ids: Vec<String> = all.iter().map(|(_, message)| message.id.clone()).collect();
        let app = Arc::clone(&self.0);
        self.0.delivery.bring_then(vec![events::messages(&self.0.config, all)], move || {
            let mut book = app.book();
            for id in ids {
                book.advance(&id, WhatsappState::Delivered);
            }
        });
    }

    fn tell(&self, user: &WhatsappUser, message: &WhatsappMessage, state: WhatsappState) {
        let body = events::status(&self.0.config, user, message, state, self.0.clock.now());
        self.0.delivery.bring(vec![body]);
    }
}

fn text_content(text: &str) -> Value {
    json!({ "type": "text", "text": { "body": text } })
}
