//! Orders, their lines and their fulfillments.

use serde_json::{Value, json};

use super::{
    customers::CustomerObject,
    products::{ProductObject, VariantObject, image},
    query::View,
    search,
    values::{address, gid, maybe_time, money_bag, time},
};
use crate::{
    graphql::{Call, FieldError, Node, Page, Resolve, Sorted},
    shop::{CURRENCY, CancelReason, Financial, Fulfilment, Line, Money, Order, Parcel, ParcelState, ReturnState, Shop},
};

#[derive(Clone, Copy)]
pub(super) struct OrderObject<'s> {
    pub(super) view: &'s View<'s>,
    pub(super) order: &'s Order,
}

impl Resolve for OrderObject<'_> {
    fn type_name(&self) -> &str {
        "Order"
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        let (view, order, shop) = (self.view, self.order, self.view.shop);
        let settled = order.settled();
        let goods: i64 = order.lines.iter().map(|l| l.price.0 * i64::from(l.current)).sum();
        let left = |line: &Line| line.current.saturating_sub(order.shipped(line.id));
        Ok(Node::Json(match call.name {
            "id" => json!(gid("Order", order.id)),
            "legacyResourceId" => json!(order.id.to_string()),
            "name" => json!(order.name()),
            "number" => json!(order.number),
            "confirmationNumber" => json!(order.confirmation),
            "createdAt" | "processedAt" => time(order.created_at),
            "updatedAt" => time(order.updated_at),
            "cancelledAt" => maybe_time(order.cancelled.as_ref().map(|c| c.at)),
            "cancelReason" => json!(order.cancelled.as_ref().map(|c| cancel_reason(c.reason))),
            "closed" => json!(order.closed_at.is_some()),
            "closedAt" => maybe_time(order.closed_at),
            "confirmed" => json!(true),
            "email" => json!(order.email),
            "phone" => json!(order.phone),
            "note" => json!(order.note),
            "tags" => json!(order.tags),
            "test" => json!(false),
            "poNumber" => Value::Null,
            "displayFinancialStatus" => json!(financial(order.financial)),
            "displayFulfillmentStatus" => json!(fulfillment(order)),
            "returnStatus" => json!(return_status(shop, order)),
            "edited" => json!(order.edited),
            "fulfillable" => json!(order.cancelled.is_none() && order.lines.iter().any(|l| left(l) > 0)),
            "merchantEditable" => json!(!settled),
            "merchantEditableErrors" => {
                json!(if settled {
                    vec!["The order can't be edited after it was fulfilled or cancelled"]
                } else {
                    vec![]
                })
            }
            "refundable" => json!(order.refunded < order.total()),
            "requiresShipping" => json!(order.shipping_address.is_some()),
            "currencyCode" | "presentmentCurrencyCode" => json!(CURRENCY),
            "currentTotalPriceSet" => money_bag(order.current_total()),
            "currentSubtotalPriceSet" => money_bag(Money((goods - order.discount.0).max(0))),
            "subtotalPriceSet" => money_bag(order.subtotal()),
            "totalShippingPriceSet" => money_bag(order.shipping),
            // 19 % is contained in the prices.
            "totalTaxSet" => money_bag(Money(order.total().0 * 19 / 119)),
            "totalDiscountsSet" => money_bag(order.discount),
            "totalPriceSet" => money_bag(order.total()),
            "totalRefundedSet" => money_bag(order.refunded),
            "currentSubtotalLineItemsQuantity" => json!(order.lines.iter().map(|l| l.current).sum::<u32>()),
            "discountCode" => json!(order.discount_codes.first()),
            "discountCodes" => json!(order.discount_codes),
            "shippingAddress" | "billingAddress" => {
                order.shipping_address.as_ref().map_or(Value::Null, |a| address(order.id, a))
            }
            "statusPageUrl" => json!(shop.status_url(order)),
            "customer" => {
                let customer = order.customer_id.and_then(|id| shop.customer(id));
                return Ok(Node::maybe(customer.map(|customer| CustomerObject { view, customer })));
            }
            "lineItems" => {
                let lines = order.lines.iter().map(|line| LineObject { view, order, line });
                return Ok(Node::Page(page_of(lines, call)?));
            }
            "fulfillments" => {
                let first = call.args.get("first").and_then(Value::as_u64).unwrap_or(250);
                let parcels = order.parcels.iter().take(usize::try_from(first).unwrap_or(0));
                return Ok(Node::List(parcels.map(|p| Node::of(ParcelObject { view, order, parcel: p })).collect()));
            }
            other => return Err(FieldError::unserved("Order", other)),
        }))
    }
}

/// Items in their own order, or backwards.
fn page_of<'a, T: Resolve + 'a>(
    items: impl DoubleEndedIterator<Item = T>,
    call: &Call<'_>,
) -> Result<Page<'a>, FieldError> {
    let items: Vec<T> = if call.flag("reverse") { items.rev().collect() } else { items.collect() };
    Sorted::as_given(items).page(call.args, Node::of)
}

struct LineObject<'s> {
    view: &'s View<'s>,
    order: &'s Order,
    line: &'s Line,
}

