//! The domain: what happens between a message and its answer.
//!
//! [`Agent::receive`] stores a message (`store`); a worker claims it and runs a turn (`turn`): the router (`router`)
//! finds the skill, the host runs it, and what it says is screened and stored together with everything else that the
//! turn changed. A skill that wants to act ends its turn, and the customer is asked first (`consent`); below a complete
//! answer the customer is asked whether it helped (`resolution`). Skills look into the shop's knowledge (`knowledge`)
//! through tools that the runtime provides (`tools`). Which skills may be asked at all is kept in `skills`.
//!
//! What the assistant can't answer goes to people: a turn leads there (`handoff`) and opens a ticket, on which people work
//! at the `desk`, within the shop's `hours`, or in the `helpdesk` of a connector. A conversation has one owner at a time,
//! and the store takes messages from nobody else.
//!
//! This crate knows no HTTP and no SQL: the server feeds it, and the store is a trait that it owns.

pub mod accounts;
mod agent;
mod brain;
pub mod channel;
pub mod consent;
pub mod conversation;
pub mod desk;
pub mod greeting;
pub mod handoff;
pub mod helpdesk;
pub mod hours;
pub mod hub;
pub mod hygiene;
pub mod ids;
pub mod insight;
pub mod knowledge;
pub mod preview;
pub mod privacy;
pub mod resolution;
pub mod router;
pub mod scenario;
pub mod search;
pub mod settings;
pub mod sign_in;
pub mod skills;
pub mod store;
pub mod texts;
mod tools;
mod turn;
pub mod voice;
pub mod webhook;

pub use agent::{Agent, AgentConfig, Clock, Event, ShopProfile};
pub use tools::{CatalogFailure, CatalogFetch, CatalogProgress, CatalogState, Tools};
pub use turn::{HandedOff, Repeats};
