//! What became of everything that was written and said: the server's own account of it, read as an operator reads it, beside
//! what the phones and mailboxes hold.

use crate::customers::{Customer, Shop};
use crate::faults::QUESTIONS;
use reqwest::Method;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use usher_agent::skills::channel_name;
use usher_manifest::Channel;
use usher_scenarios::World;

/// One channel's account.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// What customers wrote.
    written: usize,
    /// Customers' messages in the store.
    stored: usize,
    /// Those of them with a turn.
    answered: usize,
    /// What was said to customers.
    said: usize,
    /// Of that, what has a phone or mailbox.
    arrived: usize,
    /// Times that a phone or mailbox shows something once more.
    doubled: usize,
    /// Times that the server says so of itself.
    maybe_doubled: u64,
    /// What isn't as it should be and may become so.
    missing: Vec<String>,
    /// What is wrong for good.
    wrong: Vec<String>,
}

/// All channels' accounts.
pub(crate) struct Verdict(BTreeMap<&'static str, Account>);

impl Verdict {
    /// Everything was stored, answered and has arrived.
    pub(crate) fn is_whole(&self) -> bool {
        self.0.values().all(|account| account.missing.is_empty())
    }

    /// What must not have happened.
    pub(crate) fn unsound(&self) -> Vec<String> {
        self.0.values().flat_map(|account| account.wrong.clone()).collect()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<10}{:>9}{:>9}{:>10}{:>7}{:>9}{:>9}{:>15}",
            "channel", "written", "stored", "answered", "said", "arrived", "doubled", "maybe doubled"
        )?;
        for (channel, it) in &self.0 {
            let numbers = (it.written, it.stored, it.answered, it.said, it.arrived, it.doubled, it.maybe_doubled);
            let (written, stored, answered, said, arrived, doubled, maybe) = numbers;
            writeln!(
                f,
                "{channel:<10}{written:>9}{stored:>9}{answered:>10}{said:>7}{arrived:>9}{doubled:>9}{maybe:>15}"
            )?;
        }
        for (channel, account) in &self.0 {
            for missing in account.missing.iter().take(10) {
                writeln!(f, "{channel}: {missing}")?;
            }
        }
        Ok(())
    }
}

/// Something on a phone or in a mailbox.
struct Shown {
    /// The provider's name of it.
    id: String,
    /// The same for the same message of ours, where the channel tells.
    same: Option<String>,
}

pub(crate) async fn of(world: &World, shop: &Shop, customers: &[Customer]) -> Verdict {
    let mut accounts = BTreeMap::new();
    for channel in [Channel::Webchat, Channel::Sms, Channel::Whatsapp, Channel::Email] {
        let names: BTreeSet<&str> =
            customers.iter().filter(|one| one.channel == channel).map(|one| one.name.as_str()).collect();
        let mut account = Account { written: names.len() * QUESTIONS.len(), ..Account::default() };
        let conversations = match channel {
            Channel::Webchat => names.iter().map(|name| (*name).to_owned()).collect(),
            _ => conversations(world, channel).await,
        };
        let mut heard: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut said: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for id in conversations {
            let theirs = account.conversation(world, channel, &id, &mut heard).await;
            if channel != Channel::Webchat {
                let path = format!("dispatches?conversation={id}&limit=200");
                let mut answer = world.operator(Method::GET, &path, None).await;
                let mut dispatches: Vec<Value> =
                    serde_json::from_value(answer["dispatches"].take()).unwrap_or_default();
                dispatches.reverse();
                said.entry(theirs).or_default().extend(dispatches);
            }
        }
        for name in &names {
            for question in QUESTIONS {
                match heard.remove(&((*name).to_owned(), question.to_owned())) {
                    Some(1) => {}
                    None => account.missing.push(format!("{name} wrote «{question}», and it isn't stored")),
                    Some(times) => account.wrong.push(format!("«{question}» of {name} is stored {times} times")),
                }
            }
        }
        account.wrong.extend(heard.into_keys().map(|(who, text)| format!("nobody wrote «{text}» as {who}")));
        for (theirs, dispatches) in said {
            account.arrivals(channel, &theirs, &dispatches, &shown(shop, channel, &theirs));
        }
        accounts.insert(channel_name(channel), account);
    }
    Verdict(accounts)
}

/// All conversations of a channel.
async fn conversations(world: &World, channel: Channel) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut cursor = None;
    loop {
        let after: String = cursor.map(|cursor: String| format!("&cursor={cursor}")).unwrap_or_default();
        let path = format!("conversations/search?channel={}&limit=100{after}", channel_name(channel));
        let page = world.operator(Method::GET, &path, None).await;
        let ids = page["conversations"].as_array().into_iter().flatten().filter_map(|one| one["id"].as_str());
        found.extend(ids.map(str::to_owned));
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return found,
        }
    }
}

