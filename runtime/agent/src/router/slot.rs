//! Whether a message is what the active skill waits for. Checked before anything else, so that the answer to a
//! question is never taken for a change of subject.

use usher_host::skill::Expectation;

use super::phrases::{is_filler, yes_or_no};
use super::text::{normalise, words};

/// How much of a message the awaited answer makes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// All of it, courtesy and fillers aside.
    Whole,
    /// It is there, with other words around it.
    Within,
    /// None.
    No,
}

pub(super) fn fit(expects: Expectation, text: &str, choices: &[String]) -> Fit {
    let normalised = normalise(text);
    let tokens: Vec<&str> = words(&normalised).collect();
    match expects {
        Expectation::Nothing => Fit::No,
        Expectation::FreeText => Fit::Whole,
        Expectation::YesOrNo if yes_or_no(&tokens).is_some() => Fit::Whole,
        Expectation::YesOrNo => match tokens.first().and_then(|first| yes_or_no(&[first])) {
            Some(_) => Fit::Within,
            None => Fit::No,
        },
        Expectation::Choice => choice(&tokens, choices),
        Expectation::OrderName => rest_of(&normalised, is_order_name),
        Expectation::Email => rest_of(&normalised, is_email),
        Expectation::Date => date(&normalised),
    }
}

/// Whether the message is an order's name and nothing else.
pub(super) fn is_bare_order_name(text: &str) -> bool {
    rest_of(&normalise(text), is_order_name) == Fit::Whole
}

/// Looks for a white-space token that `is_answer`, and at what stands around it.
fn rest_of(normalised: &str, is_answer: fn(&str) -> bool) -> Fit {
    let edge = |c: char| !(c.is_alphanumeric() || c == '#');
    let (answers, others): (Vec<&str>, Vec<&str>) = normalised
        .split_whitespace()
        .map(|token| token.trim_matches(edge))
        .filter(|token| !token.is_empty())
        .partition(|token| is_answer(token));
    if answers.is_empty() {
        return Fit::No;
    }
    let others: Vec<&str> = others.iter().flat_map(|token| words(token)).collect();
    if is_filler(&others) { Fit::Whole } else { Fit::Within }
}

/// An optional `#`, up to six letters or dashes, at least three digits, an optional short ending: `#1001`, `EN1001`,
/// `#FR-1001-B`. Two digits do after a `#`.
fn is_order_name(token: &str) -> bool {
    let (marked, name) = match token.strip_prefix('#') {
        Some(name) => (true, name),
        None => (false, token),
    };
    let prefix = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
    let (prefix, rest) = name.split_at(prefix);
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, suffix) = rest.split_at(end);
    let affix =
        |text: &str, most: usize| text.chars().count() <= most && text.chars().all(|c| c.is_alphanumeric() || c == '-');
    digits.len() >= if marked { 1 } else { 3 } && digits.len() <= 12 && affix(prefix, 6) && affix(suffix, 5)
}

fn is_email(token: &str) -> bool {
    token.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.starts_with('.') && !host.contains('@')
    })
}

const DAYS: &str = "today tomorrow yesterday tonight monday tuesday wednesday thursday friday saturday sunday week month \
    day next last past this coming ago in on at from until till since before after early late end beginning mid \
    aujourd'hui demain hier lundi mardi mercredi jeudi vendredi samedi dimanche semaine mois jour prochain prochaine \
    dernier dernière dans depuis avant après jusqu'au fin début \
    vandaag morgen gisteren overmorgen maandag dinsdag woensdag donderdag vrijdag zaterdag zondag week maand dag \
    volgende vorige afgelopen over sinds voor na vanaf tot eind begin \
    idag imorgon igår övermorgon måndag tisdag onsdag torsdag fredag lördag söndag vecka månad dag nästa förra om \
    sedan före efter från till slutet början i på";
const MONTHS: &str = "january february march april may june july august september october november december \
    jan feb mar apr jun jul aug sep sept oct nov dec \
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre \
    januari februari maart mei juni juli augustus oktober \
    augusti";
/// Words of [`DAYS`] that make no date by themselves.
const NO_DATE_ALONE: &str = "next last past this coming ago in on at from until till since before after early late end \
    beginning mid prochain prochaine dernier dernière dans depuis avant après jusqu'au fin début volgende vorige \
    afgelopen over sinds voor na vanaf tot eind begin nästa förra om sedan före efter från till slutet början i på";

fn date(normalised: &str) -> Fit {
    let mut found = false;
    let mut others = Vec::new();
    for token in normalised.split_whitespace() {
        let token = token.trim_matches(|c: char| !c.is_alphanumeric());
        if token.is_empty() {
            continue;
        }
        let listed = |list: &str| list.split_whitespace().any(|word| word == token);
        if is_numeric_date(token) || listed(MONTHS) {
            found = true;
        } else if listed(DAYS) {
            found |= !listed(NO_DATE_ALONE);
        } else if !is_day_or_year(token) {
            others.extend(words(token));
        }
    }
    match (found, is_filler(&others)) {
        (true, true) => Fit::Whole,
        (true, false) => Fit::Within,
        (false, _) => Fit::No,
    }
}

