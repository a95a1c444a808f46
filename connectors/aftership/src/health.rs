//! Whether the integration works.

use usher_sdk::connector::{Error, settings};

use crate::api::Api;
use crate::returns;

/// Reads one return.
pub(crate) fn check() -> Result<String, Error> {
    let api = Api::open()?;
    returns::read_page(&api, &[("page", "1"), ("limit", "1")])?;
    Ok(match settings::get("portal-url") {
        Some(_) => "returns can be read".to_owned(),
        None => "returns can be read; without `portal-url`, links lead to single orders only".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use usher_sdk::connector::testing::{FakeRuntime, reply};

    use super::*;

    fn aftership(status: u16, body: &'static str) -> FakeRuntime {
        FakeRuntime::new().provider(move |request| {
            assert_eq!(request.url, "https://api.aftership.com/returns/2026-07/returns?page=1&limit=1");
            reply(status, body)
        })
    }

    #[test]
    fn a_key_that_reads_returns_is_well() {
        let list = r#"{"meta":{"code":20000},"data":{"returns":[],"pagination":{"has_next_page":false}}}"#;
        let _runtime = aftership(200, list);
        assert!(check().unwrap().contains("portal-url"));
        let _runtime = aftership(200, list).setting("portal-url", "https://returns.example.com");
        assert_eq!(check().as_deref(), Ok("returns can be read"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let _runtime = aftership(401, r#"{"meta":{"code":401,"message":"Unauthorized"},"data":{}}"#);
        assert!(matches!(check(), Err(Error::Unauthorized(text)) if text.contains("API key")));
        let _runtime = aftership(404, r#"{"meta":{"code":40400,"message":"Not found"},"data":null}"#);
        assert!(matches!(check(), Err(Error::Unexpected(text)) if text.contains("`version`")));
        let _runtime = FakeRuntime::new().setting("version", "latest");
        assert!(matches!(check(), Err(Error::Setting { .. })));
    }
}
