//! Customers who write their questions one after the other, in a hurry, by ways that bring a message twice, late, or in
//! another order.

use crate::faults::QUESTIONS;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use usher_manifest::Channel;
use usher_scenarios::{ADDRESS, World};
use usher_standins::{Faults, Mails, TextMessages, TextWritten, WhatsappChats, WhatsappUser, WrittenMail};

/// How long a browser goes on trying.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// How the shop is reached.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) url: String,
    pub(crate) site: String,
    pub(crate) texts: TextMessages,
    pub(crate) chats: WhatsappChats,
    pub(crate) mails: Mails,
    /// Those of Twilio, WhatsApp and the mail provider.
    pub(crate) faults: Vec<Faults>,
}

impl Shop {
    pub(crate) fn of(world: &World) -> Self {
        let standins = &world.standins;
        Self {
            url: world.url.clone(),
            site: world.site().to_owned(),
            texts: standins.twilio.texts.clone(),
            chats: standins.whatsapp.chats.clone(),
            mails: standins.mails.clone(),
            faults: [standins.twilio.faults(), standins.whatsapp.server.faults(), standins.mailbox.faults()]
                .map(Clone::clone)
                .to_vec(),
        }
    }
}

/// One of them.
pub(crate) struct Customer {
    pub(crate) channel: Channel,
    /// Number, address, or on web chat the conversation once there is one.
    pub(crate) name: String,
    shop: Shop,
    luck: StdRng,
}

impl Customer {
    pub(crate) fn new(shop: &Shop, channel: Channel, number: usize, seed: u64) -> Self {
        let name = match channel {
            Channel::Webchat => String::new(),
            Channel::Sms => format!("+1202555{number:05}"),
            Channel::Whatsapp => format!("+1303555{number:05}"),
            Channel::Email => format!("customer{number}@example.net"),
        };
        Self { channel, name, shop: shop.clone(), luck: StdRng::seed_from_u64(seed) }
    }

    /// Writes all questions, whether the one before was answered or not.
    pub(crate) async fn write_all(mut self) -> Self {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
        let mut token = String::new();
        if self.channel == Channel::Webchat {
            let session = persist(&client, &self.shop.url, "", "sessions", json!({ "site": self.shop.site })).await;
            token = session["token"].as_str().expect("a token").to_owned();
            let opened = persist(&client, &self.shop.url, &token, "conversations", json!({})).await;
            self.name = opened["id"].as_str().expect("an id").to_owned();
        }
        let mut brought = Vec::new();
        for (number, question) in QUESTIONS.iter().enumerate() {
            let (again, late) = (self.luck.random_bool(0.2), Duration::from_millis(self.luck.random_range(0..1500)));
            match self.channel {
                Channel::Webchat => {
                    let path = format!("conversations/{}/messages", self.name);
                    let body = json!({ "client_id": format!("m{number}"), "text": question });
                    for _ in 0..=u8::from(again) {
                        persist(&client, &self.shop.url, &token, &path, body.clone()).await;
                    }
                }
                Channel::Sms => {
                    let copies = 1 + u32::from(again);
                    let text = TextWritten { copies, late, ..TextWritten::new(&self.name, question) };
                    let texts = self.shop.texts.clone();
                    // The next one may overtake it.
                    brought.push(tokio::spawn(async move { texts.bring(text).await }));
                }
                Channel::Whatsapp => {
                    self.shop.chats.write(&WhatsappUser::with_phone(&self.name, "Robin"), question);
                    if again {
                        self.shop.chats.repeat_webhook();
                    }
                }
                Channel::Email => {
                    let id = self.shop.mails.write(self.mail(question));
                    if again {
                        self.shop.mails.bring_again(&id);
                    }
                }
            }
            tokio::time::sleep(Duration::from_millis(self.luck.random_range(50..2500))).await;
        }
        for one in brought {
            one.await.expect("the text is brought");
        }
        self
    }

    /// An answer to the shop's last mail, or a new one where none has come yet.
    fn mail(&self, text: &str) -> WrittenMail {
        match self.shop.mails.to(&self.name).pop() {
            Some(mail) => mail.answer(text),
            None => WrittenMail {
                from: self.name.clone(),
                from_name: "Robin".to_owned(),
                to: ADDRESS.to_owned(),
                subject: "A question".to_owned(),
                text: text.to_owned(),
                ..WrittenMail::default()
            },
        }
    }
}

/// Asks until there is an answer, as the widget does.
async fn persist(client: &reqwest::Client, url: &str, token: &str, path: &str, body: Value) -> Value {
    let begun = Instant::now();
    loop {
        let request = client.post(format!("{url}/api/v1/{path}")).bearer_auth(token).json(&body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => {
                if let Ok(answer) = answer.json().await {
                    return answer;
                }
            }
            Ok(answer) => assert!(answer.status().is_server_error(), "{path}: {}", answer.status()),
            Err(_) => {}
        }
        assert!(begun.elapsed() < PATIENCE, "the server doesn't answer {path}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
