//! Reading the shop.

use jiff::{Timestamp, ToSpan};

use super::{
    Customer, Discount, Line, Order, Parcel, Product, RETURN_WINDOW_DAYS, ReturnRequest, ReturnState, Shop, Variant,
};

impl Shop {
    /// The time in the shop, in whole seconds as all of its dates.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_second(self.clock.now().as_second()).unwrap_or(self.clock.start())
    }

    pub fn storefront_url(&self) -> &str {
        &self.storefront_url
    }

    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// Oldest first.
    pub fn orders(&self) -> &[Order] {
        &self.orders
    }

    pub fn returns(&self) -> &[ReturnRequest] {
        &self.returns
    }

    pub fn discounts(&self) -> &[Discount] {
        &self.discounts
    }

    pub fn customer(&self, id: u64) -> Option<&Customer> {
        self.customers.iter().find(|c| c.id == id)
    }

    /// Addresses are compared without regard to case.
    pub fn customer_by_email(&self, email: &str) -> Option<&Customer> {
        self.customers.iter().find(|c| c.email.eq_ignore_ascii_case(email))
    }

    /// Newest first; guest checkouts with this address included.
    pub fn orders_of(&self, email: &str) -> Vec<&Order> {
        self.orders.iter().rev().filter(|o| o.email.eq_ignore_ascii_case(email)).collect()
    }

    pub fn order(&self, id: u64) -> Option<&Order> {
        self.orders.iter().find(|o| o.id == id)
    }

    /// With or without `#`.
    pub fn order_by_name(&self, name: &str) -> Option<&Order> {
        let number: u64 = name.trim().trim_start_matches('#').parse().ok()?;
        self.orders.iter().find(|o| o.number == number)
    }

    pub fn order_by_token(&self, token: &str) -> Option<&Order> {
        self.orders.iter().find(|o| o.token == token)
    }

    pub fn product(&self, id: u64) -> Option<&Product> {
        self.products.iter().find(|p| p.id == id)
    }

    pub fn product_by_handle(&self, handle: &str) -> Option<&Product> {
        self.products.iter().find(|p| p.handle == handle)
    }

    pub fn variant(&self, id: u64) -> Option<(&Product, &Variant)> {
        self.products.iter().find_map(|p| Some((p, p.variants.iter().find(|v| v.id == id)?)))
    }

    pub fn parcel_by_number(&self, number: &str) -> Option<(&Order, &Parcel)> {
        self.orders.iter().rev().find_map(|o| {
            let parcel = o.parcels.iter().find(|p| p.number.as_deref() == Some(number))?;
            Some((o, parcel))
        })
    }

    /// Newest first.
    pub fn returns_of(&self, order: u64) -> Vec<&ReturnRequest> {
        self.returns.iter().rev().filter(|r| r.order_id == order).collect()
    }

    pub fn discount_by_code(&self, code: &str) -> Option<&Discount> {
        self.discounts.iter().find(|d| d.codes.iter().any(|c| c.eq_ignore_ascii_case(code)))
    }

    pub fn product_url(&self, product: &Product) -> String {
        format!("{}/products/{}", self.storefront_url, product.handle)
    }

    pub fn image_url(&self, product: &Product) -> String {
        format!("{}/images/{}.svg", self.storefront_url, product.handle)
    }

    pub fn tracking_url(&self, number: &str) -> String {
        format!("{}/track/{number}", self.storefront_url)
    }

    /// Carries the order's token: for its buyer only.
    pub fn status_url(&self, order: &Order) -> String {
        format!("{}/orders/{}", self.storefront_url, order.token)
    }

    /// Until when the order may be sent back; none while it isn't delivered.
    pub fn return_deadline(&self, order: &Order) -> Option<Timestamp> {
        order.delivered_at().map(|at| at + (RETURN_WINDOW_DAYS * 24).hours())
    }

    /// Why this line can't be sent back now; none where it can.
    pub fn return_refusal(&self, order: &Order, line: &Line) -> Option<&'static str> {
        let taken = self.returns_of(order.id).iter().any(|r| {
            matches!(r.state, ReturnState::Open | ReturnState::Closed | ReturnState::Review)
                && r.items.iter().any(|(id, ..)| *id == line.id)
        });
        match self.return_deadline(order) {
            _ if !line.ships => Some("digital-goods"),
            _ if taken => Some("already-returned"),
            _ if line.current == 0 => Some("not-in-order"),
            None => Some("not-delivered"),
            Some(deadline) if deadline < self.now() => Some("outside-return-window"),
            Some(_) => None,
        }
    }

    /// Why the order can't be cancelled now; none where it can.
    pub fn cancel_refusal(&self, order: &Order) -> Option<&'static str> {
        if order.cancelled.is_some() {
            Some("Order has already been cancelled")
        } else if !order.parcels.is_empty() {
            Some("Cannot cancel an order that has been fulfilled")
        } else if self.returns_of(order.id).iter().any(|r| r.state == ReturnState::Open) {
            Some("Cannot cancel an order with a return in progress")
        } else {
            None
        }
    }
}
