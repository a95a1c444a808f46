//! No ticket and no comment twice, wherever a request or its answer gets lost: exhaustively for one mishap, at random for
//! several over up to three attempts.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use proptest::prelude::*;
use usher_sdk::connector::testing::{HttpError, Request, Response, reply};

use super::*;

/// What happens to one request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mishap {
    /// It never arrives, and the connection is reset.
    Reset,
    /// It is carried out, and the connection is reset before the answer.
    AnswerLost,
    TimedOut,
    TimedOutAfter,
    /// No answer in time; it arrives just before the request after the next.
    Late,
    /// Carried out, and answered with this all the same.
    ErrorAfter,
    ErrorBefore,
    BadJsonAfter,
    Throttled,
}

const MISHAPS: [Mishap; 9] = [
    Mishap::Reset,
    Mishap::AnswerLost,
    Mishap::TimedOut,
    Mishap::TimedOutAfter,
    Mishap::Late,
    Mishap::ErrorAfter,
    Mishap::ErrorBefore,
    Mishap::BadJsonAfter,
    Mishap::Throttled,
];

/// What the runtime allows one call.
const REQUESTS: usize = 8;
/// The runtime waits before it tries again, and the bucket empties.
const LONG: Duration = Duration::from_secs(60);

/// The line to the provider, over all attempts.
#[derive(Default)]
struct Line {
    /// Requests of this attempt.
    count: usize,
    /// By the number of the request in this attempt.
    mishaps: HashMap<usize, Mishap>,
    /// What arrives late, with how many requests come before it.
    late: Vec<(usize, Request)>,
}

fn send(
    line: &RefCell<Line>,
    direct: &mut impl FnMut(&Request) -> Result<Response, HttpError>,
    request: &Request,
) -> Result<Response, HttpError> {
    let (mishap, arriving) = {
        let mut line = line.borrow_mut();
        let mishap = line.mishaps.get(&line.count).copied();
        line.count += 1;
        if line.count > REQUESTS {
            return Err(HttpError::Denied("more requests than a call may make".to_owned()));
        }
        for (wait, _) in &mut line.late {
            *wait = wait.saturating_sub(1);
        }
        let (arriving, waiting) = std::mem::take(&mut line.late).into_iter().partition(|(wait, _)| *wait == 0);
        line.late = waiting;
        if mishap == Some(Mishap::Late) {
            line.late.push((2, request.clone()));
        }
        let arriving: Vec<(usize, Request)> = arriving;
        (mishap, arriving)
    };
    for (_, request) in arriving {
        let _ = direct(&request);
    }
    let reset = || Err(HttpError::Unreachable("reset".to_owned()));
    let Some(mishap) = mishap else { return direct(request) };
    if matches!(mishap, Mishap::AnswerLost | Mishap::TimedOutAfter | Mishap::ErrorAfter | Mishap::BadJsonAfter) {
        direct(request)?;
    }
    match mishap {
        Mishap::Reset | Mishap::AnswerLost => reset(),
        Mishap::TimedOut | Mishap::TimedOutAfter | Mishap::Late => Err(HttpError::TimedOut),
        Mishap::ErrorBefore | Mishap::ErrorAfter => reply(502, "<html>Bad gateway</html>"),
        Mishap::BadJsonAfter => reply(200, "{\"ticket\": [,}"),
        Mishap::Throttled => reply(429, "{}"),
    }
}

type Call = fn(&str) -> Result<(), ToolError>;

