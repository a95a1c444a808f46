//! `[[secrets]]` of a connector: what its operator fills in and its component never sees.

use serde::Serialize;

use crate::connector::text_setting;
use crate::error::{Complaint, Error};
use crate::name::{quoted, slug};
use crate::reader::{Fields, Item};
use crate::setting::{Setting, SettingType};
use crate::text::Shape;
use crate::webhook::Webhook;

/// What the operator fills in and no component ever sees: the runtime puts it into requests to the hosts of the
/// manifest, and nowhere else; or it checks with it who calls a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Secret {
    /// What it is kept by.
    pub name: String,
    /// For the operator.
    pub label: String,
    /// Where it goes.
    #[serde(flatten)]
    pub placement: Placement,
    /// The connector is unavailable until it is filled in.
    pub required: bool,
    /// It is not sent itself: it buys a short-lived token, and that one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_credentials: Option<ClientCredentials>,
}

/// Where in a request a secret goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Placement {
    /// A header of its own.
    Header {
        /// The header's name.
        header: String,
        /// Its value, with `{}` once where the secret goes: `Bearer {}`.
        value: String,
    },
    /// HTTP Basic, with the secret as the password (RFC 7617).
    Basic {
        /// The user, with settings in braces: `{email}/token`.
        #[serde(rename = "basic-user")]
        user: String,
    },
    /// Nowhere: a webhook of the same manifest is checked with it.
    Webhook {},
}

impl Placement {
    /// The name of the header of requests that this sets.
    pub fn header(&self) -> Option<&str> {
        match self {
            Placement::Header { header, .. } => Some(header),
            Placement::Basic { .. } => Some("Authorization"),
            Placement::Webhook {} => None,
        }
    }
}

/// How a secret buys a token: OAuth's client-credentials grant (RFC 6749, section 4.4), with the secret as
/// `client_secret`, asked of the host that the request goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClientCredentials {
    /// On that host: `/admin/oauth/access_token`.
    pub token_path: String,
    /// The text setting that holds `client_id`.
    pub client_id: String,
}

pub(crate) fn read(fields: &mut Fields, settings: &[Setting], webhooks: &[Webhook]) -> Result<Vec<Secret>, Error> {
    let mut secrets: Vec<Secret> = Vec::new();
    for item in fields.list("secrets", 16)? {
        let known = ["name", "label", "header", "value", "basic-user", "required", "client-credentials"];
        let mut fields = item.fields(&known)?;
        let name = fields.required("name", "name = \"access-token\"")?.parse_with(slug)?;
        if settings.iter().any(|setting| setting.name == name) || secrets.iter().any(|secret| secret.name == name) {
            let complaint = Complaint::new(format!("{name:?} is taken"), "give each setting and secret its own name");
            return Err(fields.refuse("name", complaint));
        }
        let label = fields.required("label", "label = \"…\", for the operator")?.text(80, Shape::Line)?;
        let of_webhook = webhooks.iter().any(|webhook| webhook.secret == name);
        let placement = placement(&mut fields, settings, of_webhook)?;
        let required = fields.bool("required")?;
        let client_credentials =
            fields.optional("client-credentials").map(|item| client_credentials(item, settings)).transpose()?;
        if client_credentials.is_some() && !matches!(placement, Placement::Header { .. }) {
            let complaint = Complaint::new("a token goes into a header", "use `header` and `value` for it");
            return Err(fields.refuse("basic-user", complaint));
        }
        secrets.push(Secret { name, label, placement, required, client_credentials });
    }
    for webhook in webhooks {
        if !secrets.iter().any(|secret| secret.name == webhook.secret) {
            let complaint = Complaint::new(
                format!(
                    "the webhook {:?} is checked with {:?}, and there is no such secret",
                    webhook.name, webhook.secret
                ),
                "add it under `[[secrets]]` with `name` and `label` alone",
            );
            return Err(fields.refuse("secrets", complaint));
        }
    }
    Ok(secrets)
}

