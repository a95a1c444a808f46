//! SMS by Twilio Programmable Messaging.
//!
//! A webhook goes through `webhook` (limits), `signature` and then `inbound` (a customer wrote; `keywords`, `number`) or
//! `status` (what became of a message of ours; `codes`), from its `form`. `send` hands a message to Twilio and looks it up
//! in the account's `list` where the answer was lost; `missed` reads there what no webhook brought. `parts` and
//! `segments` say how a long text goes out.
//!
//! Pictures and files of a message are told of and not fetched. WhatsApp, RCS and Messenger by Twilio are not read.

mod access;
mod codes;
mod form;
mod inbound;
mod keywords;
mod list;
mod missed;
mod number;
mod parts;
mod segments;
mod send;
mod signature;
mod status;
mod webhook;

pub use access::{API, Access, Twilio, WrongAccess};
pub use form::{MAX_BODY, MAX_PARAMETERS};
pub use keywords::opts_in;
pub use parts::{LONGEST, parts};
pub use segments::{Alphabet, Segments, segments};
pub use send::Messages;
pub use webhook::{ANSWER, ANSWER_TYPE};
