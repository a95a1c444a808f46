//! Making a change: what is still to be asked, what it does, the call, and what came of it.

use crate::request::{self, ANYWAY, BECAUSE, Kind};
use crate::when::{self, Day};
use crate::{WAITING, status, text};
use usher_sdk::skill::memory::Slot;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::subscription_actions as actions;
use usher_sdk::skill::tools::subscriptions::{self, Subscription, SubscriptionStatus};

/// Set once the customer was offered a skip or a pause instead of cancelling: nobody is offered it twice.
const OFFERED: Slot<bool> = Slot::new("offered");

/// What a typed reason may have, in characters.
const REASON: usize = 200;

/// A change that only needs the customer's yes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    Skip,
    Pause(String),
    Resume,
    Reschedule(String),
    Cancel(Option<String>),
}

/// What comes before the customer's yes.
#[derive(Debug, PartialEq)]
pub(crate) enum Plan {
    Make(Change),
    Say(Reply),
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Made {
    Yes,
    /// Certainly not. With the provider's reason, which isn't written for the customer.
    No(String),
    /// It isn't known.
    Perhaps,
}

/// `asked` is what the customer was asked last.
pub(crate) fn make(turn: &Turn, kind: Kind, one: &Subscription, asked: Option<&str>) -> Result<Outcome, ToolError> {
    let change = match plan(turn, kind, one, asked) {
        Plan::Make(change) => change,
        Plan::Say(reply) => return Ok(reply.into()),
    };
    consent::describe(&summary(turn, one, &change));
    let id = one.id.as_str();
    let answer = match &change {
        Change::Skip => actions::skip_next(id),
        Change::Pause(until) => actions::pause(id, Some(until)),
        Change::Resume => actions::resume(id),
        Change::Reschedule(day) => actions::reschedule(id, day),
        Change::Cancel(reason) => actions::cancel(id, reason.as_deref()),
    };
    let made = made(answer)?;
    // How it stands now says more than the tool's answer: the day of the next delivery, or what came between.
    let now = subscriptions::list_all().ok().and_then(|all| all.into_iter().find(|now| now.id == one.id));
    Ok(told(turn, one, &change, &made, now.as_ref()).into())
}

/// What there is to do, or to say or ask instead.
pub(crate) fn plan(turn: &Turn, kind: Kind, one: &Subscription, asked: Option<&str>) -> Plan {
    let (language, status) = (turn.language(), one.status);
    let asked = asked.filter(|asked| {
        let rest = asked.strip_prefix(&request::choice(kind, &one.id));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    let wrong_state = match kind {
        Kind::Resume => !matches!(status, SubscriptionStatus::Paused | SubscriptionStatus::Cancelled),
        _ => !status::runs(one),
    };
    if wrong_state {
        return Plan::Say(stands(turn, kind, one));
    }
    match kind {
        Kind::Resume => Plan::Make(Change::Resume),
        Kind::Skip if status == SubscriptionStatus::Paused => Plan::Say(stands(turn, kind, one)),
        Kind::Skip if !one.skippable => {
            let reply = Reply::text(text::not_skippable(language, &one.title)).tone(language, Tone::Sorry);
            Plan::Say(with_team(reply, language, kind, &one.id))
        }
        Kind::Skip => Plan::Make(Change::Skip),
        Kind::Pause | Kind::Reschedule => on_day(turn, kind, one, asked.is_some()),
        Kind::Cancel => cancelling(turn, one, asked),
    }
}

/// Pausing until a day and moving to a day: the day comes with the button, or is read from the message, or asked for.
fn on_day(turn: &Turn, kind: Kind, one: &Subscription, again: bool) -> Plan {
    let Some(today) = Day::today(turn) else { return Plan::Say(ask_day(turn, kind, one, None)) };
    let day = match turn.choice() {
        Some(choice) => request::rest(choice).and_then(Day::parse),
        None => when::read(turn.text(), today),
    };
    let next = one.next_charge_on.as_deref().and_then(Day::parse);
    let unread = turn.choice().is_none() && when::is_like_a_day(turn.text()) && again;
    let problem = match day {
        None if unread => Some(text::unread_day(turn.language())),
        None => None,
        Some(day) if day <= today => Some(text::past_day(turn.language())),
        Some(day) if kind == Kind::Pause && next.is_some_and(|next| next > day) => {
            let on = one.next_charge_on.as_deref().and_then(|day| turn.calendar().on(day)).unwrap_or_default();
            Some(text::too_short(turn.language(), &on))
        }
        Some(day) => {
            let day = day.to_string();
            return Plan::Make(if kind == Kind::Pause { Change::Pause(day) } else { Change::Reschedule(day) });
        }
    };
    Plan::Say(ask_day(turn, kind, one, problem))
}

fn ask_day(turn: &Turn, kind: Kind, one: &Subscription, problem: Option<String>) -> Reply {
    let language = turn.language();
    wait_for(&request::choice(kind, &one.id));
    let question = match (&problem, kind) {
        (Some(problem), _) => problem.clone(),
        (None, Kind::Pause) => text::how_long(language, &one.title),
        (None, _) => text::which_day(language, &one.title),
    };
    let reply = Reply::text(question).tone(language, if problem.is_some() { Tone::Sorry } else { Tone::Ask });
    let reply = if kind == Kind::Pause { with_months(turn, one, reply) } else { reply };
    reply.button(Button::choose(text::leave_it(language), request::leave_choice())).expects(Expectation::Date)
}

/// A button each for one, two and three months: from today on, or from the next delivery where that is later than all.
fn with_months(turn: &Turn, one: &Subscription, reply: Reply) -> Reply {
    let (language, calendar) = (turn.language(), turn.calendar());
    let Some(today) = Day::today(turn) else { return reply };
    let next = one.next_charge_on.as_deref().and_then(Day::parse).unwrap_or(today);
    let from = if today.plus_months(1) > next { today } else { next };
    [1, 2, 3].into_iter().fold(reply, |reply, months| {
        let day = from.plus_months(months).to_string();
        let Some(until) = calendar.until(&day) else { return reply };
        let label = text::for_months(language, months.unsigned_abs(), &until);
        reply.button(Button::choose(label, format!("{} {day}", request::choice(Kind::Pause, &one.id))))
    })
}

/// Offers what is milder, once; then asks for the reason; then cancels.
fn cancelling(turn: &Turn, one: &Subscription, asked: Option<&str>) -> Plan {
    let language = turn.language();
    let step = |step: &str| format!("{} {step}", request::choice(Kind::Cancel, &one.id));
    match (turn.choice().and_then(request::rest), asked.and_then(request::rest)) {
        (Some(chosen), _) if chosen.starts_with(BECAUSE) => {
            let reason = REASONS.iter().find(|(code, ..)| chosen.strip_prefix(BECAUSE) == Some(&format!(" {code}")));
            Plan::Make(Change::Cancel(reason.map(|(_, told, _)| (*told).to_owned())))
        }
        (None, Some(BECAUSE)) if turn.choice().is_none() => {
            Plan::Make(Change::Cancel(Some(turn.text().chars().take(REASON).collect())))
        }
        (None, None) if OFFERED.get().is_none() && one.status == SubscriptionStatus::Active => {
            wait_for(&step(ANYWAY));
            if !OFFERED.set(&true) {
                log::warn("the offer could not be remembered");
            }
            let reply = Reply::text(text::rather(language, &one.title));
            let button = |label: String, kind| Button::choose(label, request::choice(kind, &one.id));
            let reply = if one.skippable { reply.button(button(text::skip(language), Kind::Skip)) } else { reply };
            let reply = reply
                .button(button(text::pause(language), Kind::Pause))
                .button(Button::choose(text::cancel_anyway(language), step(ANYWAY)));
            Plan::Say(reply.expects(Expectation::Choice))
        }
        _ => {
            wait_for(&step(BECAUSE));
            let reply = Reply::text(text::why(language, &one.title));
            let reply = REASONS.iter().fold(reply, |reply, (code, _, label)| {
                reply.button(Button::choose(label(language), format!("{} {code}", step(BECAUSE))))
            });
            let keep = Button::choose(text::keep_it(language), request::leave_choice());
            Plan::Say(reply.button(keep).expects(Expectation::FreeText))
        }
    }
}

fn wait_for(answer: &str) {
    if !WAITING.set(&answer.to_owned()) {
        log::warn("the question could not be remembered; only its buttons work");
    }
}

/// What the buttons send, what the provider is told, and what the customer reads.
type Label = fn(Language) -> String;
const REASONS: [(&str, &str, Label); 4] = [
    ("price", "Too expensive", text::too_expensive),
    ("much", "Has too much of it", text::too_much),
    ("taste", "Doesn't like it", text::no_liking),
    ("other", "Another reason", text::another_reason),
];

/// Exactly what will happen, for the customer to agree to.
pub(crate) fn summary(turn: &Turn, one: &Subscription, change: &Change) -> String {
    let (language, calendar, title) = (turn.language(), turn.calendar(), one.title.as_str());
    let on = |day: Option<&str>| day.and_then(|day| calendar.on(day)).unwrap_or_default();
    match change {
        Change::Skip => text::will_skip(language, title, &on(one.next_charge_on.as_deref())),
        Change::Pause(until) => text::will_pause(language, title, &on(Some(until))),
        Change::Resume => text::will_resume(language, title, &status::total(language, one)),
        Change::Reschedule(day) => text::will_move(language, title, &on(Some(day)), &status::total(language, one)),
        Change::Cancel(_) => text::will_cancel(language, title),
    }
}

/// Sorts a tool's answer; what isn't the change's own is passed on.
pub(crate) fn made(answer: Result<(), ToolError>) -> Result<Made, ToolError> {
    match answer {
        Ok(()) => Ok(Made::Yes),
        Err(ToolError::Invalid(reason)) => Ok(Made::No(reason)),
        Err(ToolError::NotFound) => Ok(Made::No("the provider doesn't find the subscription".to_owned())),
        Err(ToolError::Unavailable(reason)) => {
            log::warn(&format!("whether the change was made isn't known: {reason}"));
            Ok(Made::Perhaps)
        }
        Err(ToolError::TooLarge) => Ok(Made::Perhaps),
        Err(ToolError::Denied(denial)) => match denial.reason {
            DenialReason::LimitReached | DenialReason::Policy | DenialReason::NotGranted => {
                Ok(Made::No(denial.message))
            }
            DenialReason::SignInRequired | DenialReason::ConsentRequired => Err(ToolError::Denied(denial)),
        },
    }
}

/// `one` as it was before, `now` as it is, where that could be read.
pub(crate) fn told(turn: &Turn, one: &Subscription, change: &Change, made: &Made, now: Option<&Subscription>) -> Reply {
    let (language, kind) = (turn.language(), kind_of(change));
    match made {
        Made::Yes => done(turn, one, change, now),
        _ if now.is_some_and(|now| shows(one, now, change)) => done(turn, one, change, now),
        Made::Perhaps => {
            let look = Button::choose(text::look_again(language), request::look_choice(&one.id));
            let reply = Reply::text(text::perhaps(language, &one.title)).tone(language, Tone::Sorry).button(look);
            with_team(reply, language, kind, &one.id)
        }
        Made::No(reason) => {
            log::info(&format!("the change was refused: {reason}"));
            // Where its state forbids it now, that is the reason.
            if let Some(now) = now.filter(|now| now.status != one.status) {
                return stands(turn, kind, now);
            }
            let reply = Reply::text(text::not_made(language, &one.title)).tone(language, Tone::Sorry);
            with_team(reply, language, kind, &one.id)
        }
    }
}

fn done(turn: &Turn, one: &Subscription, change: &Change, now: Option<&Subscription>) -> Reply {
    let (language, calendar, title) = (turn.language(), turn.calendar(), one.title.as_str());
    let next = now.and_then(|now| now.next_charge_on.as_deref());
    let on = |day: &str| calendar.on(day).unwrap_or_else(|| day.to_owned());
    let said = match (change, next) {
        (Change::Skip, Some(next)) => text::skipped_next(language, title, &on(next)),
        (Change::Skip, None) => text::skipped(language, title),
        (Change::Pause(until), _) => text::is_paused(language, title, &on(until)),
        (Change::Resume, Some(next)) => text::resumed_next(language, title, &on(next)),
        (Change::Resume, None) => text::resumed(language, title),
        (Change::Reschedule(day), _) => text::moved(language, title, &on(day)),
        (Change::Cancel(_), _) => text::cancelled(language, title),
    };
    let reply = Reply::text(said);
    // A goodbye is no good news.
    let reply = if matches!(change, Change::Cancel(_)) { reply } else { reply.tone(language, Tone::Good) };
    let reply = match now {
        Some(now) => reply.card(status::card(language, now, false)),
        None => reply,
    };
    reply.answered()
}

fn kind_of(change: &Change) -> Kind {
    match change {
        Change::Skip => Kind::Skip,
        Change::Pause(_) => Kind::Pause,
        Change::Resume => Kind::Resume,
        Change::Reschedule(_) => Kind::Reschedule,
        Change::Cancel(_) => Kind::Cancel,
    }
}

/// Whether the subscription shows the change.
fn shows(before: &Subscription, now: &Subscription, change: &Change) -> bool {
    match change {
        Change::Skip => now.next_charge_on > before.next_charge_on,
        Change::Pause(day) | Change::Reschedule(day) => now.next_charge_on.as_ref() == Some(day),
        Change::Resume => now.status == SubscriptionStatus::Active,
        Change::Cancel(_) => now.status == SubscriptionStatus::Cancelled,
    }
}

/// Why the change makes no sense: how it stands with it, and what can be done instead.
fn stands(turn: &Turn, kind: Kind, one: &Subscription) -> Reply {
    let language = turn.language();
    let said = match (kind, one.status) {
        (Kind::Resume, SubscriptionStatus::Active) => text::runs_already(language),
        _ => String::new(),
    };
    let said = [said, status::sentence(turn, one)].join(" ");
    let reply = Reply::text(said.trim_start()).card(status::card(language, one, false)).answered();
    match one.status {
        SubscriptionStatus::Other => with_team(reply, language, kind, &one.id),
        _ => reply,
    }
}

fn with_team(reply: Reply, language: Language, kind: Kind, id: &str) -> Reply {
    with_team_for(reply, language, &request::team_choice(kind, id))
}

/// With a button that asks for a person, and sends this.
pub(crate) fn with_team_for(reply: Reply, language: Language, sends: &str) -> Reply {
    let team = Button::choose(text::ask_team(language), sends);
    Reply { answered: false, ..reply }.button(team).expects(Expectation::Choice)
}

/// `asked` is what the button sent: `team skip 70011`.
pub(crate) fn to_team(asked: &str) -> Outcome {
    let mut words = asked.split(' ').skip(1);
    let outcome = Outcome::handoff(
        HandoffReason::ExplicitRequest,
        "The customer wants a subscription changed, and it could not be done here, or isn't certain.",
    );
    match (words.next(), words.next()) {
        (Some(wish), Some(id)) => outcome.fact("wish", wish).fact("subscription", id),
        _ => outcome.fact("message", asked),
    }
}
