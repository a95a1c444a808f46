//! Who operates the shop: accounts, invitations, sessions and tokens.

use crate::conformance::scene::{entry, hash, holds, lines, minutes, now, there};
use crate::conformance::{Engine, Keeps, Outcome};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_agent::accounts::{
    Account, AccountState, ApiToken, ConsoleSession, Invitation, Kept, Permission, Role, Sessions, Totp,
};
use usher_agent::store::StoreError;
use usher_host::{Action, Entry};

fn account(name: &str, role: Role) -> Account {
    Account {
        name: name.to_owned(),
        email: format!("{name}@shop.example"),
        display_name: format!("{name} \u{1F389}"),
        role,
        state: AccountState::Active,
        time_zone: "Europe/Stockholm".to_owned(),
        password: Some("$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA".to_owned()),
        totp: Some(Totp { sealed: "00ff".to_owned(), last_step: 7, recovery: BTreeSet::from(["ab".to_owned()]) }),
        created_at: now(),
        signed_in_at: None,
        version: 1,
    }
}

fn session(account: &str) -> ConsoleSession {
    let now = now();
    ConsoleSession {
        token_hash: hash(),
        account: account.to_owned(),
        created_at: now,
        used_at: now,
        confirmed_at: now,
        address: "192.0.2.7".to_owned(),
        browser: "a browser".to_owned(),
    }
}

fn token(account: &str, label: &str) -> ApiToken {
    ApiToken {
        token_hash: hash(),
        account: account.to_owned(),
        label: label.to_owned(),
        scopes: BTreeSet::from([Permission::View, Permission::WorkTickets]),
        created_at: now(),
        expires_at: Some(minutes(60)),
        used_at: None,
    }
}

fn why(action: Action, object: &str) -> Entry {
    entry("operator:ada", action, object)
}

/// What each came to, all at once; those that were stored first.
async fn at_once(
    changes: impl IntoIterator<Item = impl Future<Output = Result<Kept, StoreError>> + Send + 'static>,
) -> Outcome<Vec<Kept>> {
    let mut running: JoinSet<_> = changes.into_iter().collect();
    let mut all = Vec::new();
    while let Some(kept) = running.join_next().await {
        all.push(kept??);
    }
    all.sort_by_key(|kept| *kept != Kept::Done);
    Ok(all)
}

async fn add(store: &dyn Keeps, account: &Account) -> Outcome {
    let added = why(Action::AccountCreated, &account.name);
    let kept = store.accounts().put_account(account.clone(), None, Sessions::Stay, Some(added)).await?;
    assert_eq!(kept, Kept::Done, "{}", account.name);
    Ok(())
}

/// Signs in; the account's version rises by that.
async fn enter(store: &dyn Keeps, name: &str) -> Outcome<ConsoleSession> {
    let before = there(store.accounts().account(name).await?, "the account")?;
    let (session, version) = (session(name), before.version);
    let after = Account { version: version + 1, signed_in_at: Some(session.created_at), ..before };
    let kept = store.accounts().begin_session(session.clone(), after, version, why(Action::SignedIn, name)).await?;
    assert_eq!(kept, Kept::Done);
    Ok(session)
}

pub async fn an_account_is_read_back_as_it_was_written(engine: &dyn Engine) -> Outcome {
    let (ada, ben) = (account("ada", Role::Owner), account("ben", Role::Agent));
    {
        let store = engine.open().await?;
        add(&*store, &ben).await?;
        add(&*store, &ada).await?;
    }
    let store = engine.open().await?;
    let accounts = store.accounts();
    assert_eq!(accounts.accounts().await?, [ada.clone(), ben.clone()]);
    assert_eq!(accounts.account("ben").await?, Some(ben.clone()));
    assert_eq!(accounts.account("Ben").await?, None);
    assert_eq!(accounts.account_at("ada@shop.example").await?, Some(ada));
    assert_eq!(accounts.account_at("nobody@shop.example").await?, None);
    let noted: Vec<_> = lines(&*store).await?.into_iter().map(|line| (line.action, line.object)).collect();
    assert_eq!(noted, ["ben", "ada"].map(|name| (Action::AccountCreated, name.to_owned())));
    holds(&*store).await?;
    Ok(())
}

