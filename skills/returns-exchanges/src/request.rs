//! What the customer wants of this skill.

use usher_sdk::skill::memory::Memorable;
use usher_sdk::skill::prelude::*;

use crate::families::Said;
use crate::{which, words};

/// What the button below a policy answer sends.
pub(crate) const START: &str = "start-return";

/// What the button for help from a person sends, before the order's name.
pub(crate) const ASK_TEAM: &str = "ask-team ";

/// The same where no order was spoken of.
pub(crate) const ASK_TEAM_AT_ALL: &str = "ask-team returns";

/// Longer messages say what they want themselves.
const FOLLOW_UP_WORDS: usize = 6;

#[derive(Debug, PartialEq)]
pub(crate) enum Wish {
    /// What can only be told to a customer who is known for certain.
    Account(Subject),
    /// A short message after such an answer, which may point at another order.
    FollowUp(Subject),
    /// What only a person can do.
    Team(Team),
    /// Know the rules. Not certain where the message doesn't speak of returns at all.
    Policy { certain: bool },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Subject {
    Start(What),
    /// How it stands with a return or its refund.
    News,
}

/// What is to happen to the goods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum What {
    Return,
    Exchange,
    /// Damaged, faulty, or not what was ordered.
    Fault,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Team {
    /// The customer pressed the button.
    Asked,
    /// A refund that isn't right, a label that doesn't work, a return to be taken back.
    Trouble,
}

impl Wish {
    pub(crate) fn needs_account(&self) -> bool {
        matches!(self, Wish::Account(_) | Wish::FollowUp(_))
    }
}

/// `before` is what the customer wanted last.
pub(crate) fn wish(turn: &Turn, before: Option<Subject>) -> Wish {
    let said = turn.text();
    let start = |what| Wish::Account(Subject::Start(what));
    if let Some(value) = turn.choice() {
        return match value {
            START => start(What::Return),
            value if value.starts_with(ASK_TEAM) => Wish::Team(Team::Asked),
            _ => Wish::Account(before.unwrap_or(Subject::Start(What::Return))),
        };
    }
    let told = Said::new(said);
    if mentions(said, words::TROUBLE) || told.tells_of_trouble() {
        return Wish::Team(Team::Trouble);
    }
    // A present is in somebody else's account.
    if mentions(said, words::PRESENT) {
        return Wish::Policy { certain: true };
    }
    // "Where is my refund for #1001?" names an order and still doesn't want to send it back.
    if mentions(said, words::NEWS) || mentions_apart(said, words::SENT_APART) || told.asks_for_money() {
        return Wish::Account(Subject::News);
    }
    let what = what(said);
    if order_name_in(said).is_some() {
        return Wish::Account(what.map(Subject::Start).or(before).unwrap_or(Subject::Start(What::Return)));
    }
    // "When I opened the box, the mug was cracked" doesn't ask what an opened box means for a return.
    let asks_for_rules = mentions(said, words::RULES)
        || told.asks_for_rules()
        || (what != Some(What::Fault) && mentions(said, words::CONDITION));
    if asks_for_rules {
        return Wish::Policy { certain: true };
    }
    if let Some(what) = what {
        // A visitor who asks how it works is told so, and needn't sign in for it.
        let only_asks = mentions(said, words::IN_CASE) || (!turn.is_authenticated() && mentions(said, words::QUESTION));
        return if only_asks { Wish::Policy { certain: true } } else { start(what) };
    }
    let certain = mentions(said, words::RETURNS);
    let is_short = said.split_whitespace().count() <= FOLLOW_UP_WORDS;
    match before {
        Some(subject) if turn.is_authenticated() && (which::points_at_another(said) || (is_short && !certain)) => {
            Wish::FollowUp(subject)
        }
        _ => Wish::Policy { certain },
    }
}

/// Whether the question is how long there is to return something, by any of its names: the cooling-off period.
pub(crate) fn asks_for_the_time(said: &str) -> bool {
    Said::new(said).asks_for_the_time()
}

/// Both halves, in any distance.
fn mentions_apart(said: &str, verbs: &[(&str, &str)]) -> bool {
    verbs.iter().any(|(first, second)| mentions(said, &[first]) && mentions(said, &[second]))
}

pub(crate) fn what(said: &str) -> Option<What> {
    let told = Said::new(said);
    if mentions(said, words::FAULT) || told.tells_of_a_fault() {
        return Some(What::Fault);
    }
    if mentions(said, words::EXCHANGE) || told.tells_of_an_exchange() {
        return Some(What::Exchange);
    }
    let goes_back =
        mentions(said, words::SEND_BACK) || mentions_apart(said, words::SEND_APART) || told.tells_of_a_return();
    goes_back.then_some(What::Return)
}

impl Team {
    pub(crate) fn outcome(self, turn: &Turn) -> Outcome {
        let (reason, summary) = match self {
            Team::Asked => {
                (HandoffReason::ExplicitRequest, "The customer asks the team about a return, an exchange or a refund.")
            }
            Team::Trouble => (
                HandoffReason::UnsupportedRequest,
                "The customer reports a refund that isn't right or a return label that doesn't work, or wants to take a \
                 return back.",
            ),
        };
        let outcome = Outcome::handoff(reason, summary);
        let named = order_name_in(turn.text()).map(|name| name.to_string());
        match named.or_else(|| turn.focus.order_name.clone()) {
            Some(name) => outcome.fact("order", name),
            None => outcome,
        }
    }
}

impl What {
    /// For the person who takes over.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            What::Return => "to return it",
            What::Exchange => "to exchange it",
            What::Fault => "to report a damaged, faulty or wrong item",
        }
    }
}

impl Memorable for Subject {
    fn to_text(&self) -> String {
        match self {
            Subject::News => "news",
            Subject::Start(What::Return) => "return",
            Subject::Start(What::Exchange) => "exchange",
            Subject::Start(What::Fault) => "fault",
        }
        .to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(match text {
            "news" => Subject::News,
            "return" => Subject::Start(What::Return),
            "exchange" => Subject::Start(What::Exchange),
            "fault" => Subject::Start(What::Fault),
            _ => return None,
        })
    }
}
