//! Names of things that last. All are UUIDs of version 7, so that they sort by the time they were made.
//! None of them is a secret: access is checked by session.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new one, later than all before it.
            #[must_use]
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id!(
    /// One visitor's browser, phone or mailbox.
    SessionId
);
id!(
    /// One conversation, over as many days as it takes.
    ConversationId
);
id!(
    /// One message of a conversation.
    MessageId
);
id!(
    /// One customer's number or address on a channel, and one of the shop's.
    ThreadId
);
id!(
    /// One file of a message.
    AttachmentId
);
id!(
    /// One answer to one message: the record that explains it carries this id.
    TurnId
);
id!(
    /// One thing to deliver to the outside.
    DeliveryId
);
id!(
    /// One ticket: a conversation's handing over to people, until it is closed.
    TicketId
);
id!(
    /// One line of a ticket's history.
    TicketEventId
);
id!(
    /// One thing that a person in support is told.
    NotificationId
);
id!(
    /// One request to a helpdesk that is to be made.
    HelpdeskJobId
);
id!(
    /// One scenario that operators keep.
    ScenarioId
);
id!(
    /// One playing of a scenario.
    ScenarioRunId
);
id!(
    /// An address of the operator's that is told what happens.
    WebhookEndpointId
);
id!(
    /// One thing that happened, as endpoints are told; the same for all of them.
    WebhookEventId
);
id!(
    /// One event on its way to one endpoint.
    WebhookDeliveryId
);
