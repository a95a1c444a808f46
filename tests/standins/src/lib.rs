//! Local servers that speak the providers' documented formats over one generated shop.
//!
//! [`Standins::start`] generates the [`Shop`] and serves it four times: as Shopify's Admin API, as Loop's returns API, with a
//! mail provider that keeps what it sends, and as the shop's own web pages. A connector can't tell them from the real thing:
//! they throttle, expire tokens, cut pages and refuse as the providers do. Tests look at the shop and change it through
//! [`Standins::shop`], order [`Fault`]s from a [`Server`] and read its [`Requests`].
//!
//! ```no_run
//! # async fn example() -> Result<(), usher_standins::Error> {
//! use usher_standins::{DemoSituation, Fault, Standins, StandinsConfig};
//!
//! let standins = Standins::start(StandinsConfig::default()).await?;
//! let ana = standins.read(|shop| shop.demo_customer(DemoSituation::InTransit));
//! standins.shopify.faults().next(1, Fault::Status { status: 500 });
//! println!("{} shops at {}", ana.map(|c| c.first_name).unwrap_or_default(), standins.storefront.url());
//! # Ok(())
//! # }
//! ```

mod clock;
mod dice;
mod error;
mod graphql;
mod html;
mod loop_returns;
mod mailbox;
mod server;
mod shop;
mod shopify;
mod storefront;

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

pub use clock::Clock;
pub use error::Error;
pub use loop_returns::{LoopConfig, LoopScope, ZipMeans};
pub use mailbox::{Mail, MailHeader, MailboxConfig, Mails};
pub use server::{Fault, Faults, LoggedRequest, Requests, Server};
pub use shop::{
    Address, Audience, CURRENCY, CancelReason, Cancellation, Customer, DemoCustomer, DemoSituation, Discount,
    DiscountKind, Financial, Fulfilment, Kind, Line, Money, Order, Parcel, ParcelState, Product, ProductStatus,
    RETURN_WINDOW_DAYS, ReturnRequest, ReturnState, SHOP_NAME, Shop, Variant,
};
pub use shopify::ShopifyConfig;
pub use storefront::{StorefrontConfig, TokenConfig};

/// How a set of stand-ins is set up. The default is the demo's shop, now, on free ports.
#[derive(Clone, Debug)]
pub struct StandinsConfig {
    /// What time it is in the shop; every date of the generated shop is relative to it.
    pub now: Timestamp,
    /// The same seed and `now` give the same shop.
    pub seed: u64,
    pub ports: Ports,
    pub shopify: ShopifyConfig,
    pub loop_returns: LoopConfig,
    pub mailbox: MailboxConfig,
    pub storefront: StorefrontConfig,
}

impl Default for StandinsConfig {
    fn default() -> Self {
        // Whole seconds, as the providers' dates have them.
        let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap_or(Timestamp::UNIX_EPOCH);
        Self {
            now,
            seed: 7,
            ports: Ports::default(),
            shopify: ShopifyConfig::default(),
            loop_returns: LoopConfig::default(),
            mailbox: MailboxConfig::default(),
            storefront: StorefrontConfig::default(),
        }
    }
}

/// Ports on loopback; 0 takes any free one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    pub shopify: u16,
    pub loop_returns: u16,
    pub mailbox: u16,
    pub storefront: u16,
}

/// The running stand-ins. All stop when dropped.
pub struct Standins {
    pub shopify: Server,
    pub loop_returns: Server,
    pub mailbox: Server,
    pub storefront: Server,
    pub shop: Arc<RwLock<Shop>>,
    /// What the mailbox was given to send.
    pub mails: Mails,
    /// The time in the shop and at the providers.
    pub clock: Clock,
    embedding: storefront::Embedding,
}

impl Standins {
    /// Generates the shop and listens; afterwards every URL answers.
    ///
    /// # Errors
    /// A port can't be had.
    pub async fn start(config: StandinsConfig) -> Result<Self, Error> {
        let ports = config.ports;
        let shopify = server::Bound::new("Shopify", ports.shopify).await?;
        let loop_returns = server::Bound::new("Loop", ports.loop_returns).await?;
        let mailbox = server::Bound::new("mailbox", ports.mailbox).await?;
        let storefront = server::Bound::new("storefront", ports.storefront).await?;

        let clock = Clock::starting_at(config.now);
        let shop = Shop::generate(config.seed, clock.clone(), storefront.url.as_str());
        let shop = Arc::new(RwLock::new(shop));
        let mails = Mails::default();

        let shopify_routes = shopify::routes(config.shopify, Arc::clone(&shop), clock.clone())?;
        let loop_routes =
            loop_returns::routes(config.loop_returns, Arc::clone(&shop), clock.clone(), &loop_returns.url);
        let mail_routes = mailbox::routes(config.mailbox, clock.clone(), mails.clone());
        let (shop_routes, embedding) = storefront::routes(config.storefront, Arc::clone(&shop), clock.clone());
        Ok(Self {
            shopify: shopify.serve(shopify_routes, clock.clone()),
            loop_returns: loop_returns.serve(loop_routes, clock.clone()),
            mailbox: mailbox.serve(mail_routes, clock.clone()),
            storefront: storefront.serve(shop_routes, clock.clone()),
            shop,
            mails,
            clock,
            embedding,
        })
    }

    /// Reads the shop.
    pub fn read<T>(&self, look: impl FnOnce(&Shop) -> T) -> T {
        look(&self.shop.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the shop.
    pub fn change<T>(&self, change: impl FnOnce(&mut Shop) -> T) -> T {
        change(&mut self.shop.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Embeds the chat widget of the server at this origin into the shop's pages.
    pub fn embed_widget(&self, usher_url: &str) {
        self.embedding.set(usher_url);
    }
}
