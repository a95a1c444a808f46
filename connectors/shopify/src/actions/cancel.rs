//! Cancelling an order. Shopify takes the wish and carries it out later, as a job.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use usher_sdk::connector::{Error, Retry, caller};

use super::state::OrderState;
use super::{Subject, UserError, refusal};
use crate::admin::NotMade;

const CANCEL: &str = include_str!("../../graphql/cancel_order.graphql");
const PROGRESS: &str =
    concat!(include_str!("../../graphql/cancel_progress.graphql"), include_str!("../../graphql/order_state.graphql"));

/// How often a cancellation is looked at, and how long after it was asked for: with doubling waits about four seconds
/// in all. Finding the order and cancelling it take three requests of the eight that a call has.
const LOOKS: u32 = 4;
const FIRST_LOOK: Duration = Duration::from_millis(250);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    order_cancel: Payload,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    job: Option<Job>,
    order_cancel_user_errors: Vec<UserError>,
}

#[derive(Debug, Deserialize)]
struct Job {
    id: String,
    done: bool,
}

#[derive(Debug, Deserialize)]
struct Progress {
    job: Option<Job>,
    order: Option<OrderState>,
}

/// Cancels the order, refunds to the original payment methods, puts the goods back on the shelf and has Shopify tell the
/// customer by e-mail. Returns when the order shows it.
///
/// # Errors
/// [`Error::Invalid`] where the order isn't cancelled for certain, and can't be. Any other error of the provider leaves
/// it open.
pub(crate) fn cancel(name: &str) -> Result<(), Error> {
    let (order, state) = Subject::open(name)?;
    let again = caller::earlier_attempt();
    if again && state.is_cancelled() {
        return Ok(());
    }
    state.changeable()?;
    match order.admin.act::<Answer>(CANCEL, json!({ "id": order.id, "note": staff_note() })) {
        Ok(Answer { order_cancel: Payload { job, order_cancel_user_errors: errors } }) => {
            let unclear = errors.iter().any(|error| error.code.as_deref() == Some("INTERNAL_ERROR"));
            match job {
                Some(job) => order.await_cancelled(Some(&job.id), not_yet()),
                // It refuses a second cancellation too, while the first is at work.
                None if again || unclear => order.await_cancelled(None, open(&errors)),
                None if errors.is_empty() => order.await_cancelled(None, not_yet()),
                None => Err(refusal(&errors)),
            }
        }
        Err(NotMade::Certainly(error)) => Err(error),
        Err(NotMade::Perhaps(error)) => order.await_cancelled(None, error),
    }
}

impl Subject {
    /// Looks at the order until it is cancelled, or can't be any more; `otherwise` is the error where neither shows.
    fn await_cancelled(&self, job: Option<&str>, otherwise: Error) -> Result<(), Error> {
        let looks: Retry = self.admin.looks(LOOKS, FIRST_LOOK);
        while looks.wait(None) {
            // One that fails is no news: what was asked for goes on without it.
            let Ok((state, done)) = self.look(job) else { continue };
            if state.is_cancelled() {
                return Ok(());
            }
            // The job ended and the order was sent instead. Without a job, an order that was sent can't be cancelled by a
            // request that is still on its way either.
            if (done || job.is_none()) && state.changeable().is_err() {
                return state.changeable();
            }
        }
        Err(otherwise)
    }

    fn look(&self, job: Option<&str>) -> Result<(OrderState, bool), Error> {
        let Some(job) = job else { return Ok((self.read()?, false)) };
        let progress: Progress = self.admin.read(PROGRESS, json!({ "job": job, "id": self.id }))?;
        Ok((self.own(progress.order)?, progress.job.is_some_and(|job| job.done)))
    }
}

fn not_yet() -> Error {
    Error::Unexpected("Shopify took the cancellation, and the order doesn't show it yet".to_owned())
}

/// A refusal that needn't be the last word.
fn open(errors: &[UserError]) -> Error {
    Error::Unexpected(refusal(errors).to_string())
}

/// For the shop's staff, in the order's timeline; Shopify allows 255 characters.
fn staff_note() -> String {
    let key = caller::idempotency_key().map(|key| format!(" (reference {key})")).unwrap_or_default();
    format!("Cancelled by usher at the customer's request in the chat{key}").chars().take(255).collect()
}
