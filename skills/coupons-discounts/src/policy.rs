//! What the shop's articles say about discounts.

use crate::request::{self, Rule};
use crate::text;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge::{self, Passage};

/// The topic that the shop files its rules for discounts under.
const TOPIC: &str = "coupons";

/// About five sentences.
const LENGTH: usize = 400;

/// A message of fewer words than this may say nothing without the question before it.
const SHORT: usize = 6;

/// The passage's own words. A question that is certainly about a `rule` is asked in plain words too, and goes to a person
/// where no article answers.
pub(crate) fn answer(turn: &Turn, rule: Option<Rule>) -> Result<Outcome, ToolError> {
    let mut nearest = Vec::new();
    let plain = rule.and_then(|rule| in_plain_words(turn.language(), rule));
    // The plain words first: a customer's may be nearer to another rule's.
    for question in [plain, Some(turn.text().to_owned()), with_context(turn)].into_iter().flatten() {
        let passages = search(&question)?;
        if let Some(passage) = best(&passages) {
            return Ok(reply(turn, &question, passage).into());
        }
        nearest = passages;
    }
    Ok(if rule.is_some() { unanswered(&nearest) } else { Outcome::Decline })
}

/// As a shop would put it to itself. None for what has as many faces as customers.
fn in_plain_words(language: Language, rule: Rule) -> Option<String> {
    Some(match rule {
        Rule::Together => text::rule_together(language),
        Rule::SaleItems => text::rule_sale_items(language),
        Rule::PriceMatch => text::rule_price_match(language),
        Rule::Welcome => text::rule_welcome(language),
        Rule::Use => text::rule_use(language),
        Rule::Other => return None,
    })
}

/// What the articles say about the question, to be put below another answer.
pub(crate) fn quote(question: &str) -> Option<Passage> {
    // Without it the answer is shorter, not wrong.
    search(question).ok()?.into_iter().find(|passage| passage.confident)
}

pub(crate) fn with_quote(reply: Reply, question: &str, passage: Option<&Passage>) -> Reply {
    let Some(passage) = passage else { return reply };
    let text = format!("{}\n\n{}", reply.text, passage.excerpt(question, LENGTH));
    Reply { text, ..reply }.source(&passage.id)
}

pub(crate) fn reply(turn: &Turn, question: &str, passage: &Passage) -> Reply {
    let language = turn.language();
    let reply = Reply::text(passage.excerpt(question, LENGTH))
        .source(&passage.id)
        .button(Button::choose(text::see_codes(language), request::CODES))
        .answered();
    match &passage.url {
        Some(url) => reply.button(Button::open(text::read_more(language), url)),
        None => reply,
    }
}

/// The nearest article shows the team what to write or to complete.
pub(crate) fn unanswered(passages: &[Passage]) -> Outcome {
    let outcome = Outcome::handoff(
        HandoffReason::MissingKnowledge,
        "The customer asks about discounts, and no article on the topic \"coupons\" answers it.",
    );
    match passages.first() {
        Some(nearest) => outcome.fact("nearest article", &nearest.title),
        None => outcome,
    }
}

fn search(question: &str) -> Result<Vec<Passage>, ToolError> {
    knowledge::search(question, Some(TOPIC), 3)
}

fn best(passages: &[Passage]) -> Option<&Passage> {
    passages.iter().find(|passage| passage.confident)
}

/// "And on sale items?", together with the question before it.
pub(crate) fn with_context(turn: &Turn) -> Option<String> {
    let said = turn.text();
    let is_follow_up = said.split_whitespace().count() < SHORT && request::goes_on(said);
    let previous = turn.previous_question().filter(|_| is_follow_up)?;
    Some(format!("{previous} {said}"))
}
