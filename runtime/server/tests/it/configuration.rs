//! The configuration: what is written is understood, and what is wrong is named with its way out.

use std::path::Path;
use usher::config::{Config, EXAMPLE, load, load_text};
use usher_agent::handoff::HandoffMethod;

fn parse(text: &str) -> Result<Config, String> {
    load_text("`usher.toml`", text, Path::new("."), false).map_err(|error| error.to_string())
}

const SMALL: &str =
    "[shop]\nname = \"Lamps\"\n[[sites]]\nid = \"storefront\"\norigins = [\"https://shop.example.com\"]\n";

#[test]
fn the_example_is_a_configuration() {
    let config = parse(EXAMPLE).unwrap();
    assert_eq!(config.shop.name, "Example Lamps");
    assert_eq!(config.sites[0].origins[0].as_str(), "https://shop.example.com");
}

#[test]
fn every_key_of_the_example_that_is_commented_out_is_known() {
    // Keys that need a file or a variable are left out, and so is what is indented: it belongs into another file.
    // Channels need secrets, all of them: `GET /api/v1/channels` shows lines for them that have a test of their own.
    let (before, channels) = EXAMPLE.split_once("# [channels]\n").unwrap();
    let (_, after) = channels.split_once("\n[handoff]\n").unwrap();
    let uncommented: Vec<String> = format!("{before}\n[handoff]\n{after}")
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(key)
                if key.contains(" = ")
                    && !key.starts_with(' ')
                    && !["env:", "file:", "trust.toml", "`"].iter().any(|part| key.contains(part)) =>
            {
                key
            }
            _ => line,
        })
        .map(str::to_owned)
        .collect();
    let text = uncommented.join("\n");
    assert!(text.contains("\npublic-url = ") && text.contains("\nmemory-bytes = "), "nothing was uncommented");
    // `from` and `base-url` of [mail], `issuer` of [sites.identity] and `name` and `role` of [[operators]] follow their commented
    // headings.
    let text: String = text
        .lines()
        .filter(|line| {
            !["base-url", "from", "issuer", "name = \"reviewer\"", "role = "].iter().any(|key| line.starts_with(key))
        })
        .map(|line| format!("{line}\n"))
        .collect();
    parse(&text).unwrap();
}

#[test]
fn every_key_of_channels_in_the_example_is_known() {
    let (_, channels) = EXAMPLE.split_once("# [channels]\n").unwrap();
    let (channels, _) = channels.split_once("\n[handoff]\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let is_key = |line: &&str| {
        let name = line.split_once(" = ").map_or("a sentence", |(name, _)| name);
        line.starts_with('[') || !name.contains(' ')
    };
    let keys: Vec<&str> = channels.lines().filter_map(|line| line.strip_prefix("# ")).filter(is_key).collect();
    let text = keys.join("\n").replace("\"env:", "\"file:");
    for secret in text.split("\"file:").skip(1) {
        let (name, _) = secret.split_once('"').unwrap();
        std::fs::write(folder.path().join(name), "a secret that is long enough").unwrap();
    }
    let mail = "[mail]\nfrom = \"help@shop.example\"\nsmtp = { host = \"127.0.0.1\", encryption = \"none\" }";
    let text = format!("{SMALL}{mail}\n[channels]\n{text}\n");
    let config = load_text("`x`", &text, folder.path(), false).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let whatsapp = config.channels.whatsapp.unwrap();
    assert_eq!((whatsapp.app_secrets.len(), whatsapp.template.is_some()), (2, true));
    assert!(config.channels.sms.is_some());
    let email = config.channels.email.unwrap();
    assert_eq!((email.mailgun.len(), email.authserv_ids.len()), (2, 1));
    assert!(email.postmark.is_some() && email.imap.is_some() && email.lmtp.is_some());
}

