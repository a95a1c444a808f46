//! What the programme offers to anyone: from the shop's articles, with their source, and from the programme itself.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge::{self, Passage};
use usher_sdk::skill::tools::loyalty::{self, LoyaltyProgram};

use crate::request::{self, About};
use crate::{text, which};

/// The topic that the shop files the rules of its programme under.
const TOPIC: &str = "loyalty";

/// About five sentences.
const LENGTH: usize = 400;

/// What the programme itself knows better (what is earned and what points buy are as they stand today) it is asked first;
/// of all else the articles. Each stands in for the other, but for what only the shop's rules can say.
pub(crate) fn answer(turn: &Turn, about: About) -> Result<Outcome, ToolError> {
    let language = turn.language();
    let found = match about {
        About::Earning | About::Tiers | About::Rewards => match told(language, about) {
            Ok(Some(reply)) => Some(reply),
            // What the articles say is the better answer than that the programme can't be asked.
            Ok(None) => quoted(turn, about)?,
            Err(error) => Some(quoted(turn, about)?.ok_or(error)?),
        },
        About::Levels => levels(turn)?,
        About::Joining => match quoted(turn, about)? {
            Some(reply) => Some(reply),
            None => joining(turn)?,
        },
        About::Rules => match quoted(turn, about)? {
            Some(reply) => Some(reply),
            None => overview(language, &loyalty::program()?),
        },
        About::Terms => quoted(turn, about)?,
    };
    Ok(match found {
        Some(reply) => with_buttons(reply, turn, about).answered().into(),
        None => Outcome::handoff(
            HandoffReason::MissingKnowledge,
            "The customer asks about the loyalty programme, and neither an article on the topic \"loyalty\" nor the \
             programme itself answers it.",
        )
        .fact("message", turn.text()),
    })
}

/// The passage's own words.
fn quoted(turn: &Turn, about: About) -> Result<Option<Reply>, ToolError> {
    // A button's value is no question.
    let question = match (turn.choice(), about) {
        (None, _) => turn.text().to_owned(),
        (Some(_), About::Joining) => text::how_to_join(turn.language()),
        (Some(_), About::Rewards) => text::what_points_buy(turn.language()),
        (Some(_), _) => text::how_to_earn(turn.language()),
    };
    let passages = knowledge::search(&question, Some(TOPIC), 3)?;
    let found = passages.iter().find(|passage| passage.confident);
    Ok(found.map(|passage| quote(turn.language(), passage, &question)))
}

fn quote(language: Language, passage: &Passage, question: &str) -> Reply {
    let reply = Reply::text(passage.excerpt(question, LENGTH)).source(&passage.id);
    match &passage.url {
        Some(url) => reply.button(Button::open(text::read_more(language), url)),
        None => reply,
    }
}

fn told(language: Language, about: About) -> Result<Option<Reply>, ToolError> {
    Ok(part(language, about, &loyalty::program()?).map(Reply::text))
}

/// One part of the programme; none where it says nothing of it.
pub(crate) fn part(language: Language, about: About, program: &LoyaltyProgram) -> Option<String> {
    let list = |items: Vec<String>| {
        items.iter().take(which::LINES).map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
    };
    match about {
        About::Earning if !program.ways_to_earn.is_empty() => {
            Some(text::ways_to_earn(language, &program.name, &list(program.ways_to_earn.clone())))
        }
        About::Tiers | About::Levels if !program.tiers.is_empty() => {
            Some(text::tiers(language, &program.name, &program.tiers.join(", ")))
        }
        About::Rewards if !program.rewards.is_empty() => {
            let prices = which::sorted(&program.rewards);
            let prices = prices.iter().map(|reward| text::price(language, &reward.title, reward.points)).collect();
            Some(text::what_it_offers(language, &program.name, &list(prices)))
        }
        _ => None,
    }
}

/// What the articles say of levels: whatever the words of the question, a passage that names several of them is about it.
fn levels(turn: &Turn) -> Result<Option<Reply>, ToolError> {
    if let Some(reply) = quoted(turn, About::Levels)? {
        return Ok(Some(reply));
    }
    let program = loyalty::program()?;
    let question = program.tiers.join(" ");
    let passages = if program.tiers.len() > 1 { knowledge::search(&question, Some(TOPIC), 3)? } else { vec![] };
    let found = passages.iter().find(|passage| names_levels(&passage.text, &program.tiers));
    Ok(match found {
        Some(passage) => Some(quote(turn.language(), passage, &question)),
        None => part(turn.language(), About::Levels, &program).map(Reply::text),
    })
}

pub(crate) fn names_levels(text: &str, tiers: &[String]) -> bool {
    tiers.iter().filter(|tier| mentions(text, &[tier.to_lowercase().as_str()])).count() > 1
}

/// How one joins, whatever the words of the question: asked in the customer's language, and in that of most articles.
fn joining(turn: &Turn) -> Result<Option<Reply>, ToolError> {
    for language in [turn.language(), Language::En] {
        let question = text::how_to_join(language);
        let passages = knowledge::search(&question, Some(TOPIC), 3)?;
        if let Some(passage) = passages.iter().find(|passage| passage.confident) {
            return Ok(Some(quote(turn.language(), passage, &question)));
        }
    }
    Ok(overview(turn.language(), &loyalty::program()?))
}

/// All of the programme.
fn overview(language: Language, program: &LoyaltyProgram) -> Option<Reply> {
    let parts = [About::Earning, About::Rewards, About::Tiers].map(|about| part(language, about, program));
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| Reply::text(parts.join("\n\n")))
}

fn with_buttons(reply: Reply, turn: &Turn, about: About) -> Reply {
    let language = turn.language();
    let reply = match about {
        About::Rewards => reply,
        // Where the rules aren't what the customer hoped for, a person may do more.
        About::Terms => reply.button(Button::choose(text::ask_team(language), request::TEAM)),
        _ => reply.button(Button::choose(text::what_points_buy(language), request::REWARDS)),
    };
    reply.button(Button::choose(text::my_points(language), request::POINTS))
}
