//! The stand-ins from outside, over HTTP, as a connector or a browser meets them.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly in its helpers too")]

mod common;
mod faults;
mod loop_returns;
mod mailbox;
mod shop;
mod shopify_changes;
mod shopify_format;
mod shopify_limits;
mod shopify_search;
mod storefront;
