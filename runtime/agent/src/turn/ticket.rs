//! Opening the ticket of a handoff, and what the customer is told at it: who answers, where, and when.

use super::handing::joined;
use super::record::HandingMode;
use super::{InHand, ONCE_MORE};
use crate::conversation::{Body, Notice};
use crate::desk::{NewHandoff, Place, Requester, Staffing, Ticket, TicketState};
use crate::handoff::summary::Story;
use crate::handoff::{HandoffMethod, HandoffSettings, PendingHandoff};
use crate::hours;
use crate::router::{Outcome as Route, RouteQuery};
use crate::skills::Connection;
use crate::texts::{Language, fill};
use std::collections::{BTreeMap, BTreeSet};
use usher_host::skill::{Assurance, Channel};
use usher_manifest::PluginId;

/// How it stands with the people who are to answer.
enum Team {
    /// They are there.
    Online(Staffing),
    /// Nobody is.
    Offline(Staffing),
    /// They work in a connector's helpdesk, and who is there isn't known.
    Elsewhere,
    /// They do, and it can't be reached.
    Unreachable,
}

impl InHand<'_> {
    /// Opens the ticket, or opens the conversation's latest one again. From then on the conversation is people's.
    pub(super) async fn open_ticket(&mut self, pending: PendingHandoff, settings: &HandoffSettings, lead: &str) {
        let place = self.place(settings);
        let team = self.team_of(&place).await;
        let requester = self.requester();
        let text = joined(lead, &self.told(settings, &team, &place, &requester));
        let text = if self.preview { joined(&text, self.words().preview) } else { text };
        // Whoever wrote a mail is answered by one, and needn't come back to look.
        let by_mail = self.claimed.conversation.channel == Channel::Email;
        let offers = settings.offer_to_tell && !by_mail && matches!(team, Team::Offline(_));
        let tell_me = offers.then(|| self.words().tell_me.to_owned());
        self.note_handing(HandingMode::Made, &pending);
        self.record.handed_off = Some(pending.reason);
        self.record.handed_off_detail = Some(pending.detail.clone());
        self.attention.consent = None;
        self.attention.asked_which = false;
        // People take what waits for it.
        self.attention.sign_in.stage = None;
        self.bodies.push(Body::Handoff { text, tell_me });
        if self.moves_to_mail(settings, &place) {
            let text = self.words().moved_to_email.to_owned();
            self.bodies.push(Body::Notice { notice: Notice::MovedToEmail, text });
        }
        if !self.preview {
            self.file(pending, settings, place, requester).await;
        }
    }

    async fn file(&mut self, pending: PendingHandoff, settings: &HandoffSettings, place: Place, requester: Requester) {
        let conversation = &self.claimed.conversation;
        let (subject, summary, facts) = self.story(&pending, settings);
        let skill = pending.skill.iter().map(ToString::to_string);
        let handoff = NewHandoff {
            conversation: conversation.id,
            channel: conversation.channel,
            locale: self.language.tag().to_owned(),
            time_zone: conversation.time_zone.clone(),
            reason: pending.reason,
            detail: pending.detail,
            skill: pending.skill.clone(),
            subject,
            summary,
            facts,
            requester,
            place,
            known_seq: self.claimed.message.seq,
            tags: skill.chain([pending.reason.name().to_owned()]).collect::<BTreeSet<_>>(),
        };
        let people = self.inner.store.people().await.unwrap_or_else(|error| {
            tracing::error!(%error, "the team can't be read; the ticket goes to everybody");
            Vec::new()
        });
        let latest = self.claimed.ticket.as_ref();
        let change = crate::desk::open(&self.inner.settings.desk(), &people, latest, handoff, self.now);
        if let Some(handing) = &mut self.record.handing_over {
            handing.ticket = change.tickets.first().map(|ticket| ticket.id);
        }
        self.desk = Some(Box::new(change));
    }

    /// Subject, summary and facts.
    fn story(&self, pending: &PendingHandoff, settings: &HandoffSettings) -> (String, String, Vec<crate::desk::Fact>) {
        let mut messages = self.claimed.history.clone();
        messages.push(self.claimed.message.clone());
        let story = Story {
            messages: &messages,
            focus: &self.attention.focus,
            page_url: self.claimed.page_url.as_deref(),
            notes: &pending.notes,
            found: &pending.facts,
            answers: &pending.answers,
            spoken: self.language,
            team: self.team(),
        };
        let is_courtesy = |text: &str| {
            let decision = self.brain.router.route(&RouteQuery::new(text));
            matches!(decision.outcome, Route::Person | Route::SmallTalk { .. })
        };
        let name = |skill: &PluginId| {
            let found = self.generation.skills.get(skill);
            found.map_or_else(|| skill.to_string(), |skill| skill.manifest.name.clone())
        };
        let facts = story.facts(settings, &self.inner.config.shop.locale);
        (story.subject(is_courtesy), story.summary(name), facts)
    }

    /// Where people work on it. A ticket that is opened again stays where it is.
    fn place(&self, settings: &HandoffSettings) -> Place {
        match (self.ticket_again(), &settings.method) {
            (Some(ticket), _) => ticket.place.clone(),
            (None, HandoffMethod::Connector { connector }) => {
                Place::Connector { connector: connector.clone(), remote: None, url: None, cursor: None }
            }
            (None, HandoffMethod::BuiltIn | HandoffMethod::CustomMessage) => Place::BuiltIn,
        }
    }

    /// The conversation's latest ticket, where a handoff opens it again.
    fn ticket_again(&self) -> Option<&Ticket> {
        self.claimed.ticket.as_ref().filter(|ticket| ticket.state != TicketState::Closed)
    }

    async fn team_of(&mut self, place: &Place) -> Team {
        let Place::Connector { connector, .. } = place else {
            let staffing = self.inner.desk.staffing().await.unwrap_or_else(|error| {
                tracing::error!(%error, "who is there can't be read; the customer is told that nobody is");
                Staffing { open: true, online: 0, back_at: None, wait: None }
            });
            let there = staffing.open && staffing.online > 0;
            return if there { Team::Online(staffing) } else { Team::Offline(staffing) };
        };
        if self.answers(connector) {
            return Team::Elsewhere;
        }
        // It may be well again since it was asked last.
        let asked = tokio::time::timeout(ONCE_MORE, self.inner.skills.check(connector)).await;
        match asked {
            Ok(Some(health)) if health.ok => Team::Elsewhere,
            _ => Team::Unreachable,
        }
    }

    fn answers(&self, connector: &PluginId) -> bool {
        let found = self.board.circumstances.connectors.get(connector);
        found.is_some_and(|found| matches!(found.connection, Connection::Connected { failing: None }))
    }

    /// Whether there is somewhere to answer to. A channel that isn't a page is answered where it is written.
    pub(super) fn can_be_answered(&self) -> bool {
        match self.claimed.conversation.channel {
            Channel::Webchat => self.requester().email.is_some(),
            Channel::Sms | Channel::Whatsapp | Channel::Email => true,
        }
    }

    /// Whom the ticket is for: what they proved before what they said, and that before what an earlier ticket knows.
    fn requester(&self) -> Requester {
        let session = &self.claimed.session;
        let identity = session.identity_at(self.now);
        let contact = self.contact.as_ref().or(session.contact.as_ref());
        let before = self.ticket_again().map(|ticket| &ticket.requester);
        let proved = |field: fn(&crate::conversation::Identity) -> &Option<String>| {
            identity.and_then(|identity| field(identity).clone())
        };
        let said = |field: fn(&crate::conversation::Contact) -> &Option<String>| {
            contact.and_then(|contact| field(contact).clone())
        };
        let known = |field: fn(&Requester) -> &Option<String>| before.and_then(|before| field(before).clone());
        Requester {
            assurance: match (self.assurance(), contact) {
                (Assurance::Anonymous, Some(contact)) if !contact.doubtful => Assurance::Identified,
                (assurance, _) => assurance,
            },
            email: proved(|it| &it.email).or_else(|| said(|it| &it.email)).or_else(|| known(|it| &it.email)),
            phone: proved(|it| &it.phone).or_else(|| said(|it| &it.phone)).or_else(|| known(|it| &it.phone)),
            name: proved(|it| &it.first_name).or_else(|| said(|it| &it.name)).or_else(|| known(|it| &it.name)),
            profile_id: proved(|it| &it.customer_id),
        }
    }

    /// Whether the chat ends with the handoff, and people answer by e-mail.
    fn moves_to_mail(&self, settings: &HandoffSettings, place: &Place) -> bool {
        matches!(place, Place::Connector { .. })
            && self.claimed.conversation.channel == Channel::Webchat
            && !settings.keep_chat_open
    }

    /// What the customer is told, in the operator's words where there are some.
    fn told(&self, settings: &HandoffSettings, team: &Team, place: &Place, requester: &Requester) -> String {
        let words = self.words();
        let own = |texts: &BTreeMap<String, String>| texts.get(self.language.tag()).cloned();
        let mail = requester.email.as_deref().unwrap_or_default();
        let by_mail = self.moves_to_mail(settings, place) && !mail.is_empty();
        let or_mail = self.claimed.conversation.channel == Channel::Webchat && !mail.is_empty();
        let here = if or_mail { fill(words.answered_here_or_mail, &[mail]) } else { words.answered_here.to_owned() };
        let wait = |staffing: &Staffing| {
            let known = staffing.wait.filter(|_| settings.tell_wait);
            known.map(|wait| hours::span(wait, self.language))
        };
        match team {
            Team::Online(staffing) => match own(&settings.texts.online) {
                Some(text) => filled(&text, self.until(staffing).as_deref(), wait(staffing).as_deref()),
                None => {
                    let wait = wait(staffing).map(|wait| fill(words.wait, &[&wait])).unwrap_or_default();
                    joined(words.online, &wait)
                }
            },
            Team::Offline(staffing) => match own(&settings.texts.offline) {
                Some(text) => filled(&text, self.until(staffing).as_deref(), wait(staffing).as_deref()),
                None => {
                    let until = self.until(staffing).map(|until| fill(words.offline_until, &[&until]));
                    joined(&until.unwrap_or_else(|| words.offline.to_owned()), &here)
                }
            },
            // Who works in a connector's helpdesk isn't known here, so that neither of the operator's two texts fits.
            Team::Elsewhere if by_mail => fill(words.answered_by_mail, &[mail]),
            Team::Elsewhere => here,
            Team::Unreachable => {
                let then = if by_mail { fill(words.then_by_mail, &[mail]) } else { words.then_here.to_owned() };
                let text = own(&settings.texts.unreachable).map(|text| filled(&text, None, None));
                joined(text.as_deref().unwrap_or(words.unreachable), &then)
            }
        }
    }

    /// When people are there again, on the customer's clock.
    fn until(&self, staffing: &Staffing) -> Option<String> {
        let at = staffing.back_at?;
        Some(match self.claimed.conversation.time_zone.as_deref() {
            Some(zone) => hours::back_at(at, self.now, zone, self.language),
            None => hours::back_at_shop(at, self.now, &self.shop_zone(), self.language),
        })
    }

    fn shop_zone(&self) -> String {
        let hours = self.inner.settings.hours();
        hours.time_zone.clone().unwrap_or_else(|| self.inner.config.shop.time_zone.clone())
    }

    /// The language that the team reads: the shop's own.
    pub(super) fn team(&self) -> Language {
        Language::of(&self.inner.config.shop.locale).unwrap_or(Language::English)
    }
}

/// The operator's text with its `{hours}` and `{wait}` filled in. A sentence whose value isn't known is left out.
fn filled(text: &str, hours: Option<&str>, wait: Option<&str>) -> String {
    let mut kept = String::new();
    for sentence in text.split_inclusive(['.', '!', '?', '\n']) {
        let unknown =
            (sentence.contains("{hours}") && hours.is_none()) || (sentence.contains("{wait}") && wait.is_none());
        if !unknown {
            kept.push_str(sentence);
        }
    }
    kept.replace("{hours}", hours.unwrap_or_default()).replace("{wait}", wait.unwrap_or_default()).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn a_sentence_whose_value_is_not_known_is_left_out() {
        let text = "We're out. Back {hours}! Usually {wait}.\nWrite to us any time.";
        assert_eq!(
            filled(text, Some("Monday 09:00"), Some("5 minutes")),
            "We're out. Back Monday 09:00! Usually 5 minutes.\nWrite to us any time."
        );
        assert_eq!(filled(text, None, None), "We're out.\nWrite to us any time.");
        assert_eq!(filled("Back {hours}", None, None), "");
    }
}
