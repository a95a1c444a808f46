//! One message on each channel.

use super::email::{self, Email};
use super::outline::Tongue;
use super::sms::{self, Sms};
use super::webchat::MessageView;
use super::whatsapp::{self, Whatsapp};
use crate::hub::HubLinks;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

/// How a message looks on each of the four channels.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Renderings {
    /// In the widget.
    #[schema(value_type = Object)]
    pub(crate) webchat: MessageView,
    /// On a phone.
    pub(crate) sms: Sms,
    /// In WhatsApp.
    pub(crate) whatsapp: Whatsapp,
    /// In a mailbox.
    pub(crate) email: Email,
}

impl Renderings {
    /// Of a message that is about to be shown in this language; dates are written in this zone, and what a phone
    /// has no room for is linked to in the hub.
    pub(crate) fn of(view: MessageView, locale: &str, zone: &TimeZone, hub: &HubLinks) -> Self {
        let tongue = Tongue { locale, zone, hub: Some(hub) };
        Self {
            sms: sms::render(&view, &tongue),
            whatsapp: whatsapp::render(&view, &tongue),
            email: email::render(&view, &tongue),
            webchat: view,
        }
    }
}
