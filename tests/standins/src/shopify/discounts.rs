//! Discount codes.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    customers::CustomerObject,
    query::View,
    search,
    values::{gid, maybe_time, money, number, time},
};
use crate::{
    graphql::{Call, FieldError, Node, Page, Resolve, Sorted},
    shop::{Audience, Customer, Discount, DiscountKind, Segment, Shop},
};

/// `DiscountNode` (a discount in a list) and `DiscountCodeNode` (one found by its code) differ in one field's name.
pub(super) struct DiscountNode<'s> {
    pub(super) view: &'s View<'s>,
    pub(super) discount: &'s Discount,
    pub(super) by_code: bool,
}

impl Resolve for DiscountNode<'_> {
    fn type_name(&self) -> &str {
        if self.by_code { "DiscountCodeNode" } else { "DiscountNode" }
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        Ok(match call.name {
            "id" => Node::Json(json!(gid(self.type_name(), self.discount.id))),
            "discount" | "codeDiscount" => Node::of(DiscountObject { view: self.view, discount: self.discount }),
            other => return Err(FieldError::unserved(self.type_name(), other)),
        })
    }
}

struct DiscountObject<'s> {
    view: &'s View<'s>,
    discount: &'s Discount,
}

impl Resolve for DiscountObject<'_> {
    fn type_name(&self) -> &str {
        match self.discount.kind {
            DiscountKind::Basic => "DiscountCodeBasic",
            DiscountKind::BuyXGetY => "DiscountCodeBxgy",
            DiscountKind::FreeShipping => "DiscountCodeFreeShipping",
            DiscountKind::App => "DiscountCodeApp",
        }
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        let discount = self.discount;
        Ok(Node::Json(match call.name {
            "title" => json!(discount.codes.first().filter(|_| discount.codes.len() == 1).unwrap_or(&discount.title)),
            "summary" => json!(discount.summary),
            "shortSummary" => json!(discount.summary.split(" • ").next()),
            "status" => json!(status(discount, self.view.shop.now())),
            "startsAt" | "createdAt" | "updatedAt" => time(discount.starts_at),
            "endsAt" => maybe_time(discount.ends_at),
            "usageLimit" => json!(discount.usage_limit),
            "asyncUsageCount" => json!(discount.used),
            "appliesOncePerCustomer" => json!(discount.once_per_customer),
            "codesCount" => json!({ "count": discount.codes.len(), "precision": "EXACT" }),
            "minimumRequirement" => discount.minimum.map_or(Value::Null, |amount| {
                json!({ "__typename": "DiscountMinimumSubtotal", "greaterThanOrEqualToSubtotal": money(amount) })
            }),
            "codes" => discount
                .codes
                .iter()
                .zip(1..)
                .map(|(code, n)| {
                    json!({ "id": gid("DiscountRedeemCode", discount.id * 1000 + n), "code": code, "asyncUsageCount": discount.used })
                })
                .collect(),
            "context" => match discount.audience {
                Audience::Everyone => json!({ "__typename": "DiscountBuyerSelectionAll", "all": "ALL" }),
                _ => return Ok(Node::of(Limited { view: self.view, audience: &discount.audience })),
            },
            "customerSelection" => match discount.audience {
                Audience::Everyone => json!({ "__typename": "DiscountCustomerAll", "allCustomers": true }),
                _ => return Ok(Node::of(Limited { view: self.view, audience: &discount.audience })),
            },
            other => return Err(FieldError::unserved(self.type_name(), other)),
        }))
    }
}

/// Those for whom alone a discount is.
struct Limited<'s> {
    view: &'s View<'s>,
    audience: &'s Audience,
}

