//! What endpoints are told of.

use crate::ids::WebhookEventId;
use crate::skills::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use usher_manifest::PluginId;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $title:literal,)*) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum EventKind {
            $($(#[$doc])* #[serde(rename = $name)] $kind,)*
        }

        impl EventKind {
            /// As it is written: `ticket.solved`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// For people.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$kind => $title,)*
                }
            }

            /// The one of this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$kind),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// A customer's first message was stored.
    ConversationStarted "conversation.started" "A conversation began",
    /// The customer said that it helped, or fell silent after a complete answer.
    ConversationResolved "conversation.resolved" "A conversation is resolved",
    /// It was resolved, and the customer asked something else.
    ConversationReopened "conversation.reopened" "A resolved conversation goes on",
    /// It went to people, or the customer was told where to turn to.
    ConversationHandedOff "conversation.handed_off" "A conversation is handed over",
    /// The assistant has it again.
    ConversationHandedBack "conversation.handed_back" "A conversation is the assistant's again",
    /// There is a new ticket.
    TicketOpened "ticket.opened" "A ticket was opened",
    /// It waits for the customer.
    TicketPending "ticket.pending" "A ticket waits for the customer",
    /// It is done.
    TicketSolved "ticket.solved" "A ticket is solved",
    /// It is done for good.
    TicketClosed "ticket.closed" "A ticket is closed",
    /// It was solved, and is open again.
    TicketReopened "ticket.reopened" "A ticket is open again",
    /// The customer rated how people helped.
    RatingGiven "rating.given" "A customer rated the help",
    /// An answer showed products.
    ProductsRecommended "products.recommended" "Products were recommended",
    /// A skill serves, or serves no more.
    SkillStateChanged "skill.state_changed" "A skill's state changed",
    /// A plugin needs somebody's yes.
    PluginWaiting "plugin.waiting" "A plugin waits for approval",
    /// An integration isn't well.
    IntegrationFailing "integration.failing" "An integration fails",
    /// It is well again.
    IntegrationRecovered "integration.recovered" "An integration is well again",
    /// Somebody tries the endpoint.
    Test "webhook.test" "A test",
}

impl EventKind {
    /// All that an endpoint can ask for; the test goes to the one that is tried.
    pub const ALL: [Self; 16] = [
        Self::ConversationStarted,
        Self::ConversationResolved,
        Self::ConversationReopened,
        Self::ConversationHandedOff,
        Self::ConversationHandedBack,
        Self::TicketOpened,
        Self::TicketPending,
        Self::TicketSolved,
        Self::TicketClosed,
        Self::TicketReopened,
        Self::RatingGiven,
        Self::ProductsRecommended,
        Self::SkillStateChanged,
        Self::PluginWaiting,
        Self::IntegrationFailing,
        Self::IntegrationRecovered,
    ];
}

/// Something that happened, as it is sent: the same bytes to every endpoint and at every attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WebhookEvent {
    /// Tells a repeat.
    #[serde(skip)]
    pub id: Option<WebhookEventId>,
    /// What.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// When it was stored.
    pub timestamp: Timestamp,
    /// The particulars.
    pub data: Value,
}

/// Something that is looked at rather than stored by itself, as it stands now.
#[derive(Clone, Debug, PartialEq)]
pub enum Observed {
    /// A skill's state.
    Skill(PluginId, State),
    /// Whether an integration is well.
    Integration(PluginId, bool),
}

/// One kind of event, for whoever writes a receiver.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dictionary {
    /// What `type` says.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// When it is told, and what stands in `data`.
    pub description: &'static str,
    /// A `data`.
    pub example: Value,
}

/// All kinds that an endpoint can ask for.
#[must_use]
pub fn dictionary() -> Vec<Dictionary> {
    let entry = |kind: EventKind| {
        let (description, example) = explained(kind);
        Dictionary { name: kind.name(), title: kind.title(), description, example }
    };
    EventKind::ALL.into_iter().map(entry).collect()
}

const CONVERSATION: &str = "01998f60-5b0e-7cc2-8a1f-4d2f6f3b9a10";
const TICKET: &str = "01998f61-0c52-7a31-b6a0-9be4ad7d0e55";

