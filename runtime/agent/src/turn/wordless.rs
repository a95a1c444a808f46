//! A message without words: files alone, a place on the map. No skill and no router sees it: the customer is told that
//! only words can be read, and that a person may look at it.

use super::InHand;
use super::handoff::HandedOff;
use crate::conversation::{Body, Message};
use crate::handoff::HandoffStage;
use usher_host::skill::Author;

impl InHand<'_> {
    /// Deals with a message that has no words; false where it has some.
    pub(super) fn has_no_words(&mut self) -> bool {
        if !is_wordless(&self.claimed.message) {
            return false;
        }
        let texts = self.texts();
        let last = self.claimed.history.last();
        if last.is_some_and(is_wordless) {
            // Several files at once: the first of them is answered.
            return true;
        }
        let before = self.claimed.history.iter().rev().find(|message| message.author == Author::Customer);
        if before.is_some_and(is_wordless) {
            self.attention.handoff.take_if(|open| open.stage == HandoffStage::Offered);
            let why = "the customer sends what isn't words";
            self.hand_off_after(texts.wordless_again, HandedOff::UnintelligibleInput, why);
            return true;
        }
        let asked = self.attention.consent.is_some()
            || self.attention.sign_in.stage.is_some()
            || self.attention.handoff.as_ref().is_some_and(|open| open.stage != HandoffStage::Offered);
        if asked {
            // One question at a time: the one that is open stays so.
            self.say(texts.wordless.to_owned());
        } else {
            let why = "the customer sends what isn't words, and wants a person to look at it";
            self.offer_person(texts.wordless, HandedOff::UnintelligibleInput, why);
        }
        true
    }
}

fn is_wordless(message: &Message) -> bool {
    message.author == Author::Customer && matches!(&message.body, Body::Text { text } if text.trim().is_empty())
}
