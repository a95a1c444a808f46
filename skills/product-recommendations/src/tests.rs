use super::*;
use request::wish;
use shown::Shown;
use usher_sdk::skill::{Action, CardBody};

mod limits;
mod wishes;

fn product(title: &str, cents: i64, description: &str) -> Product {
    let handle = title.to_lowercase().replace(' ', "-");
    Product {
        id: format!("id-{handle}"),
        title: title.to_owned(),
        description: description.to_owned(),
        price: Money { amount_minor: cents, currency: "EUR".to_owned() },
        url: format!("https://shop.example/products/{handle}"),
        image_url: None,
        in_stock: true,
        tags: vec!["light".to_owned()],
        as_of: "2026-11-24T11:59:30Z".to_owned(),
    }
}

fn sold_out(product: Product) -> Product {
    Product { in_stock: false, ..product }
}

/// Lamps and kettles, as the search may find them.
fn shelf() -> Vec<Product> {
    vec![
        product("Ember table lamp", 8900, "A dimmable table lamp with a linen shade. Takes an E27 bulb up to 40 W."),
        product("Dune table lamp", 5900, "A table lamp of brass for the kitchen. Takes an E27 bulb up to 40 W."),
        sold_out(product("Fjord table lamp", 3900, "A dimmable table lamp for the kitchen.")),
        product("Ember kettle", 4900, "A gooseneck kettle of brushed steel."),
        product("Moss bulb", 900, "A warm LED bulb, dimmable."),
    ]
}

fn picked(text: &str, excluded: &[&str]) -> (Vec<String>, Fit) {
    let excluded: Vec<String> = excluded.iter().map(|id| (*id).to_owned()).collect();
    let choice = choose(shelf(), &words::wanted(text), &limit::read(text), &excluded, Sorted::Best);
    (choice.products.into_iter().map(|product| product.title).collect(), choice.fit)
}

/// What was shown, without a page.
fn memory(titles: &[&str]) -> Memory {
    let found = shelf();
    let last = titles.iter().filter_map(|title| found.iter().find(|product| product.title == *title)).map(Shown::of);
    let search = Search { words: "table lamp".to_owned(), ..Search::default() };
    Memory { last: last.collect(), search: Some(search), ..Memory::default() }
}

fn nothing_shown() -> Memory {
    Memory::default()
}

fn buttons(reply: &Reply) -> Vec<&str> {
    let sent = reply.quick_replies.iter().map(|button| &button.action);
    sent.filter_map(|action| match action {
        Action::Choose(value) => Some(value.as_str()),
        _ => None,
    })
    .collect()
}

mod choosing {
    use super::*;

    #[test]
    fn what_says_all_of_it_comes_first_and_nothing_sold_out() {
        assert_eq!(picked("a dimmable table lamp", &[]), (vec!["Ember table lamp".to_owned()], Fit::All));
        assert_eq!(picked("a table lamp for the kitchen", &[]).0, ["Dune table lamp"]);
        assert_eq!(picked("table lamps", &[]).0, ["Ember table lamp", "Dune table lamp"]);
        for text in ["une lampe de table", "een tafellamp", "en bordslampa"] {
            assert_eq!(picked(text, &[]).0, ["Ember table lamp", "Dune table lamp"], "{text}");
        }
        assert_eq!(picked("une lampe pour la cuisine", &[]).0, ["Dune table lamp"]);
    }

    #[test]
    fn what_was_bought_or_shown_is_left_out() {
        assert_eq!(picked("table lamps", &["id-ember-table-lamp"]).0, ["Dune table lamp"]);
        let (rest, fit) = picked("table lamps", &["id-ember-table-lamp", "id-dune-table-lamp"]);
        assert_eq!((rest, fit), (vec![], Fit::Nothing));
    }