pub async fn of_two_changes_at_once_one_is_refused(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let ada = account("ada", Role::Owner);
    add(&*store, &ada).await?;
    let change = |name: String| {
        let (store, changed) = (Arc::clone(&store), Account { display_name: name, version: 2, ..ada.clone() });
        async move {
            let noted = why(Action::AccountChanged, "ada");
            store.accounts().put_account(changed, Some(1), Sessions::Stay, Some(noted)).await
        }
    };
    let kept = at_once((0..8).map(|number| change(format!("number {number}")))).await?;
    assert_eq!(kept[0], Kept::Done);
    assert_eq!(kept[1..], [Kept::Changed; 7]);
    let changes = lines(&*store).await?.into_iter().filter(|line| line.action == Action::AccountChanged);
    assert_eq!(changes.count(), 1, "what was refused leaves no line");
    Ok(())
}

pub async fn a_name_and_an_address_belong_to_one(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let accounts = store.accounts();
    let (ada, ben) = (account("ada", Role::Owner), account("ben", Role::Agent));
    add(&*store, &ada).await?;
    add(&*store, &ben).await?;
    let put = |account: Account, before| accounts.put_account(account, before, Sessions::Stay, None);
    assert_eq!(put(Account { email: "other@shop.example".into(), ..ben.clone() }, None).await?, Kept::Taken);
    assert_eq!(put(Account { name: "cleo".into(), ..ben.clone() }, None).await?, Kept::Taken);
    let moved = Account { email: ada.email.clone(), version: 2, ..ben.clone() };
    assert_eq!(put(moved, Some(1)).await?, Kept::Taken);
    assert_eq!(put(account("cleo", Role::Agent), Some(1)).await?, Kept::Changed, "there is no cleo to change");
    // A removed account's name stands in the audit, and means nobody else.
    assert_eq!(accounts.remove_account("ben", why(Action::AccountRemoved, "ben")).await?, Kept::Done);
    assert_eq!(accounts.remove_account("ben", why(Action::AccountRemoved, "ben")).await?, Kept::Changed);
    assert_eq!(put(account("ben", Role::Agent), None).await?, Kept::Taken);
    assert_eq!(put(Account { name: "benno".into(), ..ben }, None).await?, Kept::Done, "the address is free");
    Ok(())
}

pub async fn there_is_always_an_owner(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let accounts = store.accounts();
    let (ada, ben) = (account("ada", Role::Owner), account("ben", Role::Owner));
    add(&*store, &ada).await?;
    let lesser = |account: &Account| Account { role: Role::Admin, version: account.version + 1, ..account.clone() };
    let disabled = Account { state: AccountState::Disabled, version: 2, ..ada.clone() };
    let put = |account: Account| {
        let (store, before) = (Arc::clone(&store), Some(account.version - 1));
        async move {
            let noted = why(Action::AccountChanged, "x");
            store.accounts().put_account(account, before, Sessions::Stay, Some(noted)).await
        }
    };
    assert_eq!(put(lesser(&ada)).await?, Kept::LastOwner);
    assert_eq!(put(disabled).await?, Kept::LastOwner);
    assert_eq!(accounts.remove_account("ada", why(Action::AccountRemoved, "ada")).await?, Kept::LastOwner);
    add(&*store, &ben).await?;
    // Each takes the other's rights at the same time.
    assert_eq!(at_once([put(lesser(&ada)), put(lesser(&ben))]).await?, [Kept::Done, Kept::LastOwner]);
    assert_eq!(accounts.accounts().await?.iter().filter(|account| account.leads()).count(), 1);
    let noted = lines(&*store).await?;
    assert_eq!(noted.iter().filter(|line| line.action == Action::AccountChanged).count(), 1);
    assert_eq!(noted.iter().filter(|line| line.action == Action::AccountRemoved).count(), 0);
    Ok(())
}

pub async fn only_the_first_account_founds(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let found = ["ada", "ben", "cleo", "dora"].map(|name| {
        let store = Arc::clone(&store);
        async move {
            let noted = why(Action::AccountCreated, name);
            store.accounts().found(account(name, Role::Owner), session(name), noted).await
        }
    });
    assert_eq!(at_once(found).await?, [Kept::Done, Kept::Changed, Kept::Changed, Kept::Changed]);
    let accounts = store.accounts().accounts().await?;
    let [one] = accounts.as_slice() else { return Err("there is not one account".into()) };
    assert_eq!(store.accounts().console_sessions(&one.name).await?.len(), 1);
    Ok(())
}

