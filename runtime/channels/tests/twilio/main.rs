//! SMS by Twilio against its stand-in.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly in its helpers too")]

mod common;
mod delivery;
mod limits;
mod lost_answers;
mod refusals;
mod sending;
mod signatures;
mod texts;