    #[test]
    fn the_price_decides_and_the_nearest_is_named_as_such() {
        assert_eq!(picked("table lamp under 60 euros", &[]), (vec!["Dune table lamp".to_owned()], Fit::All));
        assert_eq!(
            picked("table lamp under 50 euros", &[]),
            (vec!["Dune table lamp".to_owned(), "Ember table lamp".to_owned()], Fit::OtherPrice)
        );
        // In a currency that the shop doesn't use the limit says nothing.
        assert_eq!(picked("table lamp under 50 dollars", &[]).1, Fit::All);
    }

    #[test]
    fn what_the_catalogue_does_not_say_is_said_to_be_missing() {
        let (titles, fit) = picked("a pink kettle", &[]);
        assert_eq!((titles, fit), (vec!["Ember kettle".to_owned()], Fit::Some(vec!["pink".to_owned()])));
        assert_eq!(picked("a bicycle", &[]), (vec![], Fit::Nothing));
        // A name and a thing that only others have: another such thing, and none at all where there is none.
        assert_eq!(picked("the Ember mug", &[]), (vec![], Fit::Nothing));
        assert_eq!(picked("the Dune kettle", &[]), (vec!["Ember kettle".to_owned()], Fit::Apart));
        assert_eq!(picked("a lampshade", &[]).1, Fit::Nothing, "the beginning of a word isn't the thing");
        assert_eq!(
            picked("a brushed bicycle", &[]).1,
            Fit::Nothing,
            "a word of a description alone makes nothing akin"
        );
    }

    #[test]
    fn cheapest_first_where_that_is_wanted() {
        let choice = choose(shelf(), &words::wanted("cheap table lamp"), &Limit::default(), &[], Sorted::Cheapest);
        assert_eq!(choice.products[0].title, "Dune table lamp");
    }

    #[test]
    fn names_mean_one_or_a_kind() {
        let named = |text: &str| {
            choose::named(shelf(), &words::wanted(text)).into_iter().map(|product| product.title).collect::<Vec<_>>()
        };
        assert_eq!(named("the Ember kettle"), ["Ember kettle"]);
        assert_eq!(named("how much is the ember lamp"), ["Ember table lamp"]);
        assert_eq!(named("table lamps").len(), 3);
        assert_eq!(named("bicycle"), [""; 0]);
        // What is named isn't told of in another's place.
        let titles: Vec<String> = shelf().into_iter().map(|product| product.title).collect();
        let another = |text: &str, title: &str| subject::is_another(&words::wanted(text), &titles, title);
        assert!(another("how much is the Fjord kettle?", "Ember kettle"));
        assert!(another("how much is the bulb?", "Ember kettle"));
        assert!(another("how much is the Ember mug?", "Ember kettle"), "there are no mugs at all");
        assert!(!another("is the kettle in stock in Antwerp?", "Ember kettle"));
        let whole = choose::named_in_whole(&shelf(), &words::wanted("a bulb for the Ember table lamp"));
        assert_eq!(whole.map(|product| product.title).as_deref(), Some("Ember table lamp"));
    }
}

mod saying {
    use super::*;

    fn found(text: &str) -> Reply {
        let limit = limit::read(text);
        say::found(&Turn::sample(text), &choose(shelf(), &words::wanted(text), &limit, &[], Sorted::Best), &limit)
    }

    #[test]
    fn cards_have_price_and_a_way_to_the_page() {
        let reply = found("table lamps");
        assert_eq!(
            reply.text,
            "This is what I found for you:\n- **Ember table lamp**: €89.00\n- **Dune table lamp**: €59.00"
        );
        let CardBody::Product(card) = &reply.cards[0].body else { panic!("no product card") };
        assert_eq!((card.price.amount_minor, card.in_stock), (8900, true));
        assert!(shelf()[0].description.starts_with(card.summary.as_deref().unwrap()));
        let page = Action::Open("https://shop.example/products/ember-table-lamp".to_owned());
        assert_eq!(reply.cards[0].buttons[0].action, page);
        assert_eq!((buttons(&reply), reply.answered), (vec!["more", "cheaper"], true));
    }

