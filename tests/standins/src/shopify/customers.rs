//! Customers.

use serde_json::{Value, json};

use super::{
    orders,
    query::View,
    search,
    values::{address, gid, money, time},
};
use crate::{
    graphql::{Call, FieldError, Node, Page, Resolve, Sorted},
    shop::{Customer, Money},
};

#[derive(Clone, Copy)]
pub(super) struct CustomerObject<'s> {
    pub(super) view: &'s View<'s>,
    pub(super) customer: &'s Customer,
}

impl Resolve for CustomerObject<'_> {
    fn type_name(&self) -> &str {
        "Customer"
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        let (view, customer) = (self.view, self.customer);
        let orders = || view.shop.orders().iter().filter(|o| o.customer_id == Some(customer.id));
        Ok(Node::Json(match call.name {
            "id" => json!(gid("Customer", customer.id)),
            "legacyResourceId" => json!(customer.id.to_string()),
            "displayName" => json!(format!("{} {}", customer.first_name, customer.last_name)),
            "firstName" => json!(customer.first_name),
            "lastName" => json!(customer.last_name),
            "locale" => json!(customer.locale),
            "tags" => json!(customer.tags),
            "note" => Value::Null,
            "numberOfOrders" => json!(orders().count().to_string()),
            "verifiedEmail" => json!(true),
            "amountSpent" => money(Money(orders().map(|o| o.total().0 - o.refunded.0).sum())),
            "createdAt" => time(customer.created_at),
            "updatedAt" => time(customer.updated_at),
            "state" => json!("ENABLED"),
            "email" => json!(customer.email),
            "phone" => json!(customer.phone),
            "defaultEmailAddress" => json!({ "emailAddress": customer.email }),
            "defaultPhoneNumber" => customer.phone.as_ref().map_or(Value::Null, |p| json!({ "phoneNumber": p })),
            "defaultAddress" => address(customer.id, &customer.address),
            "addressesV2" => json!([address(customer.id, &customer.address)]),
            "orders" => return Ok(Node::Page(orders::connection(view, orders(), call)?)),
            other => return Err(FieldError::unserved("Customer", other)),
        }))
    }
}

pub(super) fn connection<'s>(view: &'s View<'s>, call: &Call<'_>) -> Result<Page<'s>, FieldError> {
    let query = search::read(call.text("query"));
    view.warn(call.key, call.text("query"), &query, FILTERS);
    let found = view.shop.customers().iter().filter(|c| query.matches(&|term| matches(view, c, term)));
    let key = call.text("sortKey").unwrap_or("ID");
    let sorted = Sorted::by(found, call.flag("reverse"), |c| (sort_text(key, c), c.id));
    sorted.page(call.args, |customer| Node::of(CustomerObject { view, customer }))
}

fn sort_text(key: &str, customer: &Customer) -> String {
    match key {
        "CREATED_AT" => customer.created_at.to_string(),
        "UPDATED_AT" => customer.updated_at.to_string(),
        "NAME" => format!("{}, {}", customer.last_name, customer.first_name),
        "LOCATION" => format!("{}, {}", customer.address.country, customer.address.city),
        _ => String::new(),
    }
}

const FILTERS: &[&str] = &[
    "email",
    "phone",
    "first_name",
    "last_name",
    "id",
    "tag",
    "country",
    "created_at",
    "customer_date",
    "updated_at",
    "orders_count",
    "state",
];

fn matches(view: &View<'_>, customer: &Customer, term: &search::Term) -> bool {
    match term.field.as_deref() {
        None => {
            term.has_words(&customer.email)
                || term.has_words(&format!("{} {}", customer.first_name, customer.last_name))
                || customer.phone.as_ref().is_some_and(|p| term.is_text(p))
        }
        Some("email") => term.is_or_has_words(&customer.email),
        Some("phone") => customer.phone.as_ref().is_some_and(|p| term.is_text(p)),
        Some("first_name") => term.is_text(&customer.first_name),
        Some("last_name") => term.is_text(&customer.last_name),
        Some("id") => term.is_number(customer.id),
        Some("tag") => customer.tags.iter().any(|t| term.is_text(t)),
        Some("country") => term.is_text(&customer.address.country),
        Some("created_at" | "customer_date") => term.is_time(customer.created_at),
        Some("updated_at") => term.is_time(customer.updated_at),
        Some("orders_count") => {
            term.is_number(view.shop.orders().iter().filter(|o| o.customer_id == Some(customer.id)).count() as u64)
        }
        Some("state") => term.is_text("ENABLED"),
        Some(_) => true,
    }
}
