//! Tickets of Zendesk Support: created where a conversation is handed over, added to, and followed until they are closed.
//!
//! A call passes through in this order: an exported function (below) → `create`, `comment` or `news` → [`api`], one
//! request → records of the contract. `note` writes what a ticket says, `requester` whom it is for, `reply` tells a
//! person's answer from everything else, `cursor` keeps how far a ticket was read.
//!
//! Nothing is made twice. A ticket carries our id as its `external_id` and as the key of its creation, which Zendesk knows
//! for two hours; it is looked for before each creation, and after one whose answer got lost. A comment has no key at
//! Zendesk: our id stands in the `metadata` of its update, which customers and mails never show, and the newest comments
//! are searched for it before one is added, and after an answer that got lost. A comment that Zendesk adds later than the next
//! attempt looks for it, seconds after the connection was given up, would be there twice; nothing can prevent that.
//!
//! The first comment of a ticket is an internal note with all that people need: what the customer asked, the summary, the
//! facts, the whole transcript with times. Were it public, Zendesk would mail it to the customer and quote it under each
//! answer; and in one request with the ticket it can't be missing. The customer's question stands at its top, so that it
//! is what Zendesk shows as the ticket's description. Later messages of the customer are public comments in their name,
//! what the assistant says is an internal note.
//!
//! Documentation: developer.zendesk.com, Ticketing API v2 (tickets, ticket comments, ticket audits, users; idempotency,
//! pagination and rate limits in its introduction).

mod api;
mod comment;
mod create;
mod cursor;
mod health;
mod news;
mod note;
mod reply;
mod requester;

#[cfg(test)]
mod against_standin;

#[allow(unsafe_code, missing_docs, unreachable_pub)]
mod bindings {
    usher_sdk::wit_bindgen::generate!({
        path: ["../../wit/tools", "../../wit/connector"],
        inline: "
            package usher:connector-zendesk;
            world component {
                export usher:connector/health@0.1.0;
                export usher:tools/helpdesk@0.1.0;
            }
        ",
        world: "usher:connector-zendesk/component",
        with: { "usher:tools/types@0.1.0": usher_sdk::connector::types },
        generate_all,
        additional_derives: [PartialEq],
        runtime_path: "usher_sdk::wit_bindgen::rt",
    });

    // The exports' names are no symbols that a linker takes elsewhere.
    #[cfg(target_arch = "wasm32")]
    export!(Zendesk with_types_in self);
    #[cfg(target_arch = "wasm32")]
    use super::Zendesk;
}

use bindings::exports::usher::connector::health as health_interface;
use bindings::exports::usher::tools::helpdesk::{self, Comment, Followed, Ticket, TicketNews, TicketRef};
use usher_sdk::connector::ToolError;

/// The component.
#[derive(Debug)]
pub struct Zendesk;

impl health_interface::Guest for Zendesk {
    fn check() -> Result<String, String> {
        Ok(health::check()?)
    }
}

impl helpdesk::Guest for Zendesk {
    fn create_ticket(ticket: Ticket) -> Result<TicketRef, ToolError> {
        Ok(create::create(&ticket)?)
    }

    fn add_comment(ticket_id: String, comment: Comment) -> Result<(), ToolError> {
        Ok(comment::add(&ticket_id, &comment)?)
    }

    fn news(tickets: Vec<Followed>) -> Result<Vec<TicketNews>, ToolError> {
        Ok(news::news(&tickets)?)
    }
}
