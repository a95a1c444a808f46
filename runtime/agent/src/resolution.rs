//! Whether a conversation's question is settled, and the question that asks for it.
//!
//! After an answer that its skill holds to be complete the customer is asked whether it helped, where the channel has
//! buttons. A yes settles it; a no goes to the next best skill or to a person; silence settles it by assumption after a
//! time that the operator sets. Whatever the customer asks after that opens it again, and that is counted.

use crate::consent::{plain, plain_answer};
use crate::texts::Language;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use usher_host::skill::Channel;
use usher_manifest::PluginId;

/// How far the latest question is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResolutionState {
    /// Asked, and not answered completely.
    Open,
    /// Answered completely, as the skill believes; the customer hasn't said so.
    Answered,
    /// The customer said that it helped.
    Confirmed,
    /// Answered, and the customer wrote nothing more for as long as the operator set.
    Assumed,
    /// Given to people.
    HandedOff,
}

/// How it stands with a conversation. None is kept of one that was small talk only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// How far.
    pub state: ResolutionState,
    /// Since when.
    pub since: Timestamp,
    /// The skill that answered last, where one did.
    pub skill: Option<PluginId>,
    /// How often it was settled, confirmed or assumed, and then opened again.
    pub reopened: u32,
}

/// "Did that answer your question?", below an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedQuestion {
    /// The question.
    pub text: String,
    /// What stands on the button that says so.
    pub yes: String,
    /// What stands on the other one.
    pub no: String,
}

/// What the two buttons say.
const YES: &str = "resolved:yes";
const NO: &str = "resolved:no";

impl ResolvedQuestion {
    /// What a button's choice carries.
    #[must_use]
    pub fn choice(with_yes: bool) -> &'static str {
        if with_yes { YES } else { NO }
    }

    /// Which of the two buttons a choice is.
    pub(crate) fn said(choice: &str) -> Option<bool> {
        match choice {
            YES => Some(true),
            NO => Some(false),
            _ => None,
        }
    }

    /// Which of the two a typed message is; none where it says more than that.
    pub(crate) fn said_in_words(text: &str, language: Language) -> Option<bool> {
        let texts = language.texts();
        let said = plain(text);
        let (helped, didnt) = phrases(language);
        if plain(texts.resolved_yes) == said || helped.contains(&said.as_str()) {
            Some(true)
        } else if plain(texts.resolved_no) == said || didnt.contains(&said.as_str()) {
            Some(false)
        } else {
            plain_answer(text, language)
        }
    }

    /// Whether a channel has buttons to answer with. Elsewhere nobody is asked.
    pub(crate) fn fits(channel: Channel) -> bool {
        matches!(channel, Channel::Webchat | Channel::Whatsapp)
    }
}

type Phrases = &'static [&'static str];

/// What people write instead of pressing: that it helped, and that it didn't.
#[rustfmt::skip]
fn phrases(language: Language) -> (Phrases, Phrases) {
    match language {
        Language::English => (
            &["it did", "yes it did", "that helped", "that helps", "yes that helped", "yes thanks", "perfect", "perfect thanks",
              "great thanks", "that's it", "that's all"],
            &["not really", "no it didn't", "it didn't", "that didn't help", "that doesn't help", "no that didn't help", "nope",
              "not yet", "not quite"],
        ),
        Language::French => (
            &["c'est bon", "oui c'est bon", "ça m'aide", "parfait", "parfait merci", "oui tout à fait"],
            &["pas vraiment", "non pas vraiment", "ça ne m'aide pas", "pas du tout", "pas encore"],
        ),
        Language::Dutch => (
            &["dat helpt", "ja dat helpt", "perfect", "perfect bedankt", "top bedankt", "helemaal"],
            &["niet echt", "nee niet echt", "dat helpt niet", "helaas niet", "nog niet"],
        ),
        Language::Swedish => (
            &["det hjälpte", "ja det hjälpte", "perfekt", "perfekt tack", "toppen tack"],
            &["inte riktigt", "nej inte riktigt", "det hjälpte inte", "nej det hjälpte inte", "tyvärr inte", "inte än"],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::LANGUAGES;

    #[test]
    fn what_stands_on_a_button_may_be_typed() {
        for language in LANGUAGES {
            let texts = language.texts();
            for (label, yes) in [(texts.resolved_yes, true), (texts.resolved_no, false)] {
                assert_eq!(ResolvedQuestion::said_in_words(label, language), Some(yes), "{label}");
            }
        }
        let said = |text| ResolvedQuestion::said_in_words(text, Language::English);
        assert_eq!(said("Yes!"), Some(true));
        assert_eq!(said("that didn’t help"), Some(false));
        for other in ["yes but where is the other one?", "did it?", "no, I meant the blue one", ""] {
            assert_eq!(said(other), None, "{other}");
        }
    }
}
