//! Leading a handoff on, from message to message: a person is offered, an address to answer to is asked for, the operator's
//! form is gone through, and then there is a ticket. What the customer says to each of these is read in `heard.rs`.

use super::handoff::{HandedOff, Handing};
use super::record::{HandingMode, HandingOver};
use super::{InHand, plain};
use crate::conversation::{Asks, Body};
use crate::handoff::{FieldKind, FormField, HandoffMethod, HandoffSettings, HandoffStage, HandoffWords};
use crate::handoff::{OfferMode, PendingHandoff};
use crate::store::Ending;
use std::collections::BTreeMap;
use usher_host::skill::{Action, Button, Channel, Expectation, Reply};

/// How often a question is asked again.
pub(super) const TRIES: u32 = 3;

impl InHand<'_> {
    /// Leads the handoff on that this turn has come to, when everything else was said.
    pub(super) async fn hand_over(&mut self) {
        let begun = self.handing.take();
        if let Some(pending) = self.unanswered.take() {
            return self.ask_again(*pending, begun).await;
        }
        let Some(Handing { lead, reason, detail, skill, note, facts }) = begun else { return };
        let open = self.attention.handoff.take_if(|open| open.stage != HandoffStage::Offered);
        if let Some(open) = open {
            // One is on its way, and was asked about after this message was written.
            return self.lead_on(*open, &lead).await;
        }
        let settings = self.inner.settings.handoff();
        let own = settings.method == HandoffMethod::CustomMessage;
        // The operator's message may say it all.
        let needs_lead = lead.is_empty() && !(own && settings.message.text.contains_key(self.language.tag()));
        let lead = if needs_lead { self.texts().handoff.to_owned() } else { lead };
        if !own && reason == HandedOff::ExplicitRequest {
            // Whoever wants a person isn't asked anything else; nothing was changed.
            self.card = None;
            self.attention.consent = None;
        }
        if !own && (self.card.is_some() || self.ending == Ending::AwaitsSignIn) {
            // One question at a time: the other one decides how it goes on.
            return self.say(joined(&lead, self.words().just_say));
        }
        let mut notes = self.record.notes(&detail, self.team().handoff());
        notes.extend(Some(note).filter(|note| !note.is_empty()));
        let stage = HandoffStage::Offered;
        let pending = PendingHandoff { reason, detail, skill, stage, answers: BTreeMap::new(), notes, facts };
        if !own && self.is_offered(&settings, &pending) {
            let words = self.words();
            self.note_handing(HandingMode::Offered, &pending);
            self.bodies.push(Body::Offer {
                text: joined(&lead, words.offer),
                yes: words.offer_yes.to_owned(),
                no: words.offer_no.to_owned(),
            });
            self.attention.handoff = Some(Box::new(pending));
        } else {
            self.lead_on(pending, &lead).await;
        }
    }

    /// Asks again what the message didn't answer, below what was said to it.
    async fn ask_again(&mut self, mut pending: PendingHandoff, begun: Option<Handing>) {
        if self.ending == Ending::AwaitsSignIn || self.card.is_some() {
            // That question comes first; this one is asked again after it.
            self.attention.handoff = Some(Box::new(pending));
            return;
        }
        let lead = begun.map(|begun| begun.lead).unwrap_or_default();
        let tries = match &mut pending.stage {
            HandoffStage::Offered => return,
            HandoffStage::AwaitsEmail { tries } | HandoffStage::AwaitsField { tries, .. } => tries,
        };
        *tries += 1;
        if *tries > TRIES {
            self.record.offer_lapsed = Some(pending.reason);
            if self.bodies.is_empty() {
                self.give_up_handing(&pending, &lead);
            }
            return;
        }
        self.lead_on(pending, &lead).await;
    }

    /// The next step: what is still to be asked, or the ticket.
    pub(super) async fn lead_on(&mut self, pending: PendingHandoff, lead: &str) {
        let settings = self.inner.settings.handoff();
        if settings.method == HandoffMethod::CustomMessage {
            return self.tell_where(&settings, &pending, lead);
        }
        self.attention.expects = Expectation::Nothing;
        let words = self.words();
        if !self.can_be_answered() {
            let (tries, ask) = match pending.stage {
                HandoffStage::AwaitsEmail { tries } => (tries, words.ask_email_still),
                _ => (0, words.ask_email),
            };
            return self.ask_email(pending, tries, &joined(lead, ask));
        }
        let open = settings.form.iter().find(|field| !pending.answers.contains_key(&field.name));
        match open {
            Some(field) => {
                let tries = match &pending.stage {
                    HandoffStage::AwaitsField { field: asked, tries } if *asked == field.name => *tries,
                    _ => 0,
                };
                self.ask_field(pending, field, tries, lead);
            }
            None => self.open_ticket(pending, &settings, lead).await,
        }
    }

    /// Offers a person below these words, on any channel: what the customer wants can't go on here. Where there is only a
    /// custom message, that is said.
    pub(super) fn offer_person(&mut self, lead: &str, reason: HandedOff, detail: &str) {
        if self.inner.settings.handoff().method == HandoffMethod::CustomMessage {
            return self.hand_off_after(lead, reason, detail);
        }
        let mut pending = self.pending(reason, detail);
        pending.notes = self.record.notes(detail, self.team().handoff());
        let words = self.words();
        self.note_handing(HandingMode::Offered, &pending);
        self.bodies.push(Body::Offer {
            text: joined(lead, words.offer),
            yes: words.offer_yes.to_owned(),
            no: words.offer_no.to_owned(),
        });
        self.attention.handoff = Some(Box::new(pending));
    }

    /// What a machine seems to write is answered no more: people have it now, and nobody is asked anything first. `quiet`
    /// where that was said before.
    pub(super) async fn stop_answering(&mut self, why: &str, quiet: bool) {
        let settings = self.inner.settings.handoff();
        let pending = self.pending(HandedOff::TurnLimit, why);
        if settings.method != HandoffMethod::CustomMessage {
            self.attention.handoff = None;
            self.open_ticket(pending, &settings, "").await;
        } else if !quiet {
            self.tell_where(&settings, &pending, "");
        }
        if quiet {
            self.bodies.clear();
        }
    }

    fn pending(&self, reason: HandedOff, detail: &str) -> PendingHandoff {
        PendingHandoff {
            reason,
            detail: detail.to_owned(),
            skill: self.attention.active_skill.clone(),
            stage: HandoffStage::Offered,
            answers: BTreeMap::new(),
            notes: Vec::new(),
            facts: Vec::new(),
        }
    }

    pub(super) fn ask_email(&mut self, mut pending: PendingHandoff, tries: u32, text: &str) {
        pending.stage = HandoffStage::AwaitsEmail { tries };
        let skip = Some(self.words().no_email.to_owned());
        self.put_question(pending, text.to_owned(), Asks::Email, Vec::new(), skip);
    }

    pub(super) fn ask_field(&mut self, mut pending: PendingHandoff, field: &FormField, tries: u32, lead: &str) {
        let text = joined(lead, field.asked_in(self.language, &self.inner.config.shop.locale));
        pending.stage = HandoffStage::AwaitsField { field: field.name.clone(), tries };
        let name = field.name.clone();
        let (asks, choices) = match &field.kind {
            FieldKind::Phone => (Asks::Phone { field: name }, Vec::new()),
            FieldKind::Text => (Asks::Field { field: name }, Vec::new()),
            FieldKind::Choice { choices } => (Asks::Field { field: name }, choices.clone()),
        };
        let skip = (!field.required).then(|| self.words().skip.to_owned());
        self.put_question(pending, text, asks, choices, skip);
    }

    fn put_question(
        &mut self,
        pending: PendingHandoff,
        text: String,
        asks: Asks,
        choices: Vec<String>,
        skip: Option<String>,
    ) {
        self.note_handing(HandingMode::Asked, &pending);
        self.bodies.push(Body::Question { text, asks, choices, skip });
        self.attention.handoff = Some(Box::new(pending));
    }

    /// No ticket: nobody could answer. Says so, and where else the customer may turn to.
    pub(super) fn give_up_handing(&mut self, pending: &PendingHandoff, why: &str) {
        let settings = self.inner.settings.handoff();
        let words = self.words();
        let links = settings.message.links.iter();
        let open = links.map(|(label, url)| Button { label: label.clone(), action: Action::Open(url.clone()) });
        let quick_replies: Vec<Button> = open.collect();
        let then = if quick_replies.is_empty() { words.later } else { words.elsewhere };
        self.note_handing(HandingMode::Refused, pending);
        self.bodies.push(Body::answer(None, Reply { quick_replies, ..plain(joined(why, then)) }));
    }

    /// The method is the custom message: where to turn to, and nobody is asked anything.
    fn tell_where(&mut self, settings: &HandoffSettings, pending: &PendingHandoff, lead: &str) {
        let own = settings.message.text.get(self.language.tag()).map_or("", String::as_str);
        let text = joined(lead, own);
        let text = if text.is_empty() { self.texts().handoff.to_owned() } else { text };
        self.note_handing(HandingMode::Told, pending);
        self.record.handed_off = Some(pending.reason);
        self.record.handed_off_detail = Some(pending.detail.clone());
        let links = settings.message.links.iter().map(|(label, url)| format!("\n- [{label}]({url})"));
        self.bodies.push(Body::Handoff { text: text + &links.collect::<String>(), tell_me: None });
    }

    /// Whether customers are asked first: on web chat, unless the operator says otherwise or the reason does.
    fn is_offered(&self, settings: &HandoffSettings, pending: &PendingHandoff) -> bool {
        let by_skill = pending.skill.as_ref().and_then(|skill| settings.offer_by_skill.get(skill));
        self.claimed.conversation.channel == Channel::Webchat
            && !pending.reason.is_pressing()
            && *by_skill.unwrap_or(&settings.offer) == OfferMode::Offer
    }

    pub(super) fn note_handing(&mut self, mode: HandingMode, pending: &PendingHandoff) {
        self.record.handing_over = Some(HandingOver {
            mode,
            reason: pending.reason,
            detail: pending.detail.clone(),
            skill: pending.skill.clone(),
            ticket: None,
        });
    }

    pub(super) fn words(&self) -> &'static HandoffWords {
        self.language.handoff()
    }
}

/// Two sentences, of which either may be empty.
pub(super) fn joined(first: &str, second: &str) -> String {
    match (first.trim(), second.trim()) {
        ("", only) | (only, "") => only.to_owned(),
        (first, second) => format!("{first} {second}"),
    }
}
