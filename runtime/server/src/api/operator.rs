//! Who operates the shop, and by what they are recognised: a token of the configuration, the token of an account's
//! program, or the session of an account's browser.

use super::Server;
use super::accounts::cookie;
use super::extract::{Address, bearer, token_hash};
use crate::problem::{Answer, Kind, Problem};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use jiff::SignedDuration;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use usher_agent::accounts::{Account, ApiToken, ConsoleSession, Permission, Role};

/// What every token of a program begins with, so that whoever finds one knows what it is.
pub(super) const TOKEN_PREFIX: &str = "usher_";
/// That something was used is noted to the minute.
const NOTED: SignedDuration = SignedDuration::from_mins(1);
/// How often a stream looks whether its reader's session goes on.
const LOOK: Duration = Duration::from_secs(15);
/// A page that reads something anew by itself says so with this header: nobody sits there for that.
const UNATTENDED: &str = "usher-unattended";

/// Somebody who operates the shop, for one request.
#[derive(Clone)]
pub(crate) struct Operator {
    /// As the audit names them: the account's name, or the one in the configuration (`admin` for `admin.token`).
    pub(crate) name: String,
    /// What they are.
    pub(crate) role: Role,
    /// How it is known who they are.
    pub(crate) recognised: Recognised,
    permissions: Arc<[Permission]>,
    account: Option<Arc<Account>>,
}

/// By what an operator is recognised.
#[derive(Clone)]
pub(crate) enum Recognised {
    /// A token that the configuration names.
    Configured,
    /// A browser in which the account is signed in.
    Session(ConsoleSession),
    /// A program with a token of the account's.
    Token(ApiToken),
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operator").field("name", &self.name).field("role", &self.role).finish_non_exhaustive()
    }
}

impl Operator {
    pub(super) fn configured(name: &str, role: Role) -> Self {
        let permissions = role.permissions().into();
        Self { name: name.to_owned(), role, recognised: Recognised::Configured, permissions, account: None }
    }

    fn of_session(session: ConsoleSession, account: Account) -> Self {
        Self {
            name: account.name.clone(),
            role: account.role,
            recognised: Recognised::Session(session),
            permissions: account.role.permissions().into(),
            account: Some(Arc::new(account)),
        }
    }

    fn of_token(token: ApiToken, account: Account) -> Self {
        Self {
            name: account.name.clone(),
            role: account.role,
            permissions: token.scopes.iter().copied().filter(|scope| account.role.may(*scope)).collect(),
            recognised: Recognised::Token(token),
            account: Some(Arc::new(account)),
        }
    }

    /// As the audit names them.
    pub(super) fn actor(&self) -> String {
        format!("operator:{}", self.name)
    }

    /// Who looks at a page of the console; none where nobody is signed in.
    pub(crate) async fn of_page(parts: &mut Parts, server: &Server) -> Option<Self> {
        match Self::known(parts, server).await {
            Ok(operator) => operator,
            Err(problem) => {
                tracing::warn!(?problem, "it could not be found out who looks at a page");
                None
            }
        }
    }

    /// Whether they may do this: by their role, and where a token is used by its scopes.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// All that they may do.
    pub(crate) fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    /// What they are called.
    pub(crate) fn display_name(&self) -> &str {
        self.account.as_ref().map_or(&self.name, |account| &account.display_name)
    }

    /// IANA name; none: the shop's.
    pub(crate) fn time_zone(&self) -> Option<&str> {
        self.account.as_ref().map(|account| account.time_zone.as_str())
    }

    /// Their account; none for a token of the configuration.
    pub(super) fn account(&self) -> Option<&Account> {
        self.account.as_deref()
    }

    /// The session of their browser.
    pub(super) fn session(&self) -> Option<&ConsoleSession> {
        match &self.recognised {
            Recognised::Session(session) => Some(session),
            _ => None,
        }
    }

    /// Whether they still have the rights that they had: asked again and again by streams, which outlive a request.
    async fn holds(&self, server: &Server) -> bool {
        let now = match &self.recognised {
            Recognised::Configured => return true,
            Recognised::Session(session) => by_session(server, session.token_hash).await,
            Recognised::Token(token) => by_token(server, token.token_hash).await,
        };
        match now {
            Ok(now) => now.is_some_and(|now| now.role == self.role && now.permissions == self.permissions),
            // A store that fails for a moment takes nobody's rights.
            Err(problem) => {
                tracing::warn!(?problem, "it could not be found out whether a stream may go on");
                true
            }
        }
    }

