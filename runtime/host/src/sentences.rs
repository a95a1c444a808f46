//! A sheet in plain sentences, the same wherever it is shown. What authors wrote is made visible here and nowhere else.

use crate::reach::Reach;
use crate::registry::{Effect, ProvidedBy};
use crate::sheet::{PermissionSheet, SheetInterface, SheetSecret, SheetTool, SheetWebhook};
use crate::skill::Assurance;
use crate::visible::visible;
use serde::Serialize;
use std::collections::BTreeSet;
use usher_manifest::{Method, Verification};

/// What a sentence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// A function that it can call.
    Tool,
    /// A function that it declares and can't call.
    OverAsked,
    /// An interface that it answers.
    Interface,
    /// A place that it may send requests to.
    Host,
    /// A secret that the runtime puts into its requests.
    Secret,
    /// A place at which its provider may say that something happened.
    Webhook,
    /// A setting that it reads.
    Setting,
    /// What it has of the runtime beside tools.
    Baseline,
}

/// One thing that a plugin can do. All of it can be shown as it is: whatever hides or steers is spelled out. It is
/// text, not markup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// What it is about.
    pub about: About,
    /// Its technical name: a function, an interface, a host, a secret's name.
    pub name: String,
    /// "can look up one of the customer's orders (reading; …)".
    pub text: String,
    /// Why the author says that it is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl PermissionSheet {
    /// All that the plugin can do, a sentence each: tools, what it answers, hosts, secrets, webhooks, settings, the
    /// rest.
    #[must_use]
    pub fn sentences(&self) -> Vec<Sentence> {
        let mut sentences = Vec::new();
        let mut add = |about: About, name: String, text: String, reason: Option<&str>| {
            let reason = reason.filter(|reason| !reason.is_empty()).map(visible);
            sentences.push(Sentence { about, name: visible(&name), text, reason });
        };
        for entry in &self.tools {
            add(About::Tool, entry.function.to_string(), format!("can {}", tool(entry)), Some(&entry.reason));
        }
        for function in &self.over_asked {
            let text = format!("declares {function} and can't call it: its component doesn't import it");
            add(About::OverAsked, function.to_string(), text, None);
        }
        for provided in &self.provides {
            add(About::Interface, provided.interface.to_string(), format!("can {}", interface(provided)), None);
        }
        for place in Reach::of(&self.hosts) {
            let reason = self.hosts.iter().find(|host| host.host == place.host).map(|host| host.reason.as_str());
            add(About::Host, place.to_string(), format!("can {}", requests(&place.methods, &place)), reason);
        }
        for entry in &self.secrets {
            add(About::Secret, entry.name.clone(), secret(entry), None);
        }
        for entry in &self.webhooks {
            add(About::Webhook, entry.name.clone(), webhook(entry), None);
        }
        for name in &self.settings {
            add(About::Setting, name.clone(), format!("can {}", setting(name)), None);
        }
        for name in &self.baseline {
            add(About::Baseline, name.clone(), format!("can {}", baseline(name)), None);
        }
        sentences
    }
}

/// "look up one of the customer's orders (reading; personal data; for signed-in customers; answered by a connector)"
pub(crate) fn tool(tool: &SheetTool) -> String {
    let mut facts = vec![effect(tool.rule.effect).to_owned()];
    if tool.rule.personal {
        facts.push("personal data".into());
    }
    facts.push(assurance(tool.rule.assurance).into());
    if tool.rule.order.is_some() {
        facts.push("for the customer's own orders".into());
    }
    facts.push(format!("answered by {}", provider(tool.provided_by)));
    format!("{} ({})", title(tool), facts.join("; "))
}

/// The registry's title as the middle of a sentence.
pub(crate) fn title(tool: &SheetTool) -> String {
    if !tool.listed {
        return format!("call {}, which nobody listed in the registry of tools", tool.function);
    }
    let title = visible(&tool.rule.title);
    let mut rest = title.chars();
    match rest.next() {
        Some(first) => first.to_lowercase().chain(rest).collect(),
        None => format!("call {}", tool.function),
    }
}

pub(crate) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Reading => "reading",
        Effect::Acting => "acting",
        Effect::Runtime => "for the runtime alone",
    }
}

