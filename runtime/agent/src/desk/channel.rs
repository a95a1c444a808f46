//! A channel in an operator's rule, written as manifests and the API write it: `webchat`, `sms`, `whatsapp`, `email`.

use crate::skills::channel_of;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use usher_host::skill::Channel;
use usher_manifest::Channel as Written;

pub(super) fn serialize<S: Serializer>(channel: &Option<Channel>, serializer: S) -> Result<S::Ok, S::Error> {
    channel.map(channel_of).serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Channel>, D::Error> {
    Ok(Option::<Written>::deserialize(deserializer)?.map(|written| match written {
        Written::Webchat => Channel::Webchat,
        Written::Sms => Channel::Sms,
        Written::Whatsapp => Channel::Whatsapp,
        Written::Email => Channel::Email,
    }))
}
