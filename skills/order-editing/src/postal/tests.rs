use super::*;

fn place(text: &str) -> Option<Place> {
    read(text, "DE").map(|found| found.place)
}

/// Name, line 1, line 2, code, city, region, country.
fn parts(text: &str) -> [String; 7] {
    let place = place(text).unwrap_or_else(|| panic!("no address in {text:?}"));
    let or = |text: Option<String>| text.unwrap_or_default();
    [
        or(place.name),
        place.line1,
        or(place.line2),
        place.postal_code,
        place.city,
        or(place.region),
        place.country.unwrap_or_default().to_owned(),
    ]
}

#[test]
fn addresses_are_read_as_people_write_them() {
    for (text, expected) in [
        ("Mill Lane 7, 04109 Leipzig", ["", "Mill Lane 7", "", "04109", "Leipzig", "", ""]),
        ("Mill Lane 7\n04109 Leipzig\nGermany", ["", "Mill Lane 7", "", "04109", "Leipzig", "", "DE"]),
        ("Mill Lane 7 04109 Leipzig", ["", "Mill Lane 7", "", "04109", "Leipzig", "", ""]),
        ("Mill Lane 7, 04109, Leipzig", ["", "Mill Lane 7", "", "04109", "Leipzig", "", ""]),
        ("Mill Lane 7, 3rd floor, D-04109 Leipzig.", ["", "Mill Lane 7", "3rd floor", "04109", "Leipzig", "", ""]),
        ("Ana B., Mill Lane 7, 04109 Leipzig", ["Ana B.", "Mill Lane 7", "", "04109", "Leipzig", "", ""]),
        (
            "Eva van der Berg, Keizersgracht 10-2, 1015 CN Amsterdam, Nederland",
            ["Eva van der Berg", "Keizersgracht 10-2", "", "1015 CN", "Amsterdam", "", "NL"],
        ),
        ("12 rue de la Paix, 75002 Paris, France", ["", "12 rue de la Paix", "", "75002", "Paris", "", "FR"]),
        ("Storgatan 5, 111 22 Stockholm", ["", "Storgatan 5", "", "111 22", "Stockholm", "", ""]),
        ("Storgatan 5 111 22 Stockholm Sverige", ["", "Storgatan 5", "", "111 22", "Stockholm", "", "SE"]),
        ("221B Baker Street, London NW1 6XE, UK", ["", "221B Baker Street", "", "NW1 6XE", "London", "", "GB"]),
        ("221B Baker Street, London, nw1 6xe", ["", "221B Baker Street", "", "NW1 6XE", "London", "", ""]),
        ("1500 Main St, Springfield, IL 62701, USA", ["", "1500 Main St", "", "62701", "Springfield", "IL", "US"]),
        ("1500 Main St, Springfield IL 62701", ["", "1500 Main St", "", "62701", "Springfield", "IL", ""]),
        ("Hauptstraße 5 1010 Wien, Österreich", ["", "Hauptstraße 5", "", "1010", "Wien", "", "AT"]),
        ("ul. Prosta 5, 00-950 Warszawa, Polska", ["", "ul. Prosta 5", "", "00-950", "Warszawa", "", "PL"]),
        ("Bahnhofstr. 2, 9000 St. Gallen", ["", "Bahnhofstr. 2", "", "9000", "St. Gallen", "", ""]),
    ] {
        assert_eq!(parts(text), expected.map(str::to_owned), "{text}");
    }
}

#[test]
fn what_is_said_around_an_address_is_not_part_of_it() {
    for (text, before) in [
        ("Please send order #1001 to Mill Lane 7, 04109 Leipzig", "Please send order #1001 to "),
        (
            "change the address of order 1001 to Mill Lane 7, 04109 Leipzig, thanks!",
            "change the address of order 1001 to ",
        ),
        ("My new address: Mill Lane 7, 04109 Leipzig please", "My new address: "),
        ("my new address is Mill Lane 7, 04109 Leipzig. Thanks a lot", "my new address is "),
        ("my new address Mill Lane 7, 04109 Leipzig", "my new address "),
        ("envoyez la commande à Mill Lane 7, 04109 Leipzig svp", "envoyez la commande à "),
        ("stuur hem naar Mill Lane 7, 04109 Leipzig graag", "stuur hem naar "),
        ("skicka den till Mill Lane 7, 04109 Leipzig tack", "skicka den till "),
        ("Hello, I moved, Mill Lane 7, 04109 Leipzig", "Hello, I moved, "),
        ("order #1001: Mill Lane 7, 04109 Leipzig", "order #1001: "),
    ] {
        let found = read(text, "DE").unwrap_or_else(|| panic!("no address in {text:?}"));
        assert_eq!(found.before, before);
        let place = found.place;
        assert_eq!(
            (place.name, place.line1.as_str(), place.line2, place.postal_code.as_str(), place.city.as_str()),
            (None, "Mill Lane 7", None, "04109", "Leipzig"),
            "{text}"
        );
    }
}

