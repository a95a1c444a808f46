//! A skill is one function: what the customer wrote goes in, what they are answered comes out.
//!
//! This one answers from the shop's articles. Give it the tools that the questions in `skill.toml` really need.

use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge;

usher_sdk::skill!(handle);

fn handle(turn: Turn) -> Result<Outcome, ToolError> {
    // `?` hands a tool's failure to the runtime, which tells the customer and brings in a person.
    let passages = knowledge::search(turn.text(), None, 3)?;
    Ok(match passages.iter().find(|passage| passage.confident) {
        Some(passage) => answer(turn.text(), passage).into(),
        // Nothing is made up: the router tries the next, and then a person is asked.
        None => Outcome::Decline,
    })
}

fn answer(question: &str, passage: &knowledge::Passage) -> Reply {
    Reply::text(passage.excerpt(question, 400)).source(&passage.id).answered()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_names_its_source() {
        let passage = knowledge::Passage {
            id: "article#1".to_owned(),
            title: "Article".to_owned(),
            heading: None,
            text: "It takes two weeks.".to_owned(),
            url: None,
            score: 1.0,
            confident: true,
        };
        assert_eq!(answer("how long does it take?", &passage).sources, ["article#1"]);
    }
}
