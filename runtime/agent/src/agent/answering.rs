//! Waiting messages, each answered once, whatever fails.

use super::{Event, Inner};
use crate::conversation::{Body, Message};
use crate::desk::{DeskChange, DeskEvent, Feedback, Spread, taken_in};
use crate::ids::{ConversationId, MessageId};
use crate::store::{ClaimedTurn, StoreError};
use crate::texts::Language;
use crate::turn::{self, Occasion};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use usher_host::skill::Author;

/// How long a turn waits before it is tried again where the store failed.
const RETRY: Duration = Duration::from_secs(2);
/// How often a turn that is under way says so.
const TYPING: Duration = Duration::from_secs(3);
/// How often an answer is offered to a failing store before its turn is given back.
const STORE_TRIES: u32 = 30;

impl Inner {
    /// Sees to it that a conversation's waiting messages are answered. One worker at a time gets to claim a turn;
    /// a second one finds nothing to do, and the first looks again when it is done.
    pub(crate) fn wake(self: &Arc<Self>, id: ConversationId) {
        let inner = self.clone();
        tokio::spawn(async move {
            loop {
                match inner.store.begin_turn(id).await {
                    Ok(Some(claimed)) => {
                        if !inner.answer(claimed).await {
                            tokio::time::sleep(RETRY).await;
                        }
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::error!(conversation = %id, %error, "a waiting message could not be read");
                        tokio::time::sleep(RETRY).await;
                    }
                }
            }
        });
    }

    /// Runs one turn and stores what it changed; false where it could not be stored and must be tried again.
    async fn answer(self: &Arc<Self>, mut claimed: ClaimedTurn) -> bool {
        let (id, message) = (claimed.conversation.id, claimed.message.id);
        let now = (self.config.clock)();
        let rating = self.rating(&mut claimed, now);
        let mut run =
            std::pin::pin!(AssertUnwindSafe(turn::run(self, claimed, Occasion { now, preview: false })).catch_unwind());
        // Those who watch take an old sign of typing for a broken line, so it is given again and again.
        let mut typing = tokio::time::interval(TYPING);
        let finished = loop {
            tokio::select! {
                finished = &mut run => break finished,
                _ = typing.tick() => self.tell(id, Event::Typing { on: true, who: Author::Assistant }),
            }
        };
        let mut finished = match finished {
            Ok(finished) => finished,
            Err(_) => {
                tracing::error!(conversation = %id, "a turn ended the runtime's own code; it is tried again");
                self.give_back(id, message).await;
                return false;
            }
        };
        finished.desk = finished.desk.or(rating);
        let handed_over = finished.desk.as_deref().map(Spread::of);
        let mut stored = self.store.finish_turn(finished.clone()).await;
        // The claim is still ours then: the answer is stored as it is, and no tool is called a second time.
        for _ in 0..STORE_TRIES {
            match &stored {
                Err(error @ (StoreError::Full(_) | StoreError::Engine(_))) => {
                    tracing::error!(conversation = %id, %error, "an answer could not be stored; it is tried again");
                    tokio::time::sleep(RETRY).await;
                    stored = self.store.finish_turn(finished.clone()).await;
                }
                _ => break,
            }
        }
        self.tell(id, Event::Typing { on: false, who: Author::Assistant });
        match stored {
            Ok(replies) => {
                if let Some(Message { seq, .. }) = replies.last() {
                    self.tell(id, Event::Stored { seq: *seq });
                }
                self.note_uses(&replies).await;
                match handed_over {
                    Some(spread) => {
                        self.desk.announce(&spread, &[]);
                        self.take_in(id).await;
                    }
                    None => self.desk.say(DeskEvent::Conversation(id)),
                }
                true
            }
            // A person has taken over, or another worker: not ours to answer.
            Err(StoreError::NotOwner | StoreError::ClaimLost) => true,
            // A person has changed the ticket meanwhile: the turn is run again on it as it is now.
            Err(StoreError::Changed) => {
                self.give_back(id, message).await;
                true
            }
            Err(error) => {
                tracing::error!(conversation = %id, %error, "an answer could not be stored; the turn runs again");
                self.give_back(id, message).await;
                false
            }
        }
    }

    /// Notes which articles were cited: the operator sees what is still of use.
    async fn note_uses(&self, replies: &[Message]) {
        let mut cited: Vec<String> = Vec::new();
        for message in replies {
            if let Body::Reply { reply, .. } = &message.body {
                // `ARTICLE#NUMBER` of a passage.
                let article = |source: &String| source.rsplit_once('#').map_or(source.clone(), |(id, _)| id.to_owned());
                cited.extend(reply.sources.iter().map(article));
            }
        }
        if cited.is_empty() {
            return;
        }
        if let Err(error) = self.store.articles_used(cited, Timestamp::now()).await {
            tracing::warn!(%error, "the use of articles could not be noted");
        }
    }

    /// Tells the desk what a customer wrote to people. What fails is taken in later.
    pub(super) async fn take_in(&self, id: ConversationId) {
        if let Err(error) = self.desk.customer_wrote(id).await {
            tracing::error!(conversation = %id, %error, "what a customer wrote could not be taken in; it is tried again");
        }
    }

    async fn give_back(&self, id: ConversationId, message: MessageId) {
        if let Err(error) = self.store.abandon_turn(id, message).await {
            tracing::error!(conversation = %id, %error, "a turn could not be given back");
        }
    }

    pub(super) fn tell(&self, id: ConversationId, event: Event) {
        let heard = self.events.get(&id).is_some_and(|sender| sender.send(event).is_ok());
        if !heard {
            self.events.remove_if(&id, |_, sender| sender.receiver_count() == 0);
        }
    }

    /// Where a message rates the help of people, what that changes: stored with its turn, which goes by the button and has
    /// nothing to say, a number that was typed too.
    fn rating(&self, claimed: &mut ClaimedTurn, now: Timestamp) -> Option<Box<DeskChange>> {
        let ticket = claimed.ticket.as_ref()?;
        let rating = Feedback::of(&claimed.message.body, ticket).filter(|said| matches!(said, Feedback::Rating(_)))?;
        let language = Language::of(&ticket.locale).unwrap_or(Language::English);
        let change = taken_in(&self.settings.desk(), ticket, rating, language, now);
        claimed.message.body = rating.pressed(claimed.message.body.text());
        change.map(Box::new)
    }
}
