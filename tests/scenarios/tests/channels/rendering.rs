//! Whether what arrived looks as its channel has it: short texts with links, WhatsApp's buttons and lists within their
//! limits, mails of two parts in their thread. All that the web chat would show is said on each.

use serde_json::Value;
use std::fmt;
use usher_agent::scenario::text_of;
use usher_channels::twilio;
use usher_scenarios::suite::Arrived;
use usher_scenarios::suite::channels::Stepped;
use usher_standins::{Mail, WhatsappMessage};

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    texts: usize,
    segments: usize,
    links: usize,
    chats: usize,
    buttons: usize,
    lists: usize,
    link_buttons: usize,
    mails: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} texts in {} segments with {} links, {} chat messages ({} with buttons, {} with a list, {} with a link), {} mails",
            self.texts, self.segments, self.links, self.chats, self.buttons, self.lists, self.link_buttons, self.mails
        )
    }
}

impl Tally {
    /// There was something of each kind to look at.
    pub(crate) fn assert_seen(&self) {
        let seen = [self.texts, self.links, self.chats, self.buttons, self.lists, self.mails];
        assert!(seen.iter().all(|count| *count > 0), "{self}");
    }

    /// What isn't as it should be with what arrived in a step.
    pub(crate) async fn look(&mut self, step: &Stepped) -> Vec<String> {
        let mut wrong = Vec::new();
        if step.arrived.is_empty() {
            return wrong;
        }
        let said: String = step.arrived.iter().map(Arrived::words).collect::<Vec<_>>().join("\n");
        let sms = matches!(step.arrived.first(), Some(Arrived::Text(_)));
        for message in &step.came.messages {
            for part in parts(message, sms) {
                if !plain(&said).contains(&plain(&part)) {
                    wrong.push(format!("«{part}» isn't said in:\n{said}"));
                }
            }
        }
        for arrived in &step.arrived {
            match arrived {
                Arrived::Text(text) => {
                    self.texts += 1;
                    let segments = twilio::segments(&text.body).count;
                    self.segments += segments;
                    if segments == 0 || text.body.encode_utf16().count() > 1600 {
                        wrong.push(format!("a text of {segments} segments, which Twilio doesn't take"));
                    }
                    if text.body.contains('<') || text.body.contains("**") {
                        wrong.push(format!("a text has no marks: {}", text.body));
                    }
                }
                Arrived::Chat(message) => self.chat(message, step, &mut wrong),
                Arrived::Mail(mail, wrote) => {
                    self.mails += 1;
                    wrong.extend(letter(mail, wrote));
                }
            }
        }
        for href in links(&step.came.messages) {
            let there = match step.arrived.first() {
                Some(Arrived::Text(_)) => leads_to(&said, &href).await,
                Some(Arrived::Chat(_)) => said.contains(&href) || step.arrived.iter().any(|arrived| {
                    matches!(arrived, Arrived::Chat(message) if message.link().is_some_and(|(_, url)| url == href))
                }),
                _ => step.arrived.iter().all(|arrived| match arrived {
                    Arrived::Mail(mail, _) => {
                        let html = mail.html_body.as_deref().unwrap_or_default().replace("&amp;", "&");
                        said.contains(&href) && html.contains(&format!("href=\"{href}\""))
                    }
                    _ => false,
                }) || step.arrived.len() > 1 && said.contains(&href),
            };
            if there {
                self.links += 1;
            } else {
                wrong.push(format!("nothing leads to {href} in:\n{said}"));
            }
        }
        wrong
    }

    fn chat(&mut self, message: &WhatsappMessage, step: &Stepped, wrong: &mut Vec<String>) {
        self.chats += 1;
        let (choices, list, link) = (message.choices(), message.list_button(), message.link());
        let longest = if list.is_some() { 24 } else { 20 };
        if choices.len() > if list.is_some() { 10 } else { 3 }
            || choices.iter().any(|it| it.title.chars().count() > longest)
        {
            wrong.push(format!("more can be pressed than WhatsApp shows: {choices:?}"));
        }
        let text = message.text();
        if (!choices.is_empty() || link.is_some()) && text.chars().count() > 1024 {
            wrong.push(format!("a text of {} characters above buttons", text.chars().count()));
        }
        match (choices.is_empty(), list.is_some()) {
            (false, true) => self.lists += 1,
            (false, false) => self.buttons += 1,
            (true, _) => self.link_buttons += usize::from(link.is_some()),
        }
        // A question for a yes has its two buttons wherever they fit.
        let asked = step.came.messages.iter().find(|message| message["consent"].is_object());
        if let Some(asked) = asked.filter(|_| choices.is_empty()) {
            let labels = [&asked["consent"]["yes"]["label"], &asked["consent"]["no"]["label"]];
            if labels.iter().all(|label| label.as_str().is_some_and(|label| label.chars().count() <= 20)) {
                wrong.push(format!("the question for a yes has no buttons: {text}"));
            }
        }
    }
}

