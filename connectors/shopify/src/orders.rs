//! The signed-in customer's orders.
//!
//! An order is found first by a query that reads names and owners only, and read in full afterwards by its id:
//! nobody else's address enters this component, and a search over an index that lags is followed by a direct read.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use usher_sdk::connector::{Error, Timestamp, log};

use crate::admin::{Admin, QUERY_COST};
use crate::bindings::exports::usher::tools::orders::Order;
use crate::gid;
use crate::order_name::OrderName;
use crate::order_record::{Connection, OrderLine, OrderRecord, Reference};
use crate::owner::Owner;
use crate::search;

const FIND_ORDER: &str = include_str!("../graphql/find_order.graphql");
const LATEST_ORDERS: &str = include_str!("../graphql/latest_orders.graphql");
const MORE_LINES: &str =
    concat!(include_str!("../graphql/more_lines.graphql"), include_str!("../graphql/line.graphql"));
const READ_ORDER: &str = concat!(
    include_str!("../graphql/read_order.graphql"),
    include_str!("../graphql/order.graphql"),
    include_str!("../graphql/line.graphql")
);
const CUSTOMER_ORDERS: &str = concat!(
    include_str!("../graphql/customer_orders.graphql"),
    include_str!("../graphql/order.graphql"),
    include_str!("../graphql/line.graphql")
);
const GUEST_ORDERS: &str = concat!(
    include_str!("../graphql/guest_orders.graphql"),
    include_str!("../graphql/order.graphql"),
    include_str!("../graphql/line.graphql")
);

/// Lines of one page.
const LINES: u32 = 50;
/// Requests for further lines of one order; with the first page, 150 lines.
const FURTHER_LINES: usize = 2;
/// Pages of search results for one name, of 20 each: near matches fill them.
const SEARCH_PAGES: usize = 2;
/// The most that `recent` gives.
const RECENT: u32 = 10;

