//! Following the router's decision: which skills are asked, in which order, and whether they can be.

use super::ask::Asked;
use super::{CANDIDATES, HandedOff, InHand, ONCE_MORE, plain};
use crate::conversation::Body;
use crate::greeting::Visit;
use crate::router::{Decision, Outcome as Route, SmallTalk};
use crate::skills::{Closed, channel_of};
use crate::store::Ending;
use usher_host::skill::{Action, Button, Expectation, Input, Reply};
use usher_manifest::PluginId;

impl InHand<'_> {
    pub(super) async fn follow(&mut self, decision: Decision, text: &str) {
        match decision.outcome {
            Route::Route { ranked } => {
                // If the first declines, only one that the message resembles more than it resembles nothing is next.
                let order = ranked.into_iter().enumerate();
                let order = order.filter(|(index, candidate)| *index == 0 || candidate.score > 0.0);
                let order = order.map(|(_, candidate)| candidate.skill).collect();
                self.ask_in_order(order, text).await;
                // The first skill may have declined, and this one answered for it already.
                let also = decision.also.filter(|also| self.attention.active_skill.as_ref() != Some(also));
                if let (Some(also), Ending::Answered) = (also, self.ending) {
                    match self.ask(&also, Input::Text(text.to_owned())).await {
                        Asked::Answered => {}
                        Asked::Closed(closed) => self.hand_over_closed(*closed),
                        Asked::Declined | Asked::Unavailable => {
                            tracing::debug!(skill = %also, "the second request was not taken");
                        }
                    }
                }
            }
            Route::AskWhich { a, b } => self.one_of(a, b, text).await,
            Route::OutOfScope { .. } => self.ask_in_order(Vec::new(), text).await,
            Route::Person => {
                self.hand_off_after(self.texts().person, HandedOff::ExplicitRequest, "the customer asks for a person")
            }
            Route::SmallTalk { talk } => {
                if talk == SmallTalk::Thanks && self.asked_whether_resolved() {
                    self.confirm();
                }
                let text = match talk {
                    SmallTalk::Greeting => self.greeting().await,
                    SmallTalk::Thanks => self.texts().thanks.to_owned(),
                    SmallTalk::Goodbye => self.texts().goodbye.to_owned(),
                };
                self.say(text);
            }
        }
    }

    async fn greeting(&self) -> String {
        let conversation = &self.claimed.conversation;
        let visit = Visit {
            language: self.language,
            channel: channel_of(conversation.channel),
            locale: conversation.locale.as_deref(),
            time_zone: conversation.time_zone.as_deref(),
            now: self.now,
        };
        self.inner.welcome(visit).await.greeting.text
    }

    /// Asks one skill after the other, the fallback last, until one takes the question, or one is reached that can't be
    /// asked.
    pub(super) async fn ask_in_order(&mut self, mut order: Vec<PluginId>, text: &str) {
        order.truncate(CANDIDATES);
        let meant = order.len();
        if let Some(fallback) = &self.inner.config.fallback_skill
            && !order.contains(fallback)
        {
            order.push(fallback.clone());
        }
        let mut unavailable = false;
        let order = order.into_iter().enumerate();
        for (place, skill) in order {
            match self.ask(&skill, Input::Text(text.to_owned())).await {
                Asked::Answered => return,
                Asked::Declined => {}
                Asked::Unavailable => unavailable = true,
                Asked::Closed(closed) if place < meant => return self.hand_over_closed(*closed),
                // Nobody meant the fallback: that it can't be asked changes nothing.
                Asked::Closed(_) => {}
            }
        }
        if unavailable {
            return self.hand_off_after(
                self.texts().unreachable,
                HandedOff::SkillUnavailable,
                "a skill that was meant can't be asked now",
            );
        }
        self.hand_off(HandedOff::MissingKnowledge, "no skill took the question");
    }

    /// The router finds these two too close to call.
    async fn one_of(&mut self, a: PluginId, b: PluginId, text: &str) {
        let (closed, open) = match (self.closed(&a).await, self.closed(&b).await) {
            (None, None) => return self.ask_which(&a, &b, self.texts().which),
            (Some(closed), Some(_)) => return self.hand_over_closed(closed),
            (Some(closed), None) => (closed, b.clone()),
            (None, Some(closed)) => (closed, a.clone()),
        };
        // "I can help with both" would be a lie.
        if self.inner.config.fallback_skill.as_ref() != Some(&open) {
            return self.ask_which(&a, &b, self.texts().which_of);
        }
        match self.ask(&open, Input::Text(text.to_owned())).await {
            Asked::Answered => {}
            Asked::Declined | Asked::Unavailable | Asked::Closed(_) => self.hand_over_closed(closed),
        }
    }

    /// Why a skill isn't asked in this conversation; none where it is, or where there is no such skill. Where all that it
    /// lacks is that a provider failed its last check, the provider is asked once more: it may be well again.
    pub(super) async fn closed(&mut self, skill: &PluginId) -> Option<Closed> {
        let channel = channel_of(self.claimed.conversation.channel);
        if self.preview && self.generation.skills.contains_key(skill) {
            return None;
        }
        let closed = self.board.closed(skill, channel)?;
        let failing = closed.only_failing();
        if failing.is_empty() {
            return Some(closed);
        }
        let skills = &self.inner.skills;
        let asked = futures_util::future::join_all(failing.iter().map(|connector| skills.check(connector)));
        if tokio::time::timeout(ONCE_MORE, asked).await.is_err() {
            return Some(closed);
        }
        self.board = self.inner.skills.board();
        self.board.closed(skill, channel)
    }

    fn ask_which(&mut self, a: &PluginId, b: &PluginId, question: &str) {
        let name = |id: &PluginId| {
            let there = self.generation.skills.get(id).map(|skill| skill.manifest.name.clone());
            let coming = || self.board.coming.get(id).map(|request| request.name.clone());
            there.or_else(coming).unwrap_or_else(|| id.to_string())
        };
        let button = |id: &PluginId| Button { label: name(id), action: Action::Choose(id.to_string()) };
        let reply = Reply {
            quick_replies: vec![button(a), button(b)],
            expects: Expectation::Choice,
            ..plain(question.to_owned())
        };
        self.attention.asked_which = true;
        self.attention.expects = Expectation::Choice;
        self.bodies.push(Body::answer(None, reply));
    }
}
