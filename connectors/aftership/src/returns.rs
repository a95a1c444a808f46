//! The signed-in customer's returns.
//!
//! AfterShip finds returns by the address that they were asked for with. What it finds is checked again: a return is the
//! customer's by that address, or by the order's, unless a present came back.

use serde_json::Value;
use usher_sdk::connector::caller::{self, Customer};
use usher_sdk::connector::{Error, Owner, Timestamp, log, settings};

use crate::api::{Api, text};
use crate::bindings::exports::usher::tools::returns::{ReturnRequest, ReturnStatus};
use crate::envelope::taken;
use crate::shipment::Shipment;

/// Of at most 50, such that a page with all its fields stays under the runtime's limit of 1 MiB.
const PAGE_SIZE: usize = 25;
/// Pages of one call, within the requests that the runtime allows.
const PAGES: usize = 4;

/// A return of the customer's, as AfterShip answers it.
#[derive(Debug)]
pub(crate) struct OwnReturn {
    raw: Value,
    owner: Owner,
}

/// The customer's returns of the last 365 days, which is all that AfterShip gives.
#[derive(Debug)]
pub(crate) struct OwnReturns {
    pub(crate) found: Vec<OwnReturn>,
    /// False where there are more than one call can read.
    pub(crate) complete: bool,
}

impl OwnReturns {
    /// None for a customer without a verified address: nothing at AfterShip can be known to be theirs.
    ///
    /// # Errors
    /// Where AfterShip doesn't answer as it should.
    pub(crate) fn of(customer: &Customer) -> Result<Self, Error> {
        let mut own = OwnReturns { found: Vec::new(), complete: true };
        let Some(email) = customer.email.as_deref().map(str::trim).filter(|email| !email.is_empty()) else {
            return Ok(own);
        };
        let (api, store, size) = (Api::open()?, settings::get("store"), PAGE_SIZE.to_string());
        for page in 1..=PAGES {
            let page = page.to_string();
            let query = [("customer_email", email), ("page", page.as_str()), ("limit", size.as_str())];
            let (entries, more) = read_page(&api, &query)?;
            let entries = entries.into_iter().filter(|entry| store.as_deref().is_none_or(|store| is_of(entry, store)));
            own.found.extend(entries.filter_map(|raw| Some(OwnReturn { owner: owner(&raw, customer)?, raw })));
            own.complete = !more;
            if !more {
                break;
            }
        }
        if !own.complete {
            log::warn("the customer has more returns at AfterShip than can be read in one call");
        }
        Ok(own)
    }
}

/// Entries, and whether there are more.
pub(crate) fn read_page(api: &Api, query: &[(&str, &str)]) -> Result<(Vec<Value>, bool), Error> {
    let mut data = api.get("/returns", query).map_err(|error| match error {
        // Nothing in this request is the customer's choice, so that it is no answer to them.
        Error::NotFound => Error::Unexpected(
            "AfterShip has no list of returns at this address; check the settings `base-url` and `version`".to_owned(),
        ),
        Error::Invalid(text) => Error::Unexpected(text),
        other => other,
    })?;
    let Some(Value::Array(entries)) = taken(&mut data, "returns") else {
        return Err(Error::Unexpected("AfterShip's list of returns has another shape".to_owned()));
    };
    let pagination = &data["pagination"];
    let more = pagination["has_next_page"].as_bool().unwrap_or_else(|| {
        // Without that field the total tells, and without a total a full page does.
        let limit = query.iter().find(|(name, _)| *name == "limit").and_then(|(_, limit)| limit.parse().ok());
        let page = query.iter().find(|(name, _)| *name == "page").and_then(|(_, page)| page.parse().ok());
        let (limit, page): (u64, u64) = (limit.unwrap_or(1), page.unwrap_or(1));
        pagination["total"].as_u64().map_or(entries.len() as u64 >= limit, |total| total > page * limit)
    });
    // An empty page is the last, whatever it says.
    let more = more && !entries.is_empty();
    Ok((entries, more))
}

