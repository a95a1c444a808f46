//! Whether the integration works, and what to check where it doesn't.

use usher_sdk::connector::{Error, one_line};

use crate::api::Api;
use crate::create::no_account;

/// Who the API's user is: nobody is asked for more than that needs.
pub(crate) fn check() -> Result<String, Error> {
    let api = Api::open()?;
    let me = api.me().map_err(|error| no_account(&api, error))?;
    let name = me.name.as_deref().or(me.email.as_deref()).map_or_else(|| "the API's user".to_owned(), one_line);
    if !me.is_staff() {
        return Err(Error::Unauthorized(format!(
            "{name} is no agent in Zendesk; make this user an agent or an administrator, or use another's token"
        )));
    }
    if me.ticket_restriction.is_some() {
        return Err(Error::Unauthorized(format!(
            "{name} may see some tickets only; give this agent access to all tickets in Zendesk"
        )));
    }
    Ok(format!("{}: tickets are made and read as {name}", api.account))
}