pub async fn a_session_is_found_with_its_account_until_it_is_ended(engine: &dyn Engine) -> Outcome {
    let (first, second);
    {
        let store = engine.open().await?;
        add(&*store, &account("ada", Role::Owner)).await?;
        first = enter(&*store, "ada").await?;
        second = enter(&*store, "ada").await?;
    }
    let store = engine.open().await?;
    let accounts = store.accounts();
    let (found, whose) = there(accounts.console_session(first.token_hash).await?, "the session")?;
    assert_eq!((found, whose.name.as_str(), whose.version), (first.clone(), "ada", 3));
    assert_eq!(accounts.console_session(hash()).await?, None);
    accounts.touch_session(first.token_hash, minutes(5)).await?;
    accounts.touch_session(first.token_hash, minutes(2)).await?;
    let (found, _) = there(accounts.console_session(first.token_hash).await?, "the session")?;
    assert!(found.used_at >= minutes(4), "being used never goes back");
    // Renewed, the old token is worth nothing.
    let renewed = ConsoleSession { token_hash: hash(), ..found };
    assert!(accounts.renew_session(first.token_hash, renewed.clone(), None).await?);
    assert!(
        !accounts
            .renew_session(first.token_hash, ConsoleSession { token_hash: hash(), ..renewed.clone() }, None)
            .await?
    );
    assert_eq!(accounts.console_session(first.token_hash).await?, None);
    assert_eq!(accounts.console_sessions("ada").await?.len(), 2);
    // Ended, it isn't brought back by being used.
    assert!(accounts.end_session(second.token_hash, Some(why(Action::SignedOut, "ada"))).await?);
    assert!(!accounts.end_session(second.token_hash, Some(why(Action::SignedOut, "ada"))).await?);
    accounts.touch_session(second.token_hash, minutes(5)).await?;
    assert_eq!(accounts.console_session(second.token_hash).await?, None);
    assert_eq!(accounts.end_sessions("ada", Some(renewed.token_hash), why(Action::SessionsEnded, "ada")).await?, 0);
    assert_eq!(accounts.end_sessions("ada", None, why(Action::SessionsEnded, "ada")).await?, 1);
    let noted: Vec<_> = lines(&*store).await?.into_iter().map(|line| line.action).collect();
    let signed = [Action::AccountCreated, Action::SignedIn, Action::SignedIn, Action::SignedOut, Action::SessionsEnded];
    assert_eq!(noted, signed);
    Ok(())
}

pub async fn a_change_of_rights_ends_sessions_with_it(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let accounts = store.accounts();
    add(&*store, &account("ada", Role::Owner)).await?;
    add(&*store, &account("ben", Role::Agent)).await?;
    let owner = enter(&*store, "ada").await?;
    let (kept, other) = (enter(&*store, "ben").await?, enter(&*store, "ben").await?);
    let ben = there(accounts.account("ben").await?, "ben")?;
    let change = |keep| {
        let stale = Account { role: Role::Manager, version: ben.version + 1, ..ben.clone() };
        accounts.put_account(stale, Some(ben.version), keep, Some(why(Action::AccountChanged, "ben")))
    };
    assert_eq!(change(Sessions::EndBut(Some(kept.token_hash))).await?, Kept::Done);
    assert!(accounts.console_session(kept.token_hash).await?.is_some());
    assert_eq!(accounts.console_session(other.token_hash).await?, None);
    assert_eq!(change(Sessions::EndBut(None)).await?, Kept::Changed);
    assert!(accounts.console_session(kept.token_hash).await?.is_some(), "what was refused ends nothing");
    // A sign-in that was decided on the account as it was before is refused.
    let late = accounts.begin_session(session("ben"), ben.clone(), ben.version, why(Action::SignedIn, "ben")).await?;
    assert_eq!(late, Kept::Changed);
    assert_eq!(accounts.console_sessions("ben").await?.len(), 1);
    // With the account go its sessions and tokens.
    let program = token("ben", "till");
    assert_eq!(accounts.add_api_token(program.clone(), why(Action::TokenIssued, "ben")).await?, Kept::Done);
    assert_eq!(accounts.remove_account("ben", why(Action::AccountRemoved, "ben")).await?, Kept::Done);
    assert_eq!(accounts.console_session(kept.token_hash).await?, None);
    assert_eq!(accounts.api_token(program.token_hash).await?, None);
    assert!(accounts.console_session(owner.token_hash).await?.is_some());
    Ok(())
}

pub async fn an_account_has_so_many_sessions(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    add(&*store, &account("ada", Role::Owner)).await?;
    let first = enter(&*store, "ada").await?;
    let mut last = first.clone();
    for _ in 0..ConsoleSession::MOST {
        last = enter(&*store, "ada").await?;
    }
    let all = store.accounts().console_sessions("ada").await?;
    assert_eq!(all.len(), ConsoleSession::MOST);
    assert!(all.iter().any(|session| session.token_hash == last.token_hash), "the new one is among them");
    Ok(())
}