    #[test]
    fn no_answer_is_said_to_be_more_than_it_is() {
        let reply = found("table lamp under 50 euros");
        assert!(
            reply.text.starts_with("I found nothing in stock up to €50.00. These come near it at another price:"),
            "{}",
            reply.text
        );
        assert!(!reply.answered);
        let reply = found("a pink kettle");
        assert!(reply.text.starts_with("The catalogue says nothing about “pink” for these"), "{}", reply.text);
        let reply = found("a bicycle");
        assert!(reply.text.starts_with("I found nothing like that"), "{}", reply.text);
        assert_eq!((reply.expects, reply.cards.len()), (Expectation::FreeText, 0));
        let reply = found("table lamp under 70 dollars");
        assert!(reply.text.starts_with("Our prices are in EUR, so I left your limit out. This is"), "{}", reply.text);
    }

    #[test]
    fn facts_say_how_old_they_are_and_sold_out_has_no_card() {
        let turn = Turn::sample("is it in stock?");
        let lamp = &shelf()[0];
        let reply = say::fact(&turn, lamp, Fact::Stock);
        assert_eq!((reply.text.as_str(), reply.cards.len()), ("**Ember table lamp** is in stock.", 1));
        let old = Product { as_of: "2026-11-24T11:45:00Z".to_owned(), ..lamp.clone() };
        let reply = say::fact(&turn, &old, Fact::Stock);
        assert_eq!(
            (reply.text.as_str(), reply.cards.len()),
            ("I can't check the stock right now. 15 minutes ago, **Ember table lamp** was in stock.", 0)
        );
        assert_eq!(say::fact(&turn, lamp, Fact::Price).text, "The catalogue price of **Ember table lamp** is €89.00.");
        let older = Product { as_of: "2026-11-24T08:00:00Z".to_owned(), ..lamp.clone() };
        assert!(say::fact(&turn, &older, Fact::Both).text.ends_with("is €89.00. As of 4 hours ago."));
        for fact in [Fact::Stock, Fact::Price, Fact::Both] {
            let reply = say::fact(&turn, &shelf()[2], fact);
            assert!(reply.text.contains("sold out at the moment") && reply.cards.is_empty(), "{}", reply.text);
            assert_eq!(buttons(&reply), ["like https://shop.example/products/fjord-table-lamp"]);
        }
    }

    #[test]
    fn a_list_is_as_old_as_its_oldest_reading() {
        let turn = Turn::sample("table lamps");
        let [fresh, other, ..] = &shelf()[..] else { panic!() };
        let said = |products: &[Product]| say::list(&turn, "These:", products).text;
        assert_eq!(said(&[fresh.clone(), other.clone()]).lines().last(), Some("- **Dune table lamp**: €59.00"));
        let read_at = |at: &str| Product { as_of: at.to_owned(), ..other.clone() };
        let old = read_at("2026-11-24T11:58:00Z");
        assert_eq!(
            said(&[fresh.clone(), old.clone()]),
            "These:\n- **Ember table lamp**: €89.00\n- **Dune table lamp**: €59.00\n\nAs of 2 minutes ago."
        );
        assert!(said(&[read_at("2026-11-24T09:00:00Z"), old.clone()]).ends_with("\n\nAs of 3 hours ago."));
        assert!(say::comparison(&turn, fresh, &old).text.ends_with("\n\nAs of 2 minutes ago."));
    }

    #[test]
    fn two_are_put_side_by_side_without_a_verdict() {
        let found = shelf();
        let reply = say::comparison(&Turn::sample("which is better?"), &found[0], &found[2]);
        assert_eq!(
            reply.text,
            "This is what the catalogue says of the two:\n\
             - **Ember table lamp** (€89.00, in stock): A dimmable table lamp with a linen shade. Takes an E27 bulb up to 40 W.\n\
             - **Fjord table lamp** (€39.00, sold out): A dimmable table lamp for the kitchen.\n\n\
             **Fjord table lamp** costs €50.00 less."
        );
        assert_eq!(reply.cards.len(), 1, "none for what is sold out");
    }