#[test]
fn a_missing_secret_is_named_once_and_nothing_else() {
    let email = "[channels.email]\naddresses = [\"help@shop.example\"]\n";
    let imap = "imap = { host = \"imap.example\", user = \"help\", password = \"file:none\" }";
    let sending = |token: &str| format!("[mail]\nfrom = \"help@shop.example\"\ntoken = \"{token}\"\n");
    let there = sending("env:PATH");
    for (sections, key) in [
        (format!("{}{email}lmtp = \"127.0.0.1:2400\"", sending("file:none")), "mail.token"),
        (format!("{there}{email}postmark = {{ user = \"u\", password = \"file:none\" }}"), "email.postmark.password"),
        (format!("{there}{email}mailgun = {{ signing-key = \"file:none\" }}"), "email.mailgun.signing-key"),
        (format!("{there}{email}{imap}"), "email.imap.password"),
    ] {
        let error = parse(&format!("{SMALL}{sections}")).expect_err(&sections);
        assert_eq!(error.matches("\n  - ").count(), 1, "{error}");
        assert!(error.contains(key), "{error}");
    }
    let smtp = "smtp = { host = \"127.0.0.1\", encryption = \"none\" }";
    for (sections, words) in [
        (format!("[mail]\nfrom = \"help@shop.example\"\nbase-url = \"https://a.example\"\n{smtp}"), "`mail.base-url`"),
        (format!("{email}lmtp = \"127.0.0.1:2400\""), "add a `[mail]` section"),
        (format!("{there}{email}"), "say how mail comes in"),
    ] {
        let error = parse(&format!("{SMALL}{sections}")).expect_err(&sections);
        assert!(error.contains(words), "{error}");
    }
    let sms = "[channels.sms]\naccount-sid = \"AC\"\nauth-token = \"file:none\"\nnumbers = [\"0301234\"]";
    let error = parse(&format!("{SMALL}{sms}")).unwrap_err();
    assert!(error.contains("channels.sms.auth-token") && error.contains("channels.sms.numbers.0"), "{error}");
}

#[test]
fn little_is_needed() {
    let config = parse(SMALL).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8787");
    assert_eq!(config.shop.languages, ["en"]);
    assert!(config.mail.is_none() && config.sites[0].identity.is_none());
}

#[test]
fn conversations_are_handed_over_as_it_says() {
    let method = |handoff: &str| parse(&format!("{SMALL}{handoff}")).unwrap().handoff.method;
    assert_eq!(method(""), HandoffMethod::BuiltIn);
    assert_eq!(method("[handoff]\nmethod = \"built-in\""), HandoffMethod::BuiltIn);
    assert_eq!(method("[handoff]\nmethod = \"custom-message\""), HandoffMethod::CustomMessage);
    let zendesk = HandoffMethod::Connector { connector: "zendesk".parse().unwrap() };
    assert_eq!(method("[handoff]\nmethod = \"zendesk\""), zendesk);
}

