//! Local servers that speak the providers' documented formats over one generated shop.
//!
//! [`Standins::start`] generates the [`Shop`] and serves it as each provider would: Shopify's Admin API, the returns APIs of
//! Loop and AfterShip and so on, helpdesks with tickets of their own, a mail provider that keeps what it sends, Twilio with people who write texts, and the shop's own web pages. A connector can't tell them from the real thing:
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

mod aftership_returns;
mod clock;
mod dice;
mod error;
mod gorgias;
mod graphql;
mod html;
mod loop_returns;
mod loyaltylion;
mod mailbox;
mod mailgun;
mod phone;
mod recharge;
mod server;
mod shop;
mod shopify;
mod smile;
mod storefront;
mod twilio;
mod webhook;
mod whatsapp;
mod zendesk;

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

pub use aftership_returns::{AfterShipConfig, ResetHeaders};
pub use clock::Clock;
pub use error::Error;
pub use gorgias::{Gorgias, GorgiasConfig, GorgiasCustomer, GorgiasMail, GorgiasMessage, GorgiasTicket};
pub use loop_returns::{LoopConfig, LoopScope, ZipMeans};
pub use loyaltylion::LoyaltyLionConfig;
pub use mailbox::{Mail, MailDelivery, MailFile, MailHeader, MailboxConfig, Mails, WrittenMail};
pub use mailgun::MailgunConfig;
pub use recharge::{
    Event as SubscriptionEvent, RechargeConfig, RechargeScope, Subscription, SubscriptionBook, SubscriptionCharge,
    SubscriptionState,
};
pub use server::{Fault, Faults, LoggedRequest, Requests, Server};
pub use shop::{
    Address, Audience, CURRENCY, CancelReason, Cancellation, Customer, DemoCustomer, DemoSituation, Discount,
    DiscountKind, Financial, Fulfilment, Kind, LOYALTY_PROGRAM, LOYALTY_TIERS, Line, LoyaltyAccount, LoyaltyReward,
    LoyaltyStanding, Money, Order, Parcel, ParcelState, PointsChange, Product, ProductStatus, RETURN_WINDOW_DAYS,
    Redemption, ReturnRequest, ReturnState, RewardPrice, SHOP_NAME, Segment, Shop, Variant,
};
pub use shopify::ShopifyConfig;
pub use smile::SmileConfig;
pub use storefront::{StorefrontConfig, TokenConfig};
pub use twilio::{TextMessage, TextMessages, TextWritten, Twilio, TwilioConfig, TwilioFate, TwilioWebhook};
pub use webhook::WebhookDelivery;
pub use whatsapp::{
    Whatsapp, WhatsappChats, WhatsappChoice, WhatsappConfig, WhatsappMessage, WhatsappReadMark, WhatsappState,
    WhatsappUser, WhatsappWebhook,
};
pub use zendesk::{Zendesk, ZendeskComment, ZendeskConfig, ZendeskTicket, ZendeskUser};

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
    pub aftership_returns: AfterShipConfig,
    pub recharge: RechargeConfig,
    pub smile: SmileConfig,
    pub loyaltylion: LoyaltyLionConfig,
    pub zendesk: ZendeskConfig,
    pub gorgias: GorgiasConfig,
    pub mailbox: MailboxConfig,
    pub mailgun: MailgunConfig,
    pub twilio: TwilioConfig,
    pub whatsapp: WhatsappConfig,
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
            aftership_returns: AfterShipConfig::default(),
            recharge: RechargeConfig::default(),
            smile: SmileConfig::default(),
            loyaltylion: LoyaltyLionConfig::default(),
            zendesk: ZendeskConfig::default(),
            gorgias: GorgiasConfig::default(),
            mailbox: MailboxConfig::default(),
            mailgun: MailgunConfig::default(),
            twilio: TwilioConfig::default(),
            whatsapp: WhatsappConfig::default(),
            storefront: StorefrontConfig::default(),
        }
    }
}

/// Ports on loopback; 0 takes any free one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    pub shopify: u16,
    pub loop_returns: u16,
    pub aftership_returns: u16,
    pub recharge: u16,
    pub smile: u16,
    pub loyaltylion: u16,
    pub zendesk: u16,
    pub gorgias: u16,
    pub mailbox: u16,
    pub mailgun: u16,
    pub twilio: u16,
    pub whatsapp: u16,
    pub phone: u16,
    pub storefront: u16,
}

