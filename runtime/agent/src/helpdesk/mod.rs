//! Helpdesks of connectors (`usher:tools/helpdesk`): tickets are filed there, and people's replies come back.

mod job;

pub use job::{HelpdeskJob, HelpdeskRequest};
