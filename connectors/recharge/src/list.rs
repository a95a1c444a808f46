//! The signed-in customer's subscriptions.

use usher_sdk::connector::Error;

use crate::api::Api;
use crate::bindings::exports::usher::tools::subscriptions::Subscription;
use crate::customer::Subscriber;
use crate::day::Day;
use crate::record::{Charge, Record};

/// All of them, cancelled ones too. None is no error: a customer whom Recharge doesn't know has none.
///
/// # Errors
/// Those of the requests.
pub(crate) fn all() -> Result<Vec<Subscription>, Error> {
    let api = Api::open()?;
    let Some(subscriber) = Subscriber::signed_in(&api)? else { return Ok(Vec::new()) };
    let records: Vec<Record> = api.list("/subscriptions", "subscriptions", &[("customer_id", &subscriber.id)])?;
    let records: Vec<Record> = records.into_iter().filter(|record| record.customer_id == subscriber.id).collect();
    let skipped = match records.iter().any(|record| record.gap().is_some()) {
        true => skipped(&api, &subscriber)?,
        false => Vec::new(),
    };
    records.iter().map(|record| record.told(&subscriber, &skipped)).collect()
}

/// The customer's skipped charges from about today on.
pub(crate) fn skipped(api: &Api, subscriber: &Subscriber) -> Result<Vec<Charge>, Error> {
    let from = Day::today().plus_days(-4).to_string();
    let query = [("customer_id", subscriber.id.as_str()), ("status", "skipped"), ("scheduled_at_min", &from)];
    let charges: Vec<Charge> = api.list("/charges", "charges", &query)?;
    Ok(charges.into_iter().filter(|charge| charge.is("skipped")).collect())
}
