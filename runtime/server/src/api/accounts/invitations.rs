//! Invitations: a link by mail, with which somebody makes their account; and links with which somebody who has one
//! chooses a new password.
//!
//! The link's secret stands behind the `#`, which browsers send nowhere: not to the server, whose log would have it, nor
//! to proxies.

use super::team::gives;
use super::{cookie, input, no_random};
use crate::api::Server;
use crate::api::extract::{Body, Named, token_hash};
use crate::api::operator::Operator;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use usher_agent::accounts::{Invitation, Role};
use usher_agent::ids::DeliveryId;
use usher_agent::store::{Delivery, DeliveryContent};
use usher_host::{Action, Entry};
use utoipa::ToSchema;

/// An invitation can be taken for so long.
const INVITED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A link for a new password.
const NEW_PASSWORD: SignedDuration = SignedDuration::from_hours(24);

/// Invitations that weren't taken.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Invitations {
    /// The latest first.
    invitations: Vec<InvitationView>,
}

/// An invitation.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct InvitationView {
    /// Where it was sent.
    email: String,
    /// What they will be.
    #[schema(value_type = String)]
    role: Role,
    /// The account that may choose a new password by it; none: it makes an account.
    account: Option<String>,
    /// Who asked.
    invited_by: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    created_at: String,
    /// RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
    /// Its time is over.
    expired: bool,
}

/// Who was invited and hasn't come yet.
#[utoipa::path(get, path = "/api/v1/invitations", tag = "account", security(("operator" = [])),
    responses(
        (status = 200, description = "All that weren't taken", body = Invitations),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Your role may not", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn list(State(server): State<Server>, _: Operator) -> Answer<Json<Invitations>> {
    let now = server.now();
    let all = server.store().accounts().invitations().await?;
    let invitations = all.into_iter().map(|invitation| InvitationView {
        expired: invitation.ended(now),
        email: invitation.email,
        role: invitation.role,
        account: invitation.account,
        invited_by: invitation.invited_by,
        created_at: invitation.created_at.to_string(),
        expires_at: invitation.expires_at.to_string(),
    });
    Ok(Json(Invitations { invitations: invitations.collect() }))
}

/// Somebody to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewInvitation {
    /// Where to.
    #[schema(format = Email)]
    email: String,
    /// `owner` (by owners only), `admin`, `manager`, `agent`, `analyst` or `reviewer`.
    #[schema(value_type = String)]
    role: Role,
}

/// A link that was made.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Link {
    /// Where it is for.
    email: String,
    /// The role of whoever takes it.
    #[schema(value_type = String)]
    role: Role,
    /// The link. It is shown only now: whoever has it can use it.
    link: String,
    /// It was mailed; otherwise hand it over yourself.
    mailed: bool,
    /// RFC 3339.
    #[schema(format = DateTime)]
    expires_at: String,
}

/// Invites somebody, in the place of an earlier invitation to the same address.
#[utoipa::path(post, path = "/api/v1/invitations", tag = "account", security(("operator" = [])), request_body = NewInvitation,
    responses(
        (status = 201, description = "The link, shown once", body = Link),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Your role may not, owners are invited by owners, or the password is wanted again (`confirmation-needed`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There is an account with this address", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn invite(
    State(server): State<Server>,
    operator: Operator,
    Body(body): Body<NewInvitation>,
) -> Answer<(StatusCode, Json<Link>)> {
    gives(&operator, body.role)?;
    let email = input::email(&body.email)?;
    if let Some(known) = server.store().accounts().account_at(email.as_str()).await? {
        return Err(Problem::new(Kind::Conflict)
            .detail(format!("`{}` has this address already", known.name))
            .fix("change the role of that account, or make a link for a new password"));
    }
    let link = send(&server, &operator, email.as_str(), body.role, None).await?;
    Ok((StatusCode::CREATED, Json(link)))
}

/// Keeps an invitation and mails its link. `account`: the one that may choose a new password by it, and whether its
/// second factor is switched off then.
pub(super) async fn send(
    server: &Server,
    operator: &Operator,
    email: &str,
    role: Role,
    account: Option<(&str, bool)>,
) -> Answer<Link> {
    let secret = cookie::new_secret().map_err(no_random)?;
    let now = server.now();
    let lasts = if account.is_some() { NEW_PASSWORD } else { INVITED };
    let invitation = Invitation {
        token_hash: token_hash(&secret),
        account: account.map(|(name, _)| name.to_owned()),
        without_second_factor: account.is_some_and(|(_, without)| without),
        email: email.to_owned(),
        role,
        invited_by: operator.name.clone(),
        created_at: now,
        expires_at: now.saturating_add(lasts).unwrap_or(now),
    };
    let base = server.public_url().as_str().trim_end_matches('/');
    let link = format!("{base}/console/invitation#token={}", *secret);
    let mail = server.config().mail.is_some().then(|| mail(server, operator, &invitation, &link));
    // The address is personal, and the audit is kept for good.
    let object = invitation.account.as_deref().unwrap_or("new account");
    let detail = json!({ "role": role, "without_second_factor": invitation.without_second_factor });
    let entry = Entry::new(&operator.actor(), Action::InvitationSent, object, detail);
    let mailed = mail.is_some();
    let expires_at = invitation.expires_at.to_string();
    server.store().accounts().put_invitation(invitation, mail, entry).await?;
    Ok(Link { email: email.to_owned(), role, link, mailed, expires_at })
}

fn mail(server: &Server, operator: &Operator, invitation: &Invitation, link: &str) -> Delivery {
    let (shop, who) = (&server.config().shop.name, operator.display_name());
    let (subject, text) = match &invitation.account {
        None => (
            format!("{who} invites you to {shop}"),
            format!(
                "{who} invites you to work on customer support at {shop} (as {}).\n\nOpen this link within seven days to \
                 make your account:\n\n{link}\n\nIf you don't know what this is about, leave it: nothing happens then.\n",
                invitation.role
            ),
        ),
        Some(name) => (
            format!("Choose a new password for {shop}"),
            format!(
                "{who} made this link with which you choose a new password for your account `{name}` at {shop}. Open it \
                 within a day:\n\n{link}\n\nIf you didn't ask for it, tell an owner of {shop}: whoever has the link can use it.\n",
            ),
        ),
    };
    Delivery {
        id: DeliveryId::new(),
        to: invitation.email.clone(),
        content: DeliveryContent::Email { subject, text, ticket: None },
        attempts: 0,
        due_at: invitation.created_at,
    }
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/api/v1/invitations/{email}", tag = "account", security(("operator" = [])),
    params(("email" = String, Path, description = "Where it was sent")),
    responses(
        (status = 204, description = "The link is worth nothing any more"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Your role may not", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Nobody with this address was invited", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn withdraw(
    State(server): State<Server>,
    operator: Operator,
    Named(email): Named<String>,
) -> Answer<StatusCode> {
    let entry = Entry::new(&operator.actor(), Action::InvitationWithdrawn, "new account", json!({}));
    if !server.store().accounts().remove_invitation(&email.to_ascii_lowercase(), entry).await? {
        return Err(Problem::new(Kind::NotFound).detail("nobody with this address was invited"));
    }
    Ok(StatusCode::NO_CONTENT)
}
