//! The server over HTTP and at the terminal, as its users meet it. One program: each of its own would hold the whole server
//! once more.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that can't go on ends

mod accounts;
mod api;
mod audit;
mod catalog;
mod configuration;
mod conversations;
mod desk;
mod diff;
mod identity_token;
mod insight;
mod knowledge;
mod operator;
mod privacy;
mod review;
mod scenarios;
mod settings;
mod sign_in;
mod skills;
mod support;
mod webhooks_out;
