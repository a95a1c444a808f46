//! What the running agent knows for a greeting.

use super::{Greeting, Scene, compose, country_of};
use crate::Agent;
use crate::agent::Inner;
use crate::desk::Staffing;
use crate::handoff::HandoffMethod;
use crate::hours::Opening;
use crate::texts::Language;
use jiff::Timestamp;
use usher_manifest::{Channel, PluginId};

/// Who comes in, and where.
#[derive(Clone, Copy, Debug)]
pub struct Visit<'a> {
    /// The language to greet in.
    pub language: Language,
    /// Where.
    pub channel: Channel,
    /// BCP 47: what their browser says, where known.
    pub locale: Option<&'a str>,
    /// IANA name of their zone, where known.
    pub time_zone: Option<&'a str>,
    /// When.
    pub now: Timestamp,
}

/// A greeting, and how things stand with the people.
#[derive(Clone, Debug, PartialEq)]
pub struct Welcome {
    /// The greeting.
    pub greeting: Greeting,
    /// How the business hours stand.
    pub opening: Opening,
    /// Conversations are handed to people, and not to a message that says where to turn to.
    pub people: bool,
    /// Who is there, where that is known.
    pub staffing: Option<Staffing>,
}

impl Agent {
    /// How a visitor is greeted.
    pub async fn welcome(&self, visit: Visit<'_>) -> Welcome {
        self.inner().welcome(visit).await
    }

    /// How the business hours stand at a moment, and the zone (IANA name) that they are read in.
    #[must_use]
    pub fn opening(&self, at: Timestamp) -> (Opening, String) {
        self.inner().opening(at)
    }
}

impl Inner {
    fn opening(&self, at: Timestamp) -> (Opening, String) {
        let (hours, shop_zone) = (self.settings.hours(), &self.config.shop.time_zone);
        (hours.at(at, shop_zone), hours.zone(shop_zone).to_owned())
    }

    pub(crate) async fn welcome(&self, visit: Visit<'_>) -> Welcome {
        let (opening, hours_zone) = self.opening(visit.now);
        let handoff = self.settings.handoff();
        let people = handoff.method != HandoffMethod::CustomMessage;
        let staffing = match self.desk.staffing().await {
            _ if !people => None,
            Ok(staffing) => Some(Staffing { wait: staffing.wait.filter(|_| handoff.tell_wait), ..staffing }),
            // A greeting without it is a greeting still.
            Err(error) => {
                tracing::warn!(%error, "who is there is not known");
                None
            }
        };
        let board = self.skills.board();
        let asked = board.skills.iter().filter(|(id, _)| board.closed(id, visit.channel).is_none());
        let services: Vec<PluginId> = asked.map(|(id, _)| id.clone()).collect();
        let country = country_of(visit.time_zone, visit.locale);
        let scene = Scene {
            shop: &self.config.shop,
            voice: self.settings.voice().voice,
            language: visit.language,
            country: country.as_deref(),
            time_zone: visit.time_zone,
            hours_zone: &hours_zone,
            now: visit.now,
            services: &services,
            opening,
            people,
            staffing,
        };
        Welcome { greeting: compose(&self.settings.greeting(), &scene), opening, people, staffing }
    }
}
