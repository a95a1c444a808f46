//! What customers are told who sign in by writing, in the languages that the runtime speaks.

mod dutch;
mod english;
mod french;
mod swedish;

use crate::texts::Language;

/// One language's texts. `{}` stands for what the name of the field says.
#[derive(Debug)]
pub struct SignInWords {
    /// Which address? After what the customer signs in for.
    pub ask: &'static str,
    /// The same, after what was no answer.
    pub ask_again: &'static str,
    /// A code was sent, whether or not the shop knows the address; the address, masked.
    pub sent: &'static str,
    /// The same to the address that the customer's mail came from.
    pub sent_to_sender: &'static str,
    /// A mail names another address than the one that it came from: whoever ordered with that one writes from there.
    pub only_to_sender: &'static str,
    /// Another question that needs the customer signed in, while a code waits; the address, masked.
    pub waits: &'static str,
    /// It isn't the code.
    pub wrong: &'static str,
    /// What was written has not six digits.
    pub six_digits: &'static str,
    /// The code is too old.
    pub expired: &'static str,
    /// Too many wrong ones.
    pub too_many: &'static str,
    /// Enough codes were sent for an hour.
    pub no_more: &'static str,
    /// What was written was no address, too often.
    pub given_up: &'static str,
    /// The customer doesn't want to sign in.
    pub refused: &'static str,
    /// Signed in; the answer that waited follows.
    pub signed_in: &'static str,
    /// After that, where nothing waits.
    pub what_now: &'static str,
    /// The conversation belongs to another customer than the address.
    pub somebody_else: &'static str,
    /// No code can be sent.
    pub no_mail: &'static str,
    /// In a preview, after an address: nothing was sent.
    pub preview_sent: &'static str,
    /// In a preview, after a code: nobody is signed in.
    pub preview_code: &'static str,
    /// What asks for another code, as the texts above name it.
    pub new_code: &'static str,
}

impl Language {
    /// The texts around signing in by writing in this language.
    #[must_use]
    pub fn sign_in(self) -> &'static SignInWords {
        match self {
            Self::English => &english::WORDS,
            Self::French => &french::WORDS,
            Self::Dutch => &dutch::WORDS,
            Self::Swedish => &swedish::WORDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::said::asks_for_another;
    use crate::texts::LANGUAGES;

    #[test]
    fn what_is_said_to_write_is_understood() {
        for language in LANGUAGES {
            let words = language.sign_in();
            assert!(asks_for_another(words.new_code, language), "{}", words.new_code);
            for text in [words.wrong, words.expired, words.too_many] {
                assert!(text.contains(words.new_code), "{text}");
            }
            for text in [words.sent, words.sent_to_sender, words.waits] {
                assert_eq!(text.matches("{}").count(), 1, "{text}");
            }
        }
    }
}
