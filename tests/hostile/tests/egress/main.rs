//! What a connector may send and what comes back to it (group C of the attack list). The connector sends whatever it is
//! asked for; a server on the loopback stands in for its provider and records the bytes.

#![allow(clippy::unwrap_used, reason = "a test that can't go on says where")]

mod answers;
mod environment;
mod grants;
mod lab;
mod requests;
mod secrets;
mod tokens;
