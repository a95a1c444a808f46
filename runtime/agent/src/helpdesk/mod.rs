//! Helpdesks of connectors (`usher:tools/helpdesk`): tickets are filed there, and people's replies come back.
//!
//! A ticket is to be filed where the store has a job for it, made in the transaction of the handoff. `filing` makes the
//! due jobs: `transcript` and `values` say what was said, the connector is asked, and what came of it is stored. A job
//! that fails is tried again after a `pause`, and `alarm` says so to the customer and the team. `follow` has the
//! connectors asked for news of the tickets that are out, every half minute and whenever a webhook comes; `round` asks one
//! of them, and `news` decides what they change. `helpdesks` is what all of this shares.
//!
//! Everything is done at least once and counts once: a ticket and a comment carry a name of ours that the connector looks
//! for first, and a reply that is known by its name is not stored, nor mailed, a second time.

mod alarm;
mod filing;
mod follow;
mod helpdesks;
mod job;
mod news;
mod pause;
mod round;
mod transcript;
mod values;
mod words;

pub(crate) use helpdesks::Surroundings;
pub use helpdesks::{Helpdesks, NotAnswering};
pub use job::{HelpdeskJob, HelpdeskRequest};
