//! An order as Shopify answers it (`graphql/order.graphql`), and as the contract has it.
//!
//! Shopify's enumerations are strings here and matched with a fallback: it adds states without notice.

use serde::Deserialize;
use usher_sdk::connector::{Address, Error, Money, Owner};

use crate::bindings::exports::usher::tools::orders::{Line, Order, OrderStatus, Shipment, ShipmentStatus};
use crate::gid;
use crate::money::MoneyBag;

/// Relay's connection.
#[derive(Debug, Deserialize)]
pub(crate) struct Connection<T> {
    pub(crate) nodes: Vec<T>,
    #[serde(rename = "pageInfo", default)]
    pub(crate) page_info: PageInfo,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl PageInfo {
    /// Where the next page begins, if there is one.
    pub(crate) fn next(self) -> Option<String> {
        self.end_cursor.filter(|_| self.has_next_page)
    }
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Reference {
    pub(crate) id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderRecord {
    pub(crate) id: String,
    name: String,
    created_at: String,
    processed_at: Option<String>,
    cancelled_at: Option<String>,
    closed_at: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) customer: Option<Reference>,
    display_financial_status: Option<String>,
    display_fulfillment_status: Option<String>,
    return_status: Option<String>,
    merchant_editable: Option<bool>,
    status_page_url: Option<String>,
    current_total_price_set: MoneyBag,
    total_refunded_set: Option<MoneyBag>,
    shipping_address: Option<MailingAddress>,
    pub(crate) line_items: Connection<OrderLine>,
    #[serde(default)]
    fulfillments: Vec<Fulfillment>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderLine {
    title: String,
    variant_title: Option<String>,
    sku: Option<String>,
    current_quantity: u32,
    original_unit_price_set: MoneyBag,
    product: Option<Reference>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct MailingAddress {
    name: Option<String>,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: Option<String>,
    address1: Option<String>,
    address2: Option<String>,
    city: Option<String>,
    province: Option<String>,
    province_code: Option<String>,
    zip: Option<String>,
    country_code_v2: Option<String>,
    phone: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Fulfillment {
    status: Option<String>,
    display_status: Option<String>,
    created_at: Option<String>,
    in_transit_at: Option<String>,
    estimated_delivery_at: Option<String>,
    delivered_at: Option<String>,
    tracking_info: Vec<Tracking>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tracking {
    company: Option<String>,
    number: Option<String>,
    url: Option<String>,
}

impl OrderRecord {
    /// The contract's record; `as_of` is when Shopify was asked.
    ///
    /// # Errors
    /// Where an amount can't be read.
    pub(crate) fn read(self, as_of: String) -> Result<Order, Error> {
        let parcels: Vec<&Fulfillment> = self.fulfillments.iter().filter(|parcel| parcel.is_sent()).collect();
        let status = self.status(&parcels);
        let editable = self.editable(&parcels);
        let shipments = parcels.iter().flat_map(|parcel| parcel.shipments()).collect();
        let refunded = self.total_refunded_set.as_ref().map(MoneyBag::read).transpose()?;
        Ok(Order {
            id: gid::shown(&self.id),
            owner: Owner {
                customer_id: self.customer.as_ref().and_then(|c| gid::number(&c.id)).map(str::to_owned),
                email: filled(self.email),
            },
            name: self.name,
            placed_at: self.processed_at.unwrap_or(self.created_at),
            status,
            cancelled_at: self.cancelled_at,
            total: self.current_total_price_set.read()?,
            refunded: refunded.filter(|money: &Money| money.amount_minor > 0),
            lines: read_lines(self.line_items.nodes)?,
            shipments,
            shipping_address: self.shipping_address.and_then(MailingAddress::read),
            status_url: filled(self.status_page_url),
            editable,
            as_of,
        })
    }

    fn status(&self, parcels: &[&Fulfillment]) -> OrderStatus {
        if self.cancelled_at.is_some() {
            return OrderStatus::Cancelled;
        }
        // `RETURNED` says that some items came back, and a partial return leaves the order what it was.
        let nothing_kept = self.line_items.nodes.iter().all(|line| line.current_quantity == 0);
        let all_refunded = self.display_financial_status.as_deref() == Some("REFUNDED");
        let came_back = self.return_status.as_deref() == Some("RETURNED");
        if came_back && (nothing_kept || all_refunded) {
            return OrderStatus::Returned;
        }
        let all_delivered =
            !parcels.is_empty() && parcels.iter().all(|parcel| parcel.shipment_status() == ShipmentStatus::Delivered);
        match self.display_fulfillment_status.as_deref() {
            Some("FULFILLED") if all_delivered => OrderStatus::Delivered,
            Some("FULFILLED") => OrderStatus::Fulfilled,
            Some("PARTIALLY_FULFILLED") => OrderStatus::PartiallyFulfilled,
            Some(
                "UNFULFILLED"
                | "OPEN"
                | "IN_PROGRESS"
                | "PENDING_FULFILLMENT"
                | "ON_HOLD"
                | "SCHEDULED"
                | "REQUEST_DECLINED",
            ) => OrderStatus::Unfulfilled,
            // Restocked, or a state that this connector doesn't know: what the parcels say is true in any case.
            _ if parcels.is_empty() => OrderStatus::Unfulfilled,
            _ => OrderStatus::PartiallyFulfilled,
        }
    }

    /// Only what nobody has begun to pack can be changed for sure.
    fn editable(&self, parcels: &[&Fulfillment]) -> bool {
        let waiting = is_waiting(self.display_fulfillment_status.as_deref());
        let settled = self.cancelled_at.is_some() || self.closed_at.is_some() || self.merchant_editable == Some(false);
        waiting && !settled && parcels.is_empty()
    }
}

/// Whether nobody has begun to pack an order of this `displayFulfillmentStatus`.
pub(crate) fn is_waiting(status: Option<&str>) -> bool {
    matches!(status, Some("UNFULFILLED" | "OPEN" | "ON_HOLD" | "SCHEDULED" | "REQUEST_DECLINED"))
}

/// Lines that edits and refunds took away entirely are left out, unless nothing else is left to show.
fn read_lines(nodes: Vec<OrderLine>) -> Result<Vec<Line>, Error> {
    let any_left = nodes.iter().any(|line| line.current_quantity > 0);
    nodes.into_iter().filter(|line| !any_left || line.current_quantity > 0).map(OrderLine::read).collect()
}

impl OrderLine {
    fn read(self) -> Result<Line, Error> {
        Ok(Line {
            title: self.title,
            // What Shopify calls the only variant of a product without options.
            variant_title: filled(self.variant_title).filter(|title| title != "Default Title"),
            sku: filled(self.sku),
            product_id: self.product.map(|product| gid::shown(&product.id)),
            quantity: self.current_quantity,
            price: self.original_unit_price_set.read()?,
        })
    }
}

impl Fulfillment {
    /// False for a fulfilment that was taken back or never came about: no parcel belongs to it.
    pub(crate) fn is_sent(&self) -> bool {
        let came_about = !matches!(self.status.as_deref(), Some("CANCELLED" | "ERROR" | "FAILURE"));
        came_about && self.display_status.as_deref() != Some("CANCELED")
    }

    fn shipment_status(&self) -> ShipmentStatus {
        let status = match self.display_status.as_deref() {
            Some("LABEL_PURCHASED" | "LABEL_PRINTED" | "LABEL_VOIDED" | "SUBMITTED" | "CONFIRMED") => {
                ShipmentStatus::Preparing
            }
            Some("CARRIER_PICKED_UP" | "IN_TRANSIT" | "DELAYED") => ShipmentStatus::InTransit,
            Some("OUT_FOR_DELIVERY") => ShipmentStatus::OutForDelivery,
            Some("DELIVERED" | "PICKED_UP") => ShipmentStatus::Delivered,
            Some("ATTEMPTED_DELIVERY") => ShipmentStatus::Attempted,
            Some("READY_FOR_PICKUP") => ShipmentStatus::ReadyForPickup,
            Some("NOT_DELIVERED" | "FAILURE") => ShipmentStatus::Failed,
            // `FULFILLED` and `MARKED_AS_FULFILLED` say no more than that it was sent.
            _ => ShipmentStatus::Other,
        };
        if status == ShipmentStatus::Other && self.delivered_at.is_some() { ShipmentStatus::Delivered } else { status }
    }

    /// One for each tracking number; one without, where there is none.
    fn shipments(&self) -> Vec<Shipment> {
        let status = self.shipment_status();
        let label_only = status == ShipmentStatus::Preparing;
        let shipment = |tracking: Option<&Tracking>| Shipment {
            status,
            carrier: tracking.and_then(|tracking| filled(tracking.company.clone())),
            tracking_number: tracking.and_then(|tracking| filled(tracking.number.clone())),
            tracking_url: tracking.and_then(|tracking| filled(tracking.url.clone())),
            // A fulfilment is created when the label is; it is under way from its first scan.
            shipped_at: self.in_transit_at.clone().or_else(|| self.created_at.clone().filter(|_| !label_only)),
            estimated_delivery: self.estimated_delivery_at.clone(),
            delivered_at: self.delivered_at.clone(),
        };
        match self.tracking_info.as_slice() {
            [] => vec![shipment(None)],
            parcels => parcels.iter().map(|tracking| shipment(Some(tracking))).collect(),
        }
    }
}

impl MailingAddress {
    /// None for an address without street and place.
    pub(crate) fn read(self) -> Option<Address> {
        if filled(self.address1.clone()).is_none() && filled(self.city.clone()).is_none() {
            return None;
        }
        let parts: Vec<String> = [self.first_name, self.last_name].into_iter().filter_map(filled).collect();
        Some(Address {
            name: filled(self.name).unwrap_or_else(|| parts.join(" ")),
            line1: self.address1.unwrap_or_default(),
            line2: filled(self.address2),
            city: self.city.unwrap_or_default(),
            region: filled(self.province_code).or(filled(self.province)),
            postal_code: self.zip.unwrap_or_default(),
            country_code: self.country_code_v2.unwrap_or_default(),
            phone: filled(self.phone),
        })
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests;
