//! Taking an invitation: making one's account, or choosing a new password.

use super::begin::{Browser, Fresh, WithCookie};
use super::view::Me;
use super::{input, second_factor, stored};
use crate::api::Server;
use crate::api::extract::{Body, token_hash};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use usher_agent::accounts::{Account, AccountState, Invitation, Role};
use usher_host::{Action, Entry};
use utoipa::ToSchema;

/// The secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct LinkSecret {
    /// What stands behind `#token=`.
    token: String,
}

/// What a link is for.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Invited {
    /// The address of the account.
    email: String,
    /// What they will be, or are.
    #[schema(value_type = String)]
    role: Role,
    /// The account that may choose a new password by it; none: it makes an account.
    account: Option<String>,
    /// What whoever asked is called.
    invited_by: String,
    /// The code of the second factor is wanted too.
    code_needed: bool,
    /// RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

impl Server {
    async fn invited(&self, token: &str, browser: &Browser) -> Answer<Invitation> {
        self.gate().proof(browser.address.0)?;
        let found = self.store().accounts().invitation(token_hash(token)).await?;
        found.filter(|invitation| !invitation.ended(self.now())).ok_or_else(|| {
            Problem::new(Kind::NotFound)
                .detail("this link isn't good any more: it was used, taken back, or its time is over")
                .fix("ask for another one")
        })
    }
}

/// Says what a link is for.
#[utoipa::path(post, path = "/api/v1/invitations/look", tag = "account", security(()), request_body = LinkSecret,
    responses(
        (status = 200, description = "It is good", body = Invited),
        (status = 404, description = "It was used, taken back, or its time is over", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many tries; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn look(
    State(server): State<Server>,
    browser: Browser,
    Body(body): Body<LinkSecret>,
) -> Answer<Json<Invited>> {
    let invitation = server.invited(&body.token, &browser).await?;
    let accounts = server.store().accounts();
    let inviter = accounts.account(&invitation.invited_by).await?;
    let code_needed = match &invitation.account {
        Some(name) if !invitation.without_second_factor => {
            accounts.account(name).await?.is_some_and(|account| account.totp.is_some())
        }
        _ => false,
    };
    Ok(Json(Invited {
        invited_by: inviter.map_or(invitation.invited_by, |account| account.display_name),
        email: invitation.email,
        role: invitation.role,
        account: invitation.account,
        code_needed,
        expires_at: invitation.expires_at.to_string(),
    }))
}

/// Whoever takes an invitation. For a new password, only `token`, `password` and where it is needed `code`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Acceptance {
    /// What stands behind `#token=`.
    token: String,
    /// 12 to 256 characters, of any kind, that nobody guesses.
    #[schema(format = Password)]
    password: String,
    /// What the audit and the API call them, for good: lower-case letters, digits, `.` and `-`. Where it isn't given, what
    /// stands before the `@`.
    #[serde(default)]
    name: Option<String>,
    /// What colleagues and customers read.
    #[serde(default)]
    display_name: Option<String>,
    /// IANA name; the shop's where it isn't given.
    #[serde(default)]
    time_zone: Option<String>,
    /// The code of the second factor, where the account has one.
    #[serde(default)]
    code: Option<String>,
}

/// Takes an invitation: makes the account, or chooses the new password, and signs in in this browser.
#[utoipa::path(post, path = "/api/v1/invitations/accept", tag = "account", security(()), request_body = Acceptance,
    responses(
        (status = 200, description = "Signed in; the answer sets the session's cookie", body = Me),
        (status = 401, description = "The code of the second factor is wanted (`code-needed`) or wrong (`wrong-code`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The request comes from a page of another site", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "The link was used, taken back, or its time is over", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The name or the address belongs to an account", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many tries; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn accept(
    State(server): State<Server>,
    browser: Browser,
    Body(body): Body<Acceptance>,
) -> Answer<WithCookie<Me>> {
    let invitation = server.invited(&body.token, &browser).await?;
    let (mut account, before) = match &invitation.account {
        None => (newcomer(&server, &invitation, &body)?, None),
        Some(name) => {
            let account = server.store().accounts().account(name).await?.filter(Account::active);
            let account = account.ok_or_else(|| {
                Problem::new(Kind::NotFound).detail("this account can't sign in any more").fix("ask an owner")
            })?;
            let account = with_second_factor(&server, account, &invitation, body.code.as_deref())?;
            let before = account.version;
            (account, Some(before))
        }
    };
    input::password(&server, "password", &body.password, &account.email, &account.display_name)?;
    account.password = Some(server.passwords().hash(&body.password).await?);
    account.signed_in_at = Some(server.now());
    account.version = before.map_or(1, |before| before + 1);
    let fresh = Fresh::of(&server, &account.name, &browser)?;
    let action = if before.is_some() { Action::PasswordChanged } else { Action::AccountCreated };
    let detail = json!({ "role": account.role, "by_link_of": invitation.invited_by });
    let entry = Entry::new(&format!("operator:{}", account.name), action, &account.name, detail);
    let kept = server.store().accounts().accept_invitation(
        invitation.token_hash,
        account.clone(),
        before,
        fresh.session.clone(),
        entry,
    );
    stored(kept.await?)?;
    fresh.instead_of(&server, &browser).await?;
    server.rights_changed(&account.name);
    Ok(fresh.answer(&server, &account))
}

fn newcomer(server: &Server, invitation: &Invitation, body: &Acceptance) -> Answer<Account> {
    let email = input::email(&invitation.email)?;
    let name = input::name(server, body.name.as_deref(), &email)?;
    let display_name = input::display_name(body.display_name.as_deref().unwrap_or(&name))?;
    let now = server.now();
    Ok(Account {
        name,
        email: email.as_str().to_owned(),
        display_name,
        role: invitation.role,
        state: AccountState::Active,
        time_zone: input::time_zone(server, body.time_zone.as_deref())?,
        password: None,
        totp: None,
        created_at: now,
        signed_in_at: None,
        version: 1,
    })
}

/// The link replaces the password, not the device.
fn with_second_factor(
    server: &Server,
    mut account: Account,
    invitation: &Invitation,
    code: Option<&str>,
) -> Answer<Account> {
    if invitation.without_second_factor {
        account.totp = None;
    }
    if let Some(totp) = &mut account.totp {
        let code = code.ok_or_else(second_factor::code_needed)?;
        second_factor::take(server, &account.name, totp, code)?.ok_or_else(second_factor::wrong_code)?;
    }
    Ok(account)
}
