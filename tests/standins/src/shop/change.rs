//! Changing the shop while it is served: what a warehouse, a carrier, a merchant or a provider's mutation does.
//! Orders are named as customers do (`#1001`, or without `#`), variants by SKU.

use jiff::{Timestamp, ToSpan};

use super::{
    Address, CancelReason, Cancellation, Discount, Financial, Line, Money, Order, ParcelState, Product, ReturnRequest,
    ReturnState, Shop, parcels,
};
use crate::{Error, dice::Dice};

impl Shop {
    /// Sends all that is left in one parcel; returns its tracking number.
    ///
    /// # Errors
    /// The order is unknown, cancelled, or has nothing left to send.
    pub fn ship_order(&mut self, name: &str) -> Result<String, Error> {
        let now = self.now();
        let id = 1 + self.orders.iter().flat_map(|o| &o.parcels).map(|p| p.id).max().unwrap_or(60000);
        let order = self.order_mut(name)?;
        let contents: Vec<(u64, u32)> = order
            .lines
            .iter()
            .map(|l| (l.id, l.current.saturating_sub(order.shipped(l.id))))
            .filter(|(_, left)| *left > 0)
            .collect();
        if contents.is_empty() {
            return Err(refused(order, "sent", "nothing is left to send"));
        }
        let (n, mut dice) = (order.parcels.len() + 1, Dice::new(id));
        let mut parcel = parcels::parcel(&order.name(), n, ParcelState::InTransit, contents, id, &mut dice);
        (parcel.created_at, parcel.updated_at, parcel.in_transit_at) = (now, now, Some(now));
        parcel.estimated_at = Some(now + 48.hours());
        let number = parcel.number.clone().unwrap_or_default();
        order.parcels.push(parcel);
        order.updated_at = now;
        Ok(number)
    }

    /// Moves every parcel of the order that isn't delivered yet to this state.
    ///
    /// # Errors
    /// The order is unknown or has no parcel.
    pub fn set_parcels(&mut self, name: &str, state: ParcelState) -> Result<(), Error> {
        let now = self.now();
        let order = self.order_mut(name)?;
        if order.parcels.is_empty() {
            return Err(refused(order, "moved on", "it has no parcel; send it first"));
        }
        for parcel in order.parcels.iter_mut().filter(|p| p.state != ParcelState::Delivered) {
            parcel.state = state;
            parcel.updated_at = now;
            parcel.delivered_at = (state == ParcelState::Delivered).then_some(now);
        }
        order.updated_at = now;
        Ok(())
    }

    /// As [`Shop::set_parcels`] with [`ParcelState::Delivered`].
    ///
    /// # Errors
    /// As there.
    pub fn deliver_order(&mut self, name: &str) -> Result<(), Error> {
        self.set_parcels(name, ParcelState::Delivered)
    }

    /// Cancels at once and refunds all; restocks where asked.
    ///
    /// # Errors
    /// The order is unknown, or its state forbids it (see [`Shop::cancel_refusal`]).
    pub fn cancel_order(&mut self, name: &str, reason: CancelReason, restock: bool) -> Result<(), Error> {
        let now = self.now();
        let known = self.order_by_name(name).ok_or_else(|| unknown("order", name))?;
        if let Some(reason) = self.cancel_refusal(known) {
            return Err(refused(known, "cancelled", reason));
        }
        let back: Vec<(u64, i64)> = known.lines.iter().map(|l| (l.variant_id, i64::from(l.current))).collect();
        let order = self.order_mut(name)?;
        order.refunded = order.total();
        order.financial = Financial::Refunded;
        order.cancelled = Some(Cancellation { at: now, reason, restocked: restock });
        order.lines.iter_mut().for_each(|l| l.current = 0);
        (order.closed_at, order.updated_at) = (Some(now), now);
        if restock {
            for variant in self.products.iter_mut().flat_map(|p| &mut p.variants) {
                variant.stock += back.iter().filter(|(id, _)| *id == variant.id).map(|(_, n)| n).sum::<i64>();
            }
        }
        Ok(())
    }

    /// Refunds an amount on top of what has been refunded; never more than the order's total.
    ///
    /// # Errors
    /// The order is unknown.
    pub fn refund_order(&mut self, name: &str, amount: Money) -> Result<(), Error> {
        let now = self.now();
        let order = self.order_mut(name)?;
        order.refunded = Money((order.refunded.0 + amount.0).min(order.total().0));
        order.financial =
            if order.refunded == order.total() { Financial::Refunded } else { Financial::PartiallyRefunded };
        order.updated_at = now;
        Ok(())
    }

    /// # Errors
    /// The order is unknown.
    pub fn set_shipping_address(&mut self, name: &str, address: Address) -> Result<(), Error> {
        let now = self.now();
        let order = self.order_mut(name)?;
        order.shipping_address = Some(address);
        order.updated_at = now;
        Ok(())
    }

    /// Changes an order in any way; sets `updated_at`.
    ///
    /// # Errors
    /// The order is unknown.
    pub fn edit_order(&mut self, name: &str, edit: impl FnOnce(&mut Order)) -> Result<(), Error> {
        let now = self.now();
        let order = self.order_mut(name)?;
        edit(order);
        order.updated_at = now;
        Ok(())
    }

