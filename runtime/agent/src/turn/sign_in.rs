//! Signing in by writing, where there is no page to do it on: the customer gives an address, gets a code there by mail and
//! writes it. Whoever has signed in gets the answer that waited for it, as on web chat.
//!
//! By e-mail nobody is asked for an address: the code goes to the one that the mail came from, and to no other.
//!
//! A message that is neither is answered like any other, and the question stays open. What the customer is told doesn't
//! depend on whether the shop knows the address.

use super::handing::{TRIES, joined};
use super::handoff::HandedOff;
use super::record::SignInStep;
use super::{InHand, screen};
use crate::consent::plain_answer;
use crate::conversation::{Body, Identity, Message, Proof};
use crate::handoff::HandoffStage;
use crate::handoff::address::AddressProblem;
use crate::hygiene::clean_line;
use crate::sign_in::pending::{is_fresh, masked};
use crate::sign_in::said::{Typed, address_in, asks_for_another, refuses_to, typed};
use crate::sign_in::{CODE_ATTEMPTS, Code, SignInStage, SignInWords, posted};
use crate::store::{CodeCheck, Ending};
use crate::texts::fill;
use crate::tools::{CustomerKey, lookup};
use usher_host::skill::{Author, Channel, SignIn};
use usher_manifest::PluginId;

/// What came of sending a code.
enum Sent {
    Done,
    /// There were enough of them.
    Enough,
    Failed,
}

