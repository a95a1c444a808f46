//! A phone for the demo: the text messages and WhatsApp chats of its customers, to be read and answered like on a device.
//!
//! `GET /` is the page, which asks `GET /state` every second; what is done there is posted. Everything that is shown comes
//! from the Twilio and WhatsApp stand-ins, whose customers' side this is.

mod actions;
mod state;

use std::sync::{Arc, PoisonError, RwLock};

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    middleware,
    response::{Html, Response},
    routing::{get, post},
};

use crate::{
    shop::Shop,
    twilio::TextMessages,
    whatsapp::{WhatsappChats, WhatsappUser},
};

/// A number that is no customer's.
const NEW_NUMBER: &str = "+13125550177";
/// Stands for somebody whose number WhatsApp doesn't show.
const HIDDEN: &str = "hidden";
const HIDDEN_NAME: &str = "Robin";

/// Nothing but the page's own script and style may run.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct App {
    shop: Arc<RwLock<Shop>>,
    texts: TextMessages,
    chats: WhatsappChats,
}

/// Whose phone it is.
struct Phone {
    /// E.164, or [`HIDDEN`].
    id: String,
    /// None where only the number is known.
    name: Option<String>,
    about: &'static str,
}

impl Phone {
    fn number(&self) -> Option<&str> {
        (self.id != HIDDEN).then_some(self.id.as_str())
    }

    fn user(&self) -> WhatsappUser {
        match self.number() {
            Some(number) => WhatsappUser::with_phone(number, self.name.as_deref().unwrap_or("New here")),
            None => WhatsappUser::without_phone(HIDDEN_NAME),
        }
    }
}

impl App {
    /// The demo customers' phones, one with a number that nobody knows, and one whose number isn't shown.
    fn phones(&self) -> Vec<Phone> {
        let shop = self.shop.read().unwrap_or_else(PoisonError::into_inner);
        let of = |demo: crate::DemoCustomer| {
            let customer = shop.customer(demo.id)?;
            Some(Phone { id: customer.phone.clone()?, name: Some(demo.first_name), about: demo.in_words })
        };
        let mut phones: Vec<Phone> = shop.demo_customers().into_iter().filter_map(of).collect();
        phones.push(Phone { id: NEW_NUMBER.to_owned(), name: None, about: "a number that the shop doesn't know" });
        let about = "WhatsApp doesn't show the shop their number";
        phones.push(Phone { id: HIDDEN.to_owned(), name: Some(HIDDEN_NAME.to_owned()), about });
        phones
    }

    /// One of them, or any other number.
    fn phone(&self, id: &str) -> Option<Phone> {
        let known = self.phones().into_iter().find(|phone| phone.id == id);
        let digits = id.strip_prefix('+').unwrap_or_default();
        let number =
            (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        known.or_else(|| number.then(|| Phone { id: id.to_owned(), name: None, about: "another number" }))
    }
}

pub(crate) fn routes(shop: Arc<RwLock<Shop>>, texts: TextMessages, chats: WhatsappChats) -> Router {
    let style = ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("phone.css"));
    let script = ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("phone.js"));
    Router::new()
        .route("/", get(|| async { Html(include_str!("phone.html")) }))
        .route("/phone.css", get(move || async move { style }))
        .route("/phone.js", get(move || async move { script }))
        .route("/state", get(state::show))
        .route("/texts", post(actions::text))
        .route("/whatsapp", post(actions::write))
        .route("/whatsapp/picture", post(actions::picture))
        .route("/whatsapp/press", post(actions::press))
        .route("/whatsapp/open", post(actions::open))
        .layer(middleware::map_response(guarded))
        .with_state(Arc::new(App { shop, texts, chats }))
}

async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(HeaderName::from_static("referrer-policy"), HeaderValue::from_static("no-referrer"));
    response
}
