//! Every exported function under every fault at each of its requests: the right answer or "unavailable", and never an
//! invented one, nor anything done twice.

use usher_sdk::connector::testing::HttpError;
use usher_standins::{Fault, Faults};

use super::*;

/// What a call must come to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ends {
    /// As without the fault.
    Right,
    /// In [`ToolError::Unavailable`].
    Unavailable,
    /// In one or the other: what acts is told as it is found when it is looked for.
    Either,
}

const ALWAYS: u32 = 1000;

/// What each fault leads to where the request reads, and where it acts.
fn faults() -> Vec<(&'static str, u32, Fault, Ends, Ends)> {
    use Ends::{Either, Right, Unavailable};
    let answer = |status, body: &str| Fault::Answer { status, body: body.to_owned() };
    let short = Duration::from_millis(20);
    vec![
        ("slow", ALWAYS, Fault::Slow { by: short }, Right, Right),
        ("late", 1, Fault::AnswerLate { by: short }, Right, Right),
        ("500 once", 1, Fault::Status { status: 500 }, Right, Unavailable),
        ("502 once", 1, Fault::Status { status: 502 }, Right, Unavailable),
        ("503 once", 1, Fault::Status { status: 503 }, Right, Unavailable),
        ("500 always", ALWAYS, Fault::Status { status: 500 }, Unavailable, Unavailable),
        ("503 always", ALWAYS, Fault::Status { status: 503 }, Unavailable, Unavailable),
        ("501", ALWAYS, Fault::Status { status: 501 }, Unavailable, Unavailable),
        ("401", ALWAYS, Fault::Status { status: 401 }, Unavailable, Unavailable),
        ("429 once", 1, Fault::RateLimited { retry_after: None }, Right, Right),
        ("429 once, with a time", 1, Fault::RateLimited { retry_after: Some(1) }, Right, Right),
        ("429 always", ALWAYS, Fault::RateLimited { retry_after: None }, Unavailable, Unavailable),
        ("429 for an hour", 1, Fault::RateLimited { retry_after: Some(3600) }, Unavailable, Unavailable),
        ("throttled once in its own way", 1, Fault::Throttled, Right, Right),
        ("throttled always in its own way", ALWAYS, Fault::Throttled, Unavailable, Unavailable),
        ("reset once", 1, Fault::Reset, Right, Unavailable),
        ("reset always", ALWAYS, Fault::Reset, Unavailable, Unavailable),
        ("answer lost once", 1, Fault::AnswerLost, Right, Right),
        ("answer always lost", ALWAYS, Fault::AnswerLost, Unavailable, Unavailable),
        ("cut off once", 1, Fault::Truncated, Right, Right),
        ("cut off always", ALWAYS, Fault::Truncated, Unavailable, Unavailable),
        ("bad JSON", 1, Fault::BadJson, Unavailable, Either),
        ("empty body", 1, answer(200, ""), Unavailable, Either),
        ("a proxy's page", 1, answer(200, "<html>Please wait…</html>"), Unavailable, Either),
        ("another shape", 1, answer(200, r#"{"data":7,"meta":[]}"#), Unavailable, Either),
        ("a bare word", 1, answer(200, "true"), Unavailable, Either),
        ("403 as a page", 1, answer(403, "<html>Forbidden</html>"), Unavailable, Unavailable),
    ]
}

/// What a call is made with.
struct Case {
    desk: Desk,
    ticket: String,
}

impl Case {
    fn new() -> Self {
        let desk = Desk::open();
        let (id, ticket) = desk.handed_over();
        desk.standins.gorgias.reply(id, "We send a new one").unwrap();
        desk.settle();
        Case { desk, ticket }
    }
}

type Call = (&'static str, fn(&Case) -> Result<String, ToolError>);

const CALLS: [Call; 5] = [
    ("create-ticket", |_| Gorgias::create_ticket(ticket("conv_new")).map(|made| made.url.unwrap_or_default())),
    ("create-ticket by number", |_| {
        let by_phone =
            Ticket { requester_email: None, requester_phone: Some("+4930123456".to_owned()), ..ticket("conv_new") };
        Gorgias::create_ticket(by_phone).map(|made| made.url.unwrap_or_default())
    }),
    ("add-comment", |case| {
        Gorgias::add_comment(case.ticket.clone(), said(Author::Customer, 30, "And now?")).map(|()| String::new())
    }),
    ("news", |case| {
        let news = Gorgias::news(follow(&case.ticket, None))?;
        Ok(news.iter().flat_map(|one| &one.replies).map(|reply| reply.text.clone()).collect())
    }),
    ("health", |_| Gorgias::check().map_err(ToolError::Unavailable)),
];

/// How often the call's effect is there.
fn effects(case: &Case) -> usize {
    let tickets = case.desk.tickets();
    let messages = tickets[0].messages.iter().filter(|one| one.text == "And now?").count();
    assert_eq!(case.desk.standins.gorgias.mails().len(), 0, "Gorgias mailed a customer");
    tickets.len() - 1 + messages
}

#[test]
fn every_call_under_every_fault_is_right_or_unavailable() {
    for (call, ask) in CALLS {
        let case = Case::new();
        let acts = !matches!(call, "news" | "health");
        let (right, requests) = {
            let runtime = case.desk.runtime();
            (ask(&case).unwrap(), runtime.requests())
        };
        for (fault, count, order, reading, acting) in faults() {
            // Whichever of the call's requests it strikes first.
            for (at, request) in requests.iter().enumerate() {
                let case = Case::new();
                let server = case.desk.standins.gorgias.faults();
                let mut answer = {
                    let runtime = faulty(&case, server, at, (count, order.clone()));
                    let answer = ask(&case);
                    server.clear();
                    assert!(runtime.requests().len() <= 8, "{call}, {fault}: more requests than a call has");
                    answer
                };
                let is_act = request.body.is_some();
                let context = format!("{call}, {fault} at {} ({at})", request.url);
                let ends = if is_act { acting } else { reading };
                match (ends, &answer) {
                    (Ends::Right, answer) | (Ends::Either, answer @ Ok(_)) => {
                        assert_eq!(answer.as_ref(), Ok(&right), "{context}")
                    }
                    (_, Err(ToolError::Unavailable(_))) => {}
                    (_, answer) => panic!("{context}: {answer:?}"),
                }
                let once = usize::from(acts);
                assert!(effects(&case) <= once, "{context}: twice");
                // What isn't done is done by the next attempt, and what is done isn't done again.
                for _ in 0..2 {
                    let _runtime = case.desk.runtime();
                    answer = ask(&case);
                    assert!(answer.is_ok(), "{context}: {answer:?}");
                    assert_eq!(effects(&case), once, "{context}: the next attempt");
                }
            }
        }
    }
}

/// The stand-in is faulty from this request of the call on, for as many as are ordered.
fn faulty(case: &Case, faults: &Faults, at: usize, (count, fault): (u32, Fault)) -> FakeRuntime {
    let (faults, mut seen) = (faults.clone(), 0);
    let mut server = over_loopback(&[("Authorization", BASIC)]);
    case.desk.runtime().provider(move |request| {
        if seen == at {
            faults.next(count, fault.clone());
        }
        seen += 1;
        server(request)
    })
}

#[test]
fn a_provider_that_takes_too_long_is_given_up_in_time() {
    for (call, ask) in CALLS {
        let case = Case::new();
        let runtime = case.desk.runtime().provider(|_| Err(HttpError::TimedOut));
        let answer = ask(&case);
        assert!(matches!(answer, Err(ToolError::Unavailable(_))), "{call}: {answer:?}");
        assert!(runtime.slept() < Duration::from_secs(7));
        assert_eq!(effects(&case), 0);
    }
}
