//! The customers' side: what their phones show, and what they write.

use std::{sync::Arc, time::Duration};

use url::Url;

use super::{App, TwilioFate, TwilioWebhook, book::TextMessage, listing::segments, opt_out::OptOut};
use crate::Error;

/// What customers read and write as text messages. Every handle shows the same ones.
#[derive(Clone)]
pub struct TextMessages(Arc<App>);

/// A text that a customer writes, and how its webhook comes.
#[derive(Clone, Debug)]
pub struct TextWritten {
    /// E.164.
    pub from: String,
    /// The account's first number where it isn't said.
    pub to: Option<String>,
    pub text: String,
    /// The media types of its files.
    pub media: Vec<String>,
    /// How often the webhook comes; the last one's answer counts.
    pub copies: u32,
    /// Signed by somebody who doesn't know the auth token.
    pub forged: bool,
    pub late: Duration,
    /// Parameters beside the documented ones: Twilio adds some without notice.
    pub more: Vec<(String, String)>,
}

impl TextWritten {
    pub fn new(from: &str, text: &str) -> Self {
        Self {
            from: from.to_owned(),
            to: None,
            text: text.to_owned(),
            media: Vec::new(),
            copies: 1,
            forged: false,
            late: Duration::ZERO,
            more: Vec::new(),
        }
    }
}

impl TextMessages {
    pub(super) fn new(app: Arc<App>) -> Self {
        Self(app)
    }

    /// The account's numbers.
    pub fn numbers(&self) -> &[String] {
        &self.0.config.numbers
    }

    /// Customers' texts are brought there from now on; connection overrides (`#rc=5&rp=all`) are heeded.
    ///
    /// # Errors
    /// It isn't an address of the web.
    pub fn send_webhooks_to(&self, url: &str) -> Result<(), Error> {
        let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        parsed.ok_or_else(|| Error::WebhookAddress(url.to_owned()))?;
        self.0.book().inbound = Some(url.to_owned());
        Ok(())
    }

    /// Addresses that begin with `public` are asked for at `local` instead, as by a proxy in front of the shop: they are
    /// signed as they are, and the request's `Host` is the local one.
    pub fn through_proxy(&self, public: &str, local: &str) {
        self.0.delivery.through_proxy(public, local);
    }

    /// A text to the account's first number. Gives the HTTP status that its webhook was answered with; none where nobody
    /// answered, or webhooks go nowhere yet.
    pub async fn write(&self, from: &str, text: &str) -> Option<u16> {
        self.bring(TextWritten::new(from, text)).await
    }

    /// As [`Self::write`].
    pub async fn bring(&self, written: TextWritten) -> Option<u16> {
        let app = &self.0;
        let to = written.to.clone().or_else(|| app.config.numbers.first().cloned()).unwrap_or_default();
        let keyword = OptOut::of(&written.text);
        if written.forged {
            let message = message(app, &written, &to);
            let url = app.book().inbound.clone()?;
            return app.delivery.bring_signed(&url, &form(app, &written, &message, keyword), "not the token").await;
        }
        let (message, url) = {
            let mut book = app.book();
            let kept = book.add(message(app, &written, &to));
            if let Some(keyword) = keyword
                && book.heed(&app.config, keyword, &written.from, &to)
            {
                let answer = TextMessage {
                    direction: "outbound-reply",
                    from: to.clone(),
                    to: written.from.clone(),
                    body: keyword.answer().to_owned(),
                    status: "delivered",
                    media: Vec::new(),
                    ..kept.clone()
                };
                book.add(answer);
            }
            (kept, book.inbound.clone())
        };
        let url = url?;
        tokio::time::sleep(written.late).await;
        let form = form(app, &written, &message, keyword);
        let mut answer = None;
        for _ in 0..written.copies {
            answer = app.delivery.bring(&url, &form).await;
        }
        answer
    }