    /// A new paid order of one variant, to the customer's own address; returns its name.
    ///
    /// # Errors
    /// The customer or the SKU is unknown.
    pub fn place_order(&mut self, email: &str, sku: &str, quantity: u32) -> Result<String, Error> {
        let now = self.now();
        let customer = self.customer_by_email(email).ok_or_else(|| unknown("customer", email))?.clone();
        let (product, variant) = self
            .products
            .iter()
            .find_map(|p| Some((p, p.variants.iter().find(|v| v.sku == sku)?)))
            .ok_or_else(|| unknown("variant", sku))?;
        let last = self.orders.last();
        let (id, number) = (1 + last.map_or(5000, |o| o.id), 1 + last.map_or(1000, |o| o.number));
        let line = 1 + self.orders.iter().flat_map(|o| &o.lines).map(|l| l.id).max().unwrap_or(20000);
        let mut dice = Dice::new(id);
        let order = Order {
            id,
            number,
            confirmation: dice.token()[..7].to_uppercase(),
            customer_id: Some(customer.id),
            email: customer.email,
            phone: customer.phone,
            created_at: now,
            updated_at: now,
            closed_at: None,
            cancelled: None,
            lines: vec![Line {
                id: line,
                product_id: product.id,
                variant_id: variant.id,
                title: product.title.clone(),
                variant_title: (variant.title != "Default Title").then(|| variant.title.clone()),
                sku: sku.to_owned(),
                price: variant.price,
                ships: product.tracked(),
                ordered: quantity,
                current: quantity,
            }],
            parcels: Vec::new(),
            shipping_address: product.tracked().then_some(customer.address),
            shipping: Money(490),
            discount: Money(0),
            discount_codes: Vec::new(),
            refunded: Money(0),
            financial: Financial::Paid,
            edited: false,
            note: None,
            tags: Vec::new(),
            token: dice.token(),
        };
        let name = order.name();
        self.orders.push(order);
        Ok(name)
    }

    /// # Errors
    /// The SKU is unknown.
    pub fn set_stock(&mut self, sku: &str, stock: i64) -> Result<(), Error> {
        self.edit_variant(sku, |variant| variant.stock = stock)
    }

    /// # Errors
    /// The SKU is unknown.
    pub fn set_price(&mut self, sku: &str, price: Money) -> Result<(), Error> {
        self.edit_variant(sku, |variant| variant.price = price)
    }

    /// Shows the product on the web shop, or hides it.
    ///
    /// # Errors
    /// The handle is unknown.
    pub fn set_published(&mut self, handle: &str, published: bool) -> Result<(), Error> {
        let now = self.now();
        let product = self.product_mut(handle)?;
        product.published = published;
        product.updated_at = now;
        Ok(())
    }

    /// Changes the discount that a code belongs to, in any way.
    ///
    /// # Errors
    /// The code is unknown.
    pub fn edit_discount(&mut self, code: &str, edit: impl FnOnce(&mut Discount)) -> Result<(), Error> {
        let has_it = |discount: &&mut Discount| discount.codes.iter().any(|known| known.eq_ignore_ascii_case(code));
        let discount = self.discounts.iter_mut().find(has_it).ok_or_else(|| unknown("discount code", code))?;
        edit(discount);
        Ok(())
    }

    /// Opens a return of these lines in full; returns its id.
    ///
    /// # Errors
    /// The order is unknown, or none of the lines may be sent back.
    pub fn open_return(&mut self, name: &str, lines: &[u64], reason: &str) -> Result<u64, Error> {
        let now = self.now();
        let order = self.order_by_name(name).ok_or_else(|| unknown("order", name))?;
        let chosen: Vec<&Line> =
            order.lines.iter().filter(|l| lines.contains(&l.id) && self.return_refusal(order, l).is_none()).collect();
        if chosen.is_empty() {
            return Err(refused(order, "sent back", "none of the chosen items can be returned"));
        }
        let id = 1 + self.returns.iter().map(|r| r.id).max().unwrap_or(40000);
        let request = ReturnRequest {
            id,
            state: ReturnState::Open,
            order_id: order.id,
            items: chosen.iter().map(|l| (l.id, l.current, reason.to_owned())).collect(),
            refund: Money(chosen.iter().map(|l| l.price.0 * i64::from(l.current)).sum()),
            carrier: "DHL".to_owned(),
            tracking_number: format!("RET{}", 700_000 + id),
            created_at: now,
            updated_at: now,
            notes: Vec::new(),
        };
        self.returns.push(request);
        Ok(id)
    }

    /// # Errors
    /// The return is unknown.
    pub fn edit_return(&mut self, id: u64, edit: impl FnOnce(&mut ReturnRequest)) -> Result<(), Error> {
        let now: Timestamp = self.now();
        let request = self.returns.iter_mut().find(|r| r.id == id).ok_or_else(|| unknown("return", &id.to_string()))?;
        edit(request);
        request.updated_at = now;
        Ok(())
    }

    fn edit_variant(&mut self, sku: &str, edit: impl FnOnce(&mut super::Variant)) -> Result<(), Error> {
        let now = self.now();
        let product = self
            .products
            .iter_mut()
            .find(|p| p.variants.iter().any(|v| v.sku == sku))
            .ok_or_else(|| unknown("variant", sku))?;
        if let Some(variant) = product.variants.iter_mut().find(|v| v.sku == sku) {
            edit(variant);
        }
        product.updated_at = now;
        Ok(())
    }

    fn order_mut(&mut self, name: &str) -> Result<&mut Order, Error> {
        let id = self.order_by_name(name).map(|o| o.id);
        self.orders.iter_mut().find(|o| Some(o.id) == id).ok_or_else(|| unknown("order", name))
    }

    fn product_mut(&mut self, handle: &str) -> Result<&mut Product, Error> {
        self.products.iter_mut().find(|p| p.handle == handle).ok_or_else(|| unknown("product", handle))
    }
}

fn unknown(kind: &'static str, name: &str) -> Error {
    Error::Unknown { kind, name: name.to_owned() }
}

fn refused(order: &Order, action: &'static str, reason: &'static str) -> Error {
    Error::Refused { order: order.name(), action, reason }
}
