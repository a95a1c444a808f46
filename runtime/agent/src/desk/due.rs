//! When time does something to a ticket.

use super::Timers;
use super::ticket::{Place, Silence, Ticket, TicketState};
use jiff::{SignedDuration, Timestamp};

/// What time does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// What the customer hasn't seen is sent by e-mail.
    Mail,
    /// It isn't put aside any more.
    Awake,
    /// The silent customer is asked whether help is still needed.
    Remind,
    /// It waits for the customer.
    Pending,
    /// It is solved.
    Solve,
    /// It is closed.
    Close,
}

/// When a timer looks at a ticket next.
pub(super) fn due_at(ticket: &Ticket, timers: &Timers) -> Option<Timestamp> {
    all(ticket, timers).into_iter().flatten().map(|(at, _)| at).min()
}

/// What is due at `now`, the longest due first.
pub(super) fn due(ticket: &Ticket, timers: &Timers, now: Timestamp) -> Option<Due> {
    all(ticket, timers).into_iter().flatten().filter(|(at, _)| *at <= now).min().map(|(_, due)| due)
}

fn all(ticket: &Ticket, timers: &Timers) -> [Option<(Timestamp, Due)>; 3] {
    let mail = ticket.mail_at.map(|at| (at, Due::Mail));
    let awake = ticket.snoozed_until.map(|at| (at, Due::Awake));
    // A connector's helpdesk has timers of its own.
    let silence = if ticket.place == Place::BuiltIn { silence(ticket, timers) } else { None };
    [mail, awake, silence]
}

fn silence(ticket: &Ticket, timers: &Timers) -> Option<(Timestamp, Due)> {
    let since = ticket.silence_at;
    match (ticket.state, ticket.silence) {
        // What is put aside isn't asked about.
        (TicketState::Open | TicketState::Pending, _) if ticket.snoozed_until.is_some() => None,
        (TicketState::Open, Silence::None) => {
            let spoken = ticket.person_at.filter(|at| *at > ticket.customer_at)?;
            after(since.map_or(spoken, |since| since.max(spoken)), timers.remind_after, Due::Remind)
        }
        (TicketState::Open, _) => after(since?, timers.pending_after?, Due::Pending),
        (TicketState::Pending, _) => after(since?, timers.solve_after?, Due::Solve),
        (TicketState::Solved, _) => after(ticket.solved.as_ref()?.at, timers.close_after, Due::Close),
        (TicketState::Closed, _) => None,
    }
}

fn after(at: Timestamp, minutes: u32, due: Due) -> Option<(Timestamp, Due)> {
    at.checked_add(SignedDuration::from_mins(i64::from(minutes))).ok().map(|at| (at, due))
}
