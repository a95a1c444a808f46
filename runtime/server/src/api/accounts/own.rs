//! One's own account: what one is called, the password, and the browsers that are signed in.

use super::begin::{Browser, WithCookie, renewed};
use super::input;
use super::sign_in::{check_password, me, plain};
use super::view::{Me, SessionEntry, session_id};
use crate::api::Server;
use crate::api::extract::{Body, Named};
use crate::api::operator::Operator;
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use usher_agent::accounts::{Account, Permission, Role, Sessions};
use usher_agent::desk::DeskError;
use usher_host::{Action, Entry};
use utoipa::ToSchema;

/// What each role may do.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Roles {
    /// The one that may do the most first.
    roles: Vec<RoleView>,
    /// All permissions.
    permissions: Vec<PermissionView>,
}

/// A role.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct RoleView {
    /// `owner`, `admin`, …
    #[schema(value_type = String)]
    role: Role,
    /// What it is for.
    about: &'static str,
    /// What it may do.
    #[schema(value_type = Vec<String>)]
    permissions: Vec<Permission>,
}

/// A permission.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct PermissionView {
    /// `view`, `connect`, …
    #[schema(value_type = String)]
    permission: Permission,
    /// What it allows.
    about: &'static str,
}

/// The table of roles and permissions.
#[utoipa::path(get, path = "/api/v1/roles", tag = "account", security(("operator" = [])),
    responses(
        (status = 200, description = "All roles", body = Roles),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn roles(_: Operator) -> Json<Roles> {
    let roles = Role::ALL.into_iter().map(|role| RoleView {
        role,
        about: role.about(),
        permissions: role.permissions().to_vec(),
    });
    let permissions =
        Permission::ALL.into_iter().map(|permission| PermissionView { permission, about: permission.about() });
    Json(Roles { roles: roles.collect(), permissions: permissions.collect() })
}

/// Whoever asks: an account, or an operator of the configuration.
#[utoipa::path(get, path = "/api/v1/account", tag = "account", security(("operator" = [])),
    responses(
        (status = 200, description = "You", body = Me),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn read(operator: Operator) -> Json<Me> {
    plain(&operator)
}

/// What to change of one's own account. What isn't given stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct OwnChange {
    /// What colleagues and customers read: 1 to 60 characters.
    #[serde(default)]
    display_name: Option<String>,
    /// IANA name, in which pages show times.
    #[serde(default)]
    time_zone: Option<String>,
}

/// Changes what one is called, or the zone of times.
#[utoipa::path(patch, path = "/api/v1/account", tag = "account", security(("console" = [])), request_body = OwnChange,
    responses(
        (status = 200, description = "Changed", body = Me),
        (status = 401, description = "Nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used; nothing has changed", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn change(
    State(server): State<Server>,
    operator: Operator,
    Body(body): Body<OwnChange>,
) -> Answer<Json<Me>> {
    let display_name = body.display_name.as_deref().map(input::display_name).transpose()?;
    let zone = body.time_zone.as_deref().map(|zone| input::time_zone(&server, Some(zone))).transpose()?;
    let account = server
        .change_account(&operator.name, Sessions::Stay, |account| {
            let renamed = display_name.as_ref().is_some_and(|name| *name != account.display_name);
            account.display_name = display_name.clone().unwrap_or_else(|| account.display_name.clone());
            account.time_zone = zone.clone().unwrap_or_else(|| account.time_zone.clone());
            // A name is personal, and the audit is kept for good: that it changed is enough.
            let detail = json!({ "display_name_changed": renamed, "time_zone": zone });
            Ok(Some(Entry::new(&operator.actor(), Action::AccountChanged, &operator.name, detail)))
        })
        .await?;
    server.call_person(&account).await?;
    let session = operator.session().ok_or_else(|| Problem::new(Kind::Unauthorized))?;
    Ok(Json(Me::signed_in(&account, session)))
}

impl Server {
    /// The person in support is called as the account is, where there is one.
    pub(super) async fn call_person(&self, account: &Account) -> Answer<()> {
        let named = self.desk().change_person(
            &account.name,
            |person| person.display_name.clone_from(&account.display_name),
            None,
        );
        match named.await {
            Ok(_) | Err(DeskError::NotFound(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewPassword {
    /// The one until now.
    #[schema(format = Password)]
    current: String,
    /// The new one: 12 to 256 characters, of any kind, that nobody guesses.
    #[schema(format = Password)]
    new: String,
}

/// Chooses another password. The other sessions end.
#[utoipa::path(put, path = "/api/v1/account/password", tag = "account", security(("console" = [])), request_body = NewPassword,
    responses(
        (status = 200, description = "Changed; the answer sets a new cookie", body = Me),
        (status = 401, description = "Nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The current one is wrong, or the new one can't be used", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong tries; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn set_password(
    State(server): State<Server>,
    operator: Operator,
    browser: Browser,
    Body(body): Body<NewPassword>,
) -> Answer<WithCookie<Me>> {
    let account = operator.account().ok_or_else(|| Problem::new(Kind::Unauthorized))?;
    input::password(&server, "new", &body.new, &account.email, &account.display_name)?;
    check_password(&server, &browser, account, "current", &body.current).await?;
    let (before, hash) = (account.password.clone(), server.passwords().hash(&body.new).await?);
    let keep = Sessions::EndBut(operator.session().map(|session| session.token_hash));
    let account = server
        .change_account(&operator.name, keep, |account| {
            if account.password != before {
                return Err(super::crossed());
            }
            account.password = Some(hash.clone());
            Ok(Some(Entry::new(&operator.actor(), Action::PasswordChanged, &operator.name, json!({}))))
        })
        .await?;
    me(&server, &account, renewed(&server, &operator, true, None).await?)
}

/// The browsers that are signed in.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct OwnSessions {
    /// The latest first.
    sessions: Vec<SessionEntry>,
}

/// The browsers in which one is signed in.
#[utoipa::path(get, path = "/api/v1/account/sessions", tag = "account", security(("operator" = [])),
    responses(
        (status = 200, description = "Yours", body = OwnSessions),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn sessions(State(server): State<Server>, operator: Operator) -> Answer<Json<OwnSessions>> {
    let now = server.now();
    let all = server.store().accounts().console_sessions(&operator.name).await?;
    let open = all.iter().filter(|session| !session.ended(now));
    Ok(Json(OwnSessions { sessions: open.map(|session| SessionEntry::of(session, operator.session())).collect() }))
}

/// Ends a session of one's own.
#[utoipa::path(delete, path = "/api/v1/account/sessions/{id}", tag = "account", security(("console" = [])),
    params(("id" = String, Path, description = "The session's `id`; `others` ends all but this one")),
    responses(
        (status = 204, description = "It has ended"),
        (status = 401, description = "Nobody is signed in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "You have no such session", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn end_session(
    State(server): State<Server>,
    operator: Operator,
    Named(id): Named<String>,
) -> Answer<StatusCode> {
    let accounts = server.store().accounts();
    let entry =
        |which: &str| Entry::new(&operator.actor(), Action::SessionsEnded, &operator.name, json!({ "which": which }));
    if id == "others" {
        let keep = operator.session().map(|session| session.token_hash);
        accounts.end_sessions(&operator.name, keep, entry("others")).await?;
    } else {
        let all = accounts.console_sessions(&operator.name).await?;
        let found = all.into_iter().find(|session| session_id(session) == id);
        let found = found.ok_or_else(|| Problem::new(Kind::NotFound).detail("you have no such session"))?;
        accounts.end_session(found.token_hash, Some(entry("one"))).await?;
    }
    server.rights_changed(&operator.name);
    Ok(StatusCode::NO_CONTENT)
}