pub async fn an_invitation_is_taken_once_and_in_time(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let accounts = store.accounts();
    add(&*store, &account("ada", Role::Owner)).await?;
    let invited = |email: &str, until| Invitation {
        token_hash: hash(),
        account: None,
        without_second_factor: false,
        email: email.to_owned(),
        role: Role::Agent,
        invited_by: "ada".to_owned(),
        created_at: now(),
        expires_at: minutes(until),
    };
    let sent = || why(Action::InvitationSent, "new account");
    let (old, new) = (invited("ben@shop.example", 60), invited("ben@shop.example", 60));
    let late = invited("cleo@shop.example", -1);
    for invitation in [&old, &new, &late] {
        accounts.put_invitation(invitation.clone(), None, sent()).await?;
    }
    assert_eq!(accounts.invitation(old.token_hash).await?, None, "another one came to its place");
    assert_eq!(accounts.invitation(new.token_hash).await?, Some(new.clone()));
    assert_eq!(accounts.invitations().await?.len(), 2);
    let accept = |hash, name: &'static str| {
        let store = Arc::clone(&store);
        async move {
            let (made, session) = (why(Action::AccountCreated, name), session(name));
            store.accounts().accept_invitation(hash, account(name, Role::Agent), None, session, made).await
        }
    };
    assert_eq!(accept(old.token_hash, "ben").await?, Kept::Changed);
    assert_eq!(accept(late.token_hash, "cleo").await?, Kept::Changed);
    assert_eq!(accept(new.token_hash, "ada").await?, Kept::Taken);
    let twice = [accept(new.token_hash, "ben"), accept(new.token_hash, "bea")];
    assert_eq!(at_once(twice).await?, [Kept::Done, Kept::Changed]);
    assert_eq!(accounts.accounts().await?.len(), 2);
    let withdrawn = || why(Action::InvitationWithdrawn, "new account");
    assert!(accounts.remove_invitation("cleo@shop.example", withdrawn()).await?);
    assert!(!accounts.remove_invitation("cleo@shop.example", withdrawn()).await?);
    assert_eq!(accounts.invitations().await?, []);
    // A link for a new password changes the account, and ends all that was signed in.
    let before = enter(&*store, "ada").await?;
    let link = Invitation { account: Some("ada".into()), email: "ada@shop.example".into(), ..invited("x", 60) };
    accounts.put_invitation(link.clone(), None, sent()).await?;
    let ada = there(accounts.account("ada").await?, "ada")?;
    let version = ada.version;
    let changed = Account { password: Some("another".into()), version: version + 1, ..ada };
    let (after, noted) = (session("ada"), why(Action::PasswordChanged, "ada"));
    let kept =
        accounts.accept_invitation(link.token_hash, changed.clone(), Some(version), after.clone(), noted).await?;
    assert_eq!(kept, Kept::Done);
    assert_eq!(accounts.console_session(before.token_hash).await?, None);
    assert_eq!(accounts.console_session(after.token_hash).await?, Some((after, changed)));
    Ok(())
}

pub async fn a_token_of_a_program_is_found_until_it_is_ended(engine: &dyn Engine) -> Outcome {
    let program = token("ada", "till");
    {
        let store = engine.open().await?;
        add(&*store, &account("ada", Role::Owner)).await?;
        let issued = || why(Action::TokenIssued, "ada");
        assert_eq!(store.accounts().add_api_token(program.clone(), issued()).await?, Kept::Done);
        assert_eq!(store.accounts().add_api_token(token("ada", "till"), issued()).await?, Kept::Taken);
        assert_eq!(store.accounts().add_api_token(token("nobody", "till"), issued()).await?, Kept::Changed);
    }
    let store = engine.open().await?;
    let accounts = store.accounts();
    let (found, whose) = there(accounts.api_token(program.token_hash).await?, "the token")?;
    assert_eq!((found, whose.name.as_str()), (program.clone(), "ada"));
    let used = now();
    accounts.touch_api_token(program.token_hash, used).await?;
    let [listed] = accounts.api_tokens().await?.try_into().map_err(|_| "not one token")?;
    assert_eq!(listed, ApiToken { used_at: Some(used), ..program.clone() });
    assert!(accounts.remove_api_token("ada", "till", why(Action::TokenEnded, "ada")).await?);
    assert!(!accounts.remove_api_token("ada", "till", why(Action::TokenEnded, "ada")).await?);
    accounts.touch_api_token(program.token_hash, used).await?;
    assert_eq!(accounts.api_token(program.token_hash).await?, None);
    Ok(())
}
