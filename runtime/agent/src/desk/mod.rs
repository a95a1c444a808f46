//! The helpdesk that is built in: tickets, the team that works on them, and what time does to them.
//!
//! A handoff becomes a ticket with the turn that makes it (`opening`). From then on people take it (`ownership`), write
//! (`talking`), move it (`state`, `merge`) and come and go (`staff`); what customers write is taken in (`customer`,
//! `feedback`), and time acts on it (`time`, `due`). Each of these reads a `case`, decides by a `work` that grows into one
//! `change`, and has it stored and announced (`desk`); where what it was decided on has changed, it is decided again.

mod case;
mod change;
mod channel;
mod customer;
#[allow(clippy::module_inception)]
mod desk;
mod due;
mod feedback;
mod merge;
mod opening;
mod ownership;
mod routing;
mod staff;
mod state;
mod talking;
mod team;
#[cfg(test)]
mod tests;
mod ticket;
mod time;
mod words;
mod work;

pub use change::{DeskChange, DeskChanged, DeskMessage, Draft, TicketFilter};
pub(crate) use desk::Spread;
pub use desk::{Desk, DeskError, DeskEvent, HandTo, NewReply, Presence, Staffing};
pub(crate) use feedback::{Feedback, taken_in};
pub(crate) use opening::{NewHandoff, open};
pub use team::{
    Assignment, Availability, DeskSettings, Notification, Person, RoutingRule, RuleCondition, SavedView, Timers, Told,
};
pub use ticket::{
    Fact, Place, Priority, Rating, Requester, Silence, Solved, SolvedBy, Ticket, TicketChange, TicketEvent, TicketState,
};
pub(crate) use work::Work;
