//! Asking one skill, and what its outcome means for the conversation.

use super::consent::Fate;
use super::{InHand, screen};
use crate::consent::Question;
use crate::conversation::Body;
use crate::skills::Closed;
use std::collections::BTreeMap;
use std::sync::Arc;
use usher_host::skill::{Assurance, Customer, Input, Outcome, Turn};
use usher_host::{Agreed, CallFailure, CallResult, Handled, TurnContext, skill};
use usher_manifest::PluginId;

/// What came of asking one skill.
pub(super) enum Asked {
    /// There is an answer, of whatever kind.
    Answered,
    /// Not its question.
    Declined,
    /// It isn't there any more, or isn't asked for a while since it failed too often.
    Unavailable,
    /// It isn't live, or not on this channel; why.
    Closed(Box<Closed>),
}

impl InHand<'_> {
    /// Asks a skill about the message of this turn.
    pub(super) async fn ask(&mut self, skill: &PluginId, input: Input) -> Asked {
        let question = Question {
            input,
            seq: self.claimed.message.seq,
            page_url: self.claimed.page_url.clone(),
            focus: self.attention.focus.clone(),
        };
        self.put(skill, question, None).await
    }

    /// Asks a skill. With an agreement one acting call may pass.
    pub(super) async fn put(&mut self, skill: &PluginId, question: Question, agreed: Option<Agreed>) -> Asked {
        // The one way in: whoever is asked at all is live.
        if let Some(closed) = self.closed(skill).await {
            tracing::info!(%skill, why = closed.words(), "a skill isn't asked");
            return Asked::Closed(Box::new(closed));
        }
        if !self.generation.skills.contains_key(skill) {
            return Asked::Declined;
        }
        let turn = self.turn(&question);
        let context = self.context(skill, agreed.clone());
        let mut handled = self.inner.host.handle(&self.generation, skill, turn, context).await;
        self.record.asked(skill, &handled);
        for call in handled.calls.iter().filter(|call| call.result == CallResult::Unavailable) {
            call.provider.iter().for_each(|connector| self.inner.skills.suspect(connector));
        }
        self.trail.asked(skill, &mut handled);
        if let Some(memory) = handled.memory.take() {
            self.memory.insert(skill.clone(), memory);
        }
        let fate = agreed.map(|agreed| Fate::of(&agreed, &handled, self.claimed.attempts > 0));
        self.record.consent.call = fate;
        self.take_in(skill, handled, question, fate).await
    }

    async fn take_in(&mut self, skill: &PluginId, handled: Handled, question: Question, fate: Option<Fate>) -> Asked {
        let authenticated = self.assurance() == Assurance::Authenticated;
        match handled.outcome {
            Ok(Outcome::Decline) => return Asked::Declined,
            Ok(Outcome::Reply(reply)) => {
                let reply = screen::reply(reply, &handled.links, &self.inner.config.shop.link_hosts);
                self.attention.answered_by(skill, &reply);
                self.bodies.push(Body::answer(Some(skill.clone()), reply));
            }
            Ok(Outcome::SignIn(_)) if authenticated => {
                tracing::warn!(%skill, "the skill asks a customer to sign in who is signed in");
                self.fail(skill, "it asks a signed-in customer to sign in", fate);
            }
            Ok(Outcome::SignIn(sign_in)) => self.ask_to_sign_in(skill, &sign_in).await,
            Ok(Outcome::Handoff(handoff)) => self.handed_over(skill, &handoff),
            Err(CallFailure::AwaitsConsent) => match handled.consent {
                Some(request) => self.ask_for_consent(skill, request, question),
                None => self.fail(skill, "it wants to act, and nobody knows what", fate),
            },
            Err(failure @ (CallFailure::NoSuchPlugin(_) | CallFailure::Quarantined(..))) => {
                tracing::info!(%skill, %failure, "a skill can't be asked; the next one is");
                self.record.unavailable.push(failure.to_string());
                return Asked::Unavailable;
            }
            Err(failure) => self.fail(skill, &failure.to_string(), fate),
        }
        Asked::Answered
    }

    /// Says that a skill failed; after a yes also what became of the call that was agreed to.
    fn fail(&mut self, skill: &PluginId, why: &str, fate: Option<Fate>) {
        tracing::warn!(%skill, why, "a skill failed");
        self.record.failure = Some(why.to_owned());
        match fate {
            None => self.say(self.texts().failed.to_owned()),
            Some(fate) => self.tell_fate(fate, why),
        }
    }

    fn turn(&self, question: &Question) -> Turn {
        let conversation = &self.claimed.conversation;
        let before = self.claimed.history.iter().filter(|message| message.seq < question.seq);
        let history = before.map(|message| skill::Message {
            author: message.author,
            text: message.body.text().to_owned(),
            sent_at: message.sent_at.to_string(),
        });
        let identity = self.claimed.session.identity_at(self.now);
        Turn {
            input: question.input.clone(),
            history: history.collect(),
            channel: conversation.channel,
            customer: Customer {
                assurance: self.assurance(),
                first_name: identity.and_then(|identity| identity.first_name.clone()),
            },
            focus: question.focus.clone(),
            locale: self.language.tag().to_owned(),
            time_zone: conversation.time_zone.clone().unwrap_or_else(|| self.inner.config.shop.time_zone.clone()),
            now: format!("{:.0}", self.now),
            page_url: question.page_url.clone(),
        }
    }

    fn context(&self, skill: &PluginId, agreed: Option<Agreed>) -> TurnContext {
        let config = &self.inner.config;
        let mut settings = BTreeMap::new();
        if let Some(found) = self.generation.skills.get(skill) {
            for setting in &found.manifest.settings {
                if let Some(value) = &setting.default {
                    settings.insert(setting.name.clone(), value.clone());
                }
            }
        }
        settings.extend(self.board.skills.get(skill).map(|standing| standing.settings.clone()).unwrap_or_default());
        settings.insert("shop-name".into(), config.shop.name.clone());
        settings.insert("voice".into(), self.inner.settings.voice().voice.name().to_owned());
        let customer = self.claimed.session.identity_at(self.now).map(|identity| {
            Arc::new(usher_host::Customer {
                id: identity.customer_id.clone(),
                email: identity.email.clone(),
                phone: identity.phone.clone(),
                first_name: identity.first_name.clone(),
            })
        });
        let remembered = self.memory.get(skill).or_else(|| self.claimed.memory.get(skill));
        TurnContext {
            conversation: self.claimed.conversation.id.to_string(),
            locale: self.language.tag().to_owned(),
            assurance: self.assurance(),
            customer,
            memory: remembered.cloned().unwrap_or_default(),
            settings: Arc::new(settings),
            subject: self.subject(),
            agreed,
        }
    }
}