/// What stands on the customer's phone or in their mailbox, oldest first.
fn shown(shop: &Shop, channel: Channel, theirs: &str) -> Vec<Shown> {
    match channel {
        Channel::Webchat => Vec::new(),
        Channel::Sms => shop.texts.to(theirs).into_iter().map(|text| Shown { id: text.sid, same: None }).collect(),
        Channel::Whatsapp => {
            let user = usher_standins::WhatsappUser::with_phone(theirs, "");
            let ours = shop.chats.messages(&user).into_iter().filter(|message| message.from_shop && message.arrived());
            ours.map(|message| Shown { id: message.id, same: message.reference }).collect()
        }
        Channel::Email => {
            let mails = shop.mails.to(theirs).into_iter();
            mails.map(|mail| Shown { same: Some(mail.rfc_message_id()), id: mail.message_id }).collect()
        }
    }
}

impl Account {
    /// Looks at one conversation; whom it is held with.
    async fn conversation(
        &mut self,
        world: &World,
        channel: Channel,
        id: &str,
        heard: &mut BTreeMap<(String, String), usize>,
    ) -> String {
        let thread = world.operator(Method::GET, &format!("desk/conversations/{id}/messages?limit=500"), None).await;
        let theirs = match channel {
            Channel::Webchat => id.to_owned(),
            _ => thread["channel"]["theirs"].as_str().unwrap_or_default().to_owned(),
        };
        let turns = world.operator(Method::GET, &format!("conversations/{id}/turns"), None).await;
        let mut answered: BTreeMap<&str, usize> = BTreeMap::new();
        for turn in turns["turns"].as_array().into_iter().flatten() {
            *answered.entry(turn["message"].as_str().unwrap_or_default()).or_default() += 1;
        }
        for message in thread["messages"].as_array().into_iter().flatten() {
            let text = message["text"].as_str().unwrap_or_default().trim().to_owned();
            if message["author"] != "customer" {
                self.said += 1;
                continue;
            }
            self.stored += 1;
            match answered.get(message["id"].as_str().unwrap_or_default()) {
                Some(1) => self.answered += 1,
                None => self.missing.push(format!("«{text}» of {theirs} isn't answered")),
                Some(times) => self.wrong.push(format!("«{text}» of {theirs} is answered {times} times")),
            }
            *heard.entry((theirs.clone(), text)).or_default() += 1;
        }
        theirs
    }

    /// Compares what was to be sent to a customer, oldest first in each conversation, with what they have.
    fn arrivals(&mut self, channel: Channel, theirs: &str, dispatches: &[Value], shown: &[Shown]) {
        let mut of_ours = BTreeSet::new();
        let mut latest: BTreeMap<&str, usize> = BTreeMap::new();
        for dispatch in dispatches {
            let (state, seq) = (dispatch["state"].as_str().unwrap_or_default(), &dispatch["seq"]);
            if !matches!(state, "sent" | "delivered" | "read") {
                let what = format!("message {seq} to {theirs} is {state}: {}", dispatch["error"]);
                if matches!(state, "failed" | "withheld") {
                    self.wrong.push(what.clone())
                }
                self.missing.push(what);
                continue;
            }
            self.maybe_doubled += dispatch["maybe_doubled"].as_u64().unwrap_or_default();
            let Some(mut place) = shown.iter().position(|shown| dispatch["provider_id"] == shown.id.as_str()) else {
                self.missing.push(format!("message {seq} to {theirs} is {state}, and isn't there"));
                continue;
            };
            self.arrived += 1;
            let key = shown[place].same.as_ref().unwrap_or(&shown[place].id);
            if !of_ours.insert(key) {
                self.wrong.push(format!("message {seq} to {theirs} has the provider's name of another one"));
            }
            let same = |other: &Shown| shown[place].same.is_some() && other.same == shown[place].same;
            let times = shown.iter().filter(|other| same(other)).count().max(1);
            let counted = dispatch["maybe_doubled"].as_u64().unwrap_or_default();
            if times as u64 - 1 > counted {
                self.wrong.push(format!(
                    "message {seq} to {theirs} is there {times} times, and the server counts {counted} doubles"
                ));
            }
            self.doubled += times - 1;
            place = shown.iter().position(same).unwrap_or(place);
            let before = latest.entry(dispatch["conversation"].as_str().unwrap_or_default()).or_insert(place);
            if place < *before {
                self.wrong.push(format!("message {seq} to {theirs} came before one that was said earlier"));
            }
            *before = place;
        }
        let strays = shown.iter().filter(|shown| !of_ours.contains(shown.same.as_ref().unwrap_or(&shown.id))).count();
        if strays > 0 && channel == Channel::Sms {
            // Nothing in a text says which message of ours it is: what no message was noted with came twice.
            self.doubled += strays;
            self.wrong
                .push(format!("{theirs} got {strays} texts twice, though the account's list tells what was sent"));
        } else if strays > 0 {
            self.wrong.push(format!("{theirs} got {strays} messages that nobody has said"));
        }
    }
}