impl Resolve for Limited<'_> {
    fn type_name(&self) -> &str {
        match self.audience {
            Audience::Segment(_) => "DiscountCustomerSegments",
            _ => "DiscountCustomers",
        }
    }

    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError> {
        let view = self.view;
        match (call.name, self.audience) {
            ("customers", Audience::Customers(ids)) => {
                let customers = ids.iter().filter_map(|id| view.shop.customer(*id));
                Ok(Node::List(customers.map(|customer| Node::of(CustomerObject { view, customer })).collect()))
            }
            ("segments", Audience::Segment(segment)) => {
                Ok(Node::Json(json!([{ "id": gid("Segment", segment.id()), "name": segment.name() }])))
            }
            (other, _) => Err(FieldError::unserved(self.type_name(), other)),
        }
    }
}

/// `SegmentMembershipResponse`: of the segments that there are, whether the customer is in them. A customer that there
/// isn't is in none, and a segment that there isn't is left out.
pub(super) fn memberships<'a>(shop: &Shop, customer: Option<&Customer>, ids: impl Iterator<Item = &'a str>) -> Value {
    let known =
        ids.filter_map(|id| Some((id, Segment::ALL.into_iter().find(|s| number("Segment", id) == Some(s.id()))?)));
    let is_member = |segment: Segment| customer.is_some_and(|customer| shop.is_in(customer, segment));
    let found: Vec<Value> =
        known.map(|(id, segment)| json!({ "segmentId": id, "isMember": is_member(segment) })).collect();
    json!({ "memberships": found })
}

pub(super) fn connection<'s>(view: &'s View<'s>, call: &Call<'_>) -> Result<Page<'s>, FieldError> {
    let query = search::read(call.text("query"));
    view.warn(call.key, call.text("query"), &query, FILTERS);
    let now = view.shop.now();
    let found = view.shop.discounts().iter().filter(|d| query.matches(&|term| matches(d, now, term)));
    let key = call.text("sortKey").unwrap_or("ID");
    let sorted = Sorted::by(found, call.flag("reverse"), |d| (sort_text(key, d), d.id));
    sorted.page(call.args, |discount| Node::of(DiscountNode { view, discount, by_code: false }))
}

fn sort_text(key: &str, discount: &Discount) -> String {
    match key {
        "CREATED_AT" | "STARTS_AT" | "UPDATED_AT" => discount.starts_at.to_string(),
        "ENDS_AT" => discount.ends_at.map_or_else(|| "9".to_owned(), |at| at.to_string()),
        "TITLE" => discount.title.clone(),
        _ => String::new(),
    }
}

const FILTERS: &[&str] = &[
    "code",
    "method",
    "status",
    "type",
    "title",
    "starts_at",
    "ends_at",
    "created_at",
    "updated_at",
    "times_used",
    "id",
    "discount_class",
];

fn matches(discount: &Discount, now: Timestamp, term: &search::Term) -> bool {
    match term.field.as_deref() {
        None | Some("title") => term.has_words(&discount.title) || discount.codes.iter().any(|c| term.is_text(c)),
        // Not for bulk discounts.
        Some("code") => discount.codes.len() == 1 && discount.codes.iter().any(|c| term.is_text(c)),
        Some("method") => term.is_text("code"),
        Some("status") => term.is_text(status(discount, now)),
        Some("type") => term.is_text(match discount.kind {
            DiscountKind::FreeShipping => "free_shipping",
            DiscountKind::BuyXGetY => "bogo",
            DiscountKind::App => "app",
            DiscountKind::Basic if discount.summary.contains('%') => "percentage",
            DiscountKind::Basic => "fixed_amount",
        }),
        Some("starts_at" | "created_at" | "updated_at") => term.is_time(discount.starts_at),
        Some("ends_at") => discount.ends_at.is_some_and(|at| term.is_time(at)),
        Some("times_used") => term.is_number(discount.used.into()),
        Some("id") => term.is_number(discount.id),
        Some(_) => true,
    }
}

fn status(discount: &Discount, now: Timestamp) -> &'static str {
    match discount.ends_at {
        _ if discount.starts_at > now => "SCHEDULED",
        Some(end) if end <= now => "EXPIRED",
        _ => "ACTIVE",
    }
}
