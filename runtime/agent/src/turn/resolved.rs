//! Whether the answer helped: the question below an answer, and the message that answers it.

use super::ask::Asked;
use super::{CANDIDATES, HandedOff, InHand};
use crate::conversation::{Body, Message};
use crate::resolution::{Resolution, ResolutionState, ResolvedQuestion};
use crate::router::{Outcome as Route, RouteQuery};
use crate::store::Ending;
use usher_host::skill::{Author, Expectation, Input};
use usher_manifest::PluginId;

impl InHand<'_> {
    /// Deals with a message that says whether the last answer helped; false where it says something else.
    pub(super) async fn said_whether_resolved(&mut self) -> bool {
        let helped = self.resolved();
        self.record.helped = helped;
        match helped {
            None => false,
            Some(true) => {
                self.confirm();
                self.say(self.texts().resolved_thanks.to_owned());
                true
            }
            Some(false) => {
                self.try_another().await;
                true
            }
        }
    }

    /// The customer said that it helped.
    pub(super) fn confirm(&mut self) {
        self.record.resolution = Some(ResolutionState::Confirmed);
    }

    /// Whether the last answer asked for it.
    pub(super) fn asked_whether_resolved(&self) -> bool {
        matches!(self.last_answer(), Some(Message { body: Body::Reply { resolved: Some(_), .. }, .. }))
    }

    fn resolved(&self) -> Option<bool> {
        match &self.claimed.message.body {
            Body::Choice { skill: None, value, .. } => ResolvedQuestion::said(value),
            Body::Text { text } if self.asked_whether_resolved() => {
                ResolvedQuestion::said_in_words(text, self.language)
            }
            _ => None,
        }
    }

    fn last_answer(&self) -> Option<&Message> {
        self.claimed.history.iter().rev().find(|message| message.author == Author::Assistant)
    }

    /// Asks the skills that come next for the same question, and a person where none has another answer.
    async fn try_another(&mut self) {
        let question = self.last_text();
        let answered: Option<PluginId> = match self.last_answer() {
            Some(Message { body: Body::Reply { skill, .. }, .. }) => skill.clone(),
            _ => None,
        };
        let decision = self.brain.router.route(&RouteQuery::new(&question));
        let ranked = match &decision.outcome {
            Route::Route { ranked } | Route::OutOfScope { ranked } => ranked.as_slice(),
            Route::AskWhich { .. } | Route::Person | Route::SmallTalk { .. } => &[],
        };
        let order: Vec<PluginId> = ranked
            .iter()
            .filter(|candidate| candidate.score > 0.0 && Some(&candidate.skill) != answered.as_ref())
            .map(|candidate| candidate.skill.clone())
            .collect();
        self.record.route = serde_json::to_value(&decision).ok();
        for skill in order.iter().take(CANDIDATES) {
            if let Asked::Answered = self.ask(skill, Input::Text(question.clone())).await {
                return;
            }
        }
        self.hand_off_after(
            self.texts().not_resolved,
            HandedOff::MissingKnowledge,
            "the customer says that the answer doesn't help",
        );
    }

    /// What this turn makes of the conversation's question; none where it was small talk. Where an answer is complete, the
    /// customer is asked whether it helped.
    pub(super) fn settle(&mut self) -> Option<Resolution> {
        let state = self.state()?;
        if state == ResolutionState::Answered && ResolvedQuestion::fits(self.claimed.conversation.channel) {
            let texts = self.texts();
            if let Some(Body::Reply { resolved, .. }) = self.bodies.last_mut() {
                *resolved = Some(Box::new(ResolvedQuestion {
                    text: texts.resolved_question.to_owned(),
                    yes: texts.resolved_yes.to_owned(),
                    no: texts.resolved_no.to_owned(),
                }));
            }
        }
        self.record.resolution = Some(state);
        Some(Resolution { state, since: self.now, skill: self.attention.active_skill.clone(), reopened: 0 })
    }

    fn state(&self) -> Option<ResolutionState> {
        if self.record.resolution == Some(ResolutionState::Confirmed) {
            return Some(ResolutionState::Confirmed);
        }
        if self.record.handed_off.is_some() {
            return Some(ResolutionState::HandedOff);
        }
        let waits = self.card.is_some() || self.record.handing_over.is_some();
        if self.ending == Ending::AwaitsSignIn || waits || self.record.failure.is_some() {
            return Some(ResolutionState::Open);
        }
        match self.bodies.last() {
            Some(Body::Reply { skill: Some(_), reply, .. }) => {
                let complete = reply.answered && reply.expects == Expectation::Nothing;
                Some(if complete { ResolutionState::Answered } else { ResolutionState::Open })
            }
            // Which of two skills is meant: still a question. Small talk leaves everything as it was.
            _ => self.attention.asked_which.then_some(ResolutionState::Open),
        }
    }
}