    /// Brings a webhook once more, as it was, however long ago.
    pub async fn repeat(&self, webhook: &TwilioWebhook) -> Option<u16> {
        self.0.delivery.bring_again(webhook.clone()).await
    }

    /// In both directions, oldest first.
    pub fn all(&self) -> Vec<TextMessage> {
        self.0.book().all().to_vec()
    }

    /// What a phone with this number shows, oldest first.
    pub fn with(&self, number: &str) -> Vec<TextMessage> {
        let book = self.0.book();
        book.all().iter().filter(|message| message.to == number || message.from == number).cloned().collect()
    }

    /// What the shop sent to this number, oldest first, without Twilio's own answers.
    pub fn to(&self, number: &str) -> Vec<TextMessage> {
        let book = self.0.book();
        let sent = |message: &&TextMessage| message.to == number && message.direction == "outbound-api";
        book.all().iter().filter(sent).cloned().collect()
    }

    /// So many of the next messages that are taken end like this.
    pub fn next(&self, count: u32, fate: TwilioFate) {
        self.0.book().order_fate(count, fate);
    }

    /// Nothing can be sent to this number: each try fails with this code.
    pub fn refuse(&self, number: &str, code: u32) {
        self.0.book().refuse(number, code);
    }

    /// Whether the customer opted out of messages from this number of the account.
    pub fn is_opted_out(&self, customer: &str, number: &str) -> bool {
        self.0.book().is_blocked(&self.0.config, customer, number)
    }

    /// Customers' texts and status callbacks that were brought, in the order in which they were done with.
    pub fn webhooks(&self) -> Vec<TwilioWebhook> {
        self.0.delivery.sent()
    }

    /// Waits until every message has left its queue and every status callback was brought.
    pub async fn settled(&self) {
        self.0.delivery.settled().await;
    }
}

fn message(app: &App, written: &TextWritten, to: &str) -> TextMessage {
    let now = app.clock.now();
    TextMessage {
        sid: "SM00000000000000000000000000forged".to_owned(),
        direction: "inbound",
        from: written.from.clone(),
        to: to.to_owned(),
        body: written.text.clone(),
        status: "received",
        error_code: None,
        media: written.media.clone(),
        created_at: now,
        sent_at: Some(now),
        messaging_service_sid: app.config.messaging_service_sid.clone(),
    }
}

/// The parameters of the webhook.
fn form(app: &App, written: &TextWritten, message: &TextMessage, keyword: Option<OptOut>) -> Vec<(String, String)> {
    let mut form: Vec<(String, String)> = [
        ("ToCountry", "US"),
        ("ToState", ""),
        ("SmsMessageSid", &message.sid),
        ("NumMedia", &message.media.len().to_string()),
        ("ToCity", ""),
        ("FromZip", ""),
        ("SmsSid", &message.sid),
        ("FromState", ""),
        ("SmsStatus", "received"),
        ("FromCity", ""),
        ("Body", &message.body),
        ("FromCountry", "FR"),
        ("To", &message.to),
        ("ToZip", ""),
        ("NumSegments", &segments(&message.body).to_string()),
        ("MessageSid", &message.sid),
        ("AccountSid", &app.config.account_sid),
        ("From", &message.from),
        ("ApiVersion", "2010-04-01"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    form.extend(message.messaging_service_sid.clone().map(|sid| ("MessagingServiceSid".to_owned(), sid)));
    for (media, number) in message.media.iter().zip(0..) {
        form.push((format!("MediaContentType{number}"), media.clone()));
        let url = format!("https://api.twilio.com/2010-04-01/Accounts/AC/Messages/{}/Media/ME{number}", message.sid);
        form.push((format!("MediaUrl{number}"), url));
    }
    if let Some(keyword) = keyword.filter(|_| app.config.advanced_opt_out) {
        form.push(("OptOutType".to_owned(), keyword.name().to_owned()));
    }
    form.extend(written.more.iter().cloned());
    form
}
