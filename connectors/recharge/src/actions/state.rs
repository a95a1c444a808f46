//! Bringing a subscription into a state.

use serde_json::{Value, json};
use usher_sdk::connector::{Error, caller};

use super::Subject;
use crate::api::NotMade;
use crate::day::Day;
use crate::list;
use crate::record::Record;

/// What Recharge is told where the customer gives no reason: it needs one.
pub(super) const NO_REASON: &str = "No reason given";

/// Recharge has no pause: the next charge is moved to the day until which it lasts.
///
/// # Errors
/// [`Error::Invalid`] without a day, and for one before the next charge, which a pause can't bring forward.
pub(crate) fn pause(id: &str, until: Option<&str>) -> Result<(), Error> {
    let (subject, record) = Subject::open(id)?;
    let until = until.ok_or_else(|| {
        Error::Invalid("Recharge can't pause without an end: say the day until which to pause".to_owned())
    })?;
    let day = day(until)?;
    if let Some(next) = record.next().filter(|next| record.is_active() && *next > day) {
        return Err(Error::Invalid(format!("the next charge is on {next}, later than {day}; say a later day")));
    }
    subject.charge_next_on(&record, day)
}

/// # Errors
/// [`Error::Invalid`] where the subscription isn't active, or Recharge doesn't take the day: it must be in the future.
pub(crate) fn reschedule(id: &str, next_charge_on: &str) -> Result<(), Error> {
    let (subject, record) = Subject::open(id)?;
    subject.charge_next_on(&record, day(next_charge_on)?)
}

/// Activates a cancelled one. One that was moved out, or that has no next charge, is charged on the next possible day:
/// tomorrow, or the day after where that is still today in the shop.
///
/// # Errors
/// [`Error::Invalid`] where it runs already, or has expired.
pub(crate) fn resume(id: &str) -> Result<(), Error> {
    let (subject, mut record) = Subject::open(id)?;
    let was_cancelled = record.is_cancelled();
    if was_cancelled {
        record = subject.bring("activate", None::<&Value>, Record::is_active)?;
    }
    if !record.is_active() {
        return Err(Error::Invalid("the subscription has expired; it can't be resumed".to_owned()));
    }
    let is_paused = record.gap().is_some() && record.is_paused(&list::skipped(&subject.api, &subject.subscriber)?);
    if record.next().is_some() && !is_paused {
        let done = was_cancelled || caller::earlier_attempt();
        return if done { Ok(()) } else { Err(Error::Invalid("the subscription isn't paused".to_owned())) };
    }
    let soonest = Day::today().plus_days(1);
    match subject.charge_next_on(&record, soonest) {
        Err(Error::Invalid(_)) => subject.charge_next_on(&record, soonest.plus_days(1)),
        other => other,
    }
}

/// Cancels at once. Recharge tells the customer by e-mail.
///
/// # Errors
/// [`Error::Invalid`] where it is cancelled already, but by an earlier attempt at this very call.
pub(crate) fn cancel(id: &str, reason: Option<&str>) -> Result<(), Error> {
    let (subject, record) = Subject::open(id)?;
    if record.is_cancelled() {
        let done = caller::earlier_attempt();
        return if done { Ok(()) } else { Err(Error::Invalid("the subscription is cancelled already".to_owned())) };
    }
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty()).unwrap_or(NO_REASON);
    let reference = caller::idempotency_key().map(|key| format!(" (reference {key})")).unwrap_or_default();
    let comments = format!("Cancelled by usher at the customer's request in the chat{reference}");
    let body = json!({
        "cancellation_reason": reason.chars().take(255).collect::<String>(),
        "cancellation_reason_comments": comments.chars().take(1024).collect::<String>(),
        "send_email": true,
    });
    subject.bring("cancel", Some(&body), Record::is_cancelled).map(drop)
}

impl Subject {
    fn charge_next_on(&self, record: &Record, day: Day) -> Result<(), Error> {
        if !record.is_active() {
            return Err(Error::Invalid("the subscription isn't active".to_owned()));
        }
        if record.next() == Some(day) {
            return Ok(());
        }
        let body = json!({ "date": day.to_string() });
        let there = |record: &Record| record.is_active() && record.next() == Some(day);
        self.bring("set_next_charge_date", Some(&body), there).map(drop)
    }

    /// Asks for a state, and looks whether it is there where the answer doesn't show it. Asked for a second time only
    /// after a look, and never while the first request may be under way still.
    ///
    /// # Errors
    /// Recharge's refusal; any other error leaves it open whether the state will be.
    fn bring(&self, action: &str, body: Option<&Value>, there: impl Fn(&Record) -> bool) -> Result<Record, Error> {
        let path = format!("/subscriptions/{}/{action}", self.id);
        let looks = self.api.looks(3);
        let mut again = false;
        loop {
            let unknown = match self.api.act::<Record>(&path, "subscription", body) {
                Ok(record) if self.is(&record) && there(&record) => return Ok(record),
                Ok(_) => Error::Unexpected("Recharge took the change, and doesn't show it yet".to_owned()),
                // A refusal may mean that what was asked for is there already.
                Err(NotMade::Certainly(refusal)) if again || caller::earlier_attempt() => {
                    return self.read().ok().filter(there).ok_or(refusal);
                }
                Err(NotMade::Certainly(refusal)) => return Err(refusal),
                Err(NotMade::Perhaps(error)) => error,
            };
            let under_way = unknown == Error::TimedOut;
            let mut seen = false;
            while looks.wait(None) {
                match self.read() {
                    Ok(record) if there(&record) => return Ok(record),
                    Ok(_) => seen = true,
                    Err(_) => continue,
                }
                if !under_way {
                    break;
                }
            }
            if again || under_way || !seen {
                return Err(unknown);
            }
            again = true;
        }
    }

    fn is(&self, record: &Record) -> bool {
        record.id == self.id.to_string()
    }
}

fn day(text: &str) -> Result<Day, Error> {
    Day::parse(text).ok_or_else(|| Error::Invalid("a day is written as 2026-11-30".to_owned()))
}
