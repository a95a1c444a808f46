//! The first start: the owner's account, made by whoever can read the server's log or data folder; then what is left to
//! set up.
//!
//! While there is no account, a token stands in the data folder and in the log. It makes the first account, once.

use super::begin::{Browser, Fresh, WithCookie};
use super::setup_steps::{Step, steps};
use super::view::Me;
use super::{input, stored};
use crate::api::Server;
use crate::api::extract::{Body, token_hash};
use crate::api::operator::Operator;
use crate::config::{Config, Secret};
use crate::keys::{KeyError, key_file};
use crate::problem::{Answer, Kind, Problem, ProblemBody};
use anyhow::bail;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use subtle::ConstantTimeEq;
use usher_agent::accounts::{Account, AccountState, Kept, Permission, Role};
use usher_agent::store::Store;
use usher_host::{Action, Entry};
use utoipa::ToSchema;

/// In the data folder, until the first account is made.
const FILE: &str = "setup-token";
/// The setting that remembers what can't be seen from elsewhere.
const SETTING: &str = "setup";

/// The token that makes the first account, where there is none; its file is made or removed to that end.
///
/// # Errors
/// Where the store or the file can't be read or written, and where the configuration names an operator as an account is
/// called: what either does would be written down as done by one.
pub(crate) async fn first_token(store: &dyn Store, config: &Config) -> anyhow::Result<Option<Secret>> {
    let file = config.data_dir.join(FILE);
    let accounts = store.accounts().accounts().await?;
    if accounts.is_empty() {
        return Ok(Some(key_file(&file)?));
    }
    if let Some(both) = config.operators.iter().find(|one| accounts.iter().any(|account| account.name == one.name)) {
        bail!("`operators` names `{}`, and an account is called so; give the operator another name", both.name);
    }
    forget(&file)?;
    Ok(None)
}

fn forget(file: &Path) -> Result<(), KeyError> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(KeyError::Io { path: file.display().to_string(), source: error })
        }
        _ => Ok(()),
    }
}

impl Server {
    fn setup_file(&self) -> PathBuf {
        self.config().data_dir.join(FILE)
    }

    async fn owner_needed(&self) -> Answer<bool> {
        Ok(self.store().accounts().accounts().await?.is_empty())
    }
}

/// How far the shop is set up.
#[derive(Serialize, ToSchema)]
pub(in crate::api) struct Setup {
    /// There is no account yet: `POST /api/v1/setup` makes the owner's, with the token of the server's log.
    owner_needed: bool,
    /// The shop's name.
    shop: String,
    /// What there is to set up, in order; only for operators.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<Step>>,
    /// Somebody has seen enough of it.
    dismissed: bool,
}

/// Whoever asks, where that is an operator.
pub(in crate::api) struct Perhaps(Option<Operator>);

impl FromRequestParts<Server> for Perhaps {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Answer<Self> {
        Operator::known(parts, server).await.map(Self)
    }
}

/// Whether the first account is still to be made, and for operators what is left to set up.
#[utoipa::path(get, path = "/api/v1/setup", tag = "account", security(()),
    responses((status = 200, description = "How far it is", body = Setup)))]
pub(in crate::api) async fn read(State(server): State<Server>, Perhaps(who): Perhaps) -> Answer<Json<Setup>> {
    let operator = who.filter(|operator| operator.may(Permission::View));
    let owner_needed = server.owner_needed().await?;
    let (steps, dismissed) = match operator {
        Some(_) => {
            let (steps, dismissed) = steps(&server, !owner_needed).await?;
            (Some(steps), dismissed)
        }
        None => (None, false),
    };
    Ok(Json(Setup { owner_needed, shop: server.config().shop.name.clone(), steps, dismissed }))
}

/// Whether the steps are to be shown.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct Dismissal {
    /// True hides them, false shows them again.
    dismissed: bool,
}