#[test]
fn problems_are_named_with_key_and_fix() {
    let cases: &[(&str, &[&str])] = &[
        ("lisen = \"127.0.0.1:1\"\n", &["`usher.toml`", "`lisen`", "did you mean `listen`?"]),
        ("[shop]\nname = \"x\"\ntimezone = \"UTC\"", &["`shop.timezone`", "did you mean `time-zone`?"]),
        ("[shop]\nname = \"x\"\nqqq = 1", &["`shop.qqq`", "known here:", "locale"]),
        ("[shop]\nlocale = \"en\"", &["`shop.name`", "needed"]),
        ("listen = 5\n", &["`listen`"]),
        ("listen = \"nowhere\"\n", &["`listen`"]),
        ("[shop]\nname = \"x\"\n[log]\nformat = \"xml\"", &["`log.format`", "text, json"]),
        ("[shop\n", &["not TOML", "line 1"]),
        ("[shop]\nname = \"x\"\ntime-zone = \"Berlin\"\n[[sites]]\nid = \"a\"", &["`shop.time-zone`", "Europe/Berlin"]),
        ("[shop]\nname = \"x\"\nlocale = \"english\"\n[[sites]]\nid = \"a\"", &["`shop.locale`", "language tag"]),
        ("[shop]\nname = \"x\"", &["`sites`", "[[sites]]"]),
        ("[shop]\nname = \"x\"\n[[sites]]\nid = \"A B\"", &["`sites.0.id`", "a-z"]),
        ("[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\n[[sites]]\nid = \"a\"", &["`sites.1.id`", "two sites"]),
        ("[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\norigins = [\"https://a.example/\"]", &["origins", "path"]),
        ("[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\norigins = [\"https://*.example\"]", &["origins", "wildcard"]),
        (
            "[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\norigins = [\"http://a.example\"]",
            &["origins", "this machine only"],
        ),
        (
            "[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\nlink-hosts = [\"https://a.example\"]",
            &["link-hosts", "without scheme"],
        ),
        ("trusted-proxies = [\"10.0.0.0/33\"]\n[shop]\nname = \"x\"", &["trusted-proxies", "10.0.0.0/8"]),
        (
            "[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\n[handoff]\nmethod = \"No Such\"",
            &["`handoff.method`", "`custom-message`", "`zendesk`"],
        ),
        (
            "[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\n[[operators]]\nname = \"x\"\ntoken = \"env:PATH\"\nrole = \"king\"",
            &["`operators.0.role`", "`king` is no role", "reviewer"],
        ),
        (
            "public-url = \"https://a.example/help\"\n[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"",
            &["`public-url`", "path"],
        ),
        (
            "[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\n[limits]\nmessage-burst = 0",
            &["`limits.message-burst`", "1 or more"],
        ),
        (
            "[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\n[admin]\ntoken = \"env:SURELY_NOT_SET\"",
            &["`admin.token`", "`SURELY_NOT_SET` isn't set"],
        ),
        (
            "[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\n[admin]\ntoken = \"file:no-such-file\"",
            &["`admin.token`", "no-such-file"],
        ),
        (
            "[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\n[sites.identity]\nissuer = \"i\"\nkeys.k = { hs256 = \"env:PATH\", eddsa = \"x\" }",
            &["`sites.0.identity.keys.k`", "exactly one"],
        ),
        (
            "[plugins]\ntrust = \"no-such.toml\"\n[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"",
            &["`plugins.trust`", "no-such.toml"],
        ),
        (
            "[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\n[limits.allowance]\nskill-calls-per-hour = 0",
            &["`limits.allowance.skill-calls-per-hour`", "1 or more"],
        ),
        (
            "[shop]\nname = \"x\"\n[[sites]]\nid = \"a\"\n[limits.allowance]\ntrap = 5",
            &["`limits.allowance.trap`", "did you mean `traps`?"],
        ),
    ];
    for (text, expected) in cases {
        let error = parse(text).expect_err(text);
        for part in *expected {
            assert!(error.contains(part), "for\n{text}\n`{part}` is missing in:\n{error}");
        }
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let error = parse("[shop]\nname = \"\"\ntime-zone = \"x\"\n[[sites]]\nid = \"\"").unwrap_err();
    for key in ["`shop.name`", "`shop.time-zone`", "`sites.0.id`"] {
        assert!(error.contains(key), "{error}");
    }
}

#[test]
fn secrets_come_from_elsewhere_and_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let secret = "correct horse battery staple, and more";
    std::fs::write(folder.path().join("token"), format!("{secret}\n")).unwrap();
    let text = format!("{SMALL}[admin]\ntoken = \"file:token\"\n");
    let config = load_text("`x`", &text, folder.path(), false).unwrap();
    assert_eq!(config.admin_token.as_ref().unwrap().reveal(), secret);
    assert!(!format!("{config:?}").contains("horse"));

    let error = parse(&format!("{SMALL}[admin]\ntoken = \"{secret}\"\n")).unwrap_err();
    assert!(error.contains("`admin.token`") && error.contains("env:NAME"), "{error}");
    assert!(!error.contains("horse"), "the secret is repeated: {error}");

    std::fs::write(folder.path().join("short"), "short").unwrap();
    let text = format!("{SMALL}[sites.identity]\nissuer = \"i\"\nkeys.k1 = {{ hs256 = \"file:short\" }}\n");
    let error = load_text("`x`", &text, folder.path(), false).unwrap_err().to_string();
    assert!(error.contains("`sites.0.identity.keys.k1`") && error.contains("32 or more"), "{error}");
}

