//! Messages on a terminal.

use super::super::terminal::{plain_line, plain_lines};
use super::asked;
use crate::channels::write_day;
use serde_json::Value;
use std::io::Write;

/// What a numbered button does.
#[derive(Clone)]
pub(super) enum Pressed {
    /// Sends this `ref` back.
    Choose(String),
    /// Leads there.
    Open(String),
}

/// What is on the screen.
#[derive(Default)]
pub(super) struct Screen {
    buttons: Vec<Pressed>,
    prompted: bool,
    answered: u64,
}

impl Screen {
    /// Invites to type, once after each output.
    pub(super) fn prompt(&mut self) {
        if !self.prompted {
            print!("> ");
            let _ = std::io::stdout().flush();
            self.prompted = true;
        }
    }

    /// A line was typed: it stands where the invitation stood.
    pub(super) fn typed(&mut self) {
        self.prompted = false;
    }

    /// The number of the last answer that was shown; 0 while there is none.
    pub(super) fn answered(&self) -> u64 {
        self.answered
    }

    /// The button with this number, as shown with the latest answer.
    pub(super) fn button(&self, number: usize) -> Option<Pressed> {
        number.checked_sub(1).and_then(|index| self.buttons.get(index)).cloned()
    }

    pub(super) fn note(&mut self, text: &str) {
        self.begin();
        println!("· {}", plain_line(text));
    }

    fn begin(&mut self) {
        if self.prompted {
            println!();
        }
        self.prompted = false;
    }

    pub(super) fn message(&mut self, message: &Value) {
        // What was typed here stands here already.
        if message["author"] == "customer" {
            return;
        }
        self.begin();
        self.answered = message["seq"].as_u64().unwrap_or(self.answered);
        self.buttons.clear();
        let who = match message["skill"]["name"].as_str() {
            Some(skill) => plain_line(skill),
            None if message["author"] == "human" => {
                message["person"]["name"].as_str().map_or_else(|| "Team".to_owned(), plain_line)
            }
            None => "Assistant".to_owned(),
        };
        println!("{who}:");
        for block in list(&message["blocks"]) {
            if block["kind"] == "list" {
                for (index, item) in list(&block["items"]).iter().enumerate() {
                    let mark = if block["ordered"] == true { format!("{}.", index + 1) } else { "•".to_owned() };
                    indent(&format!("{mark} {}", spans(item)));
                }
            } else {
                indent(&spans(&block["spans"]));
            }
        }
        list(&message["cards"]).iter().for_each(|card| self.card(card));
        list(&message["quick_replies"]).iter().for_each(|button| self.offer(button));
        if message["consent"].is_object() {
            consent(&message["consent"]);
        }
        if message["resolved"].is_object() {
            indent(&word(&message["resolved"]["question"]));
        }
        asked::buttons(message).into_iter().for_each(|button| self.offer(button));
        let sources: Vec<String> = list(&message["sources"])
            .iter()
            .map(|source| match source["url"].as_str() {
                Some(url) => format!("{} ({})", word(&source["title"]), plain_line(url)),
                None => word(&source["title"]),
            })
            .collect();
        if !sources.is_empty() {
            indent(&format!("Source: {}", sources.join(", ")));
        }
        if message["sign_in"].is_object() {
            indent("Sign in with /signin EMAIL. The question needn't be asked again.");
        }
        println!();
    }

    fn offer(&mut self, button: &Value) {
        let label = word(&button["label"]);
        let pressed = match (button["kind"].as_str(), button["href"].as_str()) {
            (Some("open"), Some(href)) => Pressed::Open(plain_line(href)),
            _ => Pressed::Choose(word(&button["ref"])),
        };
        let leads = match &pressed {
            Pressed::Open(href) => format!(" → {href}"),
            Pressed::Choose(_) => String::new(),
        };
        self.buttons.push(pressed);
        indent(&format!("[{}] {label}{leads}", self.buttons.len()));
    }

    fn card(&mut self, card: &Value) {
        let fact = |name: &str, key: &str| match &card[key] {
            Value::String(text) if !text.is_empty() => println!("  │ {name}: {}", plain_line(text)),
            Value::Number(number) => println!("  │ {name}: {number}"),
            _ => {}
        };
        let day = |name: &str, key: &str| {
            if let Some(text) = card[key].as_str() {
                println!("  │ {name}: {}", plain_line(&write_day(text, "en")));
            }
        };
        let head = |text: String| println!("  ┌ {text}");
        match card["kind"].as_str().unwrap_or_default() {
            "order" => {
                head(format!("Order {} – {}", word(&card["name"]), word(&card["status"])));
                day("Ordered", "placed_at");
                fact("Total", "total");
                for item in list(&card["items"]) {
                    println!("  │ {} × {}", item["quantity"], word(&item["title"]));
                }
                fact("Carrier", "carrier");
                fact("Tracking", "tracking_number");
                day("Expected", "estimated_delivery");
            }
            "coupon" => {
                head(format!("{} – {}", word(&card["code"]), word(&card["title"])));
                fact("Terms", "terms");
                day("Until", "expires_at");
            }
            "product" => {
                let stock = if card["in_stock"] == true { "in stock" } else { "sold out" };
                head(format!("{} – {} ({stock})", word(&card["title"]), word(&card["price"])));
                fact("About", "summary");
            }
            "loyalty" => {
                head(word(&card["program"]));
                fact("Points", "points");
                fact("Tier", "tier");
                list(&card["rewards"]).iter().for_each(|reward| println!("  │ {}", word(reward)));
            }
            "subscription" => {
                head(format!("{} – {}", word(&card["title"]), word(&card["status"])));
                fact("Every", "interval");
                day("Next", "next_charge_on");
                fact("Price", "price");
            }
            _ => return,
        }
        println!("  └");
        list(&card["buttons"]).iter().for_each(|button| self.offer(button));
    }
}

/// What the customer is asked to agree to, in a frame that no card has.
fn consent(consent: &Value) {
    println!("  ╔ Your yes is needed: {}", word(&consent["title"]));
    println!("  ║ “{}”", word(&consent["summary"]));
    let details: Vec<String> = list(&consent["details"]).iter().map(word).collect();
    if !details.is_empty() {
        println!("  ║ For: {}", details.join(", "));
    }
    println!("  ╚");
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn word(value: &Value) -> String {
    value.as_str().map(plain_line).unwrap_or_default()
}

fn spans(value: &Value) -> String {
    let text: String = list(value)
        .iter()
        .map(|span| {
            let text = span["text"].as_str().unwrap_or_default();
            match span["href"].as_str() {
                Some(href) if href != text => format!("{text} ({href})"),
                _ => text.to_owned(),
            }
        })
        .collect();
    plain_lines(&text)
}

fn indent(text: &str) {
    text.lines().for_each(|line| println!("  {line}"));
}