impl Resolve for LineObject<'_> {
    fn type_name(&self) -> &str {
        "LineItem"
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        let (view, line, order) = (self.view, self.line, self.order);
        let product = view.shop.product(line.product_id);
        let each = |n: u32| Money(line.price.0 * i64::from(n));
        Ok(Node::Json(match call.name {
            "id" => json!(gid("LineItem", line.id)),
            "name" => {
                json!(line.variant_title.as_ref().map_or(line.title.clone(), |v| format!("{} - {v}", line.title)))
            }
            "title" => json!(line.title),
            "variantTitle" => json!(line.variant_title),
            "sku" => json!(line.sku),
            "vendor" => json!(product.map(|p| &p.vendor)),
            "quantity" => json!(line.ordered),
            "currentQuantity" | "refundableQuantity" => json!(line.current),
            "unfulfilledQuantity" => json!(line.current.saturating_sub(order.shipped(line.id))),
            "nonFulfillableQuantity" => json!(0),
            "requiresShipping" => json!(line.ships),
            "merchantEditable" => json!(!order.settled()),
            "isGiftCard" => json!(line.title.starts_with("Gift card")),
            "originalUnitPriceSet" | "discountedUnitPriceSet" => money_bag(line.price),
            "originalTotalSet" | "discountedTotalSet" => money_bag(each(line.ordered)),
            "image" => product.map_or(Value::Null, |p| image(view.shop, p)),
            "product" => return Ok(Node::maybe(product.map(|product| ProductObject { view, product }))),
            "variant" => {
                let variant = view.shop.variant(line.variant_id);
                return Ok(Node::maybe(variant.map(|(product, variant)| VariantObject { view, product, variant })));
            }
            other => return Err(FieldError::unserved("LineItem", other)),
        }))
    }
}

struct ParcelObject<'s> {
    view: &'s View<'s>,
    order: &'s Order,
    parcel: &'s Parcel,
}

impl Resolve for ParcelObject<'_> {
    fn type_name(&self) -> &str {
        "Fulfillment"
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        let (view, order, parcel) = (self.view, self.order, self.parcel);
        Ok(Node::Json(match call.name {
            "id" => json!(gid("Fulfillment", parcel.id)),
            "legacyResourceId" => json!(parcel.id.to_string()),
            "name" => json!(parcel.name),
            "status" => json!("SUCCESS"),
            "displayStatus" => json!(parcel_state(parcel.state)),
            "createdAt" => time(parcel.created_at),
            "updatedAt" => time(parcel.updated_at),
            "deliveredAt" => maybe_time(parcel.delivered_at),
            "estimatedDeliveryAt" => maybe_time(parcel.estimated_at),
            "inTransitAt" => maybe_time(parcel.in_transit_at),
            "totalQuantity" => json!(parcel.contents.iter().map(|(_, n)| n).sum::<u32>()),
            "requiresShipping" => json!(parcel.state != ParcelState::Fulfilled),
            "trackingInfo" => json!(
                parcel
                    .number
                    .iter()
                    .map(|n| json!({ "company": parcel.carrier, "number": n, "url": view.shop.tracking_url(n) }))
                    .collect::<Vec<_>>()
            ),
            "fulfillmentLineItems" => {
                let items = parcel.contents.iter().filter_map(|(id, quantity)| {
                    let line = order.lines.iter().find(|l| l.id == *id)?;
                    Some(SentLine { id: parcel.id * 100 + (line.id % 100), quantity: *quantity, view, order, line })
                });
                return Ok(Node::Page(page_of(items, call)?));
            }
            other => return Err(FieldError::unserved("Fulfillment", other)),
        }))
    }
}

struct SentLine<'s> {
    id: u64,
    quantity: u32,
    view: &'s View<'s>,
    order: &'s Order,
    line: &'s Line,
}

impl Resolve for SentLine<'_> {
    fn type_name(&self) -> &str {
        "FulfillmentLineItem"
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        Ok(match call.name {
            "id" => Node::Json(json!(gid("FulfillmentLineItem", self.id))),
            "quantity" => Node::Json(json!(self.quantity)),
            "lineItem" => Node::of(LineObject { view: self.view, order: self.order, line: self.line }),
            other => return Err(FieldError::unserved("FulfillmentLineItem", other)),
        })
    }
}

/// An `orders` connection over these orders, with its `query`, `sortKey` and `reverse`.
pub(super) fn connection<'s>(
    view: &'s View<'s>,
    orders: impl Iterator<Item = &'s Order>,
    call: &Call<'_>,
) -> Result<Page<'s>, FieldError> {
    let query = search::read(call.text("query"));
    view.warn(call.key, call.text("query"), &query, FILTERS);
    let found = orders.filter(|o| view.shows(o) && query.matches(&|term| matches(view.shop, o, term)));
    let key = call.text("sortKey").unwrap_or("PROCESSED_AT");
    let sorted = Sorted::by(found, call.flag("reverse"), |o| (sort_text(key, o), o.id));
    sorted.page(call.args, |order| Node::of(OrderObject { view, order }))
}

