use super::*;
use minijinja::{Environment, context};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn made(template: &str, points: &Json) -> String {
    let mut environment = Environment::new();
    environment.add_function("chart", chart);
    environment.add_function("sparkline", sparkline);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    let scene = context! { points => Value::from_serialize(points), zone => "Europe/Stockholm" };
    environment.render_str(template, scene).unwrap()
}

fn drawn(kind: &str, more: &str, points: &Json) -> String {
    let series = r#"[["a", "First"], ["b", "Second"]]"#;
    made(&format!(r#"{{{{ chart(points, id="it", title="Figures", kind="{kind}", series={series}{more}) }}}}"#), points)
}

/// Reads all of it as XML, and answers the names of all attributes with their values.
fn attributes(markup: &str) -> Vec<(String, String)> {
    let mut reader = quick_xml::Reader::from_str(markup);
    let mut all = Vec::new();
    let mut open = 0i32;
    loop {
        let element = match reader.read_event().unwrap_or_else(|error| panic!("{error}: {markup}")) {
            quick_xml::events::Event::Start(element) => {
                open += 1;
                element
            }
            quick_xml::events::Event::Empty(element) => element,
            quick_xml::events::Event::End(_) => {
                open -= 1;
                continue;
            }
            quick_xml::events::Event::Eof => break,
            _ => continue,
        };
        for attribute in element.attributes() {
            let attribute = attribute.unwrap_or_else(|error| panic!("{error}: {markup}"));
            all.push((attribute.key.as_ref().to_owned(), attribute.value.into_owned()));
        }
    }
    assert_eq!(open, 0, "{markup}");
    all
}

fn count(markup: &str, what: &str) -> usize {
    markup.matches(what).count()
}

/// The drawing for one width.
fn part<'a>(markup: &'a str, width: &str) -> &'a str {
    let begin = markup.find(&format!("<svg class=\"drawing {width}\"")).unwrap();
    &markup[begin..begin + markup[begin..].find("</svg>").unwrap()]
}

fn week() -> Json {
    json!([
        { "label": "2026-11-16", "a": 3, "b": 1 },
        { "label": "2026-11-17", "a": 12, "b": 0 },
        { "label": "2026-11-18", "a": null, "b": 4 },
        { "label": "2026-11-19", "a": 7, "b": 2 },
        { "label": "2026-11-20", "a": 5, "b": 2 },
    ])
}

const KINDS: [&str; 4] = ["lines", "stack", "rows", "columns"];

#[test]
fn a_drawing_is_named_described_and_coloured_by_classes() {
    for kind in KINDS {
        let markup = drawn(kind, "", &week());
        let attributes = attributes(&markup);
        assert_eq!(count(&markup, "role=\"img\""), 3, "{kind}");
        let ids: Vec<&String> = attributes.iter().filter(|(name, _)| name == "id").map(|(_, id)| id).collect();
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{kind}: an id is there twice: {ids:?}");
        for (name, value) in &attributes {
            assert!(name != "style" && !name.starts_with("on"), "{kind}: {name}=\"{value}\"");
            assert!(
                !matches!(name.as_str(), "fill" | "stroke") || value == "none" || value.starts_with("url(#it-"),
                "{kind}: {name}=\"{value}\""
            );
            for id in value.split(' ').filter(|_| name == "aria-labelledby") {
                assert!(ids.iter().any(|one| *one == id), "{kind}: {id} isn't there");
            }
            if let Some(id) = value.strip_prefix("url(#").and_then(|value| value.strip_suffix(')')) {
                assert!(ids.iter().any(|one| *one == id), "{kind}: {id} isn't there");
            }
        }
    }
}

#[test]
fn the_main_thing_is_said() {
    let markup = drawn("lines", "", &week());
    let said = "Line chart, Mon 16 Nov 2026 to Fri 20 Nov 2026. First: total 27, highest 12 (Tue 17 Nov 2026), lowest 3 \
                (Mon 16 Nov 2026). Second: total 9, highest 4 (Wed 18 Nov 2026), lowest 0 (Tue 17 Nov 2026).";
    assert_eq!(count(&markup, said), 3, "{markup}");
    let shares = json!([{ "label": "2026-11-16", "a": 0.5 }, { "label": "2026-11-17", "a": 0.625 }]);
    let markup = drawn("lines", ", unit=\"percent\"", &shares);
    assert!(markup.contains("First: highest 62.5 % (Tue 17 Nov 2026), lowest 50.0 % (Mon 16 Nov 2026)."), "{markup}");
}

