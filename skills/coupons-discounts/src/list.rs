//! The codes that can be used now.

use crate::request::About;
use crate::{policy, remember, text};
use usher_sdk::skill::prelude::*;
use usher_sdk::skill::tools::coupons::{self, Coupon};
use usher_sdk::skill::tools::knowledge::Passage;

/// A customer is shown at most so many codes at once.
pub(crate) const MOST: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Only {
    All,
    /// Codes that are about shipping, as far as their own words say.
    Shipping,
}

pub(crate) fn answer(turn: &Turn, only: Only) -> Result<Outcome, ToolError> {
    match available(turn) {
        Ok(coupons) => {
            let rules = chosen(&coupons, only).is_empty().then(|| policy::quote(turn.text())).flatten();
            Ok(told(turn, &coupons, only, rules.as_ref()).into())
        }
        Err(error) => without_codes(turn, error),
    }
}

/// "Any sales?": what the articles say about it, and the codes.
pub(crate) fn deals(turn: &Turn) -> Result<Outcome, ToolError> {
    match (policy::quote(turn.text()), available(turn)) {
        (rules, Ok(coupons)) => Ok(with_codes(turn, rules.as_ref(), &coupons).into()),
        (_, Err(error)) => without_codes(turn, error),
    }
}

/// The articles' words first where they answer, then the codes.
pub(crate) fn with_codes(turn: &Turn, rules: Option<&Passage>, coupons: &[Coupon]) -> Reply {
    let Some(rules) = rules else { return told(turn, coupons, Only::All, None) };
    let answer = policy::reply(turn, turn.text(), rules);
    let chosen = chosen(coupons, Only::All);
    if chosen.is_empty() {
        return answer;
    }
    remember(chosen.iter().map(|coupon| coupon.code.clone()).collect());
    let lines: Vec<String> = chosen.iter().map(|coupon| line(turn, coupon)).collect();
    let text = format!("{}\n\n{}", answer.text, text::codes(turn.language(), &lines.join("\n")));
    // Its button would lead to these very codes.
    let reply = Reply { text, quick_replies: Vec::new(), ..answer };
    chosen.into_iter().fold(reply, |reply, coupon| reply.card(card(coupon, turn.language())))
}

fn available(turn: &Turn) -> Result<Vec<Coupon>, ToolError> {
    let mut coupons = coupons::available()?;
    coupons.retain(|coupon| turn.is_authenticated() || !coupon.personal);
    // Stable: otherwise as the shop has them.
    coupons.sort_by_key(|coupon| !coupon.personal);
    Ok(coupons)
}

/// The shop's articles may still answer when its codes can't be read.
fn without_codes(turn: &Turn, error: ToolError) -> Result<Outcome, ToolError> {
    match policy::quote(turn.text()) {
        Some(passage) => {
            let reply = Reply::text(text::codes_unread(turn.language()));
            Ok(policy::with_quote(reply, turn.text(), Some(&passage)).into())
        }
        None => Err(error),
    }
}

fn chosen(coupons: &[Coupon], only: Only) -> Vec<&Coupon> {
    let fits = |coupon: &&Coupon| only == Only::All || is_about_shipping(coupon);
    coupons.iter().filter(fits).take(MOST).collect()
}

/// `rules` is what the articles say about the question, where that belongs below the list.
pub(crate) fn told(turn: &Turn, coupons: &[Coupon], only: Only, rules: Option<&Passage>) -> Reply {
    let language = turn.language();
    let chosen = chosen(coupons, only);
    remember(chosen.iter().map(|coupon| coupon.code.clone()).collect());
    if chosen.is_empty() {
        let said = match only {
            Only::Shipping => text::none_for_shipping(language),
            Only::All => text::none(language),
        };
        return policy::with_quote(Reply::text(said).tone(language, Tone::Sorry), turn.text(), rules).answered();
    }
    let lines: Vec<String> = chosen.iter().map(|coupon| line(turn, coupon)).collect();
    let said = match only {
        Only::Shipping => text::codes_for_shipping(language, &lines.join("\n")),
        Only::All => text::codes(language, &lines.join("\n")),
    };
    let reply = policy::with_quote(Reply::text(said).tone(language, Tone::Good), turn.text(), rules);
    chosen.into_iter().fold(reply, |reply, coupon| reply.card(card(coupon, language))).answered()
}