fn sort_text(key: &str, order: &Order) -> String {
    match key {
        "CREATED_AT" | "PROCESSED_AT" => order.created_at.to_string(),
        "UPDATED_AT" => order.updated_at.to_string(),
        "TOTAL_PRICE" => format!("{:012}", order.total().0),
        "FINANCIAL_STATUS" => financial(order.financial).to_owned(),
        "FULFILLMENT_STATUS" => fulfillment(order).to_owned(),
        "CUSTOMER_NAME" | "DESTINATION" => {
            order.shipping_address.as_ref().map_or(String::new(), |a| format!("{} {}", a.last_name, a.first_name))
        }
        _ => String::new(),
    }
}

const FILTERS: &[&str] = &[
    "name",
    "email",
    "customer_id",
    "id",
    "confirmation_number",
    "created_at",
    "processed_at",
    "updated_at",
    "status",
    "financial_status",
    "fulfillment_status",
    "return_status",
    "tag",
    "discount_code",
    "sku",
    "test",
];

fn matches(shop: &Shop, order: &Order, term: &search::Term) -> bool {
    match term.field.as_deref() {
        None => {
            term.is_text(&order.name())
                || term.has_words(&order.email)
                || order
                    .shipping_address
                    .as_ref()
                    .is_some_and(|a| term.has_words(&format!("{} {}", a.first_name, a.last_name)))
                || order.lines.iter().any(|l| term.has_words(&l.title))
        }
        Some("name") => term.is_text(&order.name()) || term.is_text(&order.number.to_string()),
        Some("email") => term.is_or_has_words(&order.email),
        Some("customer_id") => order.customer_id.is_some_and(|id| term.is_number(id)),
        Some("id") => term.is_number(order.id),
        Some("confirmation_number") => term.is_text(&order.confirmation),
        Some("created_at" | "processed_at") => term.is_time(order.created_at),
        Some("updated_at") => term.is_time(order.updated_at),
        Some("status") => match term.value.to_lowercase().as_str() {
            "open" => order.closed_at.is_none() && order.cancelled.is_none(),
            "closed" => order.closed_at.is_some(),
            "cancelled" => order.cancelled.is_some(),
            "not_closed" => order.closed_at.is_none(),
            _ => true,
        },
        Some("financial_status") => term.is_text(financial(order.financial)),
        Some("fulfillment_status") => match term.value.to_lowercase().as_str() {
            "shipped" => order.fulfilment() == Fulfilment::Fulfilled,
            "unshipped" => order.fulfilment() == Fulfilment::Unfulfilled,
            "partial" => order.fulfilment() == Fulfilment::Partial,
            _ => term.is_text(fulfillment(order)),
        },
        Some("return_status") => term.is_text(return_status(shop, order)),
        Some("tag") => order.tags.iter().any(|t| term.is_text(t)),
        Some("discount_code") => order.discount_codes.iter().any(|c| term.is_text(c)),
        Some("sku") => order.lines.iter().any(|l| term.is_text(&l.sku)),
        Some("test") => term.is_text("false"),
        // What isn't a filter is left out of the search.
        Some(_) => true,
    }
}

fn financial(status: Financial) -> &'static str {
    match status {
        Financial::Pending => "PENDING",
        Financial::Paid => "PAID",
        Financial::PartiallyRefunded => "PARTIALLY_REFUNDED",
        Financial::Refunded => "REFUNDED",
        Financial::Voided => "VOIDED",
    }
}

fn fulfillment(order: &Order) -> &'static str {
    match order.fulfilment() {
        Fulfilment::Unfulfilled => "UNFULFILLED",
        Fulfilment::Partial => "PARTIALLY_FULFILLED",
        Fulfilment::Fulfilled => "FULFILLED",
        Fulfilment::Restocked => "RESTOCKED",
    }
}

fn return_status(shop: &Shop, order: &Order) -> &'static str {
    match shop.returns_of(order.id).first().map(|r| r.state) {
        Some(ReturnState::Open | ReturnState::Review) => "IN_PROGRESS",
        Some(ReturnState::Closed) => "RETURNED",
        _ => "NO_RETURN",
    }
}

pub(super) fn cancel_reason(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::Customer => "CUSTOMER",
        CancelReason::Declined => "DECLINED",
        CancelReason::Fraud => "FRAUD",
        CancelReason::Inventory => "INVENTORY",
        CancelReason::Other => "OTHER",
        CancelReason::Staff => "STAFF",
    }
}

fn parcel_state(state: ParcelState) -> &'static str {
    match state {
        ParcelState::LabelPrinted => "LABEL_PRINTED",
        ParcelState::InTransit => "IN_TRANSIT",
        ParcelState::OutForDelivery => "OUT_FOR_DELIVERY",
        ParcelState::Delivered => "DELIVERED",
        ParcelState::Delayed => "DELAYED",
        ParcelState::Attempted => "ATTEMPTED_DELIVERY",
        ParcelState::ReadyForPickup => "READY_FOR_PICKUP",
        ParcelState::Failed => "NOT_DELIVERED",
        ParcelState::Fulfilled => "FULFILLED",
    }
}
