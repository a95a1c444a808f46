//! Whether the integration works, and which scope the token lacks where it doesn't.

use serde::Deserialize;
use usher_sdk::connector::Error;

use crate::api::Api;

/// What reading needs, and what acting needs besides.
const READS: [&str; 4] = ["read_subscriptions", "read_customers", "read_orders", "read_store"];
const WRITES: [&str; 2] = ["write_subscriptions", "write_orders"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Token {
    name: Option<String>,
    scopes: Vec<String>,
}

/// Asks what the token is: that needs no scope. A scope to write is one to read.
pub(crate) fn check() -> Result<String, Error> {
    let token: Token = Api::open()?.read("/token_information", "token_information")?;
    let has = |scope: &str| token.scopes.iter().any(|granted| granted == scope);
    let may =
        |scope: &&str| has(scope) || scope.strip_prefix("read_").is_some_and(|kind| has(&format!("write_{kind}")));
    let lacking =
        |scopes: &[&'static str]| scopes.iter().copied().filter(|scope| !may(scope)).collect::<Vec<_>>().join(", ");
    let name = token.name.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
    let missing = lacking(&READS);
    if !missing.is_empty() {
        return Err(Error::Unauthorized(format!(
            "{name}the API token lacks the scopes {missing}; make one that has them"
        )));
    }
    let missing = lacking(&WRITES);
    // A shop may want answers only; then every change is refused.
    Ok(match missing.is_empty() {
        true => format!("{name}subscriptions can be read and changed"),
        false => format!("{name}subscriptions can be read; to change them, the API token needs the scopes {missing}"),
    })
}

#[cfg(test)]
mod tests;
