//! The root of queries.

use std::{
    cell::RefCell,
    sync::{MutexGuard, PoisonError},
};

use jiff::ToSpan;
use serde_json::{Value, json};

use super::{
    App, VERSIONS, customers, discounts,
    mutation::Jobs,
    orders, products, search,
    values::{gid, number},
};
use crate::{
    graphql::{self, Call, Execution, FieldError, Node, Operation, Resolve},
    shop::{CURRENCY, Order, SHOP_NAME, Shop},
};

/// Older orders aren't shown without the scope `read_all_orders`.
const RECENT_DAYS: i64 = 60;

/// The shop as one request sees it.
pub(super) struct View<'s> {
    pub(super) app: &'s App,
    pub(super) shop: &'s Shop,
    warnings: RefCell<Vec<Value>>,
}

impl<'s> View<'s> {
    pub(super) fn new(app: &'s App, shop: &'s Shop) -> Self {
        Self { app, shop, warnings: RefCell::default() }
    }

    /// Orders out of sight are absent, not an error.
    pub(super) fn shows(&self, order: &Order) -> bool {
        self.app.may("read_all_orders") || order.created_at > self.shop.now() - (RECENT_DAYS * 24).hours()
    }

    /// Says which terms of a search were ignored.
    pub(super) fn warn(&self, path: &str, text: Option<&str>, query: &search::Query, filters: &[&str]) {
        let unknown = query.unknown_fields(filters);
        if unknown.is_empty() {
            return;
        }
        let warnings: Vec<Value> = unknown
            .iter()
            .map(|f| json!({ "field": f, "message": "Invalid search field for this query.", "code": "invalid_field" }))
            .collect();
        self.warnings.borrow_mut().push(json!({ "path": [path], "query": text, "warnings": warnings }));
    }

    pub(super) fn order(&self, id: &str) -> Option<&'s Order> {
        self.shop.order(number("Order", id)?).filter(|o| self.shows(o))
    }
}

pub(super) fn run(app: &App, operation: &Operation<'_>) -> (Execution, Vec<Value>) {
    let shop = app.shop.read().unwrap_or_else(PoisonError::into_inner);
    let view = View::new(app, &shop);
    let root = Root { view: &view, jobs: app.jobs.lock().unwrap_or_else(PoisonError::into_inner) };
    let execution = graphql::execute(operation, &root);
    drop(root);
    (execution, view.warnings.into_inner())
}

struct Root<'s> {
    view: &'s View<'s>,
    jobs: MutexGuard<'s, Jobs>,
}

impl Root<'_> {
    /// Access is refused by field, with `ACCESS_DENIED`.
    fn require(&self, call: &Call<'_>) -> Result<(), FieldError> {
        let scope = match call.name {
            "order" | "orders" | "orderByIdentifier" => "read_orders",
            "customer" | "customers" | "customerByIdentifier" | "customerSegmentMembership" => "read_customers",
            "product" | "products" | "productByIdentifier" | "nodes" => "read_products",
            "discountNodes" | "codeDiscountNodeByCode" => "read_discounts",
            _ => return Ok(()),
        };
        if self.view.app.may(scope) {
            return Ok(());
        }
        let message = format!("Access denied for {} field. Required access: `{scope}` access scope.", call.name);
        Err(FieldError { message, code: Some("ACCESS_DENIED") })
    }
}