fn explained(kind: EventKind) -> (&'static str, Value) {
    let ticket = |state: &str| {
        json!({
            "ticket": TICKET, "number": 12, "conversation": CONVERSATION, "channel": "webchat", "state": state,
            "priority": "normal", "reason": "missing_knowledge", "skill": "general-questions", "place": "built_in",
        })
    };
    match kind {
        EventKind::ConversationStarted => {
            ("With a customer's first message.", json!({ "conversation": CONVERSATION, "channel": "webchat" }))
        }
        EventKind::ConversationResolved => (
            "`how` is `confirmed` (the customer said so) or `assumed` (silence after a complete answer).",
            json!({
                "conversation": CONVERSATION, "channel": "webchat", "how": "confirmed", "skill": "order-tracking",
            }),
        ),
        EventKind::ConversationReopened => (
            "`was` is how it had been resolved: `confirmed` or `assumed`.",
            json!({ "conversation": CONVERSATION, "channel": "webchat", "was": "assumed", "skill": "order-tracking" }),
        ),
        EventKind::ConversationHandedOff => (
            "`by` is `assistant` or `person` (somebody took it over). `ticket` is missing where the customer was told \
             where else to turn to. `reason` is one of the reasons of handoffs.",
            json!({
                "conversation": CONVERSATION, "channel": "webchat", "by": "assistant", "reason": "missing_knowledge",
                "skill": "general-questions", "ticket": TICKET,
            }),
        ),
        EventKind::ConversationHandedBack => (
            "A person gave it back to the assistant.",
            json!({ "conversation": CONVERSATION, "channel": "webchat", "ticket": TICKET }),
        ),
        EventKind::TicketOpened => ("`place` is `built_in` or the helpdesk's connector.", ticket("open")),
        EventKind::TicketPending => ("The customer has to answer.", ticket("pending")),
        EventKind::TicketSolved => {
            let mut data = ticket("solved");
            data["solved_by"] = json!("person");
            ("`solved_by` is `person`, `silence` or `helpdesk`.", data)
        }
        EventKind::TicketClosed => ("What the customer writes from now on begins anew.", ticket("closed")),
        EventKind::TicketReopened => ("The customer wrote again, or a person opened it.", ticket("open")),
        EventKind::RatingGiven => {
            let mut data = ticket("solved");
            data["score"] = json!(5);
            ("`score` is 1 (bad) to 5 (good). The comment isn't sent.", data)
        }
        EventKind::ProductsRecommended => (
            "`products` are the shop's own ids.",
            json!({
                "conversation": CONVERSATION, "channel": "webchat", "skill": "product-recommendations",
                "products": ["gid://shopify/Product/1"],
            }),
        ),
        EventKind::SkillStateChanged => (
            "States are `live`, `unavailable`, `paused`, `preview-only`.",
            json!({ "skill": "returns", "from": "live", "to": "unavailable" }),
        ),
        EventKind::PluginWaiting => (
            "A release needs a reviewer's decision.",
            json!({ "plugin": "returns", "version": "1.2.0", "digest": "sha256:…" }),
        ),
        EventKind::IntegrationFailing => {
            ("Its health check fails, after it didn't.", json!({ "connector": "shopify" }))
        }
        EventKind::IntegrationRecovered => {
            ("Its health check is well, after it wasn't.", json!({ "connector": "shopify" }))
        }
        EventKind::Test => ("Somebody tries the endpoint.", json!({ "endpoint": TICKET })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read_by_its_name() {
        for kind in EventKind::ALL.into_iter().chain([EventKind::Test]) {
            assert_eq!(EventKind::named(kind.name()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(serde_json::from_value::<EventKind>(kind.name().into()).unwrap(), kind);
        }
        assert_eq!(EventKind::named("ticket"), None);
    }

    #[test]
    fn the_type_stands_first_and_the_id_in_a_header() {
        let event = WebhookEvent {
            id: Some(WebhookEventId::new()),
            kind: EventKind::Test,
            timestamp: "2026-11-22T10:00:00.5Z".parse().unwrap(),
            data: json!({}),
        };
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(text, r#"{"type":"webhook.test","timestamp":"2026-11-22T10:00:00.5Z","data":{}}"#);
    }
}