    /// Waits until they don't have the rights any more that they had: for streams.
    pub(super) fn lost(&self, server: &Server) -> impl Future<Output = ()> + Send + 'static {
        let (operator, server) = (self.clone(), server.clone());
        let mut changed = server.rights();
        async move {
            loop {
                tokio::select! {
                    heard = changed.recv() => {
                        let concerns = heard.as_ref().map_or(true, |account| *account == operator.name);
                        if matches!(heard, Err(RecvError::Closed)) {
                            return;
                        }
                        if !concerns {
                            continue;
                        }
                    }
                    // A session that ends by time tells nobody.
                    () = tokio::time::sleep(LOOK) => {}
                }
                if !operator.holds(&server).await {
                    return;
                }
            }
        }
    }

    /// Whoever sent the request; refused where that is nobody.
    pub(super) async fn of(parts: &mut Parts, server: &Server) -> Answer<Self> {
        if let Some(operator) = Self::known(parts, server).await? {
            return Ok(operator);
        }
        // Whoever sends nothing, or a session that is over, guesses nothing.
        if parts.headers.contains_key(AUTHORIZATION) {
            let address = Address::of(server, parts.extensions.get::<SocketAddr>(), &parts.headers);
            server.gate().operator_failure(address.0)?;
        }
        Err(Problem::new(Kind::Unauthorized)
            .detail("this is for operators")
            .fix("sign in at the console, or send an operator's token"))
    }

    /// Whoever sent the request, where that is an operator. It is found out once for each request.
    pub(super) async fn known(parts: &mut Parts, server: &Server) -> Answer<Option<Self>> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(Some(known.clone()));
        }
        let found = Self::recognise(server, &parts.headers).await?;
        if let Some(operator) = &found {
            parts.extensions.insert(operator.clone());
        }
        Ok(found)
    }

    /// Whose credentials these are. A token counts before a cookie, and a wrong one isn't helped by a right cookie.
    pub(super) async fn recognise(server: &Server, headers: &HeaderMap) -> Answer<Option<Self>> {
        if headers.contains_key(AUTHORIZATION) {
            let Some(token) = bearer(headers) else { return Ok(None) };
            if let Some((name, role)) = server.operator(token) {
                return Ok(Some(Self::configured(name, role)));
            }
            if !token.starts_with(TOKEN_PREFIX) {
                return Ok(None);
            }
            let found = by_token(server, token_hash(token)).await?;
            if let Some(Recognised::Token(token)) = found.as_ref().map(|found| &found.recognised)
                && token.used_at.is_none_or(|used| server.now().duration_since(used) >= NOTED)
            {
                server.store().accounts().touch_api_token(token.token_hash, server.now()).await?;
            }
            return Ok(found);
        }
        let Some(cookie) = cookie::of(server, headers) else { return Ok(None) };
        let found = by_session(server, token_hash(cookie)).await?;
        if let Some(session) = found.as_ref().and_then(Self::session)
            && server.now().duration_since(session.used_at) >= NOTED
            && !headers.contains_key(UNATTENDED)
        {
            server.store().accounts().touch_session(session.token_hash, server.now()).await?;
        }
        Ok(found)
    }
}

async fn by_session(server: &Server, token_hash: [u8; 32]) -> Answer<Option<Operator>> {
    let found = server.store().accounts().console_session(token_hash).await?;
    let good = found.filter(|(session, account)| account.active() && !session.ended(server.now()));
    Ok(good.map(|(session, account)| Operator::of_session(session, account)))
}

async fn by_token(server: &Server, token_hash: [u8; 32]) -> Answer<Option<Operator>> {
    let found = server.store().accounts().api_token(token_hash).await?;
    let good = found.filter(|(token, account)| account.active() && !token.ended(server.now()));
    Ok(good.map(|(token, account)| Operator::of_token(token, account)))
}

/// Whoever the guard let through.
impl FromRequestParts<Server> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Answer<Self> {
        Self::of(parts, server).await
    }
}
