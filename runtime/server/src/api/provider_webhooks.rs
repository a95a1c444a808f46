//! Webhooks of channels' providers: what customers wrote, and what became of our messages.
//!
//! Each is checked as its provider signs it, over the bytes as they came, then read, then stored; only then is it
//! answered. One that comes again is known and answered alike. Where a channel isn't configured, its route isn't there.

use super::Server;
use super::extract::Address;
use crate::channels::{SMS_WEBHOOK, receive};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use usher_channels::email::{MAX_MAIL, mailgun, postmark};
use usher_channels::{News, Refused, twilio, whatsapp};

/// The largest bodies, bytes: of a mail with its files, in base64.
pub(super) const MAX_SMS: usize = twilio::MAX_BODY;
/// See above.
pub(super) const MAX_WHATSAPP: usize = whatsapp::MAX_WEBHOOK;
/// See above.
pub(super) const MAX_EMAIL: usize = MAX_MAIL * 3 / 2;

/// So long Mailgun's signatures are remembered, so that none is taken twice: longer than it goes on trying.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// Takes a text message, or what became of one of ours, from Twilio.
#[utoipa::path(post, path = "/api/v1/channels/sms/webhook", tag = "channels", security(()),
    request_body(content = String, description = "As Twilio sends it, signed in `X-Twilio-Signature`", content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It is stored", content_type = "text/xml"),
        (status = 400, description = "It can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Its signature doesn't hold", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "SMS isn't configured here", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn sms(
    State(server): State<Server>,
    Address(address): Address,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Response> {
    let provider = server.providers().sms.as_ref().ok_or_else(|| absent("sms"))?;
    // Signed over the address that Twilio was told, whatever the request says of its host.
    let mut url = format!("{}{SMS_WEBHOOK}", server.public_url().as_str().trim_end_matches('/'));
    if let Some(query) = query {
        url = format!("{url}?{query}");
    }
    let news = provider.twilio.read(&url, &headers, &body).map_err(|refused| refusal(&server, address, &refused))?;
    receive(&server, news).await?;
    Ok(([(header::CONTENT_TYPE, twilio::ANSWER_TYPE)], twilio::ANSWER).into_response())
}

/// Answers Meta's question whether this webhook is ours.
#[utoipa::path(get, path = "/api/v1/channels/whatsapp/webhook", tag = "channels", security(()),
    params(
        ("hub.mode" = String, Query, description = "`subscribe`"),
        ("hub.verify_token" = String, Query, description = "As it is configured"),
        ("hub.challenge" = String, Query, description = "Digits, which are given back"),
    ),
    responses(
        (status = 200, description = "It is; the challenge", content_type = "text/plain"),
        (status = 403, description = "Another verify token, or no challenge", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "WhatsApp isn't configured here", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn verify_whatsapp(
    State(server): State<Server>,
    Address(address): Address,
    RawQuery(query): RawQuery,
) -> Answer<Response> {
    let provider = server.providers().whatsapp.as_ref().ok_or_else(|| absent("whatsapp"))?;
    match provider.whatsapp.verify(query.as_deref().unwrap_or_default()) {
        Ok(challenge) => Ok(([(header::CONTENT_TYPE, "text/plain")], challenge).into_response()),
        Err(error) => {
            server.gate().webhook_failure(address)?;
            tracing::warn!(%error, "Meta's question was refused");
            Err(Problem::new(Kind::Forbidden).detail(error.to_string()))
        }
    }
}

/// Takes messages, and what became of ours, from the WhatsApp Cloud API.
#[utoipa::path(post, path = "/api/v1/channels/whatsapp/webhook", tag = "channels", security(()),
    request_body(content = String, description = "As Meta sends it, signed in `X-Hub-Signature-256`", content_type = "application/json"),
    responses(
        (status = 200, description = "All of it is stored"),
        (status = 400, description = "It can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Its signature doesn't hold", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "WhatsApp isn't configured here", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn whatsapp(
    State(server): State<Server>,
    Address(address): Address,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<StatusCode> {
    let provider = server.providers().whatsapp.as_ref().ok_or_else(|| absent("whatsapp"))?;
    let news = provider.whatsapp.read(&headers, &body).map_err(|refused| refusal(&server, address, &refused))?;
    for news in news {
        receive(&server, news).await?;
    }
    Ok(StatusCode::OK)
}

/// Takes a mail from Postmark's inbound webhook.
#[utoipa::path(post, path = "/api/v1/channels/email/postmark", tag = "channels", security(()),
    request_body(content = String, description = "As Postmark sends it, with the user and password of the configuration", content_type = "application/json"),
    responses(
        (status = 200, description = "It is stored"),
        (status = 400, description = "It can't be read", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Another user or password", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Postmark's inbound webhook isn't configured here", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn postmark(
    State(server): State<Server>,
    Address(address): Address,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    let (provider, credentials) = server
        .providers()
        .email
        .as_ref()
        .and_then(|email| Some((email, email.postmark.as_ref()?)))
        .ok_or_else(|| absent("email.postmark"))?;
    let body = whole(&server, body).await?;
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let news = postmark::read(authorization, &body, credentials, &provider.rules);
    let news = news.map_err(|refused| refusal(&server, address, &refused))?;
    receive(&server, news).await?;
    Ok(StatusCode::OK)
}

/// Takes a mail from a route of Mailgun's.
#[utoipa::path(post, path = "/api/v1/channels/email/mailgun", tag = "channels", security(()),
    request_body(content = String, description = "As Mailgun sends it, as a form or in parts, with its signature", content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "It is stored"),
        (status = 401, description = "Its signature doesn't hold", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Mailgun's inbound webhook isn't configured here", body = ProblemBody, content_type = "application/problem+json"),
        (status = 400, description = "It can't be read", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn mailgun(
    State(server): State<Server>,
    Address(address): Address,
    headers: HeaderMap,
    body: Body,
) -> Answer<StatusCode> {
    let email = server.providers().email.as_ref();
    let provider = email.filter(|email| !email.mailgun_keys.is_empty()).ok_or_else(|| absent("email.mailgun"))?;
    let body = whole(&server, body).await?;
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signing = mailgun::Signing { keys: provider.mailgun_keys.clone(), now: server.now() };
    let mut token = None;
    let seen = |used: &str| {
        token = Some(used.to_owned());
        false
    };
    let news = mailgun::read(content_type, &body, &signing, seen, &provider.rules).await;
    let news = news.map_err(|refused| refusal(&server, address, &refused))?;
    let told = match &news {
        News::Received(received) => received.provider_id.clone(),
        News::Delivery(news) => format!("{} {:?}", news.provider_id, news.state),
        News::Ignored(_) => String::new(),
    };
    if let Some(token) = token
        && !is_its_own(&server, &token, &told).await?
    {
        server.gate().webhook_failure(address)?;
        tracing::warn!("a signature of Mailgun's came with something else than before, and was refused");
        return Err(Problem::new(Kind::Unauthorized).detail("this signature was used for something else"));
    }
    receive(&server, news).await?;
    Ok(StatusCode::OK)
}

/// Whether a signature, which covers no content, comes with the mail or news that it came with first: Mailgun brings again
/// what it couldn't hand over, and nobody else is to bring something else with it.
async fn is_its_own(server: &Server, token: &str, told: &str) -> Answer<bool> {
    let until = server.now().saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX);
    let told = hex::encode(Sha256::digest(told.as_bytes()));
    let store = server.store();
    // In this order: where the process ends in between, the same mail is still taken.
    let first_with_this = store.use_token_id(&format!("mailgun:{token}:{told}"), until).await?;
    let first = store.use_token_id(&format!("mailgun:{token}"), until).await?;
    Ok(first || !first_with_this)
}

/// A body of a mail's size. Few are read at once, since nobody is known before.
async fn whole(server: &Server, body: Body) -> Answer<Bytes> {
    let _place = server.big_body().await?;
    axum::body::to_bytes(body, MAX_EMAIL).await.map_err(|_| Problem::new(Kind::TooLarge))
}

/// Leads from a short address to the one that it stands for.
#[utoipa::path(get, path = "/l/{code}", tag = "channels", security(()),
    params(("code" = String, Path, description = "The short name")),
    responses(
        (status = 302, description = "The address"),
        (status = 404, description = "No such name", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(super) async fn short_link(
    State(server): State<Server>,
    axum::extract::Path(code): axum::extract::Path<String>,
) -> Answer<Response> {
    let url = match code.len() {
        0..=32 => server.store().channels().long_link(&code).await?,
        _ => None,
    };
    let url = url.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok((StatusCode::FOUND, [(header::LOCATION, url)]).into_response())
}

fn absent(section: &str) -> Problem {
    Problem::new(Kind::NotFound).detail(format!("`channels.{section}` isn't configured here"))
}

/// What was wrong goes to the log, not to whoever asked.
fn refusal(server: &Server, address: std::net::IpAddr, refused: &Refused) -> Problem {
    tracing::warn!(%refused, "a provider's webhook was refused");
    match refused {
        Refused::Signature(_) => {
            server.gate().webhook_failure(address).err().unwrap_or_else(|| Problem::new(Kind::Unauthorized))
        }
        Refused::Malformed(why) => Problem::new(Kind::BadRequest).detail(why.clone()),
        Refused::TooLarge => Problem::new(Kind::TooLarge),
    }
}
