//! Reading mail: what customers write, what attackers write, and what two providers make of both.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly in its helpers too")]

mod hostile;
mod mailgun;
mod postmark;
mod replies;
mod round_trip;

use usher_channels::email::{Rules, thread::Key};

/// The rules of the shop that these mails are written to.
fn rules() -> Rules {
    Rules {
        own_addresses: vec!["help@lumen.example".to_owned(), "returns@lumen.example".to_owned()],
        authserv_ids: vec!["mx.lumen.example".to_owned()],
        keys: vec![Key::new([7; 32])],
    }
}
