//! Names that can't be wrong once they are parsed.

use std::fmt;
use std::str::FromStr;

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::error::Complaint;

/// A plugin's id: `order-tracking`, or with its publisher `acme/order-tracking`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PluginId(String);

impl PluginId {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash.
    pub fn publisher(&self) -> Option<&str> {
        self.0.split_once('/').map(|(publisher, _)| publisher)
    }

    /// The part after the slash, or all of it.
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// A file name for this plugin without its ending, different for each id: `acme.order-tracking`.
    pub fn file_stem(&self) -> String {
        self.0.replace('/', ".")
    }
}

impl FromStr for PluginId {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        let (publisher, name) = text.split_once('/').map_or((None, text), |(publisher, name)| (Some(publisher), name));
        if publisher.is_none_or(is_slug) && is_slug(name) {
            return Ok(Self(text.to_owned()));
        }
        Err(Complaint::new(
            format!("{} is not an id", quoted(text)),
            "write 2 to 40 of a-z, 0-9 and -, beginning with a letter, like \"order-tracking\" or \"acme/order-tracking\"",
        ))
    }
}

/// A letter, then letters, digits and dashes: 2 to 40 characters.
pub(crate) fn is_slug(text: &str) -> bool {
    (2..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// A short name of the author's own: of a setting, a secret, a topic.
pub(crate) fn slug(text: &str) -> Result<String, Complaint> {
    if is_slug(text) {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(
        format!("{} is not a name", quoted(text)),
        "write 2 to 40 of a-z, 0-9 and -, beginning with a letter",
    ))
}

/// A WIT interface, `usher:tools/orders`, as a manifest or a component names it.
///
/// A component's import carries a version and a manifest doesn't; [`InterfaceName::matches`] compares without it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InterfaceName {
    namespace: String,
    package: String,
    interface: String,
    version: Option<Version>,
}

impl InterfaceName {
    /// `usher` of `usher:tools/orders`.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// `usher:tools` of `usher:tools/orders@0.1.0`.
    pub fn package(&self) -> String {
        format!("{}:{}", self.namespace, self.package)
    }

    /// `orders` of `usher:tools/orders`.
    pub fn interface(&self) -> &str {
        &self.interface
    }

    /// The version, where one was named.
    pub fn version(&self) -> Option<&Version> {
        self.version.as_ref()
    }

    /// The same interface with no version.
    pub fn without_version(&self) -> Self {
        Self { version: None, ..self.clone() }
    }

    /// Whether both name the same interface, whatever versions they name.
    pub fn matches(&self, other: &InterfaceName) -> bool {
        self.namespace == other.namespace && self.package == other.package && self.interface == other.interface
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}/{}", self.namespace, self.package, self.interface)?;
        if let Some(version) = &self.version {
            write!(f, "@{version}")?;
        }
        Ok(())
    }
}

impl FromStr for InterfaceName {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        let complaint = || {
            Complaint::new(
                format!("{} is not the name of an interface", quoted(text)),
                "write package:namespace/interface as WIT does, like \"usher:tools/orders\"",
            )
        };
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version.parse::<Version>().map_err(|_| complaint())?)),
            None => (text, None),
        };
        let (package, interface) = name.split_once('/').ok_or_else(complaint)?;
        let (namespace, package) = package.split_once(':').ok_or_else(complaint)?;
        if ![namespace, package, interface].into_iter().all(is_kebab) {
            return Err(complaint());
        }
        Ok(Self {
            namespace: namespace.to_owned(),
            package: package.to_owned(),
            interface: interface.to_owned(),
            version,
        })
    }
}

/// An interface as a manifest names it: without a version.
pub(crate) fn interface(text: &str) -> Result<InterfaceName, Complaint> {
    let name: InterfaceName = text.parse()?;
    match name.version {
        None => Ok(name),
        Some(_) => Err(Complaint::new(
            format!("{} names a version", quoted(text)),
            format!("write \"{}\"; the version is read from the component", name.without_version()),
        )),
    }
}

/// One function of an interface: `usher:tools/orders.get`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FunctionName {
    /// Without a version.
    pub interface: InterfaceName,
    /// As WIT names it: `get`, `portal-url`.
    pub function: String,
}

impl FunctionName {
    /// The function of an interface, whose version is left away. None where `function` is not a WIT name.
    pub fn new(interface: &InterfaceName, function: &str) -> Option<Self> {
        is_kebab(function).then(|| Self { interface: interface.without_version(), function: function.to_owned() })
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.interface, self.function)
    }
}

impl FromStr for FunctionName {
    type Err = Complaint;

    fn from_str(text: &str) -> Result<Self, Complaint> {
        let complaint = || {
            Complaint::new(
                format!("{} is not the name of a function", quoted(text)),
                "write package:namespace/interface.function, like \"usher:tools/orders.get\"",
            )
        };
        if let Some((name, rest)) = text.split_once('@') {
            let function = rest.rsplit_once('.').map_or("get", |(_, function)| function);
            return Err(Complaint::new(
                format!("{} names a version", quoted(text)),
                format!("write {}; the version is read from the component", quoted(&format!("{name}.{function}"))),
            ));
        }
        let (interface, function) = text.split_once('.').ok_or_else(complaint)?;
        let interface: InterfaceName = interface.parse().map_err(|_| complaint())?;
        Self::new(&interface, function).ok_or_else(complaint)
    }
}

/// A WIT name in lower case: words of letters and digits, each beginning with a letter, joined by dashes.
fn is_kebab(text: &str) -> bool {
    text.len() <= 64
        && text.split('-').all(|word| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
}

/// A BCP 47 language tag in its usual spelling: `en`, `fr-CA`, `zh-Hant`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone: `fr` of `fr-CA`.
    pub fn primary(&self) -> &str {
        self.0.split_once('-').map_or(&self.0, |(primary, _)| primary)
    }
}

impl FromStr for Language {
    type Err = Complaint;

    /// Takes any case, and keeps the usual one (RFC 5646, section 2.1.1).
    fn from_str(text: &str) -> Result<Self, Complaint> {
        let complaint = || {
            Complaint::new(
                format!("{} is not a language", quoted(text)),
                "write a language tag, like \"en\", \"fr-CA\" or \"zh-Hant\"",
            )
        };
        let mut tag = String::new();
        for (index, part) in text.split('-').enumerate() {
            let fits = match index {
                0 => (2..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphabetic()),
                _ => (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()),
            };
            if !fits || index > 3 {
                return Err(complaint());
            }
            let lower = part.to_ascii_lowercase();
            if index == 0 {
                tag.push_str(&lower);
                continue;
            }
            tag.push('-');
            match lower.len() {
                2 => tag.push_str(&lower.to_ascii_uppercase()),
                4 if lower.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                    tag.push_str(&lower[..1].to_ascii_uppercase());
                    tag.push_str(&lower[1..]);
                }
                _ => tag.push_str(&lower),
            }
        }
        Ok(Self(tag))
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A stranger's text, cut and escaped so that it can stand in a message.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

macro_rules! as_text {
    ($($name:ty),*) => {$(
        impl TryFrom<String> for $name {
            type Error = Complaint;
            fn try_from(text: String) -> Result<Self, Complaint> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.to_string()
            }
        }
    )*};
}
as_text!(PluginId, InterfaceName, FunctionName, Language);