/// Hides the steps, or shows them again.
#[utoipa::path(put, path = "/api/v1/setup/dismissed", tag = "account", security(("operator" = [])), request_body = Dismissal,
    responses(
        (status = 200, description = "Kept", body = Setup),
        (status = 401, description = "Not an operator", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Your role may not", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn dismiss(
    State(server): State<Server>,
    operator: Operator,
    Body(body): Body<Dismissal>,
) -> Answer<Json<Setup>> {
    server.remember_setup(&operator, "dismissed", body.dismissed).await?;
    read(State(server), Perhaps(Some(operator))).await
}

impl Server {
    /// What the setup remembers.
    pub(super) async fn remembered_setup(&self) -> Answer<serde_json::Value> {
        Ok(self.store().setting(SETTING).await?.unwrap_or_else(|| json!({})))
    }

    /// Keeps one fact, where it isn't kept already.
    pub(in crate::api) async fn remember_setup(&self, by: &Operator, name: &str, value: bool) -> Answer<()> {
        let mut remembered = self.remembered_setup().await?;
        if remembered[name].as_bool().unwrap_or(false) == value {
            return Ok(());
        }
        remembered[name] = json!(value);
        let entry = Entry::new(&by.actor(), Action::SettingChanged, SETTING, json!({ name: value }));
        Ok(self.store().put_setting(SETTING, remembered, entry).await?)
    }
}

/// The first owner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct FirstOwner {
    /// The token that the server wrote into its log and into `setup-token` in the data folder.
    token: String,
    /// The owner's address.
    #[schema(format = Email)]
    email: String,
    /// 12 to 256 characters, of any kind, that nobody guesses.
    #[schema(format = Password)]
    password: String,
    /// What colleagues and customers read.
    display_name: String,
    /// What the audit and the API call them, for good: lower-case letters, digits, `.` and `-`. Where it isn't given, what
    /// stands before the `@`.
    #[serde(default)]
    name: Option<String>,
    /// IANA name; the shop's where it isn't given.
    #[serde(default)]
    time_zone: Option<String>,
}

/// Makes the owner's account and signs in in this browser. The token is used up by that.
#[utoipa::path(post, path = "/api/v1/setup", tag = "account", security(()), request_body = FirstOwner,
    responses(
        (status = 200, description = "Signed in; the answer sets the session's cookie", body = Me),
        (status = 403, description = "The token is wrong, or the request comes from a page of another site", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "There is an account already", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "A value can't be used", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many tries; see `Retry-After`", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(in crate::api) async fn found(
    State(server): State<Server>,
    browser: Browser,
    Body(body): Body<FirstOwner>,
) -> Answer<WithCookie<Me>> {
    let there_is_one = || {
        Problem::new(Kind::Conflict)
            .detail("the first account was made already")
            .fix("sign in, or have yourself invited")
    };
    let tried = server.gate().password(browser.address.0, FILE)?;
    if !server.owner_needed().await? {
        return Err(there_is_one());
    }
    let token = key_file(&server.setup_file()).map_err(|error| Problem::internal(&error))?;
    if !bool::from(token_hash(token.reveal()).ct_eq(&token_hash(body.token.trim()))) {
        tracing::warn!(address = %browser.address.0, "a wrong setup token was sent");
        return Err(Problem::new(Kind::Forbidden)
            .detail("`token` is not the one that this server made")
            .fix("it stands in the server's log, and in `setup-token` in the data folder"));
    }
    tried.right();
    let email = input::email(&body.email)?;
    let name = input::name(&server, body.name.as_deref(), &email)?;
    let display_name = input::display_name(&body.display_name)?;
    input::password(&server, "password", &body.password, email.as_str(), &display_name)?;
    let now = server.now();
    let account = Account {
        name,
        email: email.as_str().to_owned(),
        display_name,
        role: Role::Owner,
        state: AccountState::Active,
        time_zone: input::time_zone(&server, body.time_zone.as_deref())?,
        password: Some(server.passwords().hash(&body.password).await?),
        totp: None,
        created_at: now,
        signed_in_at: Some(now),
        version: 1,
    };
    let fresh = Fresh::of(&server, &account.name, &browser)?;
    let detail = json!({ "role": account.role, "by": "setup token" });
    let entry = Entry::new(&format!("operator:{}", account.name), Action::AccountCreated, &account.name, detail);
    match server.store().accounts().found(account.clone(), fresh.session.clone(), entry).await? {
        Kept::Changed => return Err(there_is_one()),
        kept => stored(kept)?,
    }
    if let Err(error) = forget(&server.setup_file()) {
        // It is worth nothing any more; the next start tries again.
        tracing::warn!(%error, "the setup token's file could not be removed");
    }
    fresh.instead_of(&server, &browser).await?;
    Ok(fresh.answer(&server, &account))
}
