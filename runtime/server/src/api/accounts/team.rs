//! Everybody's accounts, for those who manage people. Only owners make or change owners.

use super::invitations::{Link, send};
use super::stored;
use super::view::{AccountView, Tokens};
use crate::api::Server;
use crate::api::extract::{Body, Named, Params};
use crate::api::operator::{Operator, Recognised};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use usher_agent::accounts::{Account, AccountState, Kept, Role, Sessions};
use usher_agent::desk::{Availability, DeskError, HandTo};
use usher_host::{Action, Entry};
use utoipa::{IntoParams, ToSchema};

/// Everybody who operates the shop.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Accounts {
    /// By name.
    accounts: Vec<AccountView>,
    /// Operators that the configuration names: they have a token and no account.
    configured: Vec<ConfiguredOperator>,
}

/// An operator of the configuration.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct ConfiguredOperator {
    /// `admin` is `admin.token`.
    name: String,
    /// What they may do.
    #[schema(value_type = String)]
    role: Role,
}

/// All accounts.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "account", security(("operator" = [])),
    responses(
        (status = 200, description = "Everybody", body = Accounts),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Your role may not", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn list(State(server): State<Server>, operator: Operator) -> Answer<Json<Accounts>> {
    let store = server.store().accounts();
    let mut accounts = Vec::new();
    for account in store.accounts().await? {
        accounts.push(server.view(&account, &operator).await?);
    }
    let configured = server.configured().map(|(name, role)| ConfiguredOperator { name: name.to_owned(), role });
    Ok(Json(Accounts { accounts, configured: configured.collect() }))
}

impl Server {
    async fn view(&self, account: &Account, by: &Operator) -> Answer<AccountView> {
        let now = self.now();
        let sessions = self.store().accounts().console_sessions(&account.name).await?;
        let open = sessions.iter().filter(|session| !session.ended(now)).count();
        let tokens = self.tokens_of(&account.name).await?.len();
        Ok(AccountView::of(account, open, tokens, by.account().is_some() && by.name == account.name))
    }

    async fn known(&self, name: &str) -> Answer<Account> {
        let found = self.store().accounts().account(name).await?;
        found.ok_or_else(|| Problem::new(Kind::NotFound).detail(format!("there is no account `{name}`")))
    }