fn placement(fields: &mut Fields, settings: &[Setting], of_webhook: bool) -> Result<Placement, Error> {
    match (fields.optional("header"), fields.optional("value"), fields.optional("basic-user")) {
        (None, None, None) if of_webhook => Ok(Placement::Webhook {}),
        (Some(item), _, _) | (_, Some(item), _) | (_, _, Some(item)) if of_webhook => Err(item.refuse(Complaint::new(
            "a webhook is checked with this secret, so it is sent nowhere",
            "remove `header`, `value` and `basic-user`, or give the webhook a secret of its own",
        ))),
        (Some(header), value, None) => Ok(Placement::Header {
            header: header.parse_with(header_name)?,
            value: value.map_or(Ok("{}".to_owned()), |item| item.parse_with(header_value))?,
        }),
        (None, None, Some(user)) => Ok(Placement::Basic { user: user.parse_with(|text| basic_user(text, settings))? }),
        (None, None, None) => {
            let complaint = Complaint::new(
                "it goes nowhere",
                "add `header = \"Authorization\"` with `value = \"Bearer {}\"`, or `basic-user = \"…\"` for HTTP Basic",
            );
            Err(fields.refuse("header", complaint))
        }
        (_, Some(value), _) => {
            Err(value.refuse(Complaint::new("a value belongs to a header", "add `header`, or remove `value`")))
        }
        (Some(_), None, Some(user)) => {
            Err(user.refuse(Complaint::new("a header and HTTP Basic", "remove one of the two")))
        }
    }
}

/// A header that an author may choose: a token (RFC 9110, section 5.6.2) that doesn't steer the connection.
pub(crate) fn header_name(text: &str) -> Result<String, Complaint> {
    const STEERING: &[&str] = &[
        "connection",
        "content-encoding",
        "content-length",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    let lower = text.to_ascii_lowercase();
    let token =
        (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !token {
        return Err(Complaint::new(
            format!("{} is not a header", quoted(text)),
            "write a name like \"X-Access-Token\"",
        ));
    }
    if STEERING.contains(&lower.as_str()) || lower.starts_with("proxy-") || lower.starts_with("x-forwarded-") {
        return Err(Complaint::new(
            format!("the runtime alone sets {text}"),
            "name the header that the provider reads the secret from",
        ));
    }
    Ok(text.to_owned())
}

fn header_value(text: &str) -> Result<String, Complaint> {
    let visible = text.len() <= 128 && text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    if visible && text.matches("{}").count() == 1 {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(
        format!("{} does not say where the secret goes", quoted(text)),
        "write `{}` once, like \"Bearer {}\"",
    ))
}

/// Each name in braces must be a text setting.
fn basic_user(text: &str, settings: &[Setting]) -> Result<String, Complaint> {
    let visible = (1..=128).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic());
    // RFC 7617: the user ends at the first colon.
    if !visible || text.contains(':') {
        return Err(Complaint::new(
            format!("{} is not a user", quoted(text)),
            "write it without spaces and colons, with settings in braces, like \"{email}/token\"",
        ));
    }
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(Complaint::new(
                format!("{} has a brace that is not closed", quoted(text)),
                "write `{setting}`",
            ));
        };
        if !settings.iter().any(|setting| setting.name == name && setting.kind == SettingType::Text) {
            return Err(Complaint::new(
                format!("there is no text setting {}", quoted(name)),
                "add it under `[[settings]]` with `type = \"text\"`",
            ));
        }
        rest = after;
    }
    Ok(text.to_owned())
}

fn client_credentials(item: Item, settings: &[Setting]) -> Result<ClientCredentials, Error> {
    let mut fields = item.fields(&["token-path", "client-id"])?;
    let path = fields.required("token-path", "token-path = \"/oauth/token\"")?;
    let token_path = path.parse_with(|text| {
        let clean = text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= 200
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.~".contains(c))
            && !text.split('/').any(|part| part == "..");
        if clean {
            return Ok(text.to_owned());
        }
        Err(Complaint::new(format!("{} is not a path", quoted(text)), "write the path alone, like \"/oauth/token\""))
    })?;
    let client_id = fields.required("client-id", "client-id = \"…\", the setting that holds it")?;
    Ok(ClientCredentials { token_path, client_id: text_setting(client_id, settings)? })
}
