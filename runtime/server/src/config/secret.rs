//! Secrets stand in the environment or in a file of their own, never in the configuration itself.

use serde::{Deserialize, Deserializer, de};
use std::fmt;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// A secret's value. It prints as `[secret]`.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Wraps a value.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself. It is not to be logged, stored or sent back.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Where a secret stands: `env:NAME` or `file:PATH`.
#[derive(Clone, Debug)]
pub(super) enum SecretRef {
    Env(String),
    File(PathBuf),
}

impl SecretRef {
    /// Fetches the value; a file's path is relative to `base`. One line break at the end is not part of it.
    pub(super) fn resolve(&self, base: &Path) -> Result<Secret, String> {
        let value = match self {
            Self::Env(name) => std::env::var(name)
                .map_err(|_| format!("the environment variable `{name}` isn't set; set it, or use `file:PATH`"))?,
            Self::File(path) => {
                let path = base.join(path);
                std::fs::read_to_string(&path)
                    .map_err(|error| format!("the file `{}` can't be read: {error}", path.display()))?
            }
        };
        let value = value.strip_suffix('\n').unwrap_or(&value);
        let value = value.strip_suffix('\r').unwrap_or(value);
        if value.is_empty() {
            return Err(match self {
                Self::Env(name) => format!("the environment variable `{name}` is empty"),
                Self::File(path) => format!("the file `{}` is empty", path.display()),
            });
        }
        Ok(Secret::new(value.to_owned()))
    }
}

impl<'de> Deserialize<'de> for SecretRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Self::Env(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            // The value isn't repeated: somebody may have written the secret itself.
            _ => Err(de::Error::custom(
                "a secret doesn't stand in the configuration; write `env:NAME` or `file:PATH`, where it stands",
            )),
        }
    }
}