/// `2026-11-21`, `21/11/2026`, `21.11`.
fn is_numeric_date(token: &str) -> bool {
    let parts: Vec<&str> = token.split(['-', '/', '.']).collect();
    (2..=3).contains(&parts.len())
        && parts.iter().all(|part| matches!(part.len(), 1 | 2 | 4) && part.bytes().all(|b| b.is_ascii_digit()))
}

/// `3`, `3rd`, `1er`, `2026`.
fn is_day_or_year(token: &str) -> bool {
    let digits = token.trim_end_matches(|c: char| c.is_alphabetic());
    let ending = &token[digits.len()..];
    matches!(digits.len(), 1 | 2 | 4)
        && digits.bytes().all(|b| b.is_ascii_digit())
        && matches!(ending, "" | "st" | "nd" | "rd" | "th" | "er" | "e" | "de" | "ste" | "a")
}

const ORDINALS: &str = "1 2 3 4 5 6 7 8 9 a b c d first second third fourth last one two three four option \
    premier première deuxième second seconde troisième dernier dernière un deux trois option \
    eerste tweede derde laatste een twee drie optie \
    första andra tredje sista ett två tre alternativ both neither none either les tous beide båda";

/// A label of an offered option, or a place in the list.
fn choice(tokens: &[&str], choices: &[String]) -> Fit {
    let key = tokens.join(" ");
    if key.is_empty() {
        return Fit::No;
    }
    let labels = choices.iter().map(|label| {
        let label = normalise(label);
        words(&label).collect::<Vec<_>>().join(" ")
    });
    let mut within = false;
    for label in labels.filter(|label| !label.is_empty()) {
        // Either may be the shorter: "the blue one" for "Blue, size M", or "blue please" for "Blue".
        let known = |token: &&&str| label.split(' ').any(|word| word == **token);
        let others: Vec<&str> = tokens.iter().filter(|token| !known(token)).copied().collect();
        if others.len() < tokens.len() {
            if others.iter().all(|word| is_filler(&[word]) || is_ordinal(word) || *word == "one") {
                return Fit::Whole;
            }
            within |= key.contains(&label);
        }
    }
    let others: Vec<&str> = tokens.iter().filter(|token| !is_ordinal(token)).copied().collect();
    match (others.len() < tokens.len(), is_filler(&others)) {
        (true, true) => Fit::Whole,
        (_, _) if within => Fit::Within,
        _ => Fit::No,
    }
}

fn is_ordinal(token: &str) -> bool {
    ORDINALS.split_whitespace().any(|word| word == token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_names() {
        for text in [
            "#1001",
            "1001",
            "EN1001",
            "it's #1001 please",
            "c'est la commande FR-1001",
            "mijn bestelnummer is 10234",
            "#7",
        ] {
            assert_eq!(fit(Expectation::OrderName, text, &[]), Fit::Whole, "{text}");
        }
        assert_eq!(fit(Expectation::OrderName, "I want to return order 1001", &[]), Fit::Within);
        for text in ["do you sell gift cards", "12", "I ordered 2 shirts"] {
            assert_eq!(fit(Expectation::OrderName, text, &[]), Fit::No, "{text}");
        }
    }

    #[test]
    fn addresses() {
        assert_eq!(fit(Expectation::Email, "sure, it's anna@example.com.", &[]), Fit::Whole);
        assert_eq!(fit(Expectation::Email, "I never got the mail at anna@example.com", &[]), Fit::Within);
        assert_eq!(fit(Expectation::Email, "meet me @ the shop", &[]), Fit::No);
    }

    #[test]
    fn days() {
        for text in [
            "2026-11-21",
            "21/11",
            "next Monday",
            "le 3 mars",
            "12 maart 2026",
            "på fredag",
            "imorgon",
            "the 3rd of May",
        ] {
            assert_eq!(fit(Expectation::Date, text, &[]), Fit::Whole, "{text}");
        }
        assert_eq!(fit(Expectation::Date, "when did you ship it", &[]), Fit::No);
        assert_eq!(fit(Expectation::Date, "next", &[]), Fit::No);
    }

    #[test]
    fn choices() {
        let choices = ["Blue, size M".to_owned(), "Red, size L".to_owned()];
        for text in ["blue size m", "the blue one", "the second one", "2", "red please", "la première", "den andra"] {
            assert_eq!(fit(Expectation::Choice, text, &choices), Fit::Whole, "{text}");
        }
        assert_eq!(fit(Expectation::Choice, "where is my parcel", &choices), Fit::No);
    }

    #[test]
    fn nothing_fits_when_nothing_is_expected() {
        assert_eq!(fit(Expectation::Nothing, "#1001", &[]), Fit::No);
        assert_eq!(fit(Expectation::YesOrNo, "yes but cancel it", &[]), Fit::Within);
    }
}
