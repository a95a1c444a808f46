use super::*;
use serde_json::{Value, json};
use usher_manifest::Channel;

fn read(text: &str) -> Vec<Scenario> {
    read_file(text).unwrap_or_else(|why| panic!("{why}\n{text}")).into_iter().map(|found| found.scenario).collect()
}

fn whole() -> Scenario {
    let cards = json!([{ "kind": "order", "name": "#1001", "stock": 3, "gift": true }]);
    Scenario {
        name: "a \"quoted\" name, with {braces} in its texts".into(),
        customer: Some("ana@example.net".into()),
        channel: Some(Channel::Sms),
        page: Some("/products/kettle".into()),
        locale: Some("fr".into()),
        at: Some("2026-12-24T22:00".into()),
        steps: vec![
            Step {
                say: Some("where is {my} order?\nplease".into()),
                expect: Expect {
                    skill: Some("order-tracking".into()),
                    tools: Some(vec!["orders.recent".into()]),
                    no_calls: vec!["order-actions".into()],
                    text: vec!["on its way".into(), "}{".into()],
                    no_text: vec!["cancelled".into()],
                    cards: serde_json::from_value(cards).expect("cards"),
                    segments: Some(3),
                    no_buttons: vec!["Return".into()],
                    sources: Some(Vec::new()),
                    ..Expect::default()
                },
                ..Step::default()
            },
            Step { press: Some("Track".into()), ..Step::default() },
            Step {
                answer: Some(Answer::Yes),
                expect: Expect { consent: Flag::Texts(vec!["#1001".into()]), ..Expect::default() },
                ..Step::default()
            },
            Step {
                sign_in: Some("7001".into()),
                expect: Expect { handoff: Flag::Is(true), sign_in: true, offer: true, ..Expect::default() },
                ..Step::default()
            },
        ],
        ..Scenario::default()
    }
}

#[test]
fn what_is_written_is_read_again() {
    let scenario = whole();
    let text = write_file(&[scenario.clone(), Scenario { name: "second".into(), ..scenario.clone() }]);
    let [first, second] = <[Scenario; 2]>::try_from(read(&text)).expect("two");
    assert_eq!(first.without_names().as_ref(), Ok(&scenario), "{text}");
    assert_eq!(second.name, "second");
    for key in ["as = ", "expect.no-text = ", "expect.sign-in = true", "sign-in = \"7001\"", "expect.no-calls"] {
        assert!(text.contains(key), "{key} isn't in\n{text}");
    }
    assert_eq!(
        read_file(&text).expect("it is read")[1].line,
        text.lines().position(|line| line.contains("second")).expect("its name")
    );
}

#[test]
fn the_api_and_files_hold_the_same() {
    let scenario = whole();
    let json = serde_json::to_value(&scenario).expect("JSON");
    assert_eq!(json["customer"], "ana@example.net");
    assert_eq!(json["steps"][0]["expect"]["no_text"][0], "cancelled");
    assert_eq!(serde_json::from_value::<Scenario>(json).expect("it is read"), scenario);
}

#[test]
fn a_file_that_says_something_unknown_is_refused_with_its_place() {
    for (text, part) in [
        (
            "[[scenario]]\nname = \"a\"\n[[scenario.step]]\nsay = \"hi\"\nexpect.colour = \"blue\"\n",
            "line 5: unknown field `colour`",
        ),
        ("[[scenario]]\nname = \"a\"\ncolour = 1\n[[scenario.step]]\nsay = \"hi\"\n", "colour"),
        ("\n[[scenario]]\nname = \"a\"\nstep = []\n", "line 2: «a»: it has no step"),
        ("[[scenario]]\nname = \"a\"\n[[scenario.step]]\nsay = \"hi\"\npress = \"x\"\n", "exactly one"),
        ("[[scenario]]\nname = \" \"\n[[scenario.step]]\nsay = \"hi\"\n", "no name"),
        ("name = 1", "scenario"),
    ] {
        let refusal = read_file(text).expect_err(text).to_string();
        assert!(refusal.contains(part), "{refusal}");
    }
}

