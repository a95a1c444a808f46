//! A shop whose conversations are handed over to the helpdesk of a provider, and the people who work there.

use crate::shopper::{Answer, Shopper};
use crate::world::World;
use reqwest::Method;
use serde_json::{Value, json};
use usher_standins::Faults;

/// A provider's helpdesk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Helpdesk {
    /// Zendesk.
    Zendesk,
    /// Gorgias.
    Gorgias,
}

/// What the webhooks are proved by.
const WEBHOOK_SECRET: &str = "a-webhook-secret-of-the-scenario";

impl Helpdesk {
    /// The connector's id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Zendesk => "zendesk",
            Self::Gorgias => "gorgias",
        }
    }

    /// The host of the account.
    pub fn host(self) -> &'static str {
        match self {
            Self::Zendesk => "lumen.zendesk.com",
            Self::Gorgias => "lumen.gorgias.com",
        }
    }

    /// What ordered faults hit.
    pub fn faults(self, world: &World) -> Faults {
        match self {
            Self::Zendesk => world.standins.zendesk.faults().clone(),
            Self::Gorgias => world.standins.gorgias.faults().clone(),
        }
    }

    /// Its tickets, oldest first: the helpdesk's id, our id, and everything that stands in them.
    pub fn tickets(self, world: &World) -> Vec<(u64, Option<String>, String)> {
        let text = |texts: Vec<String>| texts.join("\n");
        match self {
            Self::Zendesk => {
                let tickets = world.standins.zendesk.tickets().into_iter();
                let said = |ticket: &usher_standins::ZendeskTicket| {
                    text(ticket.comments.iter().map(|comment| comment.body.clone()).collect())
                };
                tickets.map(|ticket| (ticket.id, ticket.external_id.clone(), said(&ticket))).collect()
            }
            Self::Gorgias => {
                let tickets = world.standins.gorgias.tickets().into_iter();
                let said = |ticket: &usher_standins::GorgiasTicket| {
                    text(ticket.messages.iter().map(|message| message.text.clone()).collect())
                };
                tickets.map(|ticket| (ticket.id, ticket.external_id.clone(), said(&ticket))).collect()
            }
        }
    }

    /// Somebody of the team answers.
    pub fn reply(self, world: &World, ticket: u64, text: &str) {
        match self {
            Self::Zendesk => world.standins.zendesk.reply(ticket, text),
            Self::Gorgias => world.standins.gorgias.reply(ticket, text),
        }
        .expect("the ticket is open");
    }

    /// Somebody of the team brings it to an end for good.
    pub fn close(self, world: &World, ticket: u64) {
        match self {
            Self::Zendesk => world.standins.zendesk.close(ticket),
            Self::Gorgias => world.standins.gorgias.close(ticket),
        }
        .expect("there is the ticket");
    }

    /// Has the provider call the server's webhook from now on.
    pub fn send_webhooks(self, world: &World) {
        let url = format!("{}/api/v1/webhooks/{}/events", world.url, self.id());
        match self {
            Self::Zendesk => world.standins.zendesk.send_webhooks_to(&url, WEBHOOK_SECRET),
            Self::Gorgias => world.standins.gorgias.send_webhooks_to(&url, WEBHOOK_SECRET),
        }
        .expect("an address");
    }

    /// What the provider's calls of the webhook were answered with.
    pub fn webhook_answers(self, world: &World) -> Vec<Option<u16>> {
        let sent = match self {
            Self::Zendesk => world.standins.zendesk.webhooks(),
            Self::Gorgias => world.standins.gorgias.webhooks(),
        };
        sent.into_iter().map(|delivery| delivery.status).collect()
    }
}

impl World {
    /// Connects a helpdesk, with this credential in the place of its own where one is given; whether it is well.
    pub async fn connect_helpdesk(&self, helpdesk: Helpdesk, credential: Option<&str>) -> bool {
        let (url, email, secret, own) = match helpdesk {
            Helpdesk::Zendesk => {
                let config = &self.settings.zendesk;
                (self.standins.zendesk.url(), &config.email, "api-token", config.token.as_str())
            }
            Helpdesk::Gorgias => {
                let config = &self.settings.gorgias;
                (self.standins.gorgias.url(), &config.email, "api-key", config.key.as_str())
            }
        };
        let host = helpdesk.host();
        let integration = json!({
            "settings": { "account": host, "email": email },
            "stand_ins": { host: url.trim_end_matches('/') },
            "secrets": { secret: credential.unwrap_or(own), "webhook-secret": WEBHOOK_SECRET },
        });
        let path = format!("integrations/{}", helpdesk.id());
        self.operator(Method::PUT, &path, Some(integration)).await;
        self.operator(Method::POST, &format!("{path}/check"), None).await["ok"] == true
    }

    /// Connects a helpdesk and has conversations handed over to it.
    pub async fn hand_over_to(&self, helpdesk: Helpdesk) {
        assert!(self.connect_helpdesk(helpdesk, None).await, "{}", self.log());
        self.change_handoff(
            json!({ "method": { "kind": "connector", "connector": helpdesk.id() }, "mail_replies": true }),
        )
        .await;
    }

    /// Changes how conversations are handed over.
    pub async fn change_handoff(&self, fields: Value) -> Value {
        self.operator(Method::PUT, "handoff", Some(fields)).await
    }

    /// What is left to be passed on to helpdesks.
    pub async fn helpdesk_jobs(&self) -> Vec<Value> {
        let answer = self.operator(Method::GET, "helpdesk/jobs", None).await;
        answer["jobs"].as_array().cloned().unwrap_or_default()
    }
}

impl Shopper {
    /// Says something, wants a person, and gives an address; the answer that hands over.
    pub async fn want_a_person(&self, about: &str, email: &str) -> Answer {
        self.say(about).await;
        let asked = self.say("I want to talk to a person").await;
        assert!(asked.0["question"].is_object(), "{}", asked.0);
        let handed = self.say(email).await;
        assert!(handed.hands_over(), "{}", handed.0);
        handed
    }

    /// What people have written, oldest first.
    pub async fn from_people(&self) -> Vec<String> {
        let messages = self.messages(0).await.into_iter();
        messages.filter(|message| message["author"] == "human").map(|message| Answer(message).text()).collect()
    }
}
