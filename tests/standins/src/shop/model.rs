//! What the shop consists of. Plain data; the stand-ins turn it into the providers' formats.

use std::fmt;

use jiff::Timestamp;

/// An amount in euro cents. `Display` gives the decimal text of the providers: `59.90`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(pub i64);

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{:02}", self.0.abs() / 100, self.0.abs() % 100)
    }
}

/// The shop's only currency.
pub const CURRENCY: &str = "EUR";

/// How long after delivery an item may be sent back.
pub const RETURN_WINDOW_DAYS: i64 = 30;

#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    pub first_name: String,
    pub last_name: String,
    pub company: Option<String>,
    pub address1: String,
    pub address2: Option<String>,
    pub city: String,
    /// Name and code, where the country has provinces.
    pub province: Option<(String, String)>,
    pub zip: String,
    pub country: String,
    pub country_code: String,
    pub phone: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Customer {
    pub id: u64,
    pub first_name: String,
    /// An initial with a full stop.
    pub last_name: String,
    pub email: String,
    pub phone: Option<String>,
    pub locale: String,
    pub tags: Vec<String>,
    pub address: Address,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProductStatus {
    Active,
    Draft,
    Archived,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub id: u64,
    /// `Default Title` where the product has no options.
    pub title: String,
    pub sku: String,
    pub price: Money,
    pub compare_at: Option<Money>,
    pub stock: i64,
    /// Whether it is sold on when the stock is used up.
    pub oversell: bool,
    /// Name and value.
    pub options: Vec<(String, String)>,
}

impl Variant {
    pub fn buyable(&self, tracked: bool) -> bool {
        !tracked || self.stock > 0 || self.oversell
    }
}

#[derive(Clone, Debug)]
pub struct Product {
    pub id: u64,
    pub title: String,
    pub handle: String,
    pub kind: Kind,
    pub vendor: String,
    pub description: String,
    pub tags: Vec<String>,
    pub status: ProductStatus,
    /// On the web shop.
    pub published: bool,
    pub variants: Vec<Variant>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Product {
    /// Sold on the web shop now: active and published.
    pub fn visible(&self) -> bool {
        self.status == ProductStatus::Active && self.published
    }

    /// Digital goods have no stock.
    pub fn tracked(&self) -> bool {
        self.kind != Kind::Digital
    }

    pub fn total_stock(&self) -> i64 {
        self.variants.iter().map(|v| v.stock).sum()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    TableLamp,
    FloorLamp,
    Pendant,
    WallLight,
    Bulb,
    Beans,
    Grinder,
    Mug,
    Kettle,
    Dripper,
    Digital,
}

impl Kind {
    pub fn label(self) -> &'static str {
        match self {
            Self::TableLamp => "Table lamp",
            Self::FloorLamp => "Floor lamp",
            Self::Pendant => "Pendant",
            Self::WallLight => "Wall light",
            Self::Bulb => "Bulb",
            Self::Beans => "Coffee beans",
            Self::Grinder => "Grinder",
            Self::Mug => "Mug",
            Self::Kettle => "Kettle",
            Self::Dripper => "Dripper",
            Self::Digital => "Digital",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Line {
    pub id: u64,
    pub product_id: u64,
    pub variant_id: u64,
    pub title: String,
    pub variant_title: Option<String>,
    pub sku: String,
    pub price: Money,
    pub ships: bool,
    /// As ordered.
    pub ordered: u32,
    /// After edits, refunds and cancelling.
    pub current: u32,
}

/// Where a parcel is; each has its counterpart in Shopify's `FulfillmentDisplayStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParcelState {
    LabelPrinted,
    InTransit,
    OutForDelivery,
    Delivered,
    /// Later than promised.
    Delayed,
    /// The carrier came and nobody opened.
    Attempted,
    ReadyForPickup,
    /// Lost, or on its way back.
    Failed,
    /// Sent without a carrier: digital goods.
    Fulfilled,
}

#[derive(Clone, Debug)]
pub struct Parcel {
    pub id: u64,
    /// The order's name with a counter: `#1001-F1`.
    pub name: String,
    pub state: ParcelState,
    /// Line id and quantity.
    pub contents: Vec<(u64, u32)>,
    pub carrier: Option<String>,
    pub number: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub in_transit_at: Option<Timestamp>,
    pub estimated_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Financial {
    Pending,
    Paid,
    PartiallyRefunded,
    Refunded,
    Voided,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReason {
    Customer,
    Declined,
    Fraud,
    Inventory,
    Other,
    Staff,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fulfilment {
    Unfulfilled,
    Partial,
    Fulfilled,
    /// Cancelled, and the goods are back on the shelf.
    Restocked,
}

#[derive(Clone, Debug)]
pub struct Cancellation {
    pub at: Timestamp,
    pub reason: CancelReason,
    pub restocked: bool,
}

#[derive(Clone, Debug)]
pub struct Order {
    pub id: u64,
    pub number: u64,
    pub confirmation: String,
    /// None for a guest checkout.
    pub customer_id: Option<u64>,
    pub email: String,
    pub phone: Option<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub cancelled: Option<Cancellation>,
    pub lines: Vec<Line>,
    pub parcels: Vec<Parcel>,
    /// None for digital goods.
    pub shipping_address: Option<Address>,
    pub shipping: Money,
    pub discount: Money,
    pub discount_codes: Vec<String>,
    pub refunded: Money,
    pub financial: Financial,
    pub edited: bool,
    pub note: Option<String>,
    pub tags: Vec<String>,
    /// Opens the order status page without signing in.
    pub token: String,
}

impl Order {
    /// As customers say it: `#1001`.
    pub fn name(&self) -> String {
        format!("#{}", self.number)
    }

    pub fn shipped(&self, line: u64) -> u32 {
        self.parcels.iter().flat_map(|p| &p.contents).filter(|(id, _)| *id == line).map(|(_, n)| n).sum()
    }

    pub fn fulfilment(&self) -> Fulfilment {
        if self.cancelled.as_ref().is_some_and(|c| c.restocked) {
            return Fulfilment::Restocked;
        }
        let open = self.lines.iter().any(|l| l.current > self.shipped(l.id));
        match (self.parcels.is_empty(), open) {
            (true, _) => Fulfilment::Unfulfilled,
            (false, true) => Fulfilment::Partial,
            (false, false) => Fulfilment::Fulfilled,
        }
    }

    pub fn subtotal(&self) -> Money {
        Money(self.lines.iter().map(|l| l.price.0 * i64::from(l.ordered)).sum::<i64>() - self.discount.0)
    }

    pub fn total(&self) -> Money {
        Money(self.subtotal().0 + self.shipping.0)
    }

    /// What the order is worth after edits, refunds and cancelling.
    pub fn current_total(&self) -> Money {
        let goods: i64 = self.lines.iter().map(|l| l.price.0 * i64::from(l.current)).sum();
        if goods == 0 { Money(0) } else { Money((goods - self.discount.0 + self.shipping.0).max(0)) }
    }

    /// The last delivery, once every parcel has been delivered.
    pub fn delivered_at(&self) -> Option<Timestamp> {
        if self.fulfilment() != Fulfilment::Fulfilled {
            return None;
        }
        self.parcels.iter().map(|p| p.delivered_at).collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// Nothing about it can be changed any more.
    pub fn settled(&self) -> bool {
        self.cancelled.is_some() || self.closed_at.is_some() || !self.parcels.is_empty()
    }
}

/// States of a return as Loop names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnState {
    Open,
    Closed,
    Cancelled,
    Expired,
    Review,
}

#[derive(Clone, Debug)]
pub struct ReturnRequest {
    pub id: u64,
    pub state: ReturnState,
    pub order_id: u64,
    /// Line id, quantity, reason.
    pub items: Vec<(u64, u32, String)>,
    pub refund: Money,
    pub carrier: String,
    pub tracking_number: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub notes: Vec<String>,
}

/// Who may use a discount code.
#[derive(Clone, Debug, PartialEq)]
pub enum Audience {
    Everyone,
    /// Customer ids.
    Customers(Vec<u64>),
    Segment(Segment),
}

/// Customers of whom something is true at the moment; the provider works out who that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// With three orders or more.
    Regulars,
    /// Without an order.
    Newcomers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiscountKind {
    Basic,
    BuyXGetY,
    FreeShipping,
    /// Made by another app: has no summary.
    App,
}

#[derive(Clone, Debug)]
pub struct Discount {
    pub id: u64,
    pub kind: DiscountKind,
    pub title: String,
    pub summary: String,
    pub codes: Vec<String>,
    pub starts_at: Timestamp,
    pub ends_at: Option<Timestamp>,
    pub usage_limit: Option<u32>,
    pub used: u32,
    pub once_per_customer: bool,
    pub minimum: Option<Money>,
    pub audience: Audience,
}
