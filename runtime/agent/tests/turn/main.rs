//! Turns of real skills on a real host over the real store: the customer's yes, what happens where a skill fails or isn't
//! there, and what a turn leaves for the audit.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

mod answers;
mod audit;
mod clerk;
mod closed;
mod crash;
mod failing;
mod handoff;
mod learning;
mod questions;
mod resolved;
mod shop;
mod written;
