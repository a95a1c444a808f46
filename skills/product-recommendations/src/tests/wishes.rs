use super::*;

fn of(said: &str, memory: &Memory) -> Wish {
    wish(&Turn::sample(said), memory)
}

#[test]
fn first_messages() {
    let none = nothing_shown();
    for said in [
        "Can you recommend a lamp?",
        "je cherche une lampe pour la cuisine",
        "ik zoek een lamp",
        "jag letar efter en lampa",
        "lamps under 50 euros",
        "a gift for someone who loves coffee",
        "dimmable lights",
        "do you have kettles",
    ] {
        assert!(
            matches!(of(said, &none), Wish::Find { words, .. } if !words.is_empty()),
            "{said}: {:?}",
            of(said, &none)
        );
    }
    for said in
        ["what do you recommend?", "I need a gift for my mother", "que me conseillez-vous ?", "har ni några tips?"]
    {
        assert_eq!(of(said, &none), Wish::Anything, "{said}");
    }
    for (said, fact) in [
        ("Is the Ember lamp in stock?", Fact::Stock),
        ("la lampe Ember est-elle disponible ?", Fact::Stock),
        ("is de Ember lamp op voorraad", Fact::Stock),
        ("finns Ember i lager?", Fact::Stock),
        ("how much is the Ember lamp?", Fact::Price),
        ("combien coûte la lampe Ember", Fact::Price),
        ("wat kost de Ember lamp", Fact::Price),
        ("vad kostar lampan Ember", Fact::Price),
        ("what colours does the Ember lamp come in", Fact::Colours),
    ] {
        assert!(matches!(of(said, &none), Wish::Tell(told, words) if told == fact && !words.is_empty()), "{said}");
    }
    assert!(matches!(of("Which is better, the Ember kettle or the Dune kettle?", &none), Wish::Compare(Some(_))));
    assert!(matches!(
        of("quelle est la différence entre la lampe Ember et la lampe Dune", &none),
        Wish::Compare(Some(_))
    ));
    assert!(matches!(of("something like this", &none), Wish::Similar(words) if words.is_empty()));
    assert!(matches!(of("a bulb that fits it", &none), Wish::Fits(words) if words.len() == 1));
    for said in ["ok", "hello", "thank you"] {
        assert_eq!(of(said, &none), Wish::Nothing, "{said}");
    }
}

#[test]
fn follow_ups_go_on_from_what_was_shown() {
    let shown = memory(&["Ember table lamp", "Dune table lamp"]);
    for said in ["cheaper", "anything cheaper?", "moins cher", "goedkoper", "billigare tack", "that's too expensive"] {
        assert_eq!(of(said, &shown), Wish::Cheaper, "{said}");
    }
    for said in ["show me more", "others?", "d'autres ?", "nog meer", "visa fler", "something else"] {
        assert_eq!(of(said, &shown), Wish::More, "{said}");
    }
    for said in [
        "in black",
        "and under 50 euros?",
        "for the kitchen",
        "en noir",
        "moins de 60 €",
        "voor de keuken",
        "i svart",
        "dimmable",
    ] {
        assert!(matches!(of(said, &shown), Wish::Refine { .. }), "{said}: {:?}", of(said, &shown));
    }
    assert!(matches!(of("another colour", &shown), Wish::Tell(Fact::Colours, _)));
    assert_eq!(of("more expensive", &shown), Wish::Dearer);
    assert_eq!(of("which of these is better?", &shown), Wish::Compare(None));
    assert!(matches!(of("how much is it?", &shown), Wish::Tell(Fact::Price, words) if words.is_empty()));
    assert!(matches!(of("do you have kettles?", &shown), Wish::Find { .. }), "a new search");
    // Without anything shown there is nothing to go on from.
    assert!(matches!(of("cheaper", &nothing_shown()), Wish::Find { .. }));
    assert_eq!(of("more", &nothing_shown()), Wish::Nothing);
}

#[test]
fn buttons_say_what_they_mean() {
    let press =
        |value: &str| wish(&Turn { input: Input::Choice(value.to_owned()), ..Turn::sample("") }, &nothing_shown());
    assert_eq!(press("more"), Wish::More);
    assert_eq!(press("cheaper"), Wish::Cheaper);
    assert_eq!(press("like https://a.example/x"), Wish::Like("https://a.example/x".to_owned()));
    assert_eq!(press("about https://a.example/x"), Wish::About("https://a.example/x".to_owned()));
}
