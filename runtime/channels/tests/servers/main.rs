//! The mail transports against real servers: Dovecot for IMAP, Exim for SMTP and LMTP, as Debian packages them.
//!
//! `scripts/mailservers` brings the programs; each test starts its own ones on loopback, with a configuration and a
//! mailbox in a temporary folder, and ends them.
#![allow(clippy::expect_used, reason = "a test may fail loudly in its helpers too")]

mod dovecot;
mod exim;
mod imap;
mod lmtp;
mod place;
mod smtp;
mod store;
