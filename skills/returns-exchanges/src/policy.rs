//! What the shop's articles say about returns.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge::{self, Passage};

use crate::request::{self, What};
use crate::{text, words};

/// The topic that the shop files its return and exchange policies under.
const TOPIC: &str = "returns";

/// About five sentences.
const LENGTH: usize = 400;

/// Shorter words say little of what a question is about.
const TELLING: usize = 5;

pub(crate) fn answer(turn: &Turn, certain: bool) -> Result<Outcome, ToolError> {
    let (said, language) = (turn.text(), turn.language());
    let found = knowledge::search(said, Some(TOPIC), 3)?;
    if let Some(passage) = found.iter().find(|passage| passage.confident) {
        return Ok(reply(turn, passage).into());
    }
    // "What if my lamp comes broken?": an article on what is broken needn't speak of lamps, nor one on the time there is
    // to return something of a "withdrawal period".
    let same = match request::what(said) {
        Some(What::Fault) => Some(text::fault_question(language)),
        Some(What::Exchange) => Some(text::exchange_question(language)),
        _ if request::asks_for_the_time(said) => Some(text::policy_question(language)),
        _ => None,
    };
    if let Some(question) = same
        && let Some(passage) = search(&question)?
    {
        return Ok(reply(turn, &passage).into());
    }
    if !certain {
        return Ok(Outcome::Decline);
    }
    Ok(match found.into_iter().find(|passage| speaks_of(passage, said)) {
        Some(passage) => nearest(turn, &passage, said).into(),
        None => match policy(language)? {
            Some(passage) => nearest(turn, &passage, &text::policy_question(language)).into(),
            None => Outcome::handoff(
                HandoffReason::MissingKnowledge,
                "The customer asks about returns or exchanges, and no article on the topic \"returns\" answers it.",
            ),
        },
    })
}

/// Whether the passage has a word of the question that isn't said of every return: "opened".
pub(crate) fn speaks_of(passage: &Passage, said: &str) -> bool {
    said.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= TELLING && !mentions(word, words::RETURNS))
        .map(|word| word.chars().flat_map(char::to_lowercase).collect::<String>())
        .any(|word| mentions(&passage.text, &[&word]))
}

/// How long there is to return something. A shop may have written it in English only.
fn policy(language: Language) -> Result<Option<Passage>, ToolError> {
    Ok(match search(&text::policy_question(language))? {
        None if language != Language::En => search(&text::policy_question(Language::En))?,
        found => found,
    })
}

/// What the shop's policy is, where no article is sure to answer: said to be no more than that, and with a way to the
/// team.
pub(crate) fn nearest(turn: &Turn, passage: &Passage, question: &str) -> Reply {
    let language = turn.language();
    let quote = passage.excerpt(question, LENGTH);
    Reply::text(format!("{}\n\n{quote}", text::nearest(language)))
        .source(&passage.id)
        .button(Button::choose(text::start_return(language), request::START))
        .button(Button::choose(text::ask_team(language), request::ASK_TEAM_AT_ALL))
}

/// The best passage, where it is an answer.
fn search(question: &str) -> Result<Option<Passage>, ToolError> {
    Ok(knowledge::search(question, Some(TOPIC), 3)?.into_iter().find(|passage| passage.confident))
}

/// The passage's own words, its source, and the next step.
pub(crate) fn reply(turn: &Turn, passage: &Passage) -> Reply {
    let language = turn.language();
    let reply = Reply::text(passage.excerpt(turn.text(), LENGTH))
        .source(&passage.id)
        .button(Button::choose(text::start_return(language), request::START))
        .answered();
    match &passage.url {
        Some(url) => reply.button(Button::open(text::read_more(language), url)),
        None => reply,
    }
}

/// What the articles say on a question that the answer raises, to be put below it.
#[derive(Debug)]
pub(crate) struct Quote {
    passage: Passage,
    question: String,
}

impl Quote {
    /// Which items can come back, and for how long.
    pub(crate) fn of_what_can_return(language: Language) -> Option<Self> {
        Self::of(text::policy_question(language))
    }

    /// How long a refund takes.
    pub(crate) fn of_refunds(language: Language) -> Option<Self> {
        Self::of(text::refund_question(language))
    }

    fn of(question: String) -> Option<Self> {
        // Without it the answer is shorter, not wrong.
        let passage = search(&question).ok()??;
        Some(Self::new(passage, question))
    }

    pub(crate) fn new(passage: Passage, question: String) -> Self {
        Quote { passage, question }
    }

    /// Below the reply, with its source.
    pub(crate) fn below(self, reply: Reply) -> Reply {
        let text = format!("{}\n\n{}", reply.text, self.passage.excerpt(&self.question, LENGTH));
        Reply { text, ..reply }.source(&self.passage.id)
    }
}

pub(crate) fn with(reply: Reply, quote: Option<Quote>) -> Reply {
    match quote {
        Some(quote) => quote.below(reply),
        None => reply,
    }
}
