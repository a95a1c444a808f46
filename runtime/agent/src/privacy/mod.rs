//! How long what customers said is kept (`retention`), and one customer: found, handed out and erased (`customer`).
//!
//! What is erased leaves its place: messages are there without their words, records of turns say who was asked and what
//! came of it (`rewrite`), tickets keep their numbers, states and times. So figures stay as they were, and the audit
//! still holds: its line of the erasure vouches for what is there now.

mod customer;
mod retention;
mod rewrite;
mod store;

pub use customer::{Customer, Elsewhere, ErasedCustomer, KeptBeside, KeptDelivery, Sought};
pub use retention::Retention;
pub use rewrite::{ERASED, erased_body, erased_record, erased_ticket, erased_ticket_event};
pub use store::PrivacyStore;