pub(crate) fn assurance(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::Anonymous => "for anyone",
        Assurance::Identified => "for identified customers",
        Assurance::Authenticated => "for signed-in customers",
    }
}

pub(crate) fn provider(provided_by: ProvidedBy) -> &'static str {
    match provided_by {
        ProvidedBy::Runtime => "the runtime",
        ProvidedBy::Connector => "a connector",
    }
}

/// "answer usher:tools/orders (get, recent), with personal data"
pub(crate) fn interface(provided: &SheetInterface) -> String {
    let functions: Vec<_> = provided.functions.iter().map(|name| visible(name)).collect();
    let mut text = format!("answer {}", provided.interface);
    if !functions.is_empty() {
        text.push_str(&format!(" ({})", functions.join(", ")));
    }
    match (provided.listed, provided.personal, provided.acting) {
        (false, ..) => text.push_str(", which nobody listed in the registry of tools"),
        (true, true, true) => text.push_str(", with personal data and actions"),
        (true, true, false) => text.push_str(", with personal data"),
        (true, false, true) => text.push_str(", with actions"),
        (true, false, false) => {}
    }
    text
}

/// "send GET and POST requests to api.example.com"
pub(crate) fn requests(methods: &BTreeSet<Method>, place: &Reach) -> String {
    format!("send {} requests to {}", list(methods.iter().map(|method| verb(*method))), visible(&place.to_string()))
}

pub(crate) fn verb(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}

/// "has the runtime put the secret `api-key` into the header `X-Authorization` of its requests, and never sees it"
pub(crate) fn secret(secret: &SheetSecret) -> String {
    let (name, header) = (visible(&secret.name), visible(&secret.header));
    let header = match secret.value.as_str() {
        "{}" => format!("the header `{header}`"),
        value => format!("the header `{header}` (as `{}`)", visible(value)),
    };
    match &secret.client_credentials {
        None => format!("has the runtime put the secret `{name}` into {header} of its requests, and never sees it"),
        Some(grant) => format!(
            "has the runtime buy a short-lived token with the secret `{name}` at {} (client id: the setting `{}`) and \
             put the token into {header} of its requests, and never sees either",
            visible(&grant.token_path),
            visible(&grant.client_id)
        ),
    }
}

/// "has the runtime ask it for news whenever the webhook `events` is called by somebody who knows the secret
/// `signing-secret` (signed in the header `X-Signature`), and never sees either"
pub(crate) fn webhook(webhook: &SheetWebhook) -> String {
    let how = match &webhook.verification {
        Verification::HmacSha256 { header, timestamp_header: Some(time), .. } => {
            format!(
                "a signature with the time of sending, in the headers `{}` and `{}`",
                visible(header),
                visible(time)
            )
        }
        Verification::HmacSha256 { header, timestamp_header: None, .. } => {
            format!("a signature in the header `{}`", visible(header))
        }
        Verification::Token { header } => format!("the secret itself in the header `{}`", visible(header)),
    };
    format!(
        "has the runtime ask it for news whenever its webhook `{}` is called by somebody who knows the secret `{}` ({how}), \
         and sees nothing of the call or the secret",
        visible(&webhook.name),
        visible(&webhook.secret)
    )
}

pub(crate) fn setting(name: &str) -> String {
    format!("read what the operator fills in for `{}`", visible(name))
}

/// In words where this version of the runtime has the interface.
pub(crate) fn baseline(name: &str) -> String {
    let known = match name.split('@').next().unwrap_or_default() {
        "usher:skill/types" => "read the turn that it answers",
        "usher:skill/memory" => "keep small values of its own for as long as the conversation lasts",
        "usher:skill/consent" => "say what the customer is asked to agree to",
        "usher:skill/settings" => "look up its settings, and the shop's name and voice",
        "usher:connector/settings" => "look up its settings",
        "usher:skill/log" | "usher:connector/log" => "write lines into the log",
        "usher:connector/caller" => "learn which signed-in customer a call is for",
        "usher:connector/http" => "have the runtime send its requests, to its hosts alone",
        "usher:connector/clock" => "read the time, and wait",
        _ => return format!("use {} of the runtime", visible(name)),
    };
    known.to_owned()
}

/// "a, b and c"
pub(crate) fn list<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<_> = words.into_iter().collect();
    let words: Vec<_> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => String::new(),
        [word] => (*word).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}