#[test]
fn the_numbers_stand_in_a_table() {
    let markup = drawn("stack", ", first=\"Day\"", &week());
    for part in [
        "<caption class=\"unseen\">Figures</caption>",
        "<th scope=\"col\">Day</th><th scope=\"col\" class=\"number\">First</th><th scope=\"col\" class=\"number\">Second</th>",
        "<th scope=\"row\">Wed 18 Nov 2026</th><td class=\"number\">–</td><td class=\"number\">4</td>",
        "<tfoot><tr><th scope=\"row\">Together</th><td class=\"number\">27</td><td class=\"number\">9</td></tr></tfoot>",
    ] {
        assert!(markup.contains(part), "{part} isn't in {markup}");
    }
    // Shares and durations aren't added up.
    assert!(!drawn("lines", ", unit=\"duration\"", &week()).contains("<tfoot>"));
}

#[test]
fn a_gap_parts_a_line_and_a_value_alone_is_a_mark() {
    let wide = |points: &Json| part(&drawn("lines", "", points), "wide").to_owned();
    let week = wide(&week());
    assert_eq!((count(&week, "class=\"ink-1\""), count(&week, "class=\"ink-2\"")), (2, 1), "{week}");
    assert_eq!((count(&week, "class=\"dot-1\""), count(&week, "class=\"dot-2\"")), (4, 5), "{week}");
    let lone = wide(&json!([{ "label": "2026-11-16", "a": 3 }]));
    assert_eq!((count(&lone, "class=\"ink-1\""), count(&lone, "class=\"dot-1\"")), (0, 1), "{lone}");
}

#[test]
fn a_stack_is_bars_for_few_places_and_areas_for_many() {
    let week = drawn("stack", "", &week());
    assert_eq!(count(part(&week, "wide"), "<rect"), 4 + 4, "a bar for each value above zero");
    let quarter: Vec<Json> =
        (0..90).map(|day| json!({ "label": format!("day {day}"), "a": day % 7, "b": 2 })).collect();
    let quarter = drawn("stack", "", &Json::from(quarter));
    assert_eq!(count(part(&quarter, "wide"), "<polygon"), 2);
}

#[test]
fn what_was_before_has_no_marks_and_is_left_out_where_it_is_unknown() {
    let template = r#"{{ chart(points, id="it", title="Figures", series=[["a", "Now"], ["b", "Before", "before"]]) }}"#;
    let markup = made(template, &week());
    assert!(part(&markup, "wide").contains("class=\"ink-before\"") && !part(&markup, "wide").contains("dot-before"));
    let alone = made(template, &json!([{ "label": "x", "a": 1, "b": null }, { "label": "y", "a": 2 }]));
    assert!(!alone.contains("Before") && !alone.contains("class=\"legend\""), "{alone}");
}

#[test]
fn nothing_is_said_in_words() {
    for points in
        [json!([]), json!(null), json!([{ "label": "2026-11-16", "a": 0, "b": null }]), json!([{ "label": "x" }])]
    {
        for kind in KINDS {
            let markup = drawn(kind, ", empty=\"Nobody <asked>.\"", &points);
            attributes(&markup);
            assert!(markup.contains("Nobody &lt;asked&gt;.") && !markup.contains("<svg"), "{markup}");
        }
    }
}

#[test]
fn times_are_shown_in_the_zone() {
    let points = json!([{ "at": "2026-11-15T23:00:00Z", "a": 1 }, { "at": "2026-11-16T12:30:00Z", "a": 2 }]);
    let markup = drawn("lines", ", x=\"at\"", &points);
    assert!(markup.contains("Mon 16 Nov 2026</th>") && markup.contains("Mon 16 Nov 2026, 13:30</th>"), "{markup}");
}