#[test]
fn what_leads_up_to_an_address_is_neither_a_name_nor_a_line() {
    for (lead, end) in [
        ("ok, please send my order to ", ""),
        ("Sorry, I made a mistake! Please send order 1001 to ", ""),
        ("Hi David, the new address is ", ""),
        ("Hello Team, can you deliver it to ", "?"),
        ("Good Morning, I have 2 orders with you, the second should go to ", " instead of Berlin"),
        ("Dear Team, for order #1001 please use ", ", thanks, Ana"),
        ("Yes, deliver to my office at ", " because I moved"),
        ("could you ship the lamps to ", ", it's order 1001"),
        ("Bonjour, nouvelle adresse : ", ""),
        ("d'accord, envoyez plutôt ma commande 1001 à ", " s'il vous plaît"),
        ("Pouvez-vous livrer à mon bureau au ", " ?"),
        ("Merci Beaucoup, mon adresse de livraison est désormais ", ""),
        ("j'ai déménagé, l'adresse est maintenant ", ", merci"),
        ("Oké, stuur het naar ", " graag"),
        ("Beste Team, mijn nieuwe adres is ", ", alvast bedankt"),
        ("Kunnen jullie bestelling 1001 leveren op ", "?"),
        ("ik ben verhuisd, het bezorgadres wordt ", " alstublieft"),
        ("skicka den till ", " tack"),
        ("Hej, min nya adress är ", ""),
        ("Kan ni leverera beställning #1001 till ", " i stället?"),
        ("God Morgon, jag har flyttat, ny adress: ", ""),
    ] {
        for street in ["Mill Lane 7", "12 rue de la Paix", "De Ruyterkade 7", "Leverkusener Str. 7 b"] {
            let text = format!("{lead}{street}, 04109 Leipzig{end}");
            let line = |text: &str| text.to_owned();
            assert_eq!(parts(&text), ["", street, "", "04109", "Leipzig", "", ""].map(line), "{text}");
            assert_eq!(read(&text, "DE").map(|found| found.before), Some(lead), "{text}");
            let text = format!("{lead}Eva van der Berg, {street}, 04109 Leipzig{end}");
            assert_eq!(parts(&text), ["Eva van der Berg", street, "", "04109", "Leipzig", "", ""].map(line), "{text}");
        }
    }
    for text in ["send to Mill Lane 7 please, 04109 Leipzig", "Mill Lane 7 please, 04109 Leipzig, not Berlin"] {
        assert_eq!(parts(text)[..2], ["", "Mill Lane 7"], "{text}");
    }
    assert_eq!(parts("send it to my mother Eva Berg, Mill Lane 7, 04109 Leipzig")[0], "Eva Berg");
}

#[test]
fn what_is_no_whole_address_is_not_guessed() {
    for text in [
        "I'd like the lamp of order 1001 at home, 04109 Leipzig",
        "I ordered 3 mugs, and want them in 04109 Leipzig",
        "",
        "change my address",
        "Mill Lane 7",
        "04109 Leipzig",
        "Mill Lane, 04109 Leipzig",
        "Mill Lane 7, Leipzig",
        "Mill Lane 7, 04109",
        "order 10234, 2 lamps",
        "#1001",
        "10 Downing Street London SW1A 2AA",
        "I ordered 2 mugs on Monday, where is it?",
        "🙂, 04109 Leipzig",
        "ü, é 1, ß",
    ] {
        assert_eq!(place(text), None, "{text}");
    }
}

#[test]
fn what_is_left_out_is_the_orders() {
    let current = Address {
        name: "Ana B.".to_owned(),
        line1: "Gartenweg 1".to_owned(),
        line2: Some("c/o Ben".to_owned()),
        city: "Berlin".to_owned(),
        region: Some("BE".to_owned()),
        postal_code: "10115".to_owned(),
        country_code: "DE".to_owned(),
        phone: Some("+4930123".to_owned()),
    };
    let address = place("Mill Lane 7, 04109 Leipzig").unwrap().into_address(&current).unwrap();
    assert_eq!((address.name.as_str(), address.country_code.as_str()), ("Ana B.", "DE"));
    assert_eq!((address.line2.clone(), address.region.clone()), (None, None), "of the old place");
    assert_eq!(address.phone, current.phone);
    assert_eq!(one_line(&address, Language::Fr), "Ana B., Mill Lane 7, 04109 Leipzig, Allemagne");
    let next_door = place("Gartenweg 3, 10115 Berlin").unwrap().into_address(&current).unwrap();
    assert_eq!(next_door.region.as_deref(), Some("BE"));
    // A code that the order's country doesn't have says which it is, or leaves it open.
    let country = |text: &str| place(text).unwrap().into_address(&current).map(|address| address.country_code);
    assert_eq!(country("Keizersgracht 10, 1015 CN Amsterdam").as_deref(), Some("NL"));
    assert_eq!(country("Storgatan 5, 111 22 Stockholm"), None);
    assert_eq!(country("Storgatan 5, 111 22 Stockholm, Sverige").as_deref(), Some("SE"));
    assert_eq!(country("221B Baker Street, London NW1 6XE"), None);
    let abroad = place("12 rue de la Paix, 75002 Paris, France").unwrap().into_address(&current).unwrap();
    assert_eq!(lines(&abroad, Language::En), "\n- Ana B.\n- 12 rue de la Paix\n- 75002 Paris\n- France");
}
