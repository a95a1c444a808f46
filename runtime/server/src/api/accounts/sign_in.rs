//! Signing in and out, and giving one's password again before what can't be taken back.
//!
//! Whether an address is unknown, an account disabled or a password wrong is answered alike, and after as long a time.

use super::begin::{Browser, Fresh, WithCookie, renewed};
use super::view::Me;
use super::{cookie, crossed, second_factor, stored};
use crate::api::Server;
use crate::api::extract::Body;
use crate::api::operator::Operator;
use crate::identity::{EmailAddress, Passwords};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::AppendHeaders;
use serde::Deserialize;
use serde_json::json;
use usher_agent::accounts::{Account, Kept};
use usher_host::{Action, Entry};
use utoipa::ToSchema;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SignIn {
    /// The account's address.
    #[schema(format = Email)]
    email: String,
    /// Its password.
    #[schema(format = Password)]
    password: String,
    /// The code of the second factor, or one for a lost device: where `code-needed` asked for it.
    #[serde(default)]
    code: Option<String>,
}

/// Signs in in this browser: the answer sets the session's cookie. What was signed in before in it ends.
#[utoipa::path(post, path = "/api/v1/sign-in", tag = "account", security(()), request_body = SignIn,
    responses(
        (status = 200, description = "Signed in", body = Me),
        (status = 401, description = "Address or password are wrong (`sign-in-refused`), the code of the second factor is wanted (`code-needed`), or it is wrong or was used (`wrong-code`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The request comes from a page of another site", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong tries; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn sign_in(
    State(server): State<Server>,
    browser: Browser,
    Body(body): Body<SignIn>,
) -> Answer<WithCookie<Me>> {
    let typed = EmailAddress::parse(&body.email);
    let named = typed.as_ref().map_or("", EmailAddress::as_str);
    let tried = server.gate().password(browser.address.0, named)?;
    let known = match &typed {
        Some(email) => server.store().accounts().account_at(email.as_str()).await?,
        None => None,
    };
    let hash = known.as_ref().and_then(|account| account.password.clone());
    let fits = server.passwords().fits(&body.password, hash.as_deref()).await?;
    let account = match known {
        Some(account) if fits && account.active() => account,
        other => return Err(refused(&server, &browser, other.as_ref(), fits).await?),
    };
    if account.totp.is_some() && body.code.is_none() {
        tried.right();
        return Err(second_factor::code_needed());
    }
    let again = match &hash {
        Some(hash) if Passwords::outgrown(hash) => Some(server.passwords().hash(&body.password).await?),
        _ => None,
    };
    let entered = enter(&server, &browser, account, hash.as_deref(), again, body.code.as_deref()).await?;
    tried.right();
    Ok(entered)
}

/// Takes the second factor and begins the session, on the account as it is then.
async fn enter(
    server: &Server,
    browser: &Browser,
    mut account: Account,
    fitting: Option<&str>,
    again: Option<String>,
    code: Option<&str>,
) -> Answer<WithCookie<Me>> {
    for _ in 0..super::TRIES {
        let before = account.version;
        let factor = match &mut account.totp {
            None => "password",
            Some(totp) => {
                let code = code.ok_or_else(second_factor::code_needed)?;
                match second_factor::take(server, &account.name, totp, code)? {
                    Some(factor) => factor,
                    None => {
                        let entry = failed(&account.name, "code");
                        server.store().append_audit(entry).await?;
                        return Err(second_factor::wrong_code());
                    }
                }
            }
        };
        account.signed_in_at = Some(server.now());
        account.version = before + 1;
        if let Some(again) = &again {
            account.password = Some(again.clone());
        }
        let fresh = Fresh::of(server, &account.name, browser)?;
        let detail = json!({ "by": factor });
        let entry = Entry::new(&format!("operator:{}", account.name), Action::SignedIn, &account.name, detail);
        let accounts = server.store().accounts();
        match accounts.begin_session(fresh.session.clone(), account.clone(), before, entry).await? {
            Kept::Changed => {
                let now = accounts.account(&account.name).await?;
                account = now
                    .filter(|now| now.active() && now.password.as_deref() == fitting)
                    .ok_or_else(|| Problem::new(Kind::SignInRefused))?;
            }
            kept => {
                stored(kept)?;
                fresh.instead_of(server, browser).await?;
                tracing::info!(account = account.name, address = %browser.address.0, "somebody signed in");
                return Ok(fresh.answer(server, &account));
            }
        }
    }
    Err(crossed())
}

/// Notes that somebody could not sign in. What was typed is noted nowhere: people type their password as their name.
async fn refused(server: &Server, browser: &Browser, account: Option<&Account>, fits: bool) -> Answer<Problem> {
    let name = account.map_or("unknown", |account| account.name.as_str());
    let why = match account {
        None => "address",
        Some(_) if fits => "disabled",
        Some(_) => "password",
    };
    tracing::warn!(account = name, why, address = %browser.address.0, "somebody could not sign in");
    server.store().append_audit(failed(name, why)).await?;
    Ok(Problem::new(Kind::SignInRefused)
        .fix("type both again; an owner or admin can send you a link for a new password"))
}

fn failed(account: &str, why: &str) -> Entry {
    Entry::new("unknown", Action::SignInFailed, account, json!({ "why": why }))
}

/// Signs out: the session ends on the server, and the browser forgets its cookie.
#[utoipa::path(post, path = "/api/v1/sign-out", tag = "account", security(()),
    responses(
        (status = 204, description = "Nobody is signed in in this browser any more"),
        (status = 403, description = "The request comes from a page of another site", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn sign_out(
    State(server): State<Server>,
    headers: HeaderMap,
) -> Answer<(StatusCode, AppendHeaders<[(HeaderName, HeaderValue); 1]>)> {
    let who = if cookie::sent(&headers) { Operator::recognise(&server, &headers).await? } else { None };
    if let Some((operator, session)) = who.as_ref().and_then(|who| Some((who, who.session()?))) {
        let entry = Entry::new(&operator.actor(), Action::SignedOut, &operator.name, json!({}));
        server.store().accounts().end_session(session.token_hash, Some(entry)).await?;
        server.rights_changed(&operator.name);
    }
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, cookie::forget(&server))])))
}

