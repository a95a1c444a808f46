//! The WhatsApp Cloud API for one number of the shop, and the people who write to it.
//!
//! `POST /{version}/{phone_number_id}/messages` (`sending`) takes messages within the documented limits (`limits`), lets
//! them through at the documented pace and only into open 24-hour windows, and marks messages as read. `book` holds the
//! chats; `events` writes the webhooks about customers' messages and about what became of the shop's, and `delivery` signs
//! them and brings them again until they are taken. [`WhatsappChats`] is the customers' side.

mod book;
mod chats;
mod delivery;
mod events;
mod limits;
mod sending;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{Router, routing::post};

use crate::{Clock, server::Server};
use book::Book;
pub use book::{WhatsappChoice, WhatsappMessage, WhatsappReadMark, WhatsappState, WhatsappUser};
pub use chats::WhatsappChats;
use delivery::Delivery;
pub use delivery::WhatsappWebhook;

/// How the WhatsApp stand-in is set up.
#[derive(Clone, Debug)]
pub struct WhatsappConfig {
    pub phone_number_id: String,
    /// E.164.
    pub number: String,
    pub account_id: String,
    pub token: String,
    /// Webhooks are signed with it.
    pub app_secret: String,
    /// Shown when the address for webhooks is to be confirmed.
    pub verify_token: String,
    pub version: String,
    /// Approved templates: name and language.
    pub templates: Vec<(String, String)>,
    /// Whether a message into a closed window is refused at once; otherwise it is taken, and a status tells of it.
    pub refuses_closed_window_at_once: bool,
    /// Messages a second of the number, and messages to one customer ahead of one in six seconds.
    pub per_second: u32,
    pub pair_burst: u32,
    /// After how long a webhook comes again that wasn't answered with 200; after the last it is given up. Meta goes on for days.
    pub retries: Vec<Duration>,
}

impl Default for WhatsappConfig {
    fn default() -> Self {
        Self {
            phone_number_id: "106540352242922".to_owned(),
            number: "+13125550142".to_owned(),
            account_id: "102290129340398".to_owned(),
            token: "whatsapp-demo-token".to_owned(),
            app_secret: "whatsapp-demo-app-secret".to_owned(),
            verify_token: "whatsapp-demo-verify-token".to_owned(),
            version: "v25.0".to_owned(),
            templates: vec![("answer_ready".to_owned(), "en".to_owned())],
            refuses_closed_window_at_once: false,
            per_second: 80,
            pair_burst: 45,
            retries: [500, 1000, 2000, 4000, 8000, 15_000, 30_000].map(Duration::from_millis).to_vec(),
        }
    }
}

/// The stand-in for WhatsApp: its server and the people who use it.
pub struct Whatsapp {
    pub server: Server,
    pub chats: WhatsappChats,
}

pub(crate) struct App {
    config: WhatsappConfig,
    clock: Clock,
    book: Mutex<Book>,
    delivery: Delivery,
}

impl App {
    /// Must be called inside of the runtime that is to send webhooks.
    pub(crate) fn new(config: WhatsappConfig, clock: Clock) -> Arc<Self> {
        let delivery = Delivery::new(config.app_secret.clone(), config.retries.clone());
        Arc::new(Self { config, clock, book: Mutex::default(), delivery })
    }

    pub(crate) fn routes(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/{version}/{number}/messages", post(sending::messages))
            .fallback(sending::not_there)
            .with_state(Arc::clone(self))
    }

    pub(crate) fn chats(self: &Arc<Self>) -> WhatsappChats {
        WhatsappChats::new(Arc::clone(self))
    }

    pub(crate) fn served_by(self: Arc<Self>, server: Server) -> Whatsapp {
        Whatsapp { server, chats: self.chats() }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
