//! E-mail.
//!
//! In: a mail server's bytes (`mime`) or a provider's form ([`postmark`], [`mailgun`]) become one neutral mail (`mail`), and
//! that a message of a customer (`received`): what is new in it (`reply`, `quoting`, `advertising`, `html`, `markup`), which files
//! are kept (`attachments`), whether a machine may answer (`automatic`), and whether anybody vouches for its sender (`authentic`).
//! Which conversation it belongs to is read from names that only we can make ([`thread`]).
//! No mail comes by Amazon's SES: no route takes messages of SNS, so none confirms a subscription or fetches a certificate.
//! Bytes come from a mailbox ([`imap`]) or a mail server on this machine ([`lmtp`]).
//!
//! Out: a mail is made into bytes (`compose`) for a mail server ([`smtp`]), or into a provider's form ([`postmark_send`],
//! [`mailgun_send`]; `api` is what they share). [`server`] says where a mail server is; `wire` is the line to it.

mod advertising;
mod api;
mod attachments;
mod authentic;
mod automatic;
mod charset;
mod clean;
mod compose;
mod header;
mod html;
pub mod imap;
pub mod lmtp;
mod mail;
pub mod mailgun;
pub mod mailgun_send;
mod markup;
pub mod mime;
pub mod postmark;
pub mod postmark_send;
mod quoting;
mod received;
mod reply;
pub mod server;
pub mod smtp;
pub mod thread;
mod wire;

pub use automatic::own_address;
pub use compose::compose;
pub use mail::{Envelope, MAX_MAIL, Rules};