    #[test]
    fn a_fit_rests_on_the_products_own_words() {
        let bulb = words::wanted("bulb");
        assert_eq!(subject::sentence(&shelf()[0], &bulb).as_deref(), Some("Takes an E27 bulb up to 40 W."));
        assert_eq!(
            subject::sentence(&shelf()[0], &words::wanted("ampoule")).as_deref(),
            Some("Takes an E27 bulb up to 40 W.")
        );
        assert_eq!(subject::sentence(&shelf()[3], &bulb), None);
    }

    #[test]
    fn long_descriptions_end_with_a_sentence_or_a_word() {
        let text = format!("A short one. {}", "word ".repeat(60));
        assert_eq!(say::beginning(&text, 100), "A short one.");
        let cut = say::beginning(&"word ".repeat(60), 98);
        assert!(cut.ends_with("word…") && cut.chars().count() <= 99, "{cut}");
    }
}

mod remembering {
    use super::*;

    #[test]
    fn what_was_shown_comes_back() {
        let turn = Turn { page_url: Some("https://shop.example/".to_owned()), ..Turn::sample("") };
        let search = Search { words: "table lamp".to_owned(), like: None, limit: limit::read("under 50 euros") };
        keep(&turn, &shelf()[..2], Some(&search), &["id-old".to_owned()]);
        let memory = Memory::read();
        assert_eq!(memory.last, [Shown::of(&shelf()[0]), Shown::of(&shelf()[1])]);
        assert_eq!(memory.seen, ["id-old", "id-ember-table-lamp", "id-dune-table-lamp"]);
        assert_eq!(memory.search, Some(search));
        assert!(!memory.has_moved(&turn));
        assert!(memory.has_moved(&Turn { page_url: Some("https://shop.example/products/x".to_owned()), ..turn }));
        assert_eq!(below(&memory).most, Some(5899));
        assert_eq!(above(&memory).least, Some(8901));
    }

    #[test]
    fn shown_products_are_pointed_at_by_place_and_by_name() {
        let shown = memory(&["Ember table lamp", "Dune table lamp", "Ember kettle"]).last;
        let meant =
            |said: &str| subject::pointed_at(&shown, said, &words::wanted(said)).map(|shown| shown.title.as_str());
        assert_eq!(meant("how much is the second one?"), Some("Dune table lamp"));
        assert_eq!(meant("la première"), Some("Ember table lamp"));
        assert_eq!(meant("the kettle"), Some("Ember kettle"));
        assert_eq!(meant("the lamp"), None, "there are two");
        assert_eq!(meant("how much is it?"), None);
    }

    #[test]
    fn a_product_that_several_could_be_is_asked_for() {
        let shown = memory(&["Ember table lamp", "Dune table lamp"]).last;
        let Outcome::Reply(reply) = subject::ask(&Turn::sample("how much?"), Subject::Several(shown)) else { panic!() };
        assert_eq!(reply.expects, Expectation::Choice);
        assert_eq!(buttons(&reply)[0], "about https://shop.example/products/ember-table-lamp");
        let Outcome::Reply(gone) = subject::ask(&Turn::sample(""), Subject::Gone("Ember".to_owned())) else { panic!() };
        assert_eq!(gone.text, "**Ember** isn't in our catalogue any more.");
    }
}

#[test]
fn without_a_word_about_what_it_asks_one_question() {
    // A tool call would panic here, and nobody is asked to sign in.
    let Outcome::Reply(reply) = usher_sdk::skill::run(handle, Turn::sample("I need a gift for my mother")) else {
        panic!()
    };
    assert_eq!(reply.text, "What does the person you are giving it to like, and how much may it cost?");
    let Outcome::Reply(reply) = usher_sdk::skill::run(handle, Turn::sample("what do you recommend?")) else { panic!() };
    assert_eq!((reply.expects, reply.answered), (Expectation::FreeText, false));
    assert_eq!(usher_sdk::skill::run(handle, Turn::sample("hello")), Outcome::Decline);
}