    /// Nobody takes tickets any more who can't sign in.
    async fn leaves_the_desk(&self, name: &str, by: &Operator) -> Answer<()> {
        let left = async {
            self.desk().set_availability(name, Availability::Offline, None, &by.name).await?;
            self.desk().shift_end(name, HandTo::Team, &by.name).await
        };
        match left.await {
            Ok(_) | Err(DeskError::NotFound(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Refuses whoever isn't an owner where an owner is made or changed.
fn owners_only(by: &Operator, of: Role) -> Answer<()> {
    if of == Role::Owner && by.role != Role::Owner {
        return Err(Problem::new(Kind::Forbidden)
            .detail(format!("only owners make or change owners, and you are {}", by.role))
            .fix("ask an owner"));
    }
    Ok(())
}

/// Refuses whoever may not give somebody this role: only owners make owners, and a program gives nobody more than it has.
pub(super) fn gives(by: &Operator, role: Role) -> Answer<()> {
    owners_only(by, role)?;
    let beyond = role.permissions().iter().find(|permission| !by.may(**permission));
    match (&by.recognised, beyond) {
        (Recognised::Token(_), Some(beyond)) => Err(Problem::new(Kind::Forbidden)
            .detail(format!("{role} may `{}`, which this token was made without", beyond.name()))
            .fix("sign in at the console for that")),
        _ => Ok(()),
    }
}

/// What to change of an account. What isn't given stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct AccountChange {
    /// `owner`, `admin`, `manager`, `agent`, `analyst` or `reviewer`. The account's sessions end.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// `active` or `disabled`. Disabled, its sessions end, its tokens are worth nothing, and its tickets are the team's.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    state: Option<AccountState>,
    /// What colleagues and customers read.
    #[serde(default)]
    display_name: Option<String>,
    /// The `version` that was looked at.
    #[serde(default)]
    version: Option<u64>,
}

/// Changes somebody's role, or whether they may sign in.
#[utoipa::path(patch, path = "/api/v1/accounts/{name}", tag = "account", security(("operator" = [])), request_body = AccountChange,
    params(("name" = String, Path, description = "The account's name")),
    responses(
        (status = 200, description = "Changed", body = AccountView),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Your role may not, it is an owner and you aren't, or the password is wanted again (`confirmation-needed`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such account", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It was changed meanwhile, it is your own, or no owner would be left", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn change(
    State(server): State<Server>,
    operator: Operator,
    Named(name): Named<String>,
    Body(body): Body<AccountChange>,
) -> Answer<Json<AccountView>> {
    let display_name = body.display_name.as_deref().map(super::input::display_name).transpose()?;
    let rights = body.role.is_some() || body.state.is_some();
    if rights && operator.name == name && operator.role != Role::Owner {
        return Err(Problem::new(Kind::Conflict)
            .detail("nobody changes their own role, or switches themselves off")
            .fix("ask somebody else who manages people"));
    }
    let now = server.known(&name).await?;
    let changes = body.role.is_some_and(|role| role != now.role) || body.state.is_some_and(|state| state != now.state);
    let sessions = if changes { Sessions::EndBut(None) } else { Sessions::Stay };
    let account = server
        .change_account(&name, sessions, |account| {
            owners_only(&operator, account.role)?;
            if let Some(role) = body.role {
                gives(&operator, role)?;
            }
            if body.version.is_some_and(|version| version != account.version) {
                return Err(super::crossed());
            }
            let before = json!({ "role": account.role, "state": account.state });
            account.role = body.role.unwrap_or(account.role);
            account.state = body.state.unwrap_or(account.state);
            let renamed = display_name.as_ref().is_some_and(|name| *name != account.display_name);
            account.display_name = display_name.clone().unwrap_or_else(|| account.display_name.clone());
            let after = json!({ "role": account.role, "state": account.state });
            let detail = json!({ "before": before, "after": after, "display_name_changed": renamed });
            Ok(Some(Entry::new(&operator.actor(), Action::AccountChanged, &name, detail)))
        })
        .await?;
    if account.active() {
        server.call_person(&account).await?;
    } else {
        server.leaves_the_desk(&name, &operator).await?;
    }
    Ok(Json(server.view(&account, &operator).await?))
}

/// Removes an account with its sessions and tokens. Its name goes on to mean whoever had it, and is never given again.
#[utoipa::path(delete, path = "/api/v1/accounts/{name}", tag = "account", security(("operator" = [])),
    params(("name" = String, Path, description = "The account's name")),
    responses(
        (status = 204, description = "Removed"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Your role may not, it is an owner and you aren't, or the password is wanted again (`confirmation-needed`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such account", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "It is your own, or no owner would be left", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn remove(
    State(server): State<Server>,
    operator: Operator,
    Named(name): Named<String>,
) -> Answer<StatusCode> {
    let account = server.known(&name).await?;
    owners_only(&operator, account.role)?;
    if operator.account().is_some() && operator.name == name {
        return Err(Problem::new(Kind::Conflict)
            .detail("nobody removes their own account")
            .fix("ask somebody else who manages people"));
    }
    let entry = Entry::new(&operator.actor(), Action::AccountRemoved, &name, json!({ "role": account.role }));
    match server.store().accounts().remove_account(&name, entry).await? {
        Kept::Changed => return Err(Problem::new(Kind::NotFound).detail(format!("there is no account `{name}`"))),
        kept => stored(kept)?,
    }
    server.rights_changed(&name);
    let entry = Entry::new(&operator.actor(), Action::PersonChanged, &name, json!({ "removed": true }));
    server.desk().remove_person(&name, &operator.name, entry).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What becomes of the second factor.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct PasswordLinkOptions {
    /// The second factor is switched off when the link is used: for somebody who has lost the device and the codes too.
    #[serde(default)]
    without_second_factor: bool,
}

/// Makes a link by which somebody chooses a new password. It is mailed to them where the server sends mail. Whoever makes
/// it must have all permissions that the account has, for they could use it themselves.
#[utoipa::path(post, path = "/api/v1/accounts/{name}/password-link", tag = "account", security(("operator" = [])),
    params(("name" = String, Path, description = "The account's name"), PasswordLinkOptions),
    responses(
        (status = 201, description = "The link, shown once", body = Link),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Your role may not, the account may do what you may not, or the password is wanted again (`confirmation-needed`)", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such account", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn password_link(
    State(server): State<Server>,
    operator: Operator,
    Named(name): Named<String>,
    Params(options): Params<PasswordLinkOptions>,
) -> Answer<(StatusCode, Json<Link>)> {
    let account = server.known(&name).await?;
    owners_only(&operator, account.role)?;
    if let Some(beyond) = account.role.permissions().iter().find(|permission| !operator.may(**permission)) {
        return Err(Problem::new(Kind::Forbidden)
            .detail(format!("`{name}` may `{}`, and you may not", beyond.name()))
            .fix("ask an owner"));
    }
    let link = send(&server, &operator, &account.email, account.role, Some((&name, options.without_second_factor)));
    Ok((StatusCode::CREATED, Json(link.await?)))
}

/// Ends all sessions of an account.
#[utoipa::path(delete, path = "/api/v1/accounts/{name}/sessions", tag = "account", security(("operator" = [])),
    params(("name" = String, Path, description = "The account's name")),
    responses(
        (status = 204, description = "No browser is signed in with it any more"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Your role may not", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such account", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn end_sessions(
    State(server): State<Server>,
    operator: Operator,
    Named(name): Named<String>,
) -> Answer<StatusCode> {
    owners_only(&operator, server.known(&name).await?.role)?;
    let entry = Entry::new(&operator.actor(), Action::SessionsEnded, &name, json!({ "which": "all" }));
    server.store().accounts().end_sessions(&name, None, entry).await?;
    server.rights_changed(&name);
    Ok(StatusCode::NO_CONTENT)
}

/// The tokens of somebody's programs.
#[utoipa::path(get, path = "/api/v1/accounts/{name}/tokens", tag = "account", security(("operator" = [])),
    params(("name" = String, Path, description = "The account's name")),
    responses(
        (status = 200, description = "Theirs", body = Tokens),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Your role may not", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such account", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn tokens(
    State(server): State<Server>,
    _: Operator,
    Named(name): Named<String>,
) -> Answer<Json<Tokens>> {
    server.known(&name).await?;
    Ok(Json(Tokens { tokens: server.tokens_of(&name).await? }))
}

/// Ends a token of somebody's.
#[utoipa::path(delete, path = "/api/v1/accounts/{name}/tokens/{label}", tag = "account", security(("operator" = [])),
    params(("name" = String, Path, description = "The account's name"), ("label" = String, Path, description = "What the token is called")),
    responses(
        (status = 204, description = "It is worth nothing any more"),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Your role may not, or it is an owner's and you aren't one", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such account or token", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn end_token(
    State(server): State<Server>,
    operator: Operator,
    Path((name, label)): Path<(String, String)>,
) -> Answer<StatusCode> {
    owners_only(&operator, server.known(&name).await?.role)?;
    server.end_token(&operator, &name, &label).await
}
