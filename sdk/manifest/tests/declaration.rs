//! What a manifest says, from TOML and from a component's section.

#![allow(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use usher_manifest::{
    Category, Channel, Encoding, FunctionName, HostPattern, InterfaceName, Kind, Language, Manifest, Method, Placement,
    PluginId, SettingType, Verification,
};

const SKILL: &str = r#"
id = "acme/order-tracking"
name = "Order tracking"
version = "1.2.3-beta.1"
category = "post-purchase"
overview = """
Says where an order is.
Links to the carrier."""
when-to-use = ["A customer asks where an order is", "A parcel is late"]
how-to-respond = "Say the status first."
channels = ["webchat", "sms", "whatsapp", "email"]

[prerequisites]
hub = true
sign-in = true
integrations = ["usher:tools/orders"]
knowledge = ["shipping"]

[[tools]]
function = "usher:tools/orders.get"
reason = "to find the order that the customer names"

[[settings]]
name = "late-after-days"
label = "Days until a parcel is late"
type = "number"
default = 7

[[settings]]
name = "show-map"
label = "Show a map"
type = "bool"
default = true

[examples]
en = ["where is my order", "👩‍👧 where is it"]
zh-hant = ["我的訂單在哪裡"]
fa = ["سفارش من کجاست؟ می‌خواهم بدانم"]
"#;

fn skill() -> Manifest {
    Manifest::from_toml(Kind::Skill, SKILL).expect("good")
}

#[test]
fn a_skill_is_read() {
    let manifest = skill();
    let Manifest::Skill(skill) = &manifest else { panic!("a skill") };
    assert_eq!((skill.id.publisher(), skill.id.name()), (Some("acme"), "order-tracking"));
    assert_eq!(skill.id.file_stem(), "acme.order-tracking");
    assert_eq!(skill.version.to_string(), "1.2.3-beta.1");
    assert_eq!(skill.category, Category::PostPurchase);
    assert_eq!(skill.overview, "Says where an order is.\nLinks to the carrier.");
    assert_eq!(skill.channels, [Channel::Webchat, Channel::Sms, Channel::Whatsapp, Channel::Email]);
    assert!(skill.prerequisites.hub && skill.prerequisites.sign_in && !skill.prerequisites.catalog);
    assert_eq!(skill.tools[0].function.to_string(), "usher:tools/orders.get");
    assert_eq!(skill.settings[0].default.as_deref(), Some("7"));
    assert_eq!((&skill.settings[1].kind, skill.settings[1].default.as_deref()), (&SettingType::Bool, Some("true")));
    let languages: Vec<_> = skill.examples.keys().map(Language::as_str).collect();
    assert_eq!(languages, ["en", "fa", "zh-Hant"]);
}

#[test]
fn what_need_not_be_written_is_empty() {
    let text = SKILL.split("[prerequisites]").next().expect("the part before");
    let Manifest::Skill(skill) = Manifest::from_toml(Kind::Skill, text).expect("good") else { panic!("a skill") };
    assert_eq!(skill.prerequisites, Default::default());
    assert!(skill.tools.is_empty() && skill.settings.is_empty() && skill.examples.is_empty());
}

const CONNECTOR: &str = r#"
id = "zendesk"
name = "Zendesk"
version = "0.1.0"
provider = "Zendesk"
overview = "Opens tickets."
provides = ["usher:tools/helpdesk", "acme:extra/notes"]

[[hosts]]
host = "*.zendesk.com"
from-setting = "site"
methods = ["get", "post"]
reason = "to open tickets"

[[hosts]]
host = "*.example.com"
methods = ["get"]
reason = "to read attachments"

[[hosts]]
host = "api.example.org"
methods = ["get"]
reason = "to read the state"

[[settings]]
name = "site"
label = "Zendesk address"
type = "text"
required = true

[[settings]]
name = "email"
label = "Agent's address"
type = "text"

[[settings]]
name = "client-id"
label = "Client id"
type = "text"

[[secrets]]
name = "api-token"
label = "API token"
basic-user = "{email}/token"

[[secrets]]
name = "client-secret"
label = "Client secret"
header = "Authorization"
value = "Bearer {}"
[secrets.client-credentials]
token-path = "/oauth/tokens"
client-id = "client-id"

[[secrets]]
name = "signing-secret"
label = "Signing secret of the webhook"

[[secrets]]
name = "path-token"
label = "Token"
required = true

[[webhooks]]
name = "events"
verify = "hmac-sha256"
header = "X-Zendesk-Webhook-Signature"
timestamp-header = "X-Zendesk-Webhook-Signature-Timestamp"
encoding = "base64"
secret = "signing-secret"

[[webhooks]]
name = "replies"
verify = "token"
header = "X-Token"
secret = "path-token"
"#;

