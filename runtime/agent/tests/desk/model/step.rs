//! What can happen.

use crate::shop::{ADA, BEN};
use proptest::prelude::*;
use usher_agent::desk::{Availability, TicketState};

/// How many customers there are: in web chat, by SMS, and in web chat again.
pub(super) const CUSTOMERS: usize = 3;

/// One thing that happens. `at` counts customers, and means their latest ticket.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A customer writes, maybe twice under one name.
    Write {
        at: usize,
        text: &'static str,
        twice: bool,
    },
    /// A customer presses what was offered last: a score, or the wish to be told.
    Press {
        at: usize,
        place: usize,
    },
    /// A customer writes, and the process ends right after the message is stored.
    WriteAndEnd {
        at: usize,
    },
    Reply {
        at: usize,
        by: &'static str,
        then: Option<TicketState>,
        careful: bool,
        twice: bool,
    },
    Note {
        at: usize,
        by: &'static str,
    },
    Claim {
        at: usize,
        by: &'static str,
    },
    TakeOver {
        at: usize,
        by: &'static str,
    },
    State {
        at: usize,
        by: &'static str,
        state: TicketState,
    },
    HandBack {
        at: usize,
        by: &'static str,
    },
    Assign {
        at: usize,
        by: &'static str,
        to: Option<&'static str>,
    },
    Snooze {
        at: usize,
        by: &'static str,
        minutes: Option<i64>,
    },
    Merge {
        at: usize,
        into: usize,
        by: &'static str,
    },
    Availability {
        who: &'static str,
        availability: Availability,
    },
    ShiftEnd {
        who: &'static str,
    },
    /// Time passes, and the desk sees what is due.
    Pass {
        minutes: i64,
    },
    /// Handoffs go to the helpdesk of a connector from now on, or don't any more.
    Method {
        connector: bool,
    },
    /// The helpdesk is asked for what waits: it does it, refuses, or does it and its answer is lost.
    File {
        fault: Fault,
    },
    /// Somebody answers in the helpdesk, and the news come so often.
    Relay {
        at: usize,
        times: usize,
    },
    /// The process ends and starts.
    Restart,
    /// Two things at once.
    Both(Box<Step>, Box<Step>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    Refused,
    Lost,
}

pub(super) fn script(steps: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any_step(), 10..steps)
}

fn any_step() -> impl Strategy<Value = Step> {
    let both = (side_by_side(), side_by_side()).prop_map(|(one, other)| Step::Both(Box::new(one), Box::new(other)));
    prop_oneof![
        14 => side_by_side(),
        3 => both,
        1 => Just(Step::Restart),
        1 => customer().prop_map(|at| Step::WriteAndEnd { at }),
        1 => any::<bool>().prop_map(|connector| Step::Method { connector }),
        1 => fault().prop_map(|fault| Step::File { fault }),
        1 => (customer(), 1..3_usize).prop_map(|(at, times)| Step::Relay { at, times }),
    ]
}

/// What can happen beside something else.
fn side_by_side() -> impl Strategy<Value = Step> {
    let texts = prop::sample::select(vec![crate::shop::HELLO, crate::shop::PERSON, crate::shop::PERSON, "4", "Thanks"]);
    let write = (customer(), texts, prop::bool::weighted(0.2));
    let reply = (customer(), person(), prop::option::weighted(0.3, state()), any::<bool>(), prop::bool::weighted(0.2));
    let snooze = (customer(), person(), prop::option::of(1..2000_i64));
    prop_oneof![
        8 => write.prop_map(|(at, text, twice)| Step::Write { at, text, twice }),
        2 => (customer(), 0..5_usize).prop_map(|(at, place)| Step::Press { at, place }),
        6 => reply.prop_map(|(at, by, then, careful, twice)| Step::Reply { at, by, then, careful, twice }),
        1 => (customer(), person()).prop_map(|(at, by)| Step::Note { at, by }),
        2 => (customer(), person()).prop_map(|(at, by)| Step::Claim { at, by }),
        2 => (customer(), person()).prop_map(|(at, by)| Step::TakeOver { at, by }),
        3 => (customer(), person(), state()).prop_map(|(at, by, state)| Step::State { at, by, state }),
        2 => (customer(), person()).prop_map(|(at, by)| Step::HandBack { at, by }),
        2 => (customer(), person(), prop::option::of(person())).prop_map(|(at, by, to)| Step::Assign { at, by, to }),
        1 => snooze.prop_map(|(at, by, minutes)| Step::Snooze { at, by, minutes }),
        1 => (customer(), customer(), person()).prop_map(|(at, into, by)| Step::Merge { at, into, by }),
        1 => (person(), availability()).prop_map(|(who, availability)| Step::Availability { who, availability }),
        1 => person().prop_map(|who| Step::ShiftEnd { who }),
        6 => prop::sample::select(vec![1, 3, 11, 61, 1500, 6000]).prop_map(|minutes| Step::Pass { minutes }),
    ]
}

fn customer() -> impl Strategy<Value = usize> {
    0..CUSTOMERS
}

fn person() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![ADA, BEN])
}

fn state() -> impl Strategy<Value = TicketState> {
    use TicketState::{Closed, Open, Pending, Solved};
    prop::sample::select(vec![Open, Pending, Solved, Solved, Solved, Closed])
}

fn availability() -> impl Strategy<Value = Availability> {
    use Availability::{Away, Offline, Online, OutOfOffice};
    prop::sample::select(vec![Online, Online, Away, OutOfOffice, Offline])
}

fn fault() -> impl Strategy<Value = Fault> {
    prop::sample::select(vec![Fault::None, Fault::None, Fault::Refused, Fault::Lost])
}
