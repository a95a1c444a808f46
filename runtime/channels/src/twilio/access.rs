//! The account at Twilio.

use super::{send::Messages, status::REFERENCE};
use reqwest::Client;
use url::Url;

/// Twilio's own API.
pub const API: &str = "https://api.twilio.com";

/// How the account is reached, as the shop entered it.
#[derive(Clone)]
pub struct Access {
    /// `AC` and 32 hexadecimal digits.
    pub account_sid: String,
    /// Of the account. The first one sends; each of them proves a webhook, so that one can be replaced by another while
    /// webhooks of both arrive.
    pub auth_tokens: Vec<String>,
    /// `MG` and 32 hexadecimal digits, where a messaging service sends. The number that a customer wrote to stays the one
    /// that answers them.
    pub messaging_service_sid: Option<String>,
    /// Where the API is: [`API`], but for tests.
    pub api: String,
    /// The public address for delivery reports; it may have a query and connection overrides (`#rc=5`). None are asked
    /// for where there is none.
    pub status_callback: Option<String>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access")
            .field("account_sid", &self.account_sid)
            .field("auth_tokens", &self.auth_tokens.len())
            .field("messaging_service_sid", &self.messaging_service_sid)
            .field("api", &self.api)
            .field("status_callback", &self.status_callback)
            .finish()
    }
}

/// Why an account can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongAccess {
    /// Without it anybody could write webhooks.
    #[error(
        "Twilio's auth token is missing or shorter than 16 characters: copy it from the account's page in Twilio's console"
    )]
    AuthToken,
    /// It isn't an account's id.
    #[error("`{0}` isn't an account SID of Twilio's: it begins with AC and has 34 characters")]
    AccountSid(String),
    /// It isn't a messaging service's id.
    #[error("`{0}` isn't the SID of a messaging service: it begins with MG and has 34 characters")]
    MessagingServiceSid(String),
    /// It isn't an address of the web.
    #[error("`{0}` isn't an address: write one like https://agent.shop.example/webhooks/twilio")]
    Address(String),
}

/// An account whose parts were checked: reads its webhooks ([`Twilio::read`]) and sends its messages.
#[derive(Clone, Debug)]
pub struct Twilio {
    pub(super) access: Access,
}

impl Twilio {
    /// # Errors
    /// A part is missing or can't be one: the channel stays closed.
    pub fn new(access: Access) -> Result<Self, WrongAccess> {
        let Access { account_sid, auth_tokens, messaging_service_sid, api, status_callback } = access;
        if !is_sid(&account_sid, "AC") {
            return Err(WrongAccess::AccountSid(account_sid));
        }
        if auth_tokens.is_empty() || auth_tokens.iter().any(|token| token.trim().len() < 16) {
            return Err(WrongAccess::AuthToken);
        }
        let messaging_service_sid = messaging_service_sid.filter(|sid| !sid.is_empty());
        if let Some(sid) = messaging_service_sid.as_ref().filter(|sid| !is_sid(sid, "MG")) {
            return Err(WrongAccess::MessagingServiceSid(sid.clone()));
        }
        for address in status_callback.iter().chain([&api]) {
            let parsed =
                Url::parse(address).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
            parsed.ok_or_else(|| WrongAccess::Address(address.clone()))?;
        }
        let api = api.trim_end_matches('/').to_owned();
        Ok(Self { access: Access { account_sid, auth_tokens, messaging_service_sid, api, status_callback } })
    }

    /// Sends the account's messages. The client must not follow redirects.
    pub fn sender(&self, client: Client) -> Messages {
        Messages::new(self.clone(), client)
    }

    /// The list of messages: posted to, a message is sent.
    pub(super) fn messages_url(&self) -> String {
        format!("{}/2010-04-01/Accounts/{}/Messages.json", self.access.api, self.access.account_sid)
    }

    /// The token that sends.
    pub(super) fn password(&self) -> &str {
        self.access.auth_tokens.first().map_or("", String::as_str)
    }

    /// Where the delivery of a message is to be reported: as it was entered to the letter, for it is signed so, with our
    /// reference behind its query.
    pub(super) fn status_callback(&self, reference: &str) -> Option<String> {
        let whole = self.access.status_callback.as_deref()?;
        let (address, overrides) = whole.split_once('#').map_or((whole, String::new()), |(a, o)| (a, format!("#{o}")));
        let joint = if address.contains('?') { '&' } else { '?' };
        let reference: String = url::form_urlencoded::byte_serialize(reference.as_bytes()).collect();
        Some(format!("{address}{joint}{REFERENCE}={reference}{overrides}"))
    }
}

fn is_sid(sid: &str, kind: &str) -> bool {
    sid.strip_prefix(kind).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::{API, Access, Twilio, WrongAccess};

    fn access() -> Access {
        Access {
            account_sid: "AC00000000000000000000000000000001".to_owned(),
            auth_tokens: vec!["0123456789abcdef0123456789abcdef".to_owned()],
            messaging_service_sid: None,
            api: API.to_owned(),
            status_callback: None,
        }
    }

    #[test]
    fn an_account_without_a_secret_is_refused() {
        Twilio::new(access()).unwrap();
        for tokens in [vec![], vec![String::new()], vec!["a".repeat(32), " ".repeat(32)]] {
            assert_eq!(Twilio::new(Access { auth_tokens: tokens, ..access() }).unwrap_err(), WrongAccess::AuthToken);
        }
        let wrong = Twilio::new(Access { account_sid: "AC1".to_owned(), ..access() });
        assert_eq!(wrong.unwrap_err(), WrongAccess::AccountSid("AC1".to_owned()));
        let wrong = Twilio::new(Access {
            messaging_service_sid: Some("AC00000000000000000000000000000001".to_owned()),
            ..access()
        });
        assert!(matches!(wrong, Err(WrongAccess::MessagingServiceSid(_))));
        for address in ["", "agent.shop.example", "ftp://agent.shop.example", "file:///x"] {
            let wrong = Twilio::new(Access { status_callback: Some(address.to_owned()), ..access() });
            assert!(matches!(wrong, Err(WrongAccess::Address(_))), "{address}");
        }
    }

    #[test]
    fn the_reference_stands_behind_the_query() {
        let callback = |url: &str| {
            Twilio::new(Access { status_callback: Some(url.to_owned()), ..access() })
                .unwrap()
                .status_callback("m-1.2")
                .unwrap()
        };
        assert_eq!(callback("https://Shop.example/sms"), "https://Shop.example/sms?reference=m-1.2");
        assert_eq!(
            callback("https://shop.example/sms?a=%20#rc=5"),
            "https://shop.example/sms?a=%20&reference=m-1.2#rc=5"
        );
        assert_eq!(Twilio::new(access()).unwrap().status_callback("m"), None);
    }

    #[test]
    fn the_token_is_not_shown() {
        let shown = format!("{:?}", Twilio::new(access()).unwrap());
        assert!(!shown.contains("0123456789abcdef"), "{shown}");
    }
}