impl InHand<'_> {
    /// A skill asks for the customer to be signed in.
    pub(super) async fn ask_to_sign_in(&mut self, skill: &PluginId, SignIn { purpose }: &SignIn) {
        let texts = self.texts();
        let purpose = screen::text(purpose, 200);
        let lead = match purpose.trim() {
            "" => texts.sign_in_plain.to_owned(),
            purpose => fill(texts.sign_in, &[purpose]),
        };
        self.attention.take_up(skill);
        match self.claimed.conversation.channel {
            Channel::Webchat => {
                self.bodies.push(Body::SignIn { text: lead });
                self.ending = Ending::AwaitsSignIn;
            }
            Channel::Sms | Channel::Whatsapp => self.sign_in_here(&lead, None).await,
            Channel::Email => {
                let sender = self.sender().map(str::to_owned);
                self.sign_in_here(&lead, sender).await;
            }
        }
    }

    /// Asks for the address, or sends the code to the one that is known at once.
    async fn sign_in_here(&mut self, lead: &str, sender: Option<String>) {
        let words = self.language.sign_in();
        let open = self.attention.sign_in.stage.as_ref();
        if let Some(email) = open.and_then(|stage| stage.waits_for_code(self.now)) {
            let text = fill(words.waits, &[&masked(email)]);
            return self.wait_for_it(SignInStep::Waits, text);
        }
        let nowhere = sender.is_none() && self.only_to_sender();
        if !self.inner.config.sign_in.mail || nowhere {
            self.record.sign_in = Some(SignInStep::NoMail);
            let why = "the customer has to sign in, and no codes can be sent";
            return self.offer_person(words.no_mail, HandedOff::AuthenticationFailed, why);
        }
        let Some(email) = sender else {
            let since = self.claimed.conversation.last_seq;
            self.attention.sign_in.stage = Some(SignInStage::AwaitsEmail { tries: 0, since });
            return self.wait_for_it(SignInStep::Asked, joined(lead, words.ask));
        };
        if self.send_code(&email, joined(lead, &self.sent(words.sent_to_sender, &email))).await {
            self.ending = Ending::AwaitsSignIn;
        }
    }

    fn wait_for_it(&mut self, step: SignInStep, text: String) {
        self.go_on(step, text);
        self.ending = Ending::AwaitsSignIn;
    }

    /// Asks for the next thing; the message that this answers doesn't wait itself.
    fn go_on(&mut self, step: SignInStep, text: String) {
        self.record.sign_in = Some(step);
        self.bodies.push(Body::SignIn { text });
    }

    /// Deals with a message that gives an address or a code, or says something about it; false where it is to be handled
    /// like any other.
    pub(super) async fn answer_to_sign_in(&mut self) -> bool {
        if self.claimed.conversation.channel == Channel::Webchat {
            return false;
        }
        let (Some(stage), Body::Text { text }) =
            (self.attention.sign_in.stage.clone(), self.claimed.message.body.clone())
        else {
            return false;
        };
        if let Some(identity) = self.claimed.session.identity_at(self.now).cloned() {
            return self.is_signed_in(&stage, &identity, &text);
        }
        let asked = |message: &Message| matches!(message.body, Body::SignIn { .. }) && message.seq > stage.since();
        if !self.claimed.history.iter().any(asked) {
            // It was written before, or long after: it answers nothing.
            return false;
        }
        let handing = self.attention.handoff.as_ref().is_some_and(|open| open.stage != HandoffStage::Offered);
        if handing && !self.sign_in_stands() {
            // Something else was asked for since, be it an address.
            return false;
        }
        match stage {
            SignInStage::AwaitsEmail { tries, .. } => self.take_address(&text, tries).await,
            SignInStage::AwaitsCode { email, sent_at, .. } => {
                if let Typed::Code(code) = typed(&text) {
                    let fresh = is_fresh(sent_at, self.now);
                    self.take_code(&code, &email, fresh).await;
                    return true;
                }
                self.about_the_code(&text, &email).await
            }
        }
    }

    /// The customer has signed in meanwhile: by a link, or by this very message in an attempt that was cut off.
    fn is_signed_in(&mut self, stage: &SignInStage, identity: &Identity, text: &str) -> bool {
        let words = self.language.sign_in();
        match stage {
            SignInStage::AwaitsCode { email, sent_at, .. } if is_fresh(*sent_at, self.now) => {
                let by_it = identity.email.as_ref() == Some(email) && matches!(typed(text), Typed::Code(_));
                if by_it {
                    self.attention.sign_in.stage = None;
                    self.record.sign_in = Some(SignInStep::SignedIn);
                    self.say(words.signed_in.to_owned());
                }
                by_it
            }
            _ => {
                self.attention.sign_in.stage = None;
                false
            }
        }
    }

    async fn take_address(&mut self, text: &str, tries: u32) -> bool {
        let (words, around) = (self.language.sign_in(), self.words());
        let stands = self.sign_in_stands();
        let problem = match address_in(text) {
            Ok(email) => {
                self.send_code_to(&email).await;
                return true;
            }
            Err(_) if stands && refuses_to(text, self.language) => return self.leave_it(words),
            Err(AddressProblem::NoAt) if stands && plain_answer(text, self.language) == Some(true) => "",
            // A question, thanks, a greeting.
            Err(AddressProblem::NoAt) if !stands || self.is_about_something(text) => return false,
            Err(problem) => problem.told(around),
        };
        if tries >= TRIES {
            self.attention.sign_in.stage = None;
            self.record.sign_in = Some(SignInStep::GivenUp);
            let why = "the customer has to sign in, and gave no address that can be read";
            self.offer_person(words.given_up, HandedOff::AuthenticationFailed, why);
        } else {
            let since = self.claimed.conversation.last_seq;
            self.attention.sign_in.stage = Some(SignInStage::AwaitsEmail { tries: tries + 1, since });
            self.go_on(SignInStep::NoAddress, joined(problem, words.ask_again));
        }
        true
    }

    /// A message that isn't the code: another one is wanted, or another address is given, or none of it.
    async fn about_the_code(&mut self, text: &str, email: &str) -> bool {
        let words = self.language.sign_in();
        let stands = self.sign_in_stands();
        if asks_for_another(text, self.language) {
            self.send_code_to(email).await;
        } else if let Ok(other) = address_in(text) {
            self.send_code_to(&other).await;
        } else if stands && matches!(typed(text), Typed::Digits) {
            self.go_on(SignInStep::Wrong, words.six_digits.to_owned());
        } else if stands && refuses_to(text, self.language) {
            return self.leave_it(words);
        } else {
            return false;
        }
        true
    }

    /// The customer won't sign in.
    fn leave_it(&mut self, words: &SignInWords) -> bool {
        self.attention.sign_in.stage = None;
        self.record.sign_in = Some(SignInStep::Refused);
        self.say(joined(words.refused, self.words().just_say));
        true
    }

    fn sent(&self, text: &str, email: &str) -> String {
        let told = fill(text, &[&masked(email)]);
        if self.preview { joined(&told, self.language.sign_in().preview_sent) } else { told }
    }

    /// Where the customer's mails come from.
    fn sender(&self) -> Option<&str> {
        self.claimed.session.contact.as_ref()?.email.as_deref()
    }

    /// Whether codes go only to where the customer writes from. By e-mail every mail may begin a conversation: limits within
    /// one would keep nobody from having codes sent to strangers, and from guessing them in many. A preview has no sender,
    /// and sends nothing.
    fn only_to_sender(&self) -> bool {
        self.claimed.conversation.channel == Channel::Email && !self.preview
    }

    /// Sends a code to the address that a message gives, or says that none goes there.
    async fn send_code_to(&mut self, email: &str) {
        let words = self.language.sign_in();
        if self.only_to_sender() && !self.sender().is_some_and(|sender| sender.eq_ignore_ascii_case(email)) {
            return self.go_on(SignInStep::NotTheSender, words.only_to_sender.to_owned());
        }
        let told = self.sent(words.sent, email);
        self.send_code(email, told).await;
    }

    /// Sends a code and says so, or why not; whether it was sent.
    async fn send_code(&mut self, email: &str, told: String) -> bool {
        let words = self.language.sign_in();
        match self.post_code(email).await {
            Sent::Done => {
                self.go_on(SignInStep::CodeSent, told);
                true
            }
            Sent::Enough => {
                self.record.sign_in = Some(SignInStep::Enough);
                let why = "the customer has to sign in, and got as many codes as are sent in an hour";
                self.offer_person(words.no_more, HandedOff::AuthenticationFailed, why);
                false
            }
            Sent::Failed => {
                self.record.sign_in = Some(SignInStep::Failed);
                self.say(self.texts().failed.to_owned());
                false
            }
        }
    }

    /// Where the turn is cut off after this, it sends another code when it runs again, and the latest one counts.
    async fn post_code(&mut self, email: &str) -> Sent {
        let config = &self.inner.config;
        let since = self.claimed.conversation.last_seq;
        if !self.preview {
            let (limit, now) = (config.sign_in.codes_per_hour, self.now);
            if !self.attention.sign_in.may_send(now) || self.inner.codes_sent.take(email, limit, now).is_err() {
                return Sent::Enough;
            }
            let code = match Code::generate() {
                Ok(code) => code,
                Err(error) => {
                    tracing::error!(%error, "no code could be made");
                    return Sent::Failed;
                }
            };
            let session = self.claimed.session.id;
            let (one_time, mail) = posted(&code, session, email, &config.shop.name, self.language, now);
            if let Err(error) = self.inner.store.send_code(one_time, mail).await {
                tracing::error!(%error, "a code could not be stored");
                return Sent::Failed;
            }
        }
        self.attention.sign_in.send(email.to_owned(), self.now, since);
        Sent::Done
    }

    async fn take_code(&mut self, code: &Code, email: &str, fresh: bool) {
        let words = self.language.sign_in();
        if self.preview {
            self.attention.sign_in.stage = None;
            return self.say(words.preview_code.to_owned());
        }
        if !fresh {
            return self.go_on(SignInStep::Expired, words.expired.to_owned());
        }
        // Asked for before the code is used up, so that nothing takes long between that and the sign-in.
        let found = lookup(&self.inner.host, CustomerKey::Email(email)).await;
        let session = self.claimed.session.id;
        let checked = self.inner.store.check_code(session, code.hash(&session.0), self.now, CODE_ATTEMPTS).await;
        match checked {
            Ok((CodeCheck::Right, Some(proved))) if proved == email => self.sign_in_as(proved, found).await,
            Ok((CodeCheck::TooManyAttempts, _)) => self.go_on(SignInStep::TooMany, words.too_many.to_owned()),
            // The attempt before this one may have used it up, and was cut off before anybody was signed in.
            Ok((CodeCheck::Wrong, _)) if self.claimed.attempts > 0 => self.send_code_to(email).await,
            Ok((CodeCheck::Right | CodeCheck::Wrong, _)) => self.go_on(SignInStep::Wrong, words.wrong.to_owned()),
            Err(error) => {
                tracing::error!(%error, "a code could not be checked");
                self.record.sign_in = Some(SignInStep::Failed);
                self.say(self.texts().failed.to_owned());
            }
        }
    }

    /// The address is proved: signs in whom the shop knows by it, else the address itself.
    async fn sign_in_as(&mut self, email: String, found: Option<usher_host::Customer>) {
        let words = self.language.sign_in();
        self.attention.sign_in.stage = None;
        let known = self.claimed.session.identity.as_ref();
        if known.is_some_and(|known| !known.is_of(None, Some(&email))) {
            self.record.sign_in = Some(SignInStep::SomebodyElse);
            return self.say(words.somebody_else.to_owned());
        }
        let (customer_id, first_name) = found.map_or((None, None), |found| (found.id, found.first_name));
        let identity = Identity {
            customer_id,
            email: Some(email),
            phone: None,
            first_name: first_name.map(|name| clean_line(&name)).filter(|name| !name.is_empty()),
            proof: Proof::OneTimeCode,
            valid_until: self.now.saturating_add(self.inner.config.sign_in.lasts).unwrap_or(self.now),
        };
        let here = self.claimed.conversation.id;
        match self.inner.store.set_identity(self.claimed.session.id, Some(identity)).await {
            Ok(waiting) => {
                let waits = waiting.contains(&here);
                // This conversation's own worker looks for what waits when this turn is stored.
                waiting.into_iter().filter(|id| *id != here).for_each(|id| self.inner.wake(id));
                self.record.sign_in = Some(SignInStep::SignedIn);
                self.say(joined(words.signed_in, if waits { "" } else { words.what_now }));
            }
            Err(error) => {
                tracing::error!(%error, "a customer could not be signed in");
                self.record.sign_in = Some(SignInStep::Failed);
                self.say(self.texts().failed.to_owned());
            }
        }
    }

    /// Whether nobody but the customer has said anything since something was asked for here.
    fn sign_in_stands(&self) -> bool {
        let last = self.claimed.history.iter().rev().find(|message| message.author != Author::Customer);
        last.is_some_and(|message| matches!(message.body, Body::SignIn { .. }))
    }
}