/// `- **FREESHIP**: Free shipping (from €50.00, until Saturday 12 December)`
fn line(turn: &Turn, coupon: &Coupon) -> String {
    let language = turn.language();
    let what = title(coupon).map(str::to_owned).or_else(|| coupon.terms.as_deref().map(in_a_sentence));
    let least = coupon.minimum_spend.as_ref().filter(|least| !what.as_ref().is_some_and(|what| names(what, least)));
    let notes = [
        coupon.personal.then(|| text::just_for_you(language)),
        least.map(|least| text::from_amount(language, &least.show(language))),
        coupon.expires_at.as_deref().and_then(|day| turn.calendar().until(day)),
    ];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    let what = what.map_or_else(String::new, |what| format!(": {what}"));
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    format!("- **{}**{what}{notes}", coupon.code)
}

/// "When do they expire?" of several codes that were shown.
pub(crate) fn details(turn: &Turn, shown: &[String], about: About) -> Result<Outcome, ToolError> {
    let mut coupons = available(turn)?;
    coupons.retain(|coupon| shown.contains(&coupon.code));
    Ok(each(turn, &coupons, about).into())
}

pub(crate) fn each(turn: &Turn, coupons: &[Coupon], about: About) -> Reply {
    let language = turn.language();
    if coupons.is_empty() {
        return told(turn, coupons, Only::All, None);
    }
    let lines: Vec<String> = coupons
        .iter()
        .map(|coupon| {
            let said = match about {
                About::End => coupon.expires_at.as_deref().and_then(|day| turn.calendar().until(day)),
                About::Minimum => coupon.minimum_spend.as_ref().map(|least| least.show(language)),
            };
            let said = said.unwrap_or_else(|| match about {
                About::End => text::end_is_open(language),
                About::Minimum => text::minimum_is_none(language),
            });
            format!("- **{}**: {said}", coupon.code)
        })
        .collect();
    let said = match about {
        About::End => text::ends(language, &lines.join("\n")),
        About::Minimum => text::minimums(language, &lines.join("\n")),
    };
    Reply::text(said).answered()
}

/// The coupon card. The smallest order goes into the terms where the shop's own words don't name it.
pub(crate) fn card(coupon: &Coupon, language: Language) -> Card {
    let least = coupon.minimum_spend.as_ref().filter(|_| !says_minimum(coupon));
    let least = least.map(|least| text::from_amount(language, &least.show(language)));
    // Without a title of its own it has its first term for one.
    let (title, terms) = match (title(coupon), coupon.terms.as_deref()) {
        (Some(title), terms) => (title.to_owned(), terms),
        (None, Some(terms)) => match terms.split_once(TERM_END) {
            Some((first, rest)) => (first.to_owned(), Some(rest)),
            None => (terms.to_owned(), None),
        },
        (None, None) => (text::discount_code(language), None),
    };
    let terms: Vec<String> = terms.map(str::to_owned).into_iter().chain(least).collect();
    Card::new(CouponCard {
        code: coupon.code.clone(),
        title,
        terms: Some(terms.join(TERM_END)).filter(|terms| !terms.is_empty()),
        expires_at: coupon.expires_at.clone(),
    })
}

/// What shops put between terms.
const TERM_END: &str = " • ";

/// The title, unless it is the code once more, as with many shops.
fn title(coupon: &Coupon) -> Option<&str> {
    Some(coupon.title.as_str()).filter(|title| !title.trim().is_empty() && !title.eq_ignore_ascii_case(&coupon.code))
}

/// Terms as part of a sentence.
pub(crate) fn in_a_sentence(terms: &str) -> String {
    terms.trim_end_matches('.').replace(TERM_END, "; ")
}

/// Whether the shop's own terms name the smallest order.
pub(crate) fn says_minimum(coupon: &Coupon) -> bool {
    match (&coupon.minimum_spend, &coupon.terms) {
        (Some(least), Some(terms)) => names(terms, least),
        _ => false,
    }
}

/// Whether a text has a word with this amount, in whatever way it is written.
fn names(text: &str, amount: &Money) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let whole = amount.show(Language::En);
    let whole = digits(whole.split('.').next().unwrap_or_default());
    text.split_whitespace().any(|word| digits(word.split(['.', ',']).next().unwrap_or_default()) == whole)
}

/// By the words of code, title and terms.
fn is_about_shipping(coupon: &Coupon) -> bool {
    let words = format!("{} {} {}", coupon.code, coupon.title, coupon.terms.as_deref().unwrap_or_default());
    let words: String = words.chars().flat_map(char::to_lowercase).collect();
    SHIPPING.iter().any(|word| words.contains(word))
}

const SHIPPING: &[&str] = &["ship", "deliver", "livraison", "port offert", "verzend", "bezorg", "frakt", "leverans"];
