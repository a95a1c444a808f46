//! The second factor of one's own account: a secret that an authenticator shares, and codes for a lost device.

use super::begin::{WithCookie, renewed};
use super::no_random;
use super::sign_in::me;
use super::view::Me;
use crate::api::Server;
use crate::api::extract::Body;
use crate::api::operator::Operator;
use crate::identity::totp::{TotpSecret, recovery_codes, recovery_hash};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::response::AppendHeaders;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use usher_agent::accounts::{Sessions, Totp};
use usher_host::{Action, Entry};
use utoipa::ToSchema;

/// A secret that was shown must be confirmed within this time.
const PENDING: SignedDuration = SignedDuration::from_mins(15);
/// What is sealed, beside the account.
const SECRET: &str = "totp";
const OFFER: &str = "totp-offer";

/// Where the account's secrets are sealed; no connector's id has a colon.
fn place(account: &str) -> String {
    format!("account:{account}")
}

/// Takes a code: the second factor is changed so that it can't be taken again. Which kind it was, or none.
pub(super) fn take(server: &Server, account: &str, totp: &mut Totp, code: &str) -> Answer<Option<&'static str>> {
    let sealed = hex::decode(&totp.sealed).map_err(|error| Problem::internal(&error))?;
    let opened =
        server.sealing_key().open(&place(account), SECRET, &sealed).map_err(|error| Problem::internal(&error))?;
    let secret = TotpSecret::parse(&opened).ok_or_else(|| Problem::internal(&"a second factor is damaged"))?;
    if let Some(step) = secret.step_of(code, server.now(), totp.last_step) {
        totp.last_step = step;
        return Ok(Some("password and code"));
    }
    Ok(totp.recovery.remove(&recovery_hash(code)).then_some("password and recovery code"))
}

pub(super) fn code_needed() -> Problem {
    Problem::new(Kind::CodeNeeded)
        .detail("this account has a second factor")
        .fix("send the code that your authenticator shows as `code`, or one of the recovery codes")
}

pub(super) fn wrong_code() -> Problem {
    Problem::new(Kind::WrongCode)
        .detail("`code` is wrong, or was used already")
        .fix("wait for the next code of your authenticator, and see that its clock is right")
}

/// A second factor to set up.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Offer {
    /// To type into an authenticator: base 32.
    secret: String,
    /// The same as an address (`otpauth:`), for a picture or a link.
    address: String,
    /// The address as a picture: the `src` of an image.
    picture: String,
    /// To be sent back with the first code.
    offer: String,
}

/// Offers a secret for an authenticator. Nothing changes until its first code is sent.
#[utoipa::path(post, path = "/api/v1/account/totp", tag = "account", security(("console" = [])),
    responses(
        (status = 200, description = "The secret, shown once", body = Offer),
        (status = 401, description = "Nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The password is wanted again (`confirmation-needed`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There is one already", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn begin(State(server): State<Server>, operator: Operator) -> Answer<Json<Offer>> {
    let account = operator.account().ok_or_else(|| Problem::new(Kind::Unauthorized))?;
    if account.totp.is_some() {
        return Err(there_is_one());
    }
    let secret = TotpSecret::generate().map_err(no_random)?;
    let until = server.now().saturating_add(PENDING).map_err(|error| Problem::internal(&error))?;
    let offer = format!("{} {}", until.as_second(), *secret.text());
    let offer = server.sealing_key().seal(&place(&account.name), OFFER, &offer);
    let address = secret.address(&server.config().shop.name, &account.email);
    Ok(Json(Offer {
        secret: secret.text().to_string(),
        picture: picture(&address)?,
        address: address.to_string(),
        offer: hex::encode(offer.map_err(|error| Problem::internal(&error))?),
    }))
}

fn there_is_one() -> Problem {
    Problem::new(Kind::Conflict)
        .detail("this account has a second factor already")
        .fix("switch it off first where the device is another one")
}

/// A QR code in SVG, as a `data:` address.
fn picture(address: &str) -> Answer<String> {
    use base64::Engine;
    let code = qrcode::QrCode::new(address.as_bytes()).map_err(|error| Problem::internal(&error))?;
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(240, 240).build();
    Ok(format!("data:image/svg+xml;base64,{}", base64::engine::general_purpose::STANDARD.encode(svg)))
}

/// The first code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct FirstCode {
    /// As it was offered.
    offer: String,
    /// What the authenticator shows.
    code: String,
}

/// A second factor that is switched on.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct SwitchedOn {
    /// Codes for the day on which the device is lost: each works once. They are shown only now.
    recovery_codes: Vec<String>,
    /// Whoever asks, as they are now.
    #[serde(flatten)]
    me: Me,
}

