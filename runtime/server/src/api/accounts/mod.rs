//! Accounts of the people who operate the shop: the first one (`setup`), signing in and out (`sign_in`), one's own
//! (`own`, `second_factor`, `tokens`), and everybody's (`team`, `invitations`, `accept`).
//!
//! A browser that is signed in has a cookie (`cookie`), and `origin` makes sure that a change comes from a page of ours.
//! Who may do what isn't decided here but by the table of permissions; here stands what depends on the account itself:
//! that only owners make owners, and that one is always left.

mod accept;
mod begin;
pub(super) mod cookie;
mod input;
mod invitations;
pub(super) mod origin;
mod own;
mod second_factor;
mod setup;
mod setup_steps;
mod sign_in;
mod team;
mod tokens;
mod view;

pub(crate) use setup::first_token;

use super::Server;
use crate::identity::HashError;
use crate::problem::{Answer, Kind, Problem};
use std::time::Duration;
use usher_agent::accounts::{Account, Kept, Sessions};
use usher_host::Entry;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// So often a change is tried again that another one crossed.
const TRIES: usize = 4;

/// The routes of accounts.
pub(super) fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(setup::read, setup::found))
        .routes(routes!(setup::dismiss))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(sign_in::sign_out))
        .routes(routes!(sign_in::confirm))
        .routes(routes!(own::roles))
        .routes(routes!(own::read, own::change))
        .routes(routes!(own::set_password))
        .routes(routes!(own::sessions))
        .routes(routes!(own::end_session))
        .routes(routes!(second_factor::begin, second_factor::remove))
        .routes(routes!(second_factor::confirm))
        .routes(routes!(tokens::list, tokens::issue))
        .routes(routes!(tokens::end))
        .routes(routes!(team::list))
        .routes(routes!(team::change, team::remove))
        .routes(routes!(team::password_link))
        .routes(routes!(team::end_sessions))
        .routes(routes!(team::tokens))
        .routes(routes!(team::end_token))
        .routes(routes!(invitations::list, invitations::invite))
        .routes(routes!(invitations::withdraw))
        .routes(routes!(accept::look))
        .routes(routes!(accept::accept))
}

impl Server {
    /// Changes an account, again where another change crossed it. `change` decides on the account as it is then.
    async fn change_account(
        &self,
        name: &str,
        sessions: Sessions,
        mut change: impl FnMut(&mut Account) -> Answer<Option<Entry>>,
    ) -> Answer<Account> {
        for _ in 0..TRIES {
            let Some(mut account) = self.store().accounts().account(name).await? else {
                return Err(Problem::new(Kind::NotFound).detail(format!("there is no account `{name}`")));
            };
            let before = account.version;
            let entry = change(&mut account)?;
            account.version = before + 1;
            let kept = self.store().accounts().put_account(account.clone(), Some(before), sessions, entry).await?;
            if kept == Kept::Changed {
                continue;
            }
            stored(kept)?;
            self.rights_changed(name);
            return Ok(account);
        }
        Err(crossed())
    }
}

/// What became of a change, as the caller is told.
fn stored(kept: Kept) -> Answer<()> {
    match kept {
        Kept::Done => Ok(()),
        Kept::Taken => Err(Problem::new(Kind::Conflict)
            .detail("this name or this address belongs to an account already, or did once")
            .fix("choose another one")),
        Kept::LastOwner => Err(Problem::new(Kind::Conflict)
            .detail("nobody would be left who owns the shop and can sign in")
            .fix("make another account an owner first")),
        Kept::Changed => Err(crossed()),
    }
}

fn crossed() -> Problem {
    Problem::new(Kind::Conflict).detail("it was changed meanwhile").fix("look at it as it is now, then try again")
}

impl From<HashError> for Problem {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::new(Kind::Unavailable)
                .detail("many people sign in at the moment")
                .retry_after(Duration::from_secs(5)),
            HashError::Failed(_) => Self::internal(&error),
        }
    }
}

fn no_random(error: getrandom::Error) -> Problem {
    Problem::internal(&error)
}