#[derive(Debug, Deserialize)]
struct Orders<T> {
    orders: Connection<T>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfCustomer<T> {
    customer_by_identifier: Option<Orders<T>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct One<T> {
    pub(crate) order: Option<T>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lines {
    line_items: Connection<OrderLine>,
}

/// What an order is found by.
#[derive(Debug, Deserialize)]
struct Candidate {
    id: String,
    name: String,
    email: Option<String>,
    customer: Option<Reference>,
}

impl Candidate {
    fn fits(&self, name: &OrderName, owner: &Owner) -> bool {
        name.is(&self.name)
            && owner.owns(self.customer.as_ref().map(|customer| customer.id.as_str()), self.email.as_deref())
    }
}

impl OrderRecord {
    fn belongs_to(&self, owner: &Owner) -> bool {
        owner.owns(self.customer.as_ref().map(|customer| customer.id.as_str()), self.email.as_deref())
    }
}

/// The customer's order of this name, with all its lines.
pub(crate) fn get(name: &str) -> Result<Order, Error> {
    let owner = Owner::signed_in()?;
    let name = OrderName::parse(name)?;
    let admin = Admin::open()?;
    let id = find(&admin, &name, &owner)?;
    let as_of = Timestamp::now().to_string();
    let answer: One<OrderRecord> = admin.read(READ_ORDER, json!({ "id": id, "lines": LINES }))?;
    let mut record = answer.order.filter(|order| order.belongs_to(&owner)).ok_or(Error::NotFound)?;
    read_further_lines(&admin, &mut record)?;
    record.read(as_of)
}

/// The id of the customer's order of this name.
pub(crate) fn find(admin: &Admin, name: &OrderName, owner: &Owner) -> Result<String, Error> {
    let found = match search_by_name(admin, name, owner)? {
        Some(found) => found,
        // A search doesn't find what was ordered seconds ago; the customer's own list has it.
        None => latest(admin, name, owner)?.ok_or(Error::NotFound)?,
    };
    Ok(found.id)
}

/// The customer's orders and, under the verified address, those made without signing in; newest first.
/// Of orders with very many lines the first ones are given; [`get`] gives all.
pub(crate) fn recent(limit: u32) -> Result<Vec<Order>, Error> {
    let owner = Owner::signed_in()?;
    let count = limit.min(RECENT);
    if count == 0 {
        return Ok(Vec::new());
    }
    let admin = Admin::open()?;
    let lines = lines_an_order(count);
    let as_of = Timestamp::now().to_string();
    let mut records: Vec<OrderRecord> = Vec::new();
    if let Some(number) = owner.number() {
        let variables = json!({ "identifier": identifier(number), "count": count, "lines": lines });
        records.extend(orders_of_customer(&admin, CUSTOMER_ORDERS, variables)?);
    }
    if let Some(email) = owner.email() {
        let variables = json!({ "query": search::quoted("email", email), "count": count, "lines": lines });
        let answer: Orders<OrderRecord> = admin.read(GUEST_ORDERS, variables)?;
        records.extend(answer.orders.nodes);
    }

    let mut orders: Vec<Order> = Vec::new();
    for record in records.into_iter().filter(|record| record.belongs_to(&owner)) {
        let order = record.read(as_of.clone())?;
        if orders.iter().all(|other| other.id != order.id) {
            orders.push(order);
        }
    }
    orders.sort_by_key(|order| std::cmp::Reverse(Timestamp::parse(&order.placed_at)));
    orders.truncate(count as usize);
    Ok(orders)
}

fn search_by_name(admin: &Admin, name: &OrderName, owner: &Owner) -> Result<Option<Candidate>, Error> {
    let mut after = None;
    for _ in 0..SEARCH_PAGES {
        let variables = json!({ "query": name.search_term(), "after": after });
        let Orders { orders }: Orders<Candidate> = admin.read(FIND_ORDER, variables)?;
        if let Some(found) = orders.nodes.into_iter().find(|candidate| candidate.fits(name, owner)) {
            return Ok(Some(found));
        }
        after = orders.page_info.next();
        if after.is_none() {
            break;
        }
    }
    Ok(None)
}

fn latest(admin: &Admin, name: &OrderName, owner: &Owner) -> Result<Option<Candidate>, Error> {
    let Some(number) = owner.number() else { return Ok(None) };
    let variables = json!({ "identifier": identifier(number) });
    let orders: Vec<Candidate> = orders_of_customer(admin, LATEST_ORDERS, variables)?;
    Ok(orders.into_iter().find(|candidate| candidate.fits(name, owner)))
}

/// None where Shopify doesn't know the customer.
fn orders_of_customer<T: DeserializeOwned>(
    admin: &Admin,
    document: &str,
    variables: serde_json::Value,
) -> Result<Vec<T>, Error> {
    let answer: OfCustomer<T> = admin.read(document, variables)?;
    Ok(answer.customer_by_identifier.map(|customer| customer.orders.nodes).unwrap_or_default())
}

fn read_further_lines(admin: &Admin, record: &mut OrderRecord) -> Result<(), Error> {
    let mut next = std::mem::take(&mut record.line_items.page_info).next();
    for _ in 0..FURTHER_LINES {
        let Some(after) = next else { return Ok(()) };
        let variables = json!({ "id": record.id, "lines": LINES, "after": after });
        let answer: One<Lines> = admin.read(MORE_LINES, variables)?;
        let lines = answer.order.ok_or(Error::NotFound)?.line_items;
        record.line_items.nodes.extend(lines.nodes);
        next = lines.page_info.next();
    }
    if next.is_some() {
        log::warn("an order has more lines than are read");
    }
    Ok(())
}

fn identifier(number: &str) -> serde_json::Value {
    json!({ "id": gid::from_number("Customer", number) })
}

/// As many as the cost of one query leaves room for, by its objects: an order with its amounts, address and customer,
/// ten fulfilments with three tracking numbers each, and four objects a line.
fn lines_an_order(orders: u32) -> u32 {
    const ORDER: u32 = 7 + 10 * (1 + 3);
    (QUERY_COST / orders).saturating_sub(ORDER).div_euclid(4).clamp(1, LINES)
}

#[cfg(test)]
mod tests;
