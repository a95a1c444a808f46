//! Acting on one subscription of the signed-in customer.
//!
//! Every action begins with [`Subject::open`], which finds out that the subscription is the customer's. `skip` takes out a
//! delivery; `state` brings the subscription into a state: cancelled, active, next charged on a day.

mod skip;
mod state;

pub(crate) use skip::skip_next;
pub(crate) use state::{cancel, pause, reschedule, resume};

use usher_sdk::connector::Error;

use crate::api::Api;
use crate::customer::Subscriber;
use crate::record::Record;

/// A subscription that is the signed-in customer's.
#[derive(Debug)]
struct Subject {
    api: Api,
    subscriber: Subscriber,
    /// A number, as Recharge's ids are.
    id: u64,
}

impl Subject {
    /// With the subscription as it stands.
    ///
    /// # Errors
    /// [`Error::NotFound`] for one that doesn't exist and for one of somebody else's alike.
    fn open(id: &str) -> Result<(Self, Record), Error> {
        let id = id.trim();
        let number = id.bytes().all(|byte| byte.is_ascii_digit()).then(|| id.parse().ok()).flatten();
        let api = Api::open()?;
        let subscriber = Subscriber::signed_in(&api)?.ok_or(Error::NotFound)?;
        let subject = Subject { api, subscriber, id: number.ok_or(Error::NotFound)? };
        let record = subject.read()?;
        Ok((subject, record))
    }

    /// As it stands now.
    fn read(&self) -> Result<Record, Error> {
        let record: Record = self.api.read(&format!("/subscriptions/{}", self.id), "subscription")?;
        let own = record.customer_id == self.subscriber.id && record.id == self.id.to_string();
        own.then_some(record).ok_or(Error::NotFound)
    }
}

#[cfg(test)]
mod tests;
