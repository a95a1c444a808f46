//! The signed-in customer's returns.
//!
//! Loop has no search by customer: the returns of a window are read page by page, and those of the verified address
//! kept. An address is all that a return has of its customer.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use usher_sdk::connector::caller::{self, Customer};
use usher_sdk::connector::{Error, Owner, Timestamp, log};

use crate::api::{Api, text};
use crate::bindings::exports::usher::tools::returns::{ReturnRequest, ReturnStatus};
use crate::order_name::OrderName;

/// The longest window that Loop accepts is 120 days; an hour less, for its clock isn't ours.
const WINDOW: Duration = Duration::from_secs((120 * 24 - 1) * 3600);
/// Of at most 750, such that a page with all its fields stays under the runtime's limit of 1 MiB.
const PAGE_SIZE: u32 = 200;
/// Pages of one call over all states, within the requests that the runtime allows.
const PAGES: usize = 5;

/// A return as Loop answers it. Its `id` is documented as a text and as a number.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LoopReturn {
    id: Value,
    state: String,
    order_name: String,
    customer: Option<String>,
    created_at: String,
    carrier: Option<String>,
    tracking_number: Option<String>,
    label_url: Option<String>,
    status_page_url: Option<String>,
}

impl LoopReturn {
    fn belongs_to(&self, customer: &Customer) -> bool {
        customer.has_email(self.customer.as_deref())
    }

    fn read(self) -> Option<ReturnRequest> {
        let filled = |field: Option<String>| field.filter(|field| !field.trim().is_empty());
        Some(ReturnRequest {
            id: text(Some(&self.id))?,
            owner: Owner { customer_id: None, email: filled(self.customer) },
            status: status(&self.state),
            order_name: self.order_name,
            created_at: self.created_at,
            carrier: filled(self.carrier),
            tracking_number: filled(self.tracking_number),
            label_url: filled(self.label_url),
            status_url: filled(self.status_page_url),
        })
    }
}

fn status(state: &str) -> ReturnStatus {
    match state {
        "open" => ReturnStatus::Open,
        "review" => ReturnStatus::InReview,
        "closed" => ReturnStatus::Closed,
        "cancelled" => ReturnStatus::Cancelled,
        "expired" => ReturnStatus::Expired,
        _ => ReturnStatus::Other,
    }
}

/// Returns of the last 120 days that are open or in review, newest first.
///
/// # Errors
/// [`Error::Unexpected`] also where there are more returns than one call can read and none of those read is the
/// customer's: "none" might be untrue.
pub(crate) fn list_open() -> Result<Vec<ReturnRequest>, Error> {
    let customer = caller::customer()?;
    if customer.email.is_none() {
        return Ok(Vec::new());
    }
    let api = Api::open()?;
    let now = Timestamp::now();
    let mut pages = PAGES;
    let mut complete = true;
    let mut found = Vec::new();
    for state in ["open", "review"] {
        let all = read_window(&api, state, now, &mut pages, |entry| {
            if entry.belongs_to(&customer) && entry.state == state {
                found.extend(entry.read());
            }
        })?;
        complete &= all;
    }
    if !complete {
        log::warn("there are more open returns at Loop than can be read in one call");
        if found.is_empty() {
            return Err(Error::Unexpected("there are too many open returns to find the customer's".to_owned()));
        }
    }
    found.sort_by_key(|entry: &ReturnRequest| std::cmp::Reverse(Timestamp::parse(&entry.created_at)));
    Ok(found)
}

/// Whether all pages were read.
fn read_window(
    api: &Api,
    state: &str,
    now: Timestamp,
    pages: &mut usize,
    mut each: impl FnMut(LoopReturn),
) -> Result<bool, Error> {
    let (from, to) = (now.minus(WINDOW).to_string(), now.to_string());
    let size = PAGE_SIZE.to_string();
    let mut cursor: Option<String> = None;
    while *pages > 0 {
        *pages -= 1;
        let mut query = vec![
            ("paginate", "true"),
            ("pageSize", size.as_str()),
            ("filter", "created_at"),
            ("from", from.as_str()),
            ("to", to.as_str()),
            ("state", state),
        ];
        if let Some(cursor) = &cursor {
            query.push(("cursor", cursor));
        }
        let mut body = api.get("/warehouse/return/list", &query)?.success().map_err(|error| match error {
            // Nothing in this request is the customer's choice, so that it is no answer to them.
            Error::NotFound => Error::Unexpected(
                "Loop has no list of returns at this address; check the setting `base-url`".to_owned(),
            ),
            Error::Invalid(text) => Error::Unexpected(text),
            other => other,
        })?;
        // Without `paginate` the list is bare, and a proxy or an older shop may ignore it.
        let entries =
            if body.is_array() { body.take() } else { body.get_mut("returns").map(Value::take).unwrap_or_default() };
        let entries: Vec<LoopReturn> = serde_json::from_value(entries)
            .map_err(|_| Error::Unexpected("Loop's list of returns has another shape".to_owned()))?;
        entries.into_iter().for_each(&mut each);

        let next = body.get("nextPageUrl").and_then(Value::as_str).filter(|url| !url.is_empty());
        let Some(next) = next else { return Ok(true) };
        // Only the cursor is taken from it: where requests go is the operator's decision.
        let found = cursor_of(next).ok_or_else(|| Error::Unexpected("Loop's next page has no cursor".to_owned()))?;
        if cursor.as_deref() == Some(found.as_str()) {
            return Err(Error::Unexpected("Loop's next page is the same page".to_owned()));
        }
        cursor = Some(found);
    }
    Ok(false)
}

/// The parameter `cursor` of an address, decoded.
fn cursor_of(url: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next()?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix("cursor="))?;
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok().filter(|cursor| !cursor.is_empty())
}

/// Whether Loop knows a return of this order that is another customer's.
pub(crate) fn is_another_s(api: &Api, order: &OrderName, customer: &Customer) -> Result<bool, Error> {
    let query = [("order_name", order.as_str())];
    let Some(body) = api.get("/warehouse/return/details", &query)?.found()? else { return Ok(false) };
    let returns = if body.is_array() { body } else { Value::Array(vec![body]) };
    let returns: Vec<LoopReturn> =
        serde_json::from_value(returns).map_err(|_| Error::Unexpected("Loop's return has another shape".to_owned()))?;
    if returns.iter().any(|entry| entry.order_name.is_empty() && entry.customer.is_none()) {
        return Err(Error::Unexpected("Loop's return says neither whose nor of which order it is".to_owned()));
    }
    let mut of_order = returns.iter().filter(|entry| entry.order_name.is_empty() || order.is(&entry.order_name));
    Ok(of_order.any(|entry| !entry.belongs_to(customer)))
}

#[cfg(test)]
mod tests;
