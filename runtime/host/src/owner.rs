//! Whose object is it? A tool that returns a customer's objects names the owner of each, as the provider gives it, in a
//! field `owner` (`usher:tools/types.owner`). The gate compares it with the caller and takes it off before the skill
//! sees the object: a connector with a bug in its search can't hand one customer's order to another.

use crate::connector_call::Customer;
use wasmtime::component::Val;

/// Something in the answer isn't the caller's, or doesn't say whose it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotTheirs;

const OWNER: &str = "owner";

/// The answer without the owners' names, if all in it is this customer's.
pub(crate) fn checked(mut answer: Val, customer: Option<&Customer>) -> Result<Val, NotTheirs> {
    let customer = customer.ok_or(NotTheirs)?;
    let mut seen = false;
    visit(&mut answer, customer, &mut seen)?;
    // A list may be empty; an object must say whose it is.
    let nothing = matches!(&answer, Val::List(items) if items.is_empty());
    if seen || nothing { Ok(answer) } else { Err(NotTheirs) }
}

fn visit(value: &mut Val, customer: &Customer, seen: &mut bool) -> Result<(), NotTheirs> {
    match value {
        Val::Record(fields) => {
            for (name, field) in fields {
                if name == OWNER {
                    take_off(field, customer)?;
                    *seen = true;
                } else {
                    visit(field, customer, seen)?;
                }
            }
            Ok(())
        }
        Val::List(items) | Val::Tuple(items) => items.iter_mut().try_for_each(|item| visit(item, customer, seen)),
        Val::Option(Some(inner)) | Val::Variant(_, Some(inner)) | Val::Result(Ok(Some(inner)) | Err(Some(inner))) => {
            visit(inner, customer, seen)
        }
        _ => Ok(()),
    }
}

/// Compares an owner with the caller: the shop's id or the verified address is the same. An order made without signing in
/// has the address only, and a shop may know one person by two ids. Nothing to compare by is no.
fn take_off(owner: &mut Val, customer: &Customer) -> Result<(), NotTheirs> {
    let Val::Record(fields) = owner else { return Err(NotTheirs) };
    let (mut id, mut email) = (None, None);
    for (name, field) in fields {
        let text = match std::mem::replace(field, Val::Option(None)) {
            Val::Option(Some(text)) => match *text {
                Val::String(text) if !text.trim().is_empty() => Some(text),
                _ => None,
            },
            _ => None,
        };
        match name.as_str() {
            "customer-id" => id = text,
            "email" => email = text,
            _ => {}
        }
    }
    let same_id = matches!((&id, &customer.id), (Some(id), Some(own)) if last_part(id) == last_part(own));
    let same_email = matches!(
        (&email, &customer.email),
        (Some(email), Some(own)) if email.trim().eq_ignore_ascii_case(own.trim())
    );
    let theirs = same_id || same_email;
    if theirs { Ok(()) } else { Err(NotTheirs) }
}

/// Some shops spell one id in two ways: `7001`, and `gid://shopify/Customer/7001`.
fn last_part(id: &str) -> &str {
    id.trim().rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{option, record, text};

    fn customer() -> Customer {
        Customer { id: Some("7001".into()), email: Some("ana@example.net".into()), ..Customer::default() }
    }

    fn object(id: Option<&str>, email: Option<&str>) -> Val {
        let owner = record([("customer-id", text(id.map(str::to_owned))), ("email", text(email.map(str::to_owned)))]);
        record([("name", Val::String("#1001".into())), ("owner", owner)])
    }

    fn is_theirs(answer: Val) -> bool {
        checked(answer, Some(&customer())).is_ok()
    }

    #[test]
    fn only_the_callers_own_passes() {
        assert!(is_theirs(object(Some("7001"), None)));
        assert!(is_theirs(object(Some("gid://shopify/Customer/7001"), None)));
        assert!(is_theirs(object(None, Some("Ana@Example.net"))));
        assert!(is_theirs(object(Some("7001"), Some("old@example.net"))));
        assert!(is_theirs(object(Some("7002"), Some("ana@example.net"))));
        assert!(!is_theirs(object(Some("7002"), Some("ben@example.net"))));
        assert!(!is_theirs(object(Some("70011"), None)));
        assert!(!is_theirs(object(None, Some("ben@example.net"))));
        assert!(!is_theirs(object(None, None)));
        assert!(!is_theirs(object(Some(" "), Some(""))));
        assert!(!is_theirs(record([("name", Val::String("#1001".into()))])));
        assert!(checked(object(Some("7001"), None), None).is_err());
    }

    #[test]
    fn one_of_somebody_else_spoils_the_list() {
        let mine = || object(Some("7001"), None);
        assert!(is_theirs(Val::List(vec![])));
        assert!(is_theirs(Val::List(vec![mine(), mine()])));
        assert!(!is_theirs(Val::List(vec![mine(), object(Some("7002"), None)])));
        assert!(!is_theirs(Val::List(vec![mine(), option(Some(object(Some("7002"), None)))])));
    }

    #[test]
    fn the_skill_does_not_see_the_owner() {
        let seen = checked(object(Some("7001"), Some("ana@example.net")), Some(&customer())).expect("theirs");
        assert!(!format!("{seen:?}").contains("7001") && !format!("{seen:?}").contains("ana@"));
    }
}
