//! The generated shop "Lumen & Co": lamps and coffee.
//!
//! `Shop::generate` makes the same shop for the same seed, with every date relative to the clock's start.
//! `people`, `shelves`, `history`, `codes` and `loyalty` generate customers, products, orders, discount codes and points;
//! `demo` holds the few customers whose situation is fixed. `lookup` reads, `change` changes.

mod change;
mod codes;
mod demo;
mod history;
mod lookup;
mod loyalty;
mod model;
mod parcels;
mod people;
mod shelves;

pub use demo::{DemoCustomer, DemoSituation};
pub(crate) use loyalty::{EARNING, Earning, RedeemRefusal};
pub use loyalty::{
    LOYALTY_PROGRAM, LOYALTY_TIERS, LoyaltyAccount, LoyaltyReward, LoyaltyStanding, PointsChange, Redemption,
    RewardPrice,
};
pub use model::{
    Address, Audience, CURRENCY, CancelReason, Cancellation, Customer, Discount, DiscountKind, Financial, Fulfilment,
    Kind, Line, Money, Order, Parcel, ParcelState, Product, ProductStatus, RETURN_WINDOW_DAYS, ReturnRequest,
    ReturnState, Segment, Variant,
};

use crate::{clock::Clock, dice::Dice};

/// The shop's name.
pub const SHOP_NAME: &str = "Lumen & Co";

const CUSTOMERS: u64 = 300;
const ORDERS: usize = 1200;

/// One shop: what all stand-ins show, each in its own provider's format.
#[derive(Clone, Debug)]
pub struct Shop {
    clock: Clock,
    storefront_url: String,
    customers: Vec<Customer>,
    products: Vec<Product>,
    /// Oldest first; numbers rise with time.
    orders: Vec<Order>,
    returns: Vec<ReturnRequest>,
    discounts: Vec<Discount>,
    loyalty: loyalty::Loyalty,
}

impl Shop {
    /// Two shops of one seed and one start of the clock are equal in everything.
    ///
    /// `storefront_url` is the web shop's origin, without a slash at the end: product, tracking and order status pages lie there.
    pub fn generate(seed: u64, clock: Clock, storefront_url: impl Into<String>) -> Self {
        let mut dice = Dice::new(seed);
        let now = clock.start();
        let customers = people::customers(CUSTOMERS, now, &mut dice);
        let products = shelves::products(now, &mut dice);
        let (orders, returns) = history::orders(ORDERS, &customers, &products, now, &mut dice);
        let discounts = codes::discounts(now, &mut dice);
        let loyalty = loyalty::Loyalty::generate(&customers, now);
        Self { clock, storefront_url: storefront_url.into(), customers, products, orders, returns, discounts, loyalty }
    }
}