#[test]
fn operators_have_names_and_tokens_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    for (name, token) in [("a", "a".repeat(40)), ("b", "b".repeat(40)), ("short", "short".to_owned())] {
        std::fs::write(folder.path().join(name), token).unwrap();
    }
    let load = |operators: &str| {
        let text = format!("{SMALL}[admin]\ntoken = \"file:a\"\n{operators}");
        load_text("`x`", &text, folder.path(), false).map_err(|error| error.to_string())
    };
    let operator = |name: &str, token: &str| format!("[[operators]]\nname = \"{name}\"\ntoken = \"file:{token}\"\n");
    let config = load(&operator("reviewer", "b")).unwrap();
    assert_eq!(config.operators[0].name, "reviewer");
    assert!(!format!("{config:?}").contains(&"b".repeat(40)));
    let twice = format!("{}{}", operator("x", "b"), operator("x", "short"));
    for (operators, words) in [
        (operator("admin", "b"), "`operators.0.name`"),
        (operator("", "b"), "`operators.0.name`"),
        (operator("a\\nb", "b"), "`operators.0.name`"),
        (operator("x", "short"), "shorter than 32 bytes"),
        (operator("x", "a"), "another operator has this token"),
        (twice, "two operators `x`"),
        (operator("x", "none"), "`operators.0.token`"),
    ] {
        let error = load(&operators).expect_err(&operators);
        assert!(error.contains(words), "{words}: {error}");
    }
}

#[test]
fn a_trust_policy_that_others_can_change_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trust.toml");
    let load = |text: &str, mode: u32| {
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let text = format!("[plugins]\ntrust = \"trust.toml\"\n{SMALL}");
        load_text("`x`", &text, folder.path(), false).map_err(|error| error.to_string())
    };
    assert_eq!(load("sequence = 7\n", 0o644).unwrap().trust.sequence(), 7);
    assert!(load("sequence = 7\n", 0o666).unwrap_err().contains("chmod go-w"));
    assert!(load("sequense = 7\n", 0o644).unwrap_err().contains("sequense"));
    assert_eq!(parse(SMALL).unwrap().trust.sequence(), 0, "without a policy everything waits");
}

#[test]
fn a_missing_file_says_how_to_get_one() {
    let error = load(Path::new("no-such-folder/usher.toml")).unwrap_err().to_string();
    assert!(error.contains("no-such-folder/usher.toml") && error.contains("usher config --example"), "{error}");
}

/// The environment is process-wide: the binary is asked, in a process of its own.
#[test]
fn the_environment_overlays_the_file_and_is_checked_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("usher.toml");
    std::fs::write(&file, SMALL).unwrap();
    let check = |name: &str, value: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_usher"))
            .args(["config", "check", "--config"])
            .arg(&file)
            .env_clear()
            .env(name, value)
            .output()
            .unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output.status.success(), text)
    };
    let (good, text) = check("USHER_LISTEN", "127.0.0.1:9999");
    assert!(good && text.contains("127.0.0.1:9999"), "{text}");
    let (good, text) = check("USHER_SHOP__TIME_ZONE", "Nowhere/At-All");
    assert!(!good && text.contains("shop.time-zone"), "{text}");
    let (good, text) = check("USHER_LISTN", "127.0.0.1:9999");
    assert!(!good && text.contains("USHER_LISTN") && text.contains("did you mean `listen`?"), "{text}");
    let (good, text) = check("USHER_LOG__FORMAT", "xml");
    assert!(!good && text.contains("USHER_LOG__FORMAT"), "{text}");
}
