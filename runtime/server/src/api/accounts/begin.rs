//! How a session begins, and how it gets another token.

use super::view::Me;
use super::{cookie, no_random};
use crate::api::Server;
use crate::api::extract::{Address, token_hash};
use crate::api::operator::Operator;
use crate::problem::Answer;
use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::AppendHeaders;
use std::convert::Infallible;
use std::net::SocketAddr;
use usher_agent::accounts::{Account, ConsoleSession};
use usher_agent::hygiene::clean_line;
use usher_host::Entry;
use zeroize::Zeroizing;

/// As much of a browser's name is kept.
const BROWSER_CHARS: usize = 120;

/// An answer that sets the cookie.
pub(in crate::api) type WithCookie<T> = (AppendHeaders<[(HeaderName, HeaderValue); 1]>, Json<T>);

/// Where a request comes from, as a session remembers it.
pub(in crate::api) struct Browser {
    pub(super) address: Address,
    name: String,
    /// The cookie that it has already.
    before: Option<[u8; 32]>,
}

impl FromRequestParts<Server> for Browser {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Infallible> {
        let name = parts.headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
        Ok(Self {
            address: Address::of(server, parts.extensions.get::<SocketAddr>(), &parts.headers),
            name: clean_line(name).chars().take(BROWSER_CHARS).collect(),
            before: cookie::of(server, &parts.headers).map(token_hash),
        })
    }
}

/// A session with the value of its cookie.
pub(super) struct Fresh {
    pub(super) session: ConsoleSession,
    secret: Zeroizing<String>,
}

impl Fresh {
    /// A session of this account that begins now, in this browser.
    pub(super) fn of(server: &Server, account: &str, browser: &Browser) -> Answer<Self> {
        let secret = cookie::new_secret().map_err(no_random)?;
        let now = server.now();
        let session = ConsoleSession {
            token_hash: token_hash(&secret),
            account: account.to_owned(),
            created_at: now,
            used_at: now,
            confirmed_at: now,
            address: browser.address.0.to_string(),
            browser: browser.name.clone(),
        };
        Ok(Self { session, secret })
    }

    /// Ends what the browser had before: a cookie that somebody else may know is worth nothing after signing in.
    pub(super) async fn instead_of(&self, server: &Server, browser: &Browser) -> Answer<()> {
        if let Some(before) = browser.before.filter(|before| *before != self.session.token_hash) {
            server.store().accounts().end_session(before, None).await?;
        }
        Ok(())
    }

    /// The answer to whoever has signed in.
    pub(super) fn answer(self, server: &Server, account: &Account) -> WithCookie<Me> {
        let me = Me::signed_in(account, &self.session);
        (AppendHeaders([(header::SET_COOKIE, cookie::set(server, &self.secret))]), Json(me))
    }
}

/// The same session under another token, after a change of what it may do; `confirmed`: the password was given just now.
pub(super) async fn renewed(
    server: &Server,
    operator: &Operator,
    confirmed: bool,
    entry: Option<Entry>,
) -> Answer<Option<Fresh>> {
    let Some(session) = operator.session() else { return Ok(None) };
    let secret = cookie::new_secret().map_err(no_random)?;
    let now = server.now();
    let renewed = ConsoleSession {
        token_hash: token_hash(&secret),
        used_at: now,
        confirmed_at: if confirmed { now } else { session.confirmed_at },
        ..session.clone()
    };
    let old = session.token_hash;
    let stands = server.store().accounts().renew_session(old, renewed.clone(), entry).await?;
    Ok(stands.then_some(Fresh { session: renewed, secret }))
}
