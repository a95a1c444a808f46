//! Every way that a manifest can be refused, with the very message that its author gets.

#![allow(clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

use usher_manifest::{Kind, Manifest};

const SKILL: &str = r#"
id = "order-tracking"
name = "Order tracking"
version = "0.1.0"
category = "post-purchase"
overview = "Says where an order is."
when-to-use = ["A customer asks where an order is"]
how-to-respond = "Say the status first."
channels = ["webchat", "email"]

[prerequisites]
sign-in = true
integrations = ["usher:tools/orders"]
knowledge = ["returns"]

[[tools]]
function = "usher:tools/orders.get"
reason = "to find the order that the customer names"

[[settings]]
name = "answer-with"
label = "What to answer with"
type = "choice"
choices = ["card", "text"]
default = "card"

[examples]
en = ["where is my order"]
"#;

const CONNECTOR: &str = r#"
id = "shopify"
name = "Shopify"
version = "0.1.0"
provider = "Shopify"
overview = "Reads orders."
provides = ["usher:tools/orders"]

[[hosts]]
host = "*.myshopify.com"
from-setting = "shop"
methods = ["get", "post"]
reason = "to read orders"

[[settings]]
name = "shop"
label = "Shop address"
type = "text"
required = true

[[settings]]
name = "client-id"
label = "Client id"
type = "text"

[[settings]]
name = "page-size"
label = "Orders a page"
type = "number"
default = 20

[[secrets]]
name = "access-token"
label = "Access token"
header = "X-Shopify-Access-Token"

[[secrets]]
name = "client-secret"
label = "Client secret"
header = "X-Shopify-Access-Token"
value = "{}"
[secrets.client-credentials]
token-path = "/admin/oauth/access_token"
client-id = "client-id"

[[secrets]]
name = "signing-secret"
label = "Signing secret"

[[webhooks]]
name = "events"
verify = "hmac-sha256"
header = "X-Signature"
timestamp-header = "X-Sent-At"
encoding = "base64"
secret = "signing-secret"
"#;