impl Resolve for Root<'_> {
    fn type_name(&self) -> &str {
        "QueryRoot"
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        self.require(call)?;
        let (view, shop) = (self.view, self.view.shop);
        let one = |name: &str| call.args.get("identifier").and_then(|i| i.get(name)).and_then(Value::as_str);
        let order = |order| Node::maybe(order_of(view, order));
        Ok(match call.name {
            "shop" => Node::Json(about(shop)),
            "publicApiVersions" => Node::Json(VERSIONS.iter().map(|v| version(v)).collect()),
            "currentAppInstallation" => {
                let scopes: Vec<Value> =
                    view.app.config.scopes.iter().map(|s| json!({ "handle": s, "description": s })).collect();
                Node::Json(json!({ "id": gid("AppInstallation", 1), "accessScopes": scopes }))
            }
            "job" => Node::Json(call.text("id").and_then(|id| self.jobs.state(id)).unwrap_or(Value::Null)),
            "order" => order(call.text("id").and_then(|id| view.order(id))),
            "orderByIdentifier" => order(one("id").and_then(|id| view.order(id))),
            "orders" => Node::Page(orders::connection(view, shop.orders().iter(), call)?),
            "customer" => {
                let customer = call.text("id").and_then(|id| shop.customer(number("Customer", id)?));
                Node::maybe(customer.map(|customer| customers::CustomerObject { view, customer }))
            }
            "customerByIdentifier" => {
                let customer = one("id")
                    .and_then(|id| shop.customer(number("Customer", id)?))
                    .or_else(|| shop.customer_by_email(one("emailAddress")?))
                    .or_else(|| {
                        let phone = one("phoneNumber")?;
                        shop.customers().iter().find(|c| c.phone.as_deref() == Some(phone))
                    });
                Node::maybe(customer.map(|customer| customers::CustomerObject { view, customer }))
            }
            "customers" => Node::Page(customers::connection(view, call)?),
            "product" => {
                let product = call.text("id").and_then(|id| shop.product(number("Product", id)?));
                Node::maybe(product.map(|product| products::ProductObject { view, product }))
            }
            "productByIdentifier" => {
                let by_id = one("id").and_then(|id| shop.product(number("Product", id)?));
                let product = by_id.or_else(|| shop.product_by_handle(one("handle")?));
                Node::maybe(product.map(|product| products::ProductObject { view, product }))
            }
            "products" => Node::Page(products::connection(view, call)?),
            // In the order of the ids, null where there is none: deleted products, and kinds that aren't served so.
            "nodes" => Node::List(
                call.texts("ids")
                    .map(|id| id.strip_prefix("gid://").and_then(|_| shop.product(number("Product", id)?)))
                    .map(|product| Node::maybe(product.map(|product| products::ProductObject { view, product })))
                    .collect(),
            ),
            "customerSegmentMembership" => {
                let customer = call.text("customerId").and_then(|id| shop.customer(number("Customer", id)?));
                Node::Json(discounts::memberships(shop, customer, call.texts("segmentIds")))
            }
            "discountNodes" => Node::Page(discounts::connection(view, call)?),
            "codeDiscountNodeByCode" => {
                let discount = call.text("code").and_then(|code| shop.discount_by_code(code));
                Node::maybe(discount.map(|discount| discounts::DiscountNode { view, discount, by_code: true }))
            }
            other => return Err(FieldError::unserved("QueryRoot", other)),
        })
    }
}

fn order_of<'s>(view: &'s View<'s>, order: Option<&'s Order>) -> Option<orders::OrderObject<'s>> {
    order.map(|order| orders::OrderObject { view, order })
}

fn about(shop: &Shop) -> Value {
    let url = shop.storefront_url();
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    json!({
        "id": gid("Shop", 1),
        "name": SHOP_NAME,
        "email": "hello@lumen.example",
        "contactEmail": "hello@lumen.example",
        "currencyCode": CURRENCY,
        "myshopifyDomain": "lumen-and-co.myshopify.com",
        "primaryDomain": { "id": gid("Domain", 1), "host": host, "url": url, "sslEnabled": url.starts_with("https") },
        "url": url,
        "ianaTimezone": "Europe/Berlin",
        "plan": { "publicDisplayName": "Basic", "partnerDevelopment": false, "shopifyPlus": false },
    })
}

fn version(handle: &str) -> Value {
    json!({ "handle": handle, "displayName": handle, "supported": true })
}