/// What of a message must be said: its words, what its cards are about, and their facts. A text has a card's first facts.
fn parts(message: &Value, sms: bool) -> Vec<String> {
    let mut parts: Vec<String> = text_of(message).lines().map(str::to_owned).collect();
    for card in message["cards"].as_array().into_iter().flatten() {
        let fields: &[&str] = match card["kind"].as_str().unwrap_or_default() {
            "order" if sms => &["name", "status"],
            "order" => &["name", "status", "total", "carrier", "tracking_number"],
            "coupon" => &["code", "title"],
            "product" => &["title", "price"],
            "subscription" => &["title", "status", "price"],
            _ => &["program"],
        };
        parts.extend(fields.iter().filter_map(|field| card[*field].as_str()).map(str::to_owned));
        parts.extend(card["points"].as_u64().map(|points| points.to_string()));
    }
    let consent = &message["consent"];
    parts.extend(consent["summary"].as_str().map(str::to_owned));
    if !sms {
        let details = consent["details"].as_array().into_iter().flatten();
        parts.extend(details.filter_map(Value::as_str).map(str::to_owned));
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// Pages that buttons open.
fn links(messages: &[Value]) -> Vec<String> {
    let cards = messages.iter().flat_map(|message| message["cards"].as_array().into_iter().flatten());
    let on_cards = cards.flat_map(|card| card["buttons"].as_array().into_iter().flatten());
    let below = messages.iter().flat_map(|message| message["quick_replies"].as_array().into_iter().flatten());
    let buttons = on_cards.chain(below).filter(|button| button["kind"] == "open");
    buttons.filter_map(|button| button["href"].as_str()).map(str::to_owned).collect()
}

/// Without marks, line ends and differences of spaces.
fn plain(text: &str) -> String {
    text.replace(['*', '_', '`'], "").split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether an address in a text is this one, or a short one that leads there.
async fn leads_to(text: &str, href: &str) -> bool {
    if text.contains(href) {
        return true;
    }
    let client =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    for address in text.split_whitespace().filter(|word| word.starts_with("http") && word.contains("/l/")) {
        let answer = client.get(address).send().await.expect("the server answers");
        let location = answer.headers().get("location").and_then(|to| to.to_str().ok());
        if location == Some(href) {
            return true;
        }
    }
    false
}

/// A mail of ours has two parts, its own signed name, the thread of what it answers, and an address to answer to.
fn letter(mail: &Mail, wrote: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |so: bool, what: &str| {
        if !so {
            wrong.push(format!("{what}: «{}», Reply-To {:?}, {:?}", mail.subject, mail.reply_to, mail.headers));
        }
    };
    let html = mail.html_body.as_deref().unwrap_or_default();
    must(html.contains("<p>") && !html.contains("<script") && !html.contains("<img"), "no simple HTML");
    must(mail.text_body.as_deref().is_some_and(|text| !text.contains("<p>")), "no plain part");
    let last = wrote.last().cloned().unwrap_or_default();
    must(
        mail.header("In-Reply-To").is_some_and(|id| wrote.iter().any(|own| id.contains(own.as_str()))),
        "no In-Reply-To",
    );
    must(mail.header("In-Reply-To").is_some_and(|id| id.contains(&last)), "it answers another mail than the last one");
    let references = mail.header("References").unwrap_or_default();
    must(wrote.iter().all(|own| references.contains(own.as_str())), "References lack a mail of the thread");
    must(
        mail.rfc_message_id().ends_with("@lumen.example") && mail.header("Message-ID").is_some(),
        "no Message-ID of ours",
    );
    let reply_to = mail.reply_to.as_deref().or(mail.header("Reply-To")).unwrap_or_default();
    must(reply_to.contains("help+") && reply_to.contains("@lumen.example"), "no address that answers find back by");
    let subject = mail.subject.to_lowercase();
    must(subject.starts_with("re: ") && subject.matches("re:").count() == 1, "the subject is not `Re: ` once");
    wrong
}