/// The running stand-ins. All stop when dropped.
pub struct Standins {
    pub shopify: Server,
    pub loop_returns: Server,
    pub aftership_returns: Server,
    pub recharge: Server,
    pub smile: Server,
    pub loyaltylion: Server,
    /// With the people who work there.
    pub zendesk: Zendesk,
    /// With the people who work there.
    pub gorgias: Gorgias,
    /// With pages for the customers' mailboxes.
    pub mailbox: Server,
    /// Its mails lie in the same mailboxes.
    pub mailgun: Server,
    /// With the people who write to the shop.
    pub twilio: Twilio,
    /// With the people who write to the shop.
    pub whatsapp: Whatsapp,
    /// A phone for people, with the customers' text messages and WhatsApp chats.
    pub phone: Server,
    pub storefront: Server,
    pub shop: Arc<RwLock<Shop>>,
    /// What Recharge keeps.
    pub subscriptions: Arc<RwLock<SubscriptionBook>>,
    /// What the mailbox and Mailgun were given to send, and what customers write.
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
        let aftership_returns = server::Bound::new("AfterShip", ports.aftership_returns).await?;
        let recharge = server::Bound::new("Recharge", ports.recharge).await?;
        let smile = server::Bound::new("Smile", ports.smile).await?;
        let loyaltylion = server::Bound::new("LoyaltyLion", ports.loyaltylion).await?;
        let zendesk = server::Bound::new("Zendesk", ports.zendesk).await?;
        let gorgias = server::Bound::new("Gorgias", ports.gorgias).await?;
        let mailbox = server::Bound::new("mailbox", ports.mailbox).await?;
        let mailgun = server::Bound::new("Mailgun", ports.mailgun).await?;
        let twilio = server::Bound::new("Twilio", ports.twilio).await?;
        let phone = server::Bound::new("phone", ports.phone).await?;
        let whatsapp = server::Bound::new("WhatsApp", ports.whatsapp).await?;
        let storefront = server::Bound::new("storefront", ports.storefront).await?;

        let clock = Clock::starting_at(config.now);
        let shop = Shop::generate(config.seed, clock.clone(), storefront.url.as_str());
        let subscriptions = Arc::new(RwLock::new(recharge::book(&shop, clock.clone())));
        let shop = Arc::new(RwLock::new(shop));
        let mails = Mails::default();

        let shopify_routes = shopify::routes(config.shopify, Arc::clone(&shop), clock.clone())?;
        let loop_routes =
            loop_returns::routes(config.loop_returns, Arc::clone(&shop), clock.clone(), &loop_returns.url);
        let aftership_routes = aftership_returns::routes(
            config.aftership_returns,
            Arc::clone(&shop),
            clock.clone(),
            &aftership_returns.url,
        );
        let recharge_routes = recharge::routes(
            config.recharge,
            Arc::clone(&shop),
            Arc::clone(&subscriptions),
            clock.clone(),
            &recharge.url,
        );
        let smile_routes = smile::routes(config.smile, Arc::clone(&shop), clock.clone());
        let lion_routes = loyaltylion::routes(config.loyaltylion, Arc::clone(&shop), clock.clone());
        let zendesk_app = zendesk::App::new(config.zendesk, clock.clone(), &zendesk.url);
        let zendesk_routes = zendesk_app.routes();
        let gorgias_app = gorgias::App::new(config.gorgias, clock.clone());
        let gorgias_routes = gorgias_app.routes();
        let mail_routes = mailbox::routes(config.mailbox, clock.clone(), mails.clone());
        let mailgun_routes = mailgun::routes(config.mailgun, clock.clone(), mails.clone());
        let twilio_app = twilio::App::new(config.twilio, clock.clone());
        let twilio_routes = twilio_app.routes();
        let twilio = twilio_app.served_by(twilio.serve(twilio_routes, clock.clone()));
        let whatsapp_app = whatsapp::App::new(config.whatsapp, clock.clone());
        let whatsapp_routes = whatsapp_app.routes();
        let whatsapp = whatsapp_app.served_by(whatsapp.serve(whatsapp_routes, clock.clone()));
        let phone_routes = phone::routes(Arc::clone(&shop), twilio.texts.clone(), whatsapp.chats.clone());
        let (shop_routes, embedding) = storefront::routes(config.storefront, Arc::clone(&shop), clock.clone());
        Ok(Self {
            shopify: shopify.serve(shopify_routes, clock.clone()),
            loop_returns: loop_returns.serve(loop_routes, clock.clone()),
            aftership_returns: aftership_returns.serve(aftership_routes, clock.clone()),
            recharge: recharge.serve(recharge_routes, clock.clone()),
            smile: smile.serve(smile_routes, clock.clone()),
            loyaltylion: loyaltylion.serve(lion_routes, clock.clone()),
            zendesk: zendesk_app.served_by(zendesk.serve(zendesk_routes, clock.clone())),
            gorgias: gorgias_app.served_by(gorgias.serve(gorgias_routes, clock.clone())),
            mailbox: mailbox.serve(mail_routes, clock.clone()),
            mailgun: mailgun.serve(mailgun_routes, clock.clone()),
            twilio,
            whatsapp,
            phone: phone.serve(phone_routes, clock.clone()),
            storefront: storefront.serve(shop_routes, clock.clone()),
            shop,
            subscriptions,
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
