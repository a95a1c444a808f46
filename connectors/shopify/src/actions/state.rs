//! What of an order decides whether it can still be changed.

use serde::Deserialize;
use usher_sdk::connector::Error;

use crate::order_record::{Fulfillment, MailingAddress, Reference, is_waiting};
use crate::owner::Owner;

/// `graphql/order_state.graphql`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OrderState {
    email: Option<String>,
    customer: Option<Reference>,
    cancelled_at: Option<String>,
    closed_at: Option<String>,
    display_fulfillment_status: Option<String>,
    pub(super) shipping_address: Option<MailingAddress>,
    #[serde(default)]
    fulfillments: Vec<Fulfillment>,
}

impl OrderState {
    pub(super) fn belongs_to(&self, owner: &Owner) -> bool {
        owner.owns(self.customer.as_ref().map(|customer| customer.id.as_str()), self.email.as_deref())
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled_at.is_some()
    }

    /// Only what nobody has begun to pack can be changed, here as in `order.editable`.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the reason.
    pub(super) fn changeable(&self) -> Result<(), Error> {
        let reason = if self.is_cancelled() {
            "the order is cancelled"
        } else if self.fulfillments.iter().any(Fulfillment::is_sent) {
            "the order was sent, or a part of it"
        } else if self.closed_at.is_some() {
            "the order is closed"
        } else if !is_waiting(self.display_fulfillment_status.as_deref()) {
            "the order is being packed"
        } else {
            return Ok(());
        };
        Err(Error::Invalid(reason.to_owned()))
    }
}