/// The password again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Confirmation {
    /// The password of whoever is signed in.
    #[schema(format = Password)]
    password: String,
}

/// Gives the password again. For ten minutes this browser may do what asks for it (`confirmation-needed`).
#[utoipa::path(post, path = "/api/v1/confirm", tag = "account", security(("console" = [])), request_body = Confirmation,
    responses(
        (status = 200, description = "Confirmed; the answer sets a new cookie", body = Me),
        (status = 401, description = "Nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "This isn't the password", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong tries; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn confirm(
    State(server): State<Server>,
    operator: Operator,
    browser: Browser,
    Body(body): Body<Confirmation>,
) -> Answer<WithCookie<Me>> {
    let account = operator.account().ok_or_else(|| Problem::new(Kind::Unauthorized))?;
    check_password(&server, &browser, account, "password", &body.password).await?;
    let fresh = renewed(&server, &operator, true, None).await?;
    let fresh = fresh.ok_or_else(|| Problem::new(Kind::Unauthorized).detail("the session has ended meanwhile"))?;
    Ok(fresh.answer(&server, account))
}

/// Refuses whoever doesn't know the account's password; a session alone may be that of a machine that was left open.
pub(super) async fn check_password(
    server: &Server,
    browser: &Browser,
    account: &Account,
    field: &str,
    password: &str,
) -> Answer<()> {
    let tried = server.gate().password(browser.address.0, &account.email)?;
    if !server.passwords().fits(password, account.password.as_deref()).await? {
        server.store().append_audit(failed(&account.name, "confirmation")).await?;
        return Err(Problem::new(Kind::Invalid).detail(format!("`{field}` is not your password")).fix("type it again"));
    }
    tried.right();
    Ok(())
}

/// What the caller is told who isn't signed in any more.
pub(super) fn me(server: &Server, account: &Account, fresh: Option<Fresh>) -> Answer<WithCookie<Me>> {
    let fresh = fresh.ok_or_else(|| Problem::new(Kind::Unauthorized).detail("the session has ended meanwhile"))?;
    Ok(fresh.answer(server, account))
}

/// Answers that set no cookie.
pub(super) fn plain(operator: &Operator) -> Json<Me> {
    Json(Me::of(operator))
}
