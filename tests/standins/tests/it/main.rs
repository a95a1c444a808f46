//! The stand-ins from outside, over HTTP, as a connector or a browser meets them.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly in its helpers too")]

mod aftership_returns;
mod common;
mod faults;
mod gorgias;
mod loop_returns;
mod loyaltylion;
mod mailbox;
mod mailgun;
mod phone;
mod receiver;
mod recharge;
mod shop;
mod shopify_changes;
mod shopify_format;
mod shopify_limits;
mod shopify_search;
mod smile;
mod storefront;
mod twilio;
mod whatsapp;
mod zendesk;
