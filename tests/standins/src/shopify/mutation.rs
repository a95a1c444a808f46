//! The root of mutations: cancelling, which is a job, and changing an address.

use std::{collections::HashMap, sync::PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{App, orders::OrderObject, query::View};
use crate::{
    graphql::{self, Call, Execution, FieldError, Node, Operation, Resolve},
    shop::{Address, CancelReason, Shop},
};

/// Cancelling jobs, done and to be done.
#[derive(Debug, Default)]
pub(super) struct Jobs(HashMap<String, Job>);

#[derive(Debug)]
struct Job {
    due: Timestamp,
    done: bool,
    order: String,
    reason: CancelReason,
    restock: bool,
}

impl Jobs {
    pub(super) fn due(&self, now: Timestamp) -> bool {
        self.0.values().any(|j| !j.done && j.due <= now)
    }

    pub(super) fn settle(&mut self, shop: &mut Shop, now: Timestamp) {
        for job in self.0.values_mut().filter(|j| !j.done && j.due <= now) {
            job.done = true;
            if let Err(error) = shop.cancel_order(&job.order, job.reason, job.restock) {
                // The provider too ends the job without an effect; the order shows it.
                tracing::debug!(%error, "a cancelling job had no effect");
            }
        }
    }

    pub(super) fn state(&self, id: &str) -> Option<Value> {
        self.0.get(id).map(|job| json!({ "id": id, "done": job.done }))
    }

    /// A job for this order that isn't done.
    fn pending(&self, order: &str) -> bool {
        self.0.values().any(|j| !j.done && j.order == order)
    }
}

/// Applies all mutations of the operation in their order, then answers from the changed shop.
pub(super) fn run(app: &App, operation: &Operation<'_>) -> Execution {
    let mut payloads = HashMap::new();
    for (key, name, args) in graphql::root_calls(operation) {
        let call = Call { key: &key, name: &name, args: &args };
        let payload = if !app.may("write_orders") {
            let message = format!("Access denied for {name} field. Required access: `write_orders` access scope.");
            Err(FieldError { message, code: Some("ACCESS_DENIED") })
        } else {
            match call.name {
                "orderCancel" => cancel(app, &call),
                "orderUpdate" => update(app, &call),
                other => Err(FieldError::unserved("Mutation", other)),
            }
        };
        payloads.insert(key, payload);
    }
    let shop = app.shop.read().unwrap_or_else(PoisonError::into_inner);
    let view = View::new(app, &shop);
    graphql::execute(operation, &Root { view: &view, payloads })
}

#[derive(Clone)]
enum Payload {
    Cancel(Value),
    /// The changed order's id, and the errors.
    Update(Option<u64>, Value),
}

struct Root<'s> {
    view: &'s View<'s>,
    payloads: HashMap<String, Result<Payload, FieldError>>,
}

impl Resolve for Root<'_> {
    fn type_name(&self) -> &str {
        "Mutation"
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        match self.payloads.get(call.key) {
            Some(Ok(Payload::Cancel(answer))) => Ok(Node::Json(answer.clone())),
            Some(Ok(Payload::Update(order, errors))) => {
                Ok(Node::of(Updated { view: self.view, order: *order, errors }))
            }
            Some(Err(error)) => Err(error.clone()),
            None => Err(FieldError::unserved("Mutation", call.name)),
        }
    }
}

struct Updated<'s> {
    view: &'s View<'s>,
    order: Option<u64>,
    errors: &'s Value,
}

impl Resolve for Updated<'_> {
    fn type_name(&self) -> &str {
        "OrderUpdatePayload"
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        let view = self.view;
        match call.name {
            "order" => {
                let order = self.order.and_then(|id| view.shop.order(id));
                Ok(Node::maybe(order.map(|order| OrderObject { view, order })))
            }
            "userErrors" => Ok(Node::Json(self.errors.clone())),
            other => Err(FieldError::unserved("OrderUpdatePayload", other)),
        }
    }
}