/// Switches the second factor on, by the first code of the secret that was offered. The other sessions end.
#[utoipa::path(post, path = "/api/v1/account/totp/confirm", tag = "account", security(("console" = [])), request_body = FirstCode,
    responses(
        (status = 200, description = "It is asked for from now on; the answer sets a new cookie", body = SwitchedOn),
        (status = 401, description = "Nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The password is wanted again (`confirmation-needed`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There is one already", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The code is wrong, or the offer is too old", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn confirm(
    State(server): State<Server>,
    operator: Operator,
    Body(body): Body<FirstCode>,
) -> Answer<WithCookie<SwitchedOn>> {
    let place = place(&operator.name);
    let offered = hex::decode(&body.offer).ok();
    let offered = offered.and_then(|sealed| server.sealing_key().open(&place, OFFER, &sealed).ok());
    let too_old =
        || Problem::new(Kind::Invalid).detail("`offer` is too old, or isn't this account's").fix("begin again");
    let offered = offered.ok_or_else(too_old)?;
    let (until, secret) = offered.split_once(' ').ok_or_else(too_old)?;
    if until.parse::<i64>().map_or(true, |until| until <= server.now().as_second()) {
        return Err(too_old());
    }
    let secret = TotpSecret::parse(secret).ok_or_else(too_old)?;
    let step = secret.step_of(&body.code, server.now(), 0).ok_or_else(|| {
        Problem::new(Kind::Invalid)
            .detail("`code` is not what an authenticator with this secret shows now")
            .fix("type the next code, and see that the device's clock is right")
    })?;
    let (recovery_codes, recovery) = recovery_codes().map_err(no_random)?;
    let sealed =
        server.sealing_key().seal(&place, SECRET, &secret.text()).map_err(|error| Problem::internal(&error))?;
    let keep = Sessions::EndBut(operator.session().map(|session| session.token_hash));
    let account = server
        .change_account(&operator.name, keep, |account| {
            if account.totp.is_some() {
                return Err(there_is_one());
            }
            account.totp = Some(Totp { sealed: hex::encode(&sealed), last_step: step, recovery: recovery.clone() });
            Ok(Some(changed(&operator, "on")))
        })
        .await?;
    let (cookie, Json(me)) = me(&server, &account, renewed(&server, &operator, false, None).await?)?;
    Ok((AppendHeaders(cookie.0), Json(SwitchedOn { recovery_codes, me })))
}

fn changed(operator: &Operator, state: &str) -> Entry {
    Entry::new(&operator.actor(), Action::SecondFactorChanged, &operator.name, json!({ "second_factor": state }))
}

/// Switches the second factor off. The other sessions end.
#[utoipa::path(delete, path = "/api/v1/account/totp", tag = "account", security(("console" = [])),
    responses(
        (status = 200, description = "It is off; the answer sets a new cookie", body = Me),
        (status = 401, description = "Nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The password is wanted again (`confirmation-needed`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is none", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn remove(State(server): State<Server>, operator: Operator) -> Answer<WithCookie<Me>> {
    let keep = Sessions::EndBut(operator.session().map(|session| session.token_hash));
    let account = server
        .change_account(&operator.name, keep, |account| {
            if account.totp.take().is_none() {
                return Err(Problem::new(Kind::NotFound).detail("this account has no second factor"));
            }
            Ok(Some(changed(&operator, "off")))
        })
        .await?;
    me(&server, &account, renewed(&server, &operator, false, None).await?)
}
