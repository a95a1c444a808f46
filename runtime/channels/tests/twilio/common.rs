//! A shop behind a proxy, and its account.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use std::sync::{Arc, Mutex, Once};
use usher_channels::{
    DeliveryNews, News, Outgoing, OutgoingContent, Received, Recipient, Refused,
    twilio::{ANSWER, ANSWER_TYPE, Access, Messages, Twilio},
};
use usher_standins::{Standins, StandinsConfig, TwilioConfig};

/// The public address of the shop; a proxy strips its prefix.
pub(crate) const PUBLIC: &str = "https://agent.shop.example/usher";
pub(crate) const NUMBER: &str = "+15005550006";
pub(crate) const ANA: &str = "+33600000001";
pub(crate) const BEN: &str = "+31600000002";

pub(crate) fn client() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// The stand-ins' time isn't ours: nothing may depend on the two being one.
pub(crate) async fn standins(change: impl FnOnce(&mut TwilioConfig)) -> Standins {
    let mut twilio = TwilioConfig { messages_per_second: 0, requests_per_second: 0, ..TwilioConfig::default() };
    change(&mut twilio);
    let now = "2026-09-10T09:30:00Z".parse().unwrap();
    Standins::start(StandinsConfig { now, twilio, ..StandinsConfig::default() }).await.unwrap()
}

pub(crate) fn access(standins: &Standins) -> Access {
    let config = TwilioConfig::default();
    Access {
        account_sid: config.account_sid,
        auth_tokens: vec![config.auth_token],
        messaging_service_sid: None,
        api: standins.twilio.url().to_owned(),
        status_callback: Some(format!("{PUBLIC}/webhooks/twilio/sms?shop=lumen%20demo")),
    }
}

pub(crate) fn sender(standins: &Standins) -> Messages {
    Twilio::new(access(standins)).unwrap().sender(client())
}

pub(crate) fn outgoing(reference: &str, to: &str, text: &str) -> Outgoing {
    Outgoing {
        reference: reference.to_owned(),
        from: NUMBER.to_owned(),
        to: Recipient { id: to.to_owned(), phone: Some(to.to_owned()) },
        content: OutgoingContent::Sms(text.to_owned()),
        first_try_at: Timestamp::now(),
    }
}

/// The shop's server: reads webhooks, and answers them as the reader says.
pub(crate) struct Shop {
    pub(crate) url: String,
    heard: Arc<Mutex<Vec<Result<News, Refused>>>>,
}

struct Ear {
    twilio: Twilio,
    heard: Arc<Mutex<Vec<Result<News, Refused>>>>,
}

impl Shop {
    /// Listens behind its proxy, and Twilio knows its public address.
    pub(crate) async fn open(standins: &Standins) -> Self {
        let shop = Self::of(Twilio::new(access(standins)).unwrap()).await;
        standins.twilio.texts.through_proxy(PUBLIC, &shop.url);
        standins.twilio.texts.send_webhooks_to(&format!("{PUBLIC}/webhooks/twilio/sms?shop=lumen%20demo")).unwrap();
        shop
    }

    pub(crate) async fn of(twilio: Twilio) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::default();
        let ear = Arc::new(Ear { twilio, heard: Arc::clone(&heard) });
        let routes = Router::new().fallback(hear).with_state(ear);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, heard }
    }

    pub(crate) fn heard(&self) -> Vec<Result<News, Refused>> {
        self.heard.lock().unwrap().clone()
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        let heard = self.heard();
        heard
            .into_iter()
            .filter_map(|news| if let Ok(News::Received(text)) = news { Some(*text) } else { None })
            .collect()
    }

    pub(crate) fn deliveries(&self) -> Vec<DeliveryNews> {
        let heard = self.heard();
        heard
            .into_iter()
            .filter_map(|news| if let Ok(News::Delivery(news)) = news { Some(news) } else { None })
            .collect()
    }

    /// The last thing that was heard.
    pub(crate) fn last(&self) -> Result<News, Refused> {
        self.heard().pop().unwrap()
    }
}

async fn hear(State(ear): State<Arc<Ear>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 8 << 20).await.unwrap();
    let url = format!("{PUBLIC}{}", head.uri.path_and_query().unwrap());
    let news = ear.twilio.read(&url, &head.headers, &body);
    let answer = match &news {
        Ok(_) => ([(header::CONTENT_TYPE, ANSWER_TYPE)], ANSWER).into_response(),
        Err(Refused::Signature(_)) => StatusCode::UNAUTHORIZED.into_response(),
        Err(Refused::Malformed(_)) => StatusCode::BAD_REQUEST.into_response(),
        Err(Refused::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    };
    ear.heard.lock().unwrap().push(news);
    answer
}

/// An account whose secret is known.
pub(crate) fn twilio(tokens: &[&str]) -> Twilio {
    Twilio::new(Access {
        account_sid: TwilioConfig::default().account_sid,
        auth_tokens: tokens.iter().map(|token| (*token).to_owned()).collect(),
        messaging_service_sid: None,
        api: "http://127.0.0.1:9".to_owned(),
        status_callback: None,
    })
    .unwrap()
}

pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

pub(crate) fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

/// `X-Twilio-Signature` of what is given in the order of its names already.
pub(crate) fn sign(token: &str, url: &str, sorted: &[(&str, &str)]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}
