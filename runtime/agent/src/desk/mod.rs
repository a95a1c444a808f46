//! The helpdesk that is built in: tickets, the team that works on them, and what time does to them.

mod change;
#[allow(clippy::module_inception)]
mod desk;
mod team;
mod ticket;

pub use change::{DeskChange, DeskChanged, DeskMessage, Draft, TicketFilter};
pub use desk::{Desk, DeskError, DeskEvent, NewReply, Staffing};
pub use team::{
    Assignment, Availability, DeskSettings, Notification, Person, RoutingRule, RuleCondition, SavedView, Timers, Told,
};
pub use ticket::{
    Fact, Place, Priority, Rating, Requester, Silence, Solved, SolvedBy, Ticket, TicketChange, TicketEvent, TicketState,
};