/// Name, what is done; the text of a comment, or none for a ticket.
const ACTS: [(&str, Call, Option<&str>); 6] = [
    ("a ticket", |_| Gorgias::create_ticket(ticket("conv_new")).map(drop), None),
    (
        "a ticket of a number",
        |_| {
            let by_phone =
                Ticket { requester_email: None, requester_phone: Some("+4930123456".to_owned()), ..ticket("conv_new") };
            Gorgias::create_ticket(by_phone).map(drop)
        },
        None,
    ),
    (
        "a ticket whose customer Gorgias refuses",
        |_| {
            let odd = Ticket { requester_email: Some("not an address".to_owned()), ..ticket("conv_new") };
            Gorgias::create_ticket(odd).map(drop)
        },
        None,
    ),
    (
        "a customer's message",
        |id| Gorgias::add_comment(id.to_owned(), said(Author::Customer, 30, "And now?")),
        Some("And now?"),
    ),
    (
        "a customer's message in a closed ticket",
        |id| Gorgias::add_comment(id.to_owned(), said(Author::Customer, 30, "And again?")),
        Some("And again?"),
    ),
    (
        "an assistant's answer",
        |id| Gorgias::add_comment(id.to_owned(), said(Author::Assistant, 30, "It arrived")),
        Some("Assistant: It arrived"),
    ),
];

fn effect(desk: &Desk, text: Option<&str>) -> usize {
    let tickets = desk.tickets();
    match text {
        None => tickets.iter().filter(|one| one.external_id.as_deref() == Some("conv_new")).count(),
        Some(text) => tickets[0].messages.iter().filter(|one| one.text == text).count(),
    }
}

/// Makes the call with these mishaps in each attempt, and once more without. True where all mishaps came to pass.
fn run(act: usize, attempts: &[HashMap<usize, Mishap>]) -> bool {
    let (name, call, text) = ACTS[act];
    let desk = Desk::open();
    let (number, id) = desk.handed_over();
    if name.ends_with("closed ticket") {
        desk.standins.gorgias.close(number).unwrap();
    }
    let line = Rc::new(RefCell::new(Line::default()));
    let mut met = true;
    let last = HashMap::new();
    for (attempt, mishaps) in attempts.iter().chain([&last]).enumerate() {
        desk.standins.clock.advance(LONG);
        (line.borrow_mut().count, line.borrow_mut().mishaps) = (0, mishaps.clone());
        let mut direct = over_loopback(&[("Authorization", BASIC)]);
        let on_line = Rc::clone(&line);
        let _runtime = desk.runtime().provider(move |request| send(&on_line, &mut direct, request));
        let answer = call(&id);
        let effects = effect(&desk, text);
        let context = format!("{name}, {attempts:?}, attempt {attempt}: {answer:?}, {effects} effects");
        match answer {
            Ok(()) => assert_eq!(effects, 1, "{context}"),
            Err(ToolError::Unavailable(_)) => assert!(effects <= 1 && attempt < attempts.len(), "{context}"),
            Err(_) => panic!("{context}"),
        }
        let count = line.borrow().count;
        met &= mishaps.keys().all(|at| *at < count);
        // What is under way arrives before the runtime tries again: it waits longer than any request lives.
        let late = std::mem::take(&mut line.borrow_mut().late);
        let mut direct = over_loopback(&[("Authorization", BASIC)]);
        for (_, request) in late {
            let _ = direct(&request);
        }
    }
    assert_eq!(effect(&desk, text), 1, "{name}, {attempts:?}, in the end");
    assert_eq!(desk.standins.gorgias.mails().len(), 0, "{name}: Gorgias mailed a customer");
    met
}

#[test]
fn one_mishap_anywhere_leaves_one_effect() {
    for act in 0..ACTS.len() {
        for mishap in MISHAPS {
            let mut at = 0;
            while run(act, &[HashMap::from([(at, mishap)])]) {
                at += 1;
            }
            assert!(at >= 2, "an act looks before it acts");
        }
    }
}

#[test]
fn mishaps_at_random_in_up_to_three_attempts_leave_one_effect() {
    let mishaps = prop::collection::hash_map(0..REQUESTS, prop::sample::select(MISHAPS.to_vec()), 1..4);
    let attempts = prop::collection::vec(mishaps, 1..4);
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(act in 0..ACTS.len(), attempts in attempts)| {
        run(act, &attempts);
    });
}
