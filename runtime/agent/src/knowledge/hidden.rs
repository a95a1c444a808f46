//! Which elements of a page no reader sees. What they say must not be said to customers either: that is where a page that
//! was tampered with keeps its instructions.
//!
//! A page's inline styles, the plain rules of its own `<style>` elements (one class, one id or one element name at a
//! time), and the names that libraries of styles give to text for screen readers only are looked at. Style sheets
//! elsewhere are not fetched.

use scraper::node::Element;
use scraper::{Html, Selector};
use std::collections::HashSet;

/// Classes that take text out of sight, by the names that they have in common use.
const CLASSES: [&str; 8] = [
    "sr-only",
    "visually-hidden",
    "visuallyhidden",
    "screen-reader-text",
    "screen-reader-only",
    "hidden",
    "d-none",
    "u-hidden",
];
/// Most rules of a page's own styles that are looked at.
const RULES: usize = 5_000;

/// What a page's own styles hide.
#[derive(Default)]
pub(super) struct Hidden {
    classes: HashSet<String>,
    ids: HashSet<String>,
    elements: HashSet<String>,
}

impl Hidden {
    /// Reads the page's own styles.
    pub(super) fn of(tree: &Html) -> Self {
        let mut hidden = Self::default();
        let Ok(styles) = Selector::parse("style") else { return hidden };
        let mut left = RULES;
        for style in tree.select(&styles) {
            hidden.rules(&style.text().collect::<String>(), &mut left);
        }
        hidden
    }

    /// Rules outside of at-rules: what holds for print or a narrow screen only isn't hidden.
    fn rules(&mut self, css: &str, left: &mut usize) {
        let mut rest = css;
        while let Some((selectors, after)) = rest.split_once('{') {
            if *left == 0 {
                return;
            }
            *left -= 1;
            let selectors = selectors.rsplit(['}', ';']).next().unwrap_or_default().trim();
            let selectors = selectors.rsplit_once("*/").map_or(selectors, |(_, selectors)| selectors).trim();
            if selectors.starts_with('@') {
                rest = after_block(after);
                continue;
            }
            let (declarations, after) = after.split_once('}').unwrap_or((after, ""));
            if conceals(declarations) {
                selectors.split(',').for_each(|selector| self.add(selector.trim()));
            }
            rest = after;
        }
    }

    fn add(&mut self, selector: &str) {
        let plain =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        let _ = match selector.split_at_checked(1) {
            Some((".", class)) if plain(class) => self.classes.insert(class.to_owned()),
            Some(("#", id)) if plain(id) => self.ids.insert(id.to_owned()),
            _ if plain(selector) => self.elements.insert(selector.to_ascii_lowercase()),
            _ => false,
        };
    }

    /// Whether this element, and so everything in it, is out of sight.
    pub(super) fn hides(&self, element: &Element) -> bool {
        element.attr("hidden").is_some()
            || element.attr("aria-hidden").is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
            || element.attr("style").is_some_and(conceals)
            || element.id().is_some_and(|id| self.ids.contains(id))
            || element.classes().any(|class| CLASSES.contains(&class) || self.classes.contains(class))
            || self.elements.contains(element.name())
    }
}

/// What follows the block that is open.
fn after_block(css: &str) -> &str {
    let mut depth = 1_usize;
    for (at, c) in css.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &css[at + 1..];
        }
    }
    ""
}

/// Whether these declarations take an element out of sight.
fn conceals(declarations: &str) -> bool {
    let (mut color, mut ground) = (None, None);
    for declaration in declarations.split(';') {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let value: String =
            value.to_ascii_lowercase().replace("!important", "").split_whitespace().collect::<Vec<_>>().join(" ");
        let zero =
            || value.trim_end_matches(char::is_alphabetic).trim_end_matches('%').parse::<f32>().is_ok_and(|n| n == 0.0);
        // Far to the left or above: thousands of pixels, or tens of widths.
        let far = || {
            let number = value.trim_end_matches(|c: char| c.is_alphabetic() || c == '%').parse::<f32>();
            number.is_ok_and(|n| n <= -999.0 || (n <= -99.0 && (value.ends_with("em") || value.ends_with("vw"))))
        };
        let concealed = match name.trim().to_ascii_lowercase().as_str() {
            "display" => value == "none",
            "visibility" => matches!(value.as_str(), "hidden" | "collapse"),
            "opacity" | "font-size" => zero(),
            "text-indent" | "left" | "top" | "margin-left" => far(),
            "clip" => value.replace([' ', ','], "").starts_with("rect(00") || value.starts_with("rect(1px"),
            "clip-path" => value.starts_with("inset(50%") || value.starts_with("inset(100%"),
            "color" => {
                let transparent =
                    value == "transparent" || (value.starts_with("rgba(") && value.replace(' ', "").ends_with(",0)"));
                color = Some(value);
                transparent
            }
            "background-color" | "background" => {
                ground = Some(value);
                false
            }
            _ => false,
        };
        if concealed {
            return true;
        }
    }
    color.is_some() && color == ground
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_that_conceal_are_told_from_those_that_dont() {
        for style in [
            "display: none",
            "color:red; DISPLAY : NONE !important",
            "visibility:hidden",
            "opacity:0",
            "opacity: 0.0",
            "font-size:0px",
            "position:absolute; left:-9999px",
            "text-indent: -999em",
            "clip: rect(0, 0, 0, 0)",
            "clip-path: inset(50%)",
            "color: transparent",
            "color:rgba(0, 0, 0, 0)",
            "color:#fff;background-color:#fff",
        ] {
            assert!(conceals(style), "{style}");
        }
        for style in [
            "display:block",
            "opacity:0.5",
            "font-size:10px",
            "left:0",
            "margin-left:-10px",
            "color:#fff;background:#000",
            "color:rgba(0,0,0,0.8)",
            "",
        ] {
            assert!(!conceals(style), "{style}");
        }
    }

    #[test]
    fn a_pages_own_styles_hide_by_plain_selectors() {
        let page = "<style>/* .no */ .trap, #bait{display:none} @media print { .menu { display:none } } x-y{opacity:0}\
                    .a .b{display:none} .seen{color:red}</style>";
        let hidden = Hidden::of(&Html::parse_document(page));
        assert_eq!(hidden.classes, HashSet::from(["trap".to_owned()]));
        assert_eq!(hidden.ids, HashSet::from(["bait".to_owned()]));
        assert_eq!(hidden.elements, HashSet::from(["x-y".to_owned()]));
    }
}
