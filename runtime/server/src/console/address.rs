//! Addresses in templates.

use minijinja::value::{Kwargs, Rest};
use minijinja::{Error, State, Value};
use std::collections::BTreeMap;
use url::form_urlencoded;

/// An address of the console with parameters: `link("/conversations", skill=skill.id)`. A value that is none, undefined
/// or empty is left out. The path is taken as it stands; parts that come from data go through `urlencode`.
pub(super) fn link(path: &str, given: Kwargs) -> Result<String, Error> {
    let mut values = BTreeMap::new();
    put(&mut values, &given)?;
    Ok(format!("/console{}{}", if path == "/" { "" } else { path }, query(&values)))
}

/// The address of this page with some parameters changed: `here(range="7d", cursor=none)`.
pub(super) fn here(state: &State<'_, '_>, _: Rest<Value>, given: Kwargs) -> Result<String, Error> {
    let path = state.lookup("path").unwrap_or_default();
    let mut values: BTreeMap<String, String> = match state.lookup("query") {
        Some(now) => serde::Deserialize::deserialize(now)?,
        None => BTreeMap::new(),
    };
    put(&mut values, &given)?;
    let path = path.as_str().unwrap_or("/");
    Ok(format!("/console{}{}", if path == "/" { "" } else { path }, query(&values)))
}

fn put(values: &mut BTreeMap<String, String>, given: &Kwargs) -> Result<(), Error> {
    for name in given.args() {
        let value: Value = given.get(name)?;
        if value.is_none() || value.is_undefined() || value.to_string().is_empty() {
            values.remove(name);
        } else {
            values.insert(name.to_owned(), value.to_string());
        }
    }
    Ok(())
}

fn query(values: &BTreeMap<String, String>) -> String {
    if values.is_empty() {
        return String::new();
    }
    format!("?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(values).finish())
}