#[test]
fn a_connector_is_read() {
    let manifest = Manifest::from_toml(Kind::Connector, CONNECTOR).expect("good");
    let Manifest::Connector(connector) = &manifest else { panic!("a connector") };
    assert_eq!(
        connector.provides.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["usher:tools/helpdesk", "acme:extra/notes"]
    );
    let from_setting = HostPattern::FromSetting { setting: "site".into(), suffix: Some("zendesk.com".into()) };
    assert_eq!(connector.hosts[0].host, from_setting);
    assert_eq!(connector.hosts[0].methods, [Method::Get, Method::Post]);
    assert_eq!(connector.secrets[0].placement, Placement::Basic { user: "{email}/token".into() });
    let header = Placement::Header { header: "Authorization".into(), value: "Bearer {}".into() };
    assert_eq!(connector.secrets[1].placement, header);
    assert_eq!(connector.secrets[1].client_credentials.as_ref().map(|c| c.token_path.as_str()), Some("/oauth/tokens"));
    for secret in &connector.secrets[2..] {
        assert_eq!((&secret.placement, secret.placement.header()), (&Placement::Webhook {}, None));
    }
    let signed = Verification::HmacSha256 {
        header: "X-Zendesk-Webhook-Signature".into(),
        timestamp_header: Some("X-Zendesk-Webhook-Signature-Timestamp".into()),
        encoding: Encoding::Base64,
    };
    let webhooks: Vec<_> =
        connector.webhooks.iter().map(|w| (w.name.as_str(), &w.verification, w.secret.as_str())).collect();
    let token = Verification::Token { header: "X-Token".into() };
    assert_eq!(webhooks, [("events", &signed, "signing-secret"), ("replies", &token, "path-token")]);
}

#[test]
fn a_section_holds_all_of_it() {
    for manifest in [skill(), Manifest::from_toml(Kind::Connector, CONNECTOR).expect("good")] {
        let bytes = manifest.to_section().expect("small enough");
        let read = Manifest::from_section(&bytes).expect("good");
        assert_eq!(read, manifest);
        assert_eq!(read.to_section().expect("small enough"), bytes, "the same manifest gives the same bytes");
    }
}

#[test]
fn a_host_is_admitted_label_by_label() {
    let none = |_: &str| None;
    let exact = HostPattern::Exact("api.example.com".into());
    assert!(exact.admits("API.example.com", none));
    assert!(!exact.admits("x.api.example.com", none));
    let suffix = HostPattern::Suffix("example.com".into());
    assert!(suffix.admits("a.b.example.com", none));
    for host in ["example.com", ".example.com", "evilexample.com", "example.com.evil.org"] {
        assert!(!suffix.admits(host, none), "{host}");
    }
    let from = HostPattern::FromSetting { setting: "shop".into(), suffix: Some("example.com".into()) };
    let shop = |value: &'static str| move |name: &str| (name == "shop").then(|| value.to_owned());
    assert!(from.admits("mine.example.com", shop("Mine.example.com")));
    assert!(!from.admits("other.example.com", shop("mine.example.com")), "another shop of the same provider");
    assert!(!from.admits("mine.example.org", shop("mine.example.org")), "a setting can't leave the pattern");
    assert!(!from.admits("mine.example.com", none), "nothing is filled in");
}

#[test]
fn names_are_compared_without_their_version() {
    let imported: InterfaceName = "usher:tools/orders@0.1.0".parse().expect("a name");
    let declared: InterfaceName = "usher:tools/orders".parse().expect("a name");
    assert!(imported.matches(&declared) && imported != declared);
    assert_eq!(imported.without_version(), declared);
    assert_eq!(imported.to_string(), "usher:tools/orders@0.1.0");
    assert_eq!(FunctionName::new(&imported, "get"), "usher:tools/orders.get".parse().ok());
    assert_eq!(FunctionName::new(&imported, "Get"), None);
    for bad in ["tools/orders", "usher:tools", "usher:tools/", "usher:tools/Orders", "usher:tools/or ders", "a:b/c/d"] {
        assert!(bad.parse::<InterfaceName>().is_err(), "{bad}");
    }
}

#[test]
fn ids_are_safe_as_file_names() {
    for good in ["ab", "order-tracking", "acme/order-tracking"] {
        assert!(good.parse::<PluginId>().is_ok(), "{good}");
    }
    for bad in ["", "a", "Order", "1a", "../ab", "ab/cd/ef", "ab/", "/ab", "ab.cd", "a_b", &"a".repeat(41)] {
        assert!(bad.parse::<PluginId>().is_err(), "{bad}");
    }
}

#[test]
fn a_setting_checks_what_an_operator_fills_in() {
    let manifest = skill();
    let days = &manifest.settings()[0];
    assert!(days.check("10.5").is_ok());
    assert_eq!(
        days.check("NaN").expect_err("not finite").to_string(),
        "\"NaN\" does not fit; write a number, like 12 or 0.5"
    );
    let map = &manifest.settings()[1];
    assert_eq!(map.check("yes").expect_err("no word").to_string(), "\"yes\" does not fit; write true or false");
}