/// What is changed in the good file, and the message that follows.
struct Case(&'static str, &'static str, &'static str);

fn check(kind: Kind, good: &str, cases: &[Case]) {
    Manifest::from_toml(kind, good).expect("the file that the cases start from is good");
    let mut wrong = String::new();
    for Case(from, to, expected) in cases {
        assert!(good.contains(from), "{from:?} is not in the file");
        let got = match Manifest::from_toml(kind, &good.replacen(from, to, 1)) {
            Ok(_) => "(accepted)".to_owned(),
            Err(e) => e.to_string(),
        };
        if got != *expected {
            wrong += &format!("\n{from:?} → {to:?}\n  expected: {expected}\n  got:      {got}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_skill_is_refused_with_the_fix() {
    check(
        Kind::Skill,
        SKILL,
        &[
            Case(
                "name = \"Order tracking\"",
                "name = ",
                "skill.toml, line 3: not valid TOML: string values must be quoted, expected literal string",
            ),
            Case("id = \"order-tracking\"", "", r#"skill.toml, `id`: missing; add `id = "order-tracking"`"#),
            Case(
                "\"order-tracking\"",
                "\"Order Tracking\"",
                r#"skill.toml, line 2, `id`: "Order Tracking" is not an id; write 2 to 40 of a-z, 0-9 and -, beginning with a letter, like "order-tracking" or "acme/order-tracking""#,
            ),
            Case(
                "\"order-tracking\"",
                "\"acme/../x\"",
                r#"skill.toml, line 2, `id`: "acme/../x" is not an id; write 2 to 40 of a-z, 0-9 and -, beginning with a letter, like "order-tracking" or "acme/order-tracking""#,
            ),
            Case(
                "id = \"order-tracking\"",
                "id = 7",
                "skill.toml, line 2, `id`: this is a number; write text in quotes",
            ),
            Case(
                "\"Order tracking\"",
                "\"Order\\u202E tracking\"",
                "skill.toml, line 3, `name`: character 6 is U+202E, which changes the direction of the text around it; remove it",
            ),
            Case(
                "\"Order tracking\"",
                "\"Order\\u200B tracking\"",
                "skill.toml, line 3, `name`: character 6 is U+200B, which has no width; remove it",
            ),
            Case(
                "\"Order tracking\"",
                "\"Order\\U000E0041 tracking\"",
                "skill.toml, line 3, `name`: character 6 is U+E0041, a hidden tag character; remove it",
            ),
            Case(
                "\"Order tracking\"",
                "\"Order\\u0007 tracking\"",
                "skill.toml, line 3, `name`: character 6 is U+0007, a control character; remove it",
            ),
            Case(
                "\"Order tracking\"",
                "\"Order\\ntracking\"",
                "skill.toml, line 3, `name`: character 6 is U+000A, a line break, and this text stands on one line; remove it",
            ),
            Case("\"Order tracking\"", "\" \"", "skill.toml, line 3, `name`: empty; write something or remove the key"),
            Case(
                "\"Order tracking\"",
                "\"A name that is so long that no list of skills in the console could show it\"",
                "skill.toml, line 3, `name`: 74 characters; shorten it to 60",
            ),
            Case(
                "\"0.1.0\"",
                "\"0.1\"",
                r#"skill.toml, line 4, `version`: "0.1" is not a version (unexpected end of input while parsing minor version number); write three numbers, like "0.1.0""#,
            ),
            Case("\"0.1.0\"", "0.1", "skill.toml, line 4, `version`: this is a number; write text in quotes"),
            Case(
                "\"post-purchase\"",
                "\"post-purchases\"",
                r#"skill.toml, line 5, `category`: "post-purchases" is not known here; did you mean "post-purchase"?"#,
            ),
            Case(
                "\"post-purchase\"",
                "\"sales\"",
                r#"skill.toml, line 5, `category`: "sales" is not known here; write one of "post-purchase", "core", "custom""#,
            ),
            Case(
                "when-to-use",
                "when_to_use",
                "skill.toml, line 7, `when_to_use`: there is no such key; did you mean `when-to-use`?",
            ),
            Case(
                "how-to-respond",
                "answer-style",
                "skill.toml, line 8, `answer-style`: there is no such key; the keys here are id, name, version, category, overview, when-to-use, how-to-respond, channels, prerequisites, tools, settings, examples",
            ),
            Case(
                "[\"A customer asks where an order is\"]",
                "[]",
                "skill.toml, line 7, `when-to-use`: empty; write at least one scenario",
            ),
            Case(
                "[\"A customer asks where an order is\"]",
                "\"A customer asks where an order is\"",
                "skill.toml, line 7, `when-to-use`: this is text; write a list in square brackets",
            ),
            Case("[\"webchat\", \"email\"]", "[]", "skill.toml, line 9, `channels`: empty; write at least one channel"),
            Case(
                "\"email\"",
                "\"e-mail\"",
                r#"skill.toml, line 9, `channels[1]`: "e-mail" is not known here; did you mean "email"?"#,
            ),
            Case(
                "\"email\"",
                "\"webchat\"",
                "skill.toml, line 9, `channels[1]`: the same stands there already; remove one of the two",
            ),
            Case(
                "sign-in = true",
                "sign-in = \"yes\"",
                "skill.toml, line 12, `prerequisites.sign-in`: this is text; write true or false, without quotes",
            ),
            Case(
                "sign-in",
                "signin",
                "skill.toml, line 12, `prerequisites.signin`: there is no such key; did you mean `sign-in`?",
            ),
            Case(
                "[\"usher:tools/orders\"]",
                "[\"orders\"]",
                r#"skill.toml, line 13, `prerequisites.integrations[0]`: "orders" is not the name of an interface; write package:namespace/interface as WIT does, like "usher:tools/orders""#,
            ),
            Case(
                "[\"usher:tools/orders\"]",
                "[\"usher:tools/orders@0.1.0\"]",
                r#"skill.toml, line 13, `prerequisites.integrations[0]`: "usher:tools/orders@0.1.0" names a version; write "usher:tools/orders"; the version is read from the component"#,
            ),
            Case(
                "[\"returns\"]",
                "[\"Our returns\"]",
                r#"skill.toml, line 14, `prerequisites.knowledge[0]`: "Our returns" is not a name; write 2 to 40 of a-z, 0-9 and -, beginning with a letter"#,
            ),
            Case(
                "[prerequisites]",
                "prerequisites = 3\n[other]",
                "skill.toml, line 12, `other`: there is no such key; the keys here are id, name, version, category, overview, when-to-use, how-to-respond, channels, prerequisites, tools, settings, examples",
            ),
            Case(
                "\"usher:tools/orders.get\"",
                "\"orders.get\"",
                r#"skill.toml, line 17, `tools[0].function`: "orders.get" is not the name of a function; write package:namespace/interface.function, like "usher:tools/orders.get""#,
            ),
            Case(
                "\"usher:tools/orders.get\"",
                "\"usher:tools/orders@0.1.0.get\"",
                r#"skill.toml, line 17, `tools[0].function`: "usher:tools/orders@0.1.0.get" names a version; write "usher:tools/orders.get"; the version is read from the component"#,
            ),
            Case(
                "\"usher:tools/orders.get\"",
                "\"usher:skill/memory.get\"",
                "skill.toml, line 17, `tools[0].function`: every skill may call usher:skill/memory.get; remove this entry",
            ),
            Case(
                "function = \"usher:tools/orders.get\"",
                "",
                r#"skill.toml, line 16, `tools[0].function`: missing; add `function = "usher:tools/orders.get"`"#,
            ),
            Case(
                "reason = \"to find the order that the customer names\"",
                "",
                r#"skill.toml, line 16, `tools[0].reason`: missing; add `reason = "to find the order that the customer names"`"#,
            ),
            Case(
                "[[settings]]",
                "[[tools]]\nfunction = \"usher:tools/orders.get\"\nreason = \"again\"\n[[settings]]",
                "skill.toml, line 21, `tools[1].function`: usher:tools/orders.get is declared already; remove one of the two",
            ),
            Case(
                "\"answer-with\"",
                "\"answer with\"",
                r#"skill.toml, line 21, `settings[0].name`: "answer with" is not a name; write 2 to 40 of a-z, 0-9 and -, beginning with a letter"#,
            ),
            Case(
                "[examples]",
                "[[settings]]\nname = \"answer-with\"\nlabel = \"x\"\ntype = \"bool\"\n[examples]",
                r#"skill.toml, line 28, `settings[1].name`: there is a setting "answer-with" already; give each its own name"#,
            ),
            Case(
                "type = \"choice\"",
                "type = \"select\"",
                r#"skill.toml, line 23, `settings[0].type`: "select" is not known here; write one of "text", "choice", "bool", "number", "url""#,
            ),
            Case(
                "type = \"choice\"",
                "type = \"text\"",
                r#"skill.toml, line 24, `settings[0].choices`: only a choice has choices; write `type = "choice"`, or remove them"#,
            ),
            Case(
                "choices = [\"card\", \"text\"]",
                "choices = [\"card\"]",
                "skill.toml, line 24, `settings[0].choices`: fewer than two; write at least two choices",
            ),
            Case(
                "choices = [\"card\", \"text\"]",
                "",
                r#"skill.toml, line 20, `settings[0].choices`: a choice without choices; add `choices = ["…", "…"]`"#,
            ),
            Case(
                "default = \"card\"",
                "default = \"both\"",
                r#"skill.toml, line 25, `settings[0].default`: "both" does not fit; choose one of card, text"#,
            ),
            Case(
                "default = \"card\"",
                "default = [\"card\"]",
                "skill.toml, line 25, `settings[0].default`: this is a list; write text in quotes, a number, or true or false",
            ),
            Case(
                "default = \"card\"",
                "default = 2026-01-01",
                "skill.toml, line 25, `settings[0].default`: this is a date; write text in quotes, a number, or true or false",
            ),
            Case(
                "default = \"card\"",
                "default = nan",
                "skill.toml, line 25, `settings[0].default`: this is a number that isn't finite; write text in quotes, a number, or true or false",
            ),
            Case(
                "default = \"card\"",
                "default = 0x10",
                "skill.toml, line 25, `settings[0].default`: this is a number that isn't decimal; write text in quotes, a number, or true or false",
            ),
            Case(
                "default = \"card\"",
                "default = \"card\"\nrequired = true",
                "skill.toml, line 25, `settings[0].default`: a required setting has no default; remove the default, or `required`",
            ),
            Case(
                "en = [",
                "english = [",
                r#"skill.toml, line 28, `examples.english`: "english" is not a language; write a language tag, like "en", "fr-CA" or "zh-Hant""#,
            ),
            Case(
                "en = [\"where is my order\"]",
                "en = [\"hi\"]\nEN = [\"hello\"]",
                "skill.toml, line 28, `examples.en`: en stands there already; write each language once",
            ),
            Case(
                "en = [",
                "e = [",
                r#"skill.toml, line 28, `examples.e`: "e" is not a language; write a language tag, like "en", "fr-CA" or "zh-Hant""#,
            ),
        ],
    );
}

#[test]
fn a_connector_is_refused_with_the_fix() {
    check(
        Kind::Connector,
        CONNECTOR,
        &[
            Case("provider = \"Shopify\"", "", r#"connector.toml, `provider`: missing; add `provider = "Shopify"`"#),
            Case(
                "[\"usher:tools/orders\"]",
                "[]",
                "connector.toml, line 7, `provides`: empty; name at least one interface",
            ),
            Case(
                "[\"usher:tools/orders\"]",
                "[\"usher:connector/health\"]",
                "connector.toml, line 7, `provides`: usher:connector/health is not a tool; remove it: every connector exports `health`",
            ),
            Case(
                "[\"usher:tools/orders\"]",
                "[\"usher:tools/orders.get\"]",
                r#"connector.toml, line 7, `provides[0]`: "usher:tools/orders.get" is not the name of an interface; write package:namespace/interface as WIT does, like "usher:tools/orders""#,
            ),
            Case(
                "\"*.myshopify.com\"",
                "\"https://myshopify.com\"",
                r#"connector.toml, line 10, `hosts[0].host`: "https://myshopify.com" is not a host; write a name in lower case with no scheme, port or path, like "api.example.com" or "*.example.com""#,
            ),
            Case(
                "\"*.myshopify.com\"",
                "\"*.com\"",
                r#"connector.toml, line 10, `hosts[0].host`: "*.com" is not a host; write a name in lower case with no scheme, port or path, like "api.example.com" or "*.example.com""#,
            ),
            Case(
                "\"*.myshopify.com\"",
                "\"*\"",
                r#"connector.toml, line 10, `hosts[0].host`: "*" is not a host; write a name in lower case with no scheme, port or path, like "api.example.com" or "*.example.com""#,
            ),
            Case(
                "\"*.myshopify.com\"",
                "\"127.0.0.1\"",
                r#"connector.toml, line 10, `hosts[0].host`: "127.0.0.1" is not a host; write a name in lower case with no scheme, port or path, like "api.example.com" or "*.example.com""#,
            ),
            Case(
                "\"*.myshopify.com\"",
                "\"api.example.com:8443\"",
                r#"connector.toml, line 10, `hosts[0].host`: "api.example.com:8443" is not a host; write a name in lower case with no scheme, port or path, like "api.example.com" or "*.example.com""#,
            ),
            Case(
                "\"*.myshopify.com\"",
                "\"Api.example.com\"",
                r#"connector.toml, line 10, `hosts[0].host`: "Api.example.com" is not a host; write a name in lower case with no scheme, port or path, like "api.example.com" or "*.example.com""#,
            ),
            Case(
                "\"*.myshopify.com\"",
                "\"api.example.com\"",
                r#"connector.toml, line 10, `hosts[0].host`: an exact host and a setting; remove one of the two, or write "*.example.com" for what the setting's host must be under"#,
            ),
            Case(
                "host = \"*.myshopify.com\"\nfrom-setting = \"shop\"",
                "",
                r#"connector.toml, line 9, `hosts[0].host`: no host; add `host = "api.example.com"`, or `from-setting = "…"` with a setting's name"#,
            ),
            Case(
                "from-setting = \"shop\"",
                "from-setting = \"store\"",
                r#"connector.toml, line 11, `hosts[0].from-setting`: there is no setting "store"; add it under `[[settings]]` with `type = "text"`"#,
            ),
            Case(
                "from-setting = \"shop\"",
                "from-setting = \"page-size\"",
                r#"connector.toml, line 11, `hosts[0].from-setting`: the setting "page-size" is not text; give it `type = "text"`"#,
            ),
            Case(
                "[\"get\", \"post\"]",
                "[]",
                "connector.toml, line 12, `hosts[0].methods`: empty; write at least one method",
            ),
            Case(
                "[\"get\", \"post\"]",
                "[\"GET\"]",
                r#"connector.toml, line 12, `hosts[0].methods[0]`: "GET" is not known here; did you mean "get"?"#,
            ),
            Case(
                "[[settings]]",
                "[[hosts]]\nhost = \"*.myshopify.com\"\nfrom-setting = \"shop\"\nmethods = [\"put\"]\nreason = \"x\"\n[[settings]]",
                "connector.toml, line 16, `hosts[1].host`: the host in the setting `shop`, under *.myshopify.com stands there already; put all methods into one entry",
            ),
            Case(
                "default = 20",
                "default = \"many\"",
                r#"connector.toml, line 30, `settings[2].default`: "many" does not fit; write a number, like 12 or 0.5"#,
            ),
            Case(
                "name = \"access-token\"",
                "name = \"shop\"",
                r#"connector.toml, line 33, `secrets[0].name`: "shop" is taken; give each setting and secret its own name"#,
            ),
            Case(
                "name = \"client-secret\"",
                "name = \"access-token\"",
                r#"connector.toml, line 38, `secrets[1].name`: "access-token" is taken; give each setting and secret its own name"#,
            ),
            Case(
                "header = \"X-Shopify-Access-Token\"",
                "",
                r#"connector.toml, line 32, `secrets[0].header`: it goes nowhere; add `header = "Authorization"` with `value = "Bearer {}"`, or `basic-user = "…"` for HTTP Basic"#,
            ),
            Case(
                "header = \"X-Shopify-Access-Token\"",
                "header = \"X Token\"",
                r#"connector.toml, line 35, `secrets[0].header`: "X Token" is not a header; write a name like "X-Access-Token""#,
            ),
            Case(
                "header = \"X-Shopify-Access-Token\"",
                "header = \"Host\"",
                "connector.toml, line 35, `secrets[0].header`: the runtime alone sets Host; name the header that the provider reads the secret from",
            ),
            Case(
                "header = \"X-Shopify-Access-Token\"",
                "header = \"X-Token\"\nbasic-user = \"me\"",
                "connector.toml, line 36, `secrets[0].basic-user`: a header and HTTP Basic; remove one of the two",
            ),
            Case(
                "header = \"X-Shopify-Access-Token\"",
                "value = \"Bearer {}\"",
                "connector.toml, line 35, `secrets[0].value`: a value belongs to a header; add `header`, or remove `value`",
            ),
            Case(
                "value = \"{}\"",
                "value = \"Bearer\"",
                r#"connector.toml, line 41, `secrets[1].value`: "Bearer" does not say where the secret goes; write `{}` once, like "Bearer {}""#,
            ),
            Case(
                "value = \"{}\"",
                "value = \"{}\\r\\nX: {}\"",
                r#"connector.toml, line 41, `secrets[1].value`: "{}\r\nX: {}" does not say where the secret goes; write `{}` once, like "Bearer {}""#,
            ),
            Case(
                "header = \"X-Shopify-Access-Token\"",
                "basic-user = \"a:b\"",
                r#"connector.toml, line 35, `secrets[0].basic-user`: "a:b" is not a user; write it without spaces and colons, with settings in braces, like "{email}/token""#,
            ),
            Case(
                "header = \"X-Shopify-Access-Token\"",
                "basic-user = \"{email}/token\"",
                r#"connector.toml, line 35, `secrets[0].basic-user`: there is no text setting "email"; add it under `[[settings]]` with `type = "text"`"#,
            ),
            Case(
                "header = \"X-Shopify-Access-Token\"",
                "basic-user = \"{shop\"",
                r#"connector.toml, line 35, `secrets[0].basic-user`: "{shop" has a brace that is not closed; write `{setting}`"#,
            ),
            Case(
                "header = \"X-Shopify-Access-Token\"\nvalue = \"{}\"",
                "basic-user = \"{shop}\"",
                "connector.toml, line 40, `secrets[1].basic-user`: a token goes into a header; use `header` and `value` for it",
            ),
            Case(
                "\"/admin/oauth/access_token\"",
                "\"https://elsewhere.example/token\"",
                r#"connector.toml, line 43, `secrets[1].client-credentials.token-path`: "https://elsewhere.example/token" is not a path; write the path alone, like "/oauth/token""#,
            ),
            Case(
                "\"/admin/oauth/access_token\"",
                "\"//elsewhere.example/token\"",
                r#"connector.toml, line 43, `secrets[1].client-credentials.token-path`: "//elsewhere.example/token" is not a path; write the path alone, like "/oauth/token""#,
            ),
            Case(
                "\"/admin/oauth/access_token\"",
                "\"/a/../b\"",
                r#"connector.toml, line 43, `secrets[1].client-credentials.token-path`: "/a/../b" is not a path; write the path alone, like "/oauth/token""#,
            ),
            Case(
                "client-id = \"client-id\"",
                "",
                r#"connector.toml, line 42, `secrets[1].client-credentials.client-id`: missing; add `client-id = "…", the setting that holds it`"#,
            ),
            Case(
                "client-id = \"client-id\"",
                "client-id = \"app\"",
                r#"connector.toml, line 44, `secrets[1].client-credentials.client-id`: there is no setting "app"; add it under `[[settings]]` with `type = "text"`"#,
            ),
            Case(
                "verify = \"hmac-sha256\"",
                "verify = \"md5\"",
                r#"connector.toml, line 52, `webhooks[0].verify`: "md5" is not known here; write one of "hmac-sha256", "token""#,
            ),
            Case(
                "verify = \"hmac-sha256\"",
                "verify = \"token\"",
                r#"connector.toml, line 52, `webhooks[0].verify`: a token has no timestamp and no encoding; remove `timestamp-header` and `encoding`, or write `verify = "hmac-sha256"`"#,
            ),
            Case(
                "encoding = \"base64\"",
                "",
                r#"connector.toml, line 50, `webhooks[0].encoding`: it isn't said how the signature is spelled; add `encoding = "base64"`"#,
            ),
            Case(
                "header = \"X-Signature\"",
                "header = \"Host\"",
                r#"connector.toml, line 53, `webhooks[0].header`: the runtime alone sets Host; name the header that the provider reads the secret from"#,
            ),
            Case(
                "[[secrets]]\nname = \"signing-secret\"\nlabel = \"Signing secret\"\n",
                "",
                r#"connector.toml, line 32, `secrets`: the webhook "events" is checked with "signing-secret", and there is no such secret; add it under `[[secrets]]` with `name` and `label` alone"#,
            ),
            Case(
                "secret = \"signing-secret\"",
                "secret = \"access-token\"",
                r#"connector.toml, line 35, `secrets[0].header`: a webhook is checked with this secret, so it is sent nowhere; remove `header`, `value` and `basic-user`, or give the webhook a secret of its own"#,
            ),
            Case(
                "label = \"Signing secret\"",
                "label = \"Signing secret\"\nheader = \"X-Secret\"",
                r#"connector.toml, line 49, `secrets[2].header`: a webhook is checked with this secret, so it is sent nowhere; remove `header`, `value` and `basic-user`, or give the webhook a secret of its own"#,
            ),
            Case(
                "encoding = \"base64\"\nsecret",
                "encoding = \"base64\"\nsecret = \"signing-secret\"\n[[webhooks]]\nname = \"events\"\nverify = \"token\"\nheader = \"X-T\"\nsecret",
                r#"connector.toml, line 58, `webhooks[1].name`: "events" is taken; give each webhook its own name"#,
            ),
        ],
    );
}

#[test]
fn a_section_is_refused_with_the_reason() {
    let good =
        String::from_utf8(Manifest::from_toml(Kind::Skill, SKILL).expect("good").to_section().expect("small enough"))
            .expect("JSON is UTF-8");
    let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let huge = good.replace("Say the status first.", &"x".repeat(Manifest::MAX_SECTION_BYTES));
    let cases = [
        (
            "not JSON".to_owned(),
            r#"the manifest section is not valid: expected ident at line 1 column 2; build the plugin again with `usher build`"#,
        ),
        ("[]".to_owned(), r#"the manifest section: this is a list; write a table"#),
        ("{}".to_owned(), r#"the manifest section: it doesn't say its kind; write one of "skill", "connector""#),
        (
            good.replace("\"kind\":\"skill\"", "\"kind\":\"plugin\""),
            r#"the manifest section, `kind`: "plugin" is not known here; write one of "skill", "connector""#,
        ),
        (
            good.replace("\"kind\":\"skill\"", "\"kind\":\"connector\""),
            r#"the manifest section, `category`: there is no such key; the keys here are id, name, version, provider, overview, provides, hosts, settings, secrets, webhooks, kind"#,
        ),
        (
            good.replace("\"id\":", "\"id\":\"returns\",\"id\":"),
            r#"the manifest section is not valid: the key "id" stands there twice at line 1 column 52; build the plugin again with `usher build`"#,
        ),
        (
            good.replace("\"hub\":false", "\"hub\":null"),
            r#"the manifest section is not valid: invalid type: null, expected text, a number, true or false, a list or an object at line 1 column 295; build the plugin again with `usher build`"#,
        ),
        (
            good.replace("\"hub\":false", &format!("\"hub\":{deep}")),
            r#"the manifest section is not valid: nested more than 32 deep at line 1 column 322; build the plugin again with `usher build`"#,
        ),
        (
            good.replace("\"hub\":false", "\"hub\":1e999"),
            r#"the manifest section is not valid: number out of range at line 1 column 296; build the plugin again with `usher build`"#,
        ),
        (
            good.replace("\"hub\":false", "\"hub\":0.5"),
            r#"the manifest section, `prerequisites.hub`: this is a number; write true or false, without quotes"#,
        ),
        (
            good.replace("\"hub\":false", "\"hut\":false"),
            r#"the manifest section, `prerequisites.hut`: there is no such key; did you mean `hub`?"#,
        ),
        (
            good.replace("\"hub\":false", "\"h\u{202E}ub\":false"),
            r#"the manifest section, `prerequisites."h\u{202e}ub"`: there is no such key; did you mean `hub`?"#,
        ),
        (
            format!("{good} {{}}"),
            r#"the manifest section is not valid: trailing characters at line 1 column 676; build the plugin again with `usher build`"#,
        ),
        (
            good.replace("Order tracking", "Order\u{2066} tracking"),
            r#"the manifest section, `name`: character 6 is U+2066, which changes the direction of the text around it; remove it"#,
        ),
        (
            huge,
            r#"the manifest takes 262797 bytes as JSON and at most 262144 are read; shorten its texts and examples"#,
        ),
    ];
    let mut wrong = String::new();
    for (bytes, expected) in &cases {
        let got = match Manifest::from_section(bytes.as_bytes()) {
            Ok(_) => "(accepted)".to_owned(),
            Err(e) => e.to_string(),
        };
        if got != *expected {
            wrong += &format!(
                "\n{}\n  expected: {expected}\n  got:      {got}\n",
                bytes.chars().take(80).collect::<String>()
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_manifest_too_large_for_its_section_is_refused_where_it_is_written() {
    let question = |n: usize| format!("\"{n} {}\"", "x".repeat(290));
    let questions = (0..400).map(question).collect::<Vec<_>>().join(", ");
    let text =
        SKILL.replace("[\"where is my order\"]", &format!("[{questions}]\nfr = [{questions}]\nde = [{questions}]"));
    let error = Manifest::from_toml(Kind::Skill, &text).expect_err("more than a section holds");
    assert!(error.to_string().ends_with("at most 262144 are read; shorten its texts and examples"), "{error}");
}
