//! The configuration file of a scenario's server.

use crate::world::{OPERATORS, World, private};
use serde_json::json;
use uuid::Uuid;

/// Where the shop is written to by mail.
pub const ADDRESS: &str = "help@lumen.example";
/// How Postmark's stand-in says who it is.
pub(crate) const POSTMARK_USER: &str = "postmark";
pub(crate) const POSTMARK_PASSWORD: &str = "a-postmark-password-of-the-scenario";

impl World {
    /// Writes it, with all four channels open or web chat alone.
    pub(crate) fn write_config(&self, port: u16, channels: bool) {
        let file = |name: &str, content: &str| {
            let path = self.data.path().join(name);
            private(&path, content);
            format!("file:{}", path.display())
        };
        let operators = OPERATORS.map(|name| {
            let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
            json!({ "name": name, "token": file(&format!("{name}.token"), &token) })
        });
        let tokens = &self.settings.storefront.tokens;
        let mut config = json!({
            "listen": format!("127.0.0.1:{port}"),
            "data-dir": self.data.path(),
            "plugins": { "folder": self.data.path().join("plugins"), "trust": self.data.path().join("trust.toml") },
            "operators": operators,
            "shop": { "name": "Lumen & Co", "locale": "en", "languages": ["en", "fr", "nl", "sv"], "time-zone": "Europe/Berlin", "hub": { "own": true } },
            "sites": [{
                "id": self.settings.storefront.site_id,
                "name": "Lumen & Co",
                "origins": [self.standins.storefront.url().trim_end_matches('/')],
                "identity": {
                    "issuer": tokens.issuer,
                    "keys": { tokens.key_id.clone(): { "hs256": file("identity", &tokens.secret) } },
                },
            }],
            "mail": {
                "base-url": self.standins.mailbox.url(),
                "token": file("mail", &self.settings.mailbox.token),
                "from": ADDRESS,
            },
            "handoff": {
                "method": "custom-message",
                "message": { "en": "I can't answer that myself, but our team can:" },
                "links": [{ "label": "Write to us", "url": "mailto:help@lumen.example" }],
            },
            "limits": {
                "requests-per-second": 10_000, "request-burst": 100_000,
                "messages-per-second": 10_000, "message-burst": 100_000,
                // Of few customers many messages are asked here.
                "allowance": {
                    "customer-calls-per-hour": u32::MAX, "customer-acting-per-hour": u32::MAX,
                    "skill-calls-per-hour": u32::MAX,
                },
            },
        });
        if channels {
            let (twilio, whatsapp) = (&self.settings.twilio, &self.settings.whatsapp);
            config["channels"] = json!({
                "sms": {
                    "account-sid": twilio.account_sid,
                    "auth-token": file("sms", &twilio.auth_token),
                    "numbers": twilio.numbers,
                    "api": self.standins.twilio.url(),
                },
                "whatsapp": {
                    "phone-number-id": whatsapp.phone_number_id,
                    "access-token": file("whatsapp", &whatsapp.token),
                    "app-secret": file("whatsapp-app", &whatsapp.app_secret),
                    "verify-token": file("whatsapp-verify", &whatsapp.verify_token),
                    "api": self.standins.whatsapp.server.url(),
                    "version": whatsapp.version,
                },
                "email": {
                    "addresses": [ADDRESS],
                    "postmark": { "user": POSTMARK_USER, "password": file("postmark", POSTMARK_PASSWORD) },
                },
            });
            // Of few addresses many write and sign in here.
            config["limits"]["codes-per-hour"] = json!(100_000);
            config["channels"]["messages-per-hour"] = json!(100_000);
        }
        let text = toml::to_string(&config).expect("the configuration is a table");
        std::fs::write(self.data.path().join("usher.toml"), text).expect("a file can be written");
    }
}
