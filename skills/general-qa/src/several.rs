//! More than one article that may be the answer: two are both given, more are asked about.

use usher_sdk::skill::memory::Slot;
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::knowledge::Passage;

/// An article whose score is this share of the best one's is as near.
const NEAR: f32 = 0.95;
/// Articles to choose from.
const MOST: usize = 4;

/// The question that a choice was asked about.
const ASKED: Slot<String> = Slot::new("asked");

/// The passages that may be the answer.
#[derive(Debug, PartialEq)]
pub(crate) enum Near<'a> {
    /// None that the runtime holds to be one.
    None,
    One(&'a Passage),
    Two(&'a Passage, &'a Passage),
    Many(Vec<&'a Passage>),
}

/// Those that the runtime holds to be answers and that are as near as the nearest of them. The same words in two articles
/// are one answer.
pub(crate) fn near(passages: &[Passage]) -> Near<'_> {
    let mut near: Vec<&Passage> = Vec::new();
    for passage in passages.iter().filter(|passage| passage.confident) {
        let as_near = near.first().is_none_or(|best| passage.score >= NEAR * best.score);
        if as_near && !near.iter().any(|known| known.text == passage.text || known.title == passage.title) {
            near.push(passage);
        }
    }
    near.truncate(MOST);
    match near.as_slice() {
        [] => Near::None,
        [one] => Near::One(one),
        [first, second] => Near::Two(first, second),
        _ => Near::Many(near),
    }
}

/// Asks which of the articles is meant, by their titles.
pub(crate) fn choose(turn: &Turn, asked: &str, passages: &[&Passage]) -> Reply {
    let language = turn.language();
    // Without it the choice is answered by the article's title alone.
    let _ = ASKED.set(&asked.to_owned());
    let reply = Reply::text(which(language)).tone(language, Tone::Ask).expects(Expectation::Choice);
    passages
        .iter()
        .fold(reply, |reply, passage| reply.button(Button::choose(passage.title.clone(), passage.title.clone())))
}

/// The question that was asked before the choice.
pub(crate) fn asked() -> Option<String> {
    ASKED.get()
}

texts! {
    fn which() {
        en: "I found several answers. Which of these is your question about?",
        fr: "J’ai trouvé plusieurs réponses. Sur quoi porte votre question ?",
        nl: "Ik heb meerdere antwoorden gevonden. Waar gaat je vraag over?",
        sv: "Jag hittade flera svar. Vad gäller din fråga?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::passage;

    fn scored(title: &str, score: f32, confident: bool) -> Passage {
        Passage { score, ..passage(title, &format!("About {title}."), confident) }
    }

    #[test]
    fn only_answers_that_are_as_near_count() {
        let all = [scored("a", 0.99, false), scored("b", 0.9, true), scored("c", 0.88, true), scored("d", 0.5, true)];
        assert_eq!(near(&all), Near::Two(&all[1], &all[2]));
        assert_eq!(near(&all[3..]), Near::One(&all[3]));
        assert_eq!(near(&all[..1]), Near::None);
        let same = [scored("a", 0.9, true), Passage { title: "copy".to_owned(), ..scored("a", 0.9, true) }];
        assert_eq!(near(&same), Near::One(&same[0]));
    }

    #[test]
    fn more_than_two_are_asked_about() {
        let all = [scored("a", 0.9, true), scored("b", 0.9, true), scored("c", 0.9, true)];
        let Near::Many(several) = near(&all) else { panic!("not many") };
        let reply = choose(&Turn::sample("lamps?"), "lamps?", &several);
        assert_eq!(reply.quick_replies.len(), 3);
        assert_eq!(reply.quick_replies[0], Button::choose("a", "a"));
        assert!(!reply.answered);
        assert_eq!(asked().as_deref(), Some("lamps?"));
    }
}
