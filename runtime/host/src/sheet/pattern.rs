//! A host as a manifest writes it: `{"host": "*.example.com"}`, `{"from_setting": "shop"}`, or both.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use usher_manifest::HostPattern;

#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from_setting: Option<String>,
}

pub(crate) fn serialize<S: Serializer>(pattern: &HostPattern, serializer: S) -> Result<S::Ok, S::Error> {
    let written = match pattern {
        HostPattern::Exact(name) => Written { host: Some(name.clone()), from_setting: None },
        HostPattern::Suffix(suffix) => Written { host: Some(format!("*.{suffix}")), from_setting: None },
        HostPattern::FromSetting { setting, suffix } => {
            Written { host: suffix.as_ref().map(|suffix| format!("*.{suffix}")), from_setting: Some(setting.clone()) }
        }
    };
    written.serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HostPattern, D::Error> {
    let written = Written::deserialize(deserializer)?;
    let suffix = written.host.as_deref().and_then(|host| host.strip_prefix("*."));
    match (written.from_setting, suffix, &written.host) {
        (Some(setting), Some(suffix), _) => Ok(HostPattern::FromSetting { setting, suffix: Some(suffix.to_owned()) }),
        (Some(setting), None, None) => Ok(HostPattern::FromSetting { setting, suffix: None }),
        (None, Some(suffix), _) => Ok(HostPattern::Suffix(suffix.to_owned())),
        (None, None, Some(host)) => Ok(HostPattern::Exact(host.clone())),
        _ => Err(serde::de::Error::custom("write `host`, `from_setting`, or a setting with `host = \"*.…\"`")),
    }
}
