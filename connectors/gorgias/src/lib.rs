//! Tickets of Gorgias: created where a conversation is handed over, added to, and followed until they are closed.
//!
//! A call passes through in this order: an exported function (below) → `create`, `comment` or `news` → [`api`], one
//! request → records of the contract. `message` writes what Gorgias is given to keep, `customer` whom it is for, `reply`
//! tells a person's answer from everything else, `cursor` keeps how far a ticket was read.
//!
//! Nothing is made twice. Gorgias tells no repetition by a key, so tickets and messages carry ids of ours as `external_id`
//! and are looked for before each is made, and after an answer that got lost. None is asked for a second time in a call. What
//! Gorgias carries out later than the next attempt looks for it, seconds after the connection was given up, would be there
//! twice; nothing at Gorgias can prevent that.
//!
//! **No message may come without a `sent_datetime`**: Gorgias sends such a one to the customer. Every message is made by
//! [`message`], which always has one.
//!
//! Gorgias knows open and closed tickets, and opens a closed one when its customer writes: closed is what the contract
//! calls solved. A snoozed ticket is pending, one in the trash is closed.
//!
//! Documentation: developers.gorgias.com (tickets, messages, customers; errors, pagination and limitations).

mod api;
mod comment;
mod create;
mod cursor;
mod customer;
mod health;
mod message;
mod news;
mod reply;

#[cfg(test)]
mod against_standin;

#[allow(unsafe_code, missing_docs, unreachable_pub)]
mod bindings {
    usher_sdk::wit_bindgen::generate!({
        path: ["../../wit/tools", "../../wit/connector"],
        inline: "
            package usher:connector-gorgias;
            world component {
                export usher:connector/health@0.1.0;
                export usher:tools/helpdesk@0.1.0;
            }
        ",
        world: "usher:connector-gorgias/component",
        with: { "usher:tools/types@0.1.0": usher_sdk::connector::types },
        generate_all,
        additional_derives: [PartialEq],
        runtime_path: "usher_sdk::wit_bindgen::rt",
    });

    // The exports' names are no symbols that a linker takes elsewhere.
    #[cfg(target_arch = "wasm32")]
    export!(Gorgias with_types_in self);
    #[cfg(target_arch = "wasm32")]
    use super::Gorgias;
}

use bindings::exports::usher::connector::health as health_interface;
use bindings::exports::usher::tools::helpdesk::{self, Comment, Followed, Ticket, TicketNews, TicketRef};
use usher_sdk::connector::ToolError;

/// The component.
#[derive(Debug)]
pub struct Gorgias;

impl health_interface::Guest for Gorgias {
    fn check() -> Result<String, String> {
        Ok(health::check()?)
    }
}

impl helpdesk::Guest for Gorgias {
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