#[test]
fn the_preview_refuses_what_it_has_no_hand_in() {
    let of = |change: &dyn Fn(&mut Scenario)| {
        let mut scenario = whole();
        change(&mut scenario);
        scenario.for_preview()
    };
    assert_eq!(of(&|_| {}), Ok(()));
    type Spoil<'a> = &'a dyn Fn(&mut Scenario);
    let refusals: [(Spoil<'_>, &str); 7] = [
        (&|it| it.at = Some("tomorrow".into()), "not a time"),
        (&|it| drop(it.given.insert("faults".into(), json!([]))), "`given`"),
        (&|it| drop(it.steps[1].meanwhile.insert("shop".into(), json!([]))), "step 2: `meanwhile`"),
        (&|it| it.steps[0].expect.after.push(json!({ "points": 3 })), "step 1: `after`"),
        (&|it| it.not_yet = Some("later".into()), "`not-yet`"),
        (&|it| it.steps[0].say = Some("x".repeat(4_001)), "step 1: «xxx"),
        (&|it| it.steps = vec![it.steps[0].clone(); 41], "more than 40 steps"),
    ];
    for (change, part) in refusals {
        let refusal = of(change).expect_err(part);
        assert!(refusal.contains(part), "{refusal}");
    }
    let named = read("[[scenario]]\nname = \"a\"\n[[scenario.step]]\nsay = \"where is {order}?\"\n").remove(0);
    assert!(named.without_names().expect_err("a name").contains("`{order}`"));
}

/// An answer to "where is my order?".
fn came() -> Came {
    Came {
        messages: vec![json!({
            "blocks": [
                { "kind": "paragraph", "spans": [{ "text": "Order " }, { "text": "#1001", "bold": true }] },
                { "kind": "list", "items": [[{ "text": "one" }], [{ "text": "two" }]] },
            ],
            "cards": [{ "kind": "order", "name": "#1001", "status": "on its way",
                        "buttons": [{ "kind": "open", "label": "Track", "href": "https://carrier.example/1" }] }],
            "quick_replies": [{ "kind": "choose", "label": "Return it", "ref": "2.1" }],
            "sources": [{ "title": "Shipping" }],
        })],
        texts: vec!["Order #1001 is On\u{a0}its way".into()],
        segments: Some(2),
        record: json!({
            "language": "en",
            "skills": [
                { "skill": "loyalty", "outcome": "decline", "calls": [] },
                { "skill": "order-tracking", "outcome": "reply",
                  "calls": [{ "function": "usher:tools/orders.recent", "result": "ok" }] },
            ],
        }),
        ticket: None,
    }
}

fn failing(expect: &Expect, came: &Came) -> Vec<String> {
    let verdicts = check(expect, came, &literal);
    verdicts.into_iter().filter(|verdict| !verdict.ok).map(|verdict| verdict.what).collect()
}

/// Expectations as a file writes them.
fn expect(text: &str) -> Expect {
    let lines: String = text.lines().map(|line| format!("expect.{line}\n")).collect();
    read(&format!("[[scenario]]\nname = \"a\"\n[[scenario.step]]\nsay = \"hi\"\n{lines}"))
        .remove(0)
        .steps
        .remove(0)
        .expect
}

#[test]
fn what_came_as_expected_passes() {
    let all = "skill = \"order-tracking\"\ntools = [\"orders.recent\"]\ncalls = [\"orders.recent\"]\nno-calls = [\"order-actions\"]\n\
               text = [\"on its WAY\"]\nno-text = [\"cancelled\"]\ncards = [{ kind = \"order\", status = \"on its\" }]\n\
               segments = 2\nbuttons = [\"track\", \"return\"]\nno-buttons = [\"Cancel\"]\nopens = \"Track\"\nsources = [\"Shipping\"]\n\
               language = \"en\"";
    let verdicts = check(&expect(all), &came(), &literal);
    assert!(verdicts.iter().all(|verdict| verdict.ok), "{verdicts:#?}");
    assert_eq!(verdicts.len(), 16);
    assert!(failing(&Expect::default(), &came()).is_empty());
}

#[test]
fn each_expectation_fails_where_something_else_came() {
    for (text, what) in [
        ("skill = \"loyalty\"", "skill"),
        ("skill = \"order-tracking\"\nalso = \"loyalty\"", "a second skill"),
        ("tools = []", "tools"),
        ("tools = [\"orders.recent\", \"orders.get\"]", "tools"),
        ("calls = [\"orders.get\"]", "a call among the tools"),
        ("no-calls = [\"orders\"]", "no call of"),
        ("no-calls = [\"orders.recent\"]", "no call of"),
        ("text = [\"cancelled\"]", "text contains"),
        ("no-text = [\"carrier.example\"]", "text doesn't contain"),
        ("cards = []", "number of cards"),
        ("cards = [{ kind = \"ord\" }]", "the card's kind"),
        ("cards = [{ status = \"delivered\" }]", "the card's status"),
        ("segments = 1", "SMS at most"),
        ("buttons = [\"Cancel\"]", "a button"),
        ("no-buttons = [\"Return\"]", "no button"),
        ("opens = \"Return\"", "a button that opens a page"),
        ("sources = []", "sources"),
        ("language = \"fr\"", "language"),
        ("handoff = true", "handoff"),
        ("offer = true", "asked whether a person is wanted"),
        ("question = \"email\"", "asked before a person comes"),
        ("sign-in = true", "asked to sign in"),
        ("consent = true", "asked before a change"),
        ("ticket = { email = \"ana@\" }", "a ticket"),
        ("text = [\"{order}\"]", "a name"),
    ] {
        assert!(failing(&expect(text), &came()).contains(&what.to_owned()), "{text}");
    }
}

#[test]
fn what_nobody_expected_fails() {
    let with = |change: &dyn Fn(&mut Came)| {
        let mut came = came();
        change(&mut came);
        failing(&Expect::default(), &came)
    };
    let put = |name: &'static str, value: Value| move |came: &mut Came| came.messages[0][name] = value.clone();
    assert_eq!(with(&put("handoff", json!(true))), ["handoff"]);
    assert_eq!(with(&put("sign_in", json!({}))), ["asked to sign in"]);
    assert_eq!(with(&put("consent", json!({ "summary": "Cancel" }))), ["asked before a change"]);
    assert_eq!(with(&put("offer", json!({ "yes": {}, "no": {} }))), ["asked whether a person is wanted"]);
    assert_eq!(with(&put("question", json!({ "asks": "email" }))), ["asked before a person comes"]);
    assert_eq!(with(&|came| came.record["failure"] = json!("it trapped")), ["a skill failed"]);
    assert_eq!(with(&|came| came.ticket = Some(json!({}))), ["a ticket"]);
}

#[test]
fn details_are_looked_at_too() {
    let mut came = came();
    came.messages[0]["handoff"] = json!(true);
    came.record["handoff"] = json!({ "reason": "explicit_request" });
    assert!(failing(&expect("handoff = \"explicit-request\""), &came).is_empty());
    assert_eq!(failing(&expect("handoff = \"missing-knowledge\""), &came), ["the handoff's reason"]);
    let mut came = super::tests::came();
    came.messages[0]["consent"] = json!({ "summary": "Cancel all of order #1001", "details": ["to the card"] });
    assert!(failing(&expect("consent = [\"#1001\", \"the card\"]"), &came).is_empty());
    assert_eq!(failing(&expect("consent = \"#1002\""), &came), ["the question before a change contains"]);
}

#[test]
fn words_are_read_without_markup_and_buttons_are_found_by_a_part() {
    let came = came();
    assert_eq!(text_of(&came.messages[0]), "Order #1001\none\ntwo\n");
    assert_eq!(button(&came.messages, "return").map(|button| &button["ref"]), Some(&json!("2.1")));
    assert!(shown(&came).contains("orders.recent"));
}

#[test]
fn braces_are_names_or_written_twice() {
    let known = |name: &str| if name == "order" { Ok("#1".to_owned()) } else { Err(name.to_owned()) };
    assert_eq!(fill("{order} of {{it}}", &known).as_deref(), Ok("#1 of {it}"));
    assert_eq!(fill("{colour}", &known), Err("colour".to_owned()));
    assert!(fill("{order", &known).is_err() && fill("order}", &known).is_err());
    let text = "}{a{{b}}c}";
    assert_eq!(literal(&escaped(text)).as_deref(), Ok(text));
}