#[test]
fn values_of_the_api_have_names() {
    let points = json!([{ "channel": "webchat", "a": 4 }, { "channel": "fax", "a": 1 }]);
    let markup = drawn("rows", r#", x="channel", names={"webchat": "Web chat"}"#, &points);
    assert!(
        markup.contains("<th scope=\"row\">Web chat</th>") && markup.contains("<th scope=\"row\">fax</th>"),
        "{markup}"
    );
    assert!(!markup.contains(">webchat"), "{markup}");
}

#[test]
fn a_template_that_gives_nonsense_is_told() {
    let mut environment = Environment::new();
    environment.add_function("chart", chart);
    for (given, expected) in [
        (r#"kind="pie", series=[]"#, "not pie"),
        (r#"unit="litres", series=[]"#, "not litres"),
        (r#"series=[["a"]]"#, "each is [member, name]"),
        (r#"series=[["a", "A", 9]]"#, "a tone is 1 to 5"),
        (r#"series=[], colour="red""#, "colour"),
    ] {
        let error =
            environment.render_str(&format!(r#"{{{{ chart([], id="i", title="t", {given}) }}}}"#), ()).unwrap_err();
        assert!(format!("{error:#}").contains(expected), "{given}: {error:#}");
    }
}

#[test]
fn axes_have_round_marks() {
    let marks = |unit: &str, highest: f64| {
        let points = json!([{ "label": "x", "a": highest }, { "label": "y", "a": 0 }]);
        let markup = drawn("lines", &format!(", unit=\"{unit}\""), &points);
        let part = part(&markup, "wide");
        let texts = part.split("<text").skip(1).filter(|text| text.contains("text-anchor=\"end\""));
        texts.filter_map(|text| Some(text.split_once('>')?.1.split('<').next()?.to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(marks("count", 1.0), ["0", "1"]);
    assert_eq!(marks("count", 34.0), ["0", "10", "20", "30", "40"]);
    assert_eq!(marks("count", 12_345.0), ["0", "5,000", "10,000", "15,000"]);
    assert_eq!(marks("percent", 0.93), ["0 %", "50 %", "100 %"]);
    assert_eq!(marks("duration", 400_000.0), ["0", "2 min", "4 min", "6 min", "8 min"]);
    assert_eq!(marks("duration", 90.0), ["0", "50 ms", "100 ms"]);
}

#[test]
fn a_sparkline_says_its_numbers() {
    let template = r#"{{ sparkline(points, title="Volume & more") }}"#;
    let markup = made(template, &json!([3, 0, 12, null]));
    attributes(&markup);
    assert!(markup.contains("aria-label=\"Volume &amp; more: highest 12, lowest 0, latest 0\""), "{markup}");
    assert!(made(template, &json!([0, 0])).contains(": none\""));
    for points in [json!([]), json!([7]), json!("nonsense")] {
        attributes(&made(template, &points));
    }
}

proptest! {
    /// Whatever the texts and numbers are: well-formed, escaped, and nothing of theirs is markup.
    #[test]
    fn any_texts_and_numbers_make_a_page(
        names in prop::collection::vec(".{0,40}", 1..40),
        values in prop::collection::vec(prop::option::of(-1e12..1e12f64), 40),
        kind in prop::sample::select(&KINDS[..]),
        unit in prop::sample::select(&["count", "percent", "duration"][..]),
    ) {
        // What no XML may have: the API cleans texts of it.
        let allowed = |letter: &char| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}');
        let points = names.iter().zip(&values).map(|(name, value)| {
            let name: String = name.chars().filter(allowed).collect();
            json!({ "label": format!("\"'<b onload=x>&{name}"), "a": value, "b": 1 })
        });
        let points: Vec<Json> = points.collect();
        let markup = drawn(kind, &format!(", unit=\"{unit}\""), &Json::from(points));
        for (name, _) in attributes(&markup) {
            prop_assert!(name != "onload" && name != "style");
        }
        prop_assert!(!markup.contains("<b "));
        for number in ["NaN", "inf", "Infinity"] {
            let attribute = format!("=\"{number}\"");
            prop_assert!(!markup.contains(&attribute));
        }
    }
}