fn cancel(app: &App, call: &Call<'_>) -> Result<Payload, FieldError> {
    let refuse = |field: &str, message: &str, code: &str| {
        Ok(Payload::Cancel(json!({
            "job": null,
            "orderCancelUserErrors": [{ "field": [field], "message": message, "code": code }],
            "userErrors": [{ "field": [field], "message": message }],
        })))
    };
    let shop = app.shop.read().unwrap_or_else(PoisonError::into_inner);
    let view = View::new(app, &shop);
    let Some(order) = call.text("orderId").and_then(|id| view.order(id)) else {
        return refuse("orderId", "Order does not exist", "NOT_FOUND");
    };
    if call.text("staffNote").is_some_and(|n| n.chars().count() > 255) {
        return refuse("staffNote", "Staff note is too long (maximum is 255 characters)", "INVALID");
    }
    if let Some(refusal) = shop.cancel_refusal(order) {
        return refuse("orderId", refusal, "INVALID");
    }
    let reason = match call.text("reason") {
        Some("CUSTOMER") => CancelReason::Customer,
        Some("DECLINED") => CancelReason::Declined,
        Some("FRAUD") => CancelReason::Fraud,
        Some("INVENTORY") => CancelReason::Inventory,
        Some("STAFF") => CancelReason::Staff,
        _ => CancelReason::Other,
    };
    let mut jobs = app.jobs.lock().unwrap_or_else(PoisonError::into_inner);
    if jobs.pending(&order.name()) {
        return refuse("orderId", "Order is already being cancelled", "INVALID");
    }
    let id = format!("gid://shopify/Job/{:032x}", rand::random::<u128>());
    let takes = SignedDuration::try_from(app.config.job_time).unwrap_or_default();
    let due = app.clock.now().checked_add(takes).unwrap_or(Timestamp::MAX);
    let job = Job { due, done: false, order: order.name(), reason, restock: call.flag("restock") };
    jobs.0.insert(id.clone(), job);
    Ok(Payload::Cancel(json!({ "job": { "id": id, "done": false }, "orderCancelUserErrors": [], "userErrors": [] })))
}

fn update(app: &App, call: &Call<'_>) -> Result<Payload, FieldError> {
    let input = call.args.get("input").cloned().unwrap_or_default();
    let refuse = |field: &[&str], message: &str| {
        let field: Vec<&str> = ["input"].iter().chain(field).copied().collect();
        Ok(Payload::Update(None, json!([{ "field": field, "message": message }])))
    };
    let mut shop = app.shop.write().unwrap_or_else(PoisonError::into_inner);
    let id = input["id"].as_str().and_then(|id| View::new(app, &shop).order(id).map(|o| (o.id, o.name())));
    let Some((id, name)) = id else { return refuse(&["id"], "Order does not exist") };
    let address = match &input["shippingAddress"] {
        Value::Object(given) => {
            let given = |key: &str| given.get(key).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty());
            match read_address(&given) {
                Ok(address) => Some(address),
                Err((field, message)) => return refuse(&["shippingAddress", field], message),
            }
        }
        _ => None,
    };
    let text = |key: &str| input[key].as_str().map(str::to_owned);
    let (email, phone, note) = (text("email"), text("phone"), text("note"));
    if email.as_ref().is_some_and(|e| !e.contains('@')) {
        return refuse(&["email"], "Email is invalid");
    }
    let tags = input["tags"].as_array().map(|t| t.iter().filter_map(|t| Some(t.as_str()?.to_owned())).collect());
    let changed = shop.edit_order(&name, |order| {
        order.shipping_address = address.or(order.shipping_address.take());
        order.email = email.unwrap_or_else(|| std::mem::take(&mut order.email));
        order.phone = phone.or(order.phone.take());
        order.note = note.or(order.note.take());
        order.tags = tags.unwrap_or_else(|| std::mem::take(&mut order.tags));
    });
    match changed {
        Ok(()) => Ok(Payload::Update(Some(id), json!([]))),
        Err(error) => refuse(&["id"], &error.to_string()),
    }
}

/// The whole address is overwritten: what isn't given is gone.
fn read_address<'a>(given: &dyn Fn(&str) -> Option<&'a str>) -> Result<Address, (&'static str, &'static str)> {
    let country_code = given("countryCode").ok_or(("country", "Country can't be blank"))?;
    let needed = |key: &'static str, message| given(key).map(str::to_owned).ok_or((key, message));
    let text = |key: &str| given(key).map(str::to_owned);
    Ok(Address {
        first_name: text("firstName").unwrap_or_default(),
        last_name: needed("lastName", "Last name can't be blank")?,
        company: text("company"),
        address1: needed("address1", "Address can't be blank")?,
        address2: text("address2"),
        city: needed("city", "City can't be blank")?,
        province: text("provinceCode").map(|code| (code.clone(), code)),
        zip: needed("zip", "ZIP code can't be blank")?,
        country: country(country_code).to_owned(),
        country_code: country_code.to_owned(),
        phone: text("phone"),
    })
}

fn country(code: &str) -> &str {
    match code {
        "AT" => "Austria",
        "BE" => "Belgium",
        "CH" => "Switzerland",
        "DE" => "Germany",
        "FR" => "France",
        "GB" => "United Kingdom",
        "IT" => "Italy",
        "NL" => "Netherlands",
        "US" => "United States",
        other => other,
    }
}
