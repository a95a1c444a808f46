/// What can go wrong while the stand-ins start or while a test changes the shop.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error(
        "the {server} stand-in can't listen on 127.0.0.1:{port}: {source}; choose another port, or 0 for any free one"
    )]
    Listen { server: &'static str, port: u16, source: std::io::Error },
    #[error("the schema served by the Shopify stand-in can't be read: {0}; mend shopify/schema.graphql")]
    Schema(String),
    #[error(
        "the shop has no {kind} `{name}`; look it up first (`Shop::demo_customers`, `Shop::orders`, `Shop::products`)"
    )]
    Unknown { kind: &'static str, name: String },
    #[error("order {order} can't be {action}: {reason}")]
    Refused { order: String, action: &'static str, reason: &'static str },
    #[error("the helpdesk has no ticket {0}; list them first (`Zendesk::tickets`, `Gorgias::tickets`)")]
    NoTicket(u64),
    #[error("ticket {0} is closed, and Zendesk opens none again; take another")]
    ClosedTicket(u64),
    #[error("`{0}` is nowhere to send webhooks to; write an address like http://127.0.0.1:8787/hook")]
    WebhookAddress(String),
    #[error("message {message} has no choice `{choice}`; look them up first (`WhatsappMessage::choices`)")]
    NoChoice { message: String, choice: String },
    #[error("there is no message {0}; list them first (`WhatsappChats::messages`)")]
    NoMessage(String),
}