fn is_of(entry: &Value, store: &str) -> bool {
    text(&entry["order"]["store"]["external_id"]).is_some_and(|id| id.eq_ignore_ascii_case(store))
}

/// The address by which a return is the customer's. A present's return is only its sender's: the buyer needn't know.
fn owner(entry: &Value, customer: &Customer) -> Option<Owner> {
    let is_gift = entry["is_gift_return"].as_bool().unwrap_or(false);
    let order_s = entry["order"]["customer"]["emails"].as_array().filter(|_| !is_gift);
    let addresses = std::iter::once(&entry["contact_email"]).chain(order_s.into_iter().flatten());
    let email = addresses.filter_map(text).find(|email| customer.has_email(Some(email)))?;
    Some(Owner { customer_id: None, email: Some(email) })
}

impl OwnReturn {
    /// The order as customers call it; a number alone as shops show it.
    pub(crate) fn order_name(&self) -> Option<String> {
        let order = &self.raw["order"];
        text(&order["order_name"]).or_else(|| Some(format!("#{}", text(&order["order_number"])?)))
    }

    pub(crate) fn status(&self) -> ReturnStatus {
        let status = |field: &str| text(&self.raw[field]).unwrap_or_default();
        match status("approval_status").as_str() {
            "submitted" => ReturnStatus::Requested,
            "approved" => match status("shipping_status").as_str() {
                "delivered" | "received" | "partially_received" => ReturnStatus::InReview,
                _ => ReturnStatus::Open,
            },
            "done" => ReturnStatus::Closed,
            "rejected" => ReturnStatus::Rejected,
            "expired" => ReturnStatus::Expired,
            _ => ReturnStatus::Other,
        }
    }

    /// What is sent back, as AfterShip answers it.
    pub(crate) fn items(&self) -> &[Value] {
        self.raw["return_items"].as_array().map_or(&[], Vec::as_slice)
    }

    /// # Errors
    /// [`Error::Unexpected`] where it says neither which return nor which order it is.
    fn read(self) -> Result<ReturnRequest, Error> {
        let id = text(&self.raw["id"]).or_else(|| text(&self.raw["rma_number"]));
        let (Some(id), Some(order_name)) = (id, self.order_name()) else {
            return Err(Error::Unexpected("AfterShip's return has no id, or names no order".to_owned()));
        };
        let shipment = Shipment::of(&self.raw);
        Ok(ReturnRequest {
            id,
            status: self.status(),
            order_name,
            created_at: text(&self.raw["created_at"]).unwrap_or_default(),
            carrier: shipment.as_ref().and_then(Shipment::carrier),
            tracking_number: shipment.as_ref().and_then(Shipment::tracking_number),
            label_url: shipment.as_ref().and_then(Shipment::label_url),
            // AfterShip has no page for one return.
            status_url: None,
            owner: self.owner,
        })
    }
}

/// Returns that aren't settled, newest first. One in a state that isn't known here is among them.
///
/// # Errors
/// [`Error::Unexpected`] also where there are more returns than one call can read and none of those read is open:
/// "none" might be untrue.
pub(crate) fn list_open() -> Result<Vec<ReturnRequest>, Error> {
    let own = OwnReturns::of(&caller::customer()?)?;
    let settled = [ReturnStatus::Closed, ReturnStatus::Rejected, ReturnStatus::Expired];
    let open = own.found.into_iter().filter(|entry| !settled.contains(&entry.status()));
    let mut open = open.map(OwnReturn::read).collect::<Result<Vec<_>, _>>()?;
    if open.is_empty() && !own.complete {
        return Err(Error::Unexpected("there are too many returns to find the customer's open ones".to_owned()));
    }
    open.sort_by_key(|entry: &ReturnRequest| std::cmp::Reverse(Timestamp::parse(&entry.created_at)));
    Ok(open)
}

#[cfg(test)]
mod tests;
