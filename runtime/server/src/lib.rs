//! The `usher` binary: answers a shop's customers over HTTP, and wires store, host and agent together.
//!
//! A message comes in at `api` (reads and checks the request), is kept by the store and answered by the agent; what
//! was answered is rendered for its channel (`channels`) and follows the stream of events back. `outbox` delivers what
//! leaves by mail. `config` says what the operator chose, `identity` who the visitor is, `run` starts it all, and
//! `cli` is what is typed.

pub mod api;
mod assets;
mod channels;
pub mod cli;
pub mod config;
mod console;
mod desk;

mod hub;
pub mod identity;
mod integrations;
mod keys;
mod library;
mod limits;
mod listen;
mod measure;
mod metrics;
mod outbox;
mod problem;
mod retention;
pub mod run;
mod scaffold;
mod seal;
mod sources;
mod webhook_sender;
mod widget;
