use super::*;

/// Wordings that no example has: what matters are the families of words.
#[test]
fn other_wordings_fall_to_the_same_wishes() {
    for (expected, texts) in [
        (
            act(Kind::Pause),
            &[
                "we're away, please don't deliver anything in September",
                "stop sending coffee for the winter, we start again in March",
                "send me nothing while I travel in March",
                "nothing in December please, we are on vacation",
                "n'envoyez rien en juillet, je suis absent",
                "arrêter mes livraisons pendant les vacances",
                "tijdens de zomer even stoppen met leveren, daarna weer starten",
                "geen levering in augustus, we zijn op vakantie",
                "ingen leverans i juli, vi är bortresta",
                "sluta skicka under sommaren och börja igen i höst",
            ][..],
        ),
        (
            act(Kind::Resume),
            &[
                "please start my deliveries again",
                "carry on with my plan",
                "redémarrer ma formule",
                "mijn leveringen herstarten",
                "skicka mina månadslådor igen",
            ],
        ),
        (
            act(Kind::Reschedule),
            &[
                "put off my next bag",
                "shift the delivery date of my plan",
                "retardez mon prochain envoi",
                "wacht met de volgende doos",
                "vänta med nästa låda",
                "we're running low, send the next parcel sooner",
            ],
        ),
        (
            act(Kind::Cancel),
            &[
                "I want my plan cancelled",
                "no more monthly parcels",
                "don't renew my plan",
                "je ne veux plus recevoir de colis chaque mois",
                "je souhaite résilier",
                "stoppez ma formule",
                "ik wil geen maandelijks pakket meer",
                "zeg mijn maandbox op",
                "jag vill inte få fler månadspaket",
                "säg upp mitt abonnemang",
            ],
        ),
        (
            Wish::Portal,
            &[
                "get it less frequently",
                "every three months would do",
                "two bags instead of one in my plan",
                "switch to a larger plan",
                "change the beans in my plan",
                "livrer moins souvent",
                "un mois sur deux suffit",
                "un mélange différent au lieu du café dans ma formule",
                "minder vaak ontvangen",
                "liever andere koffie in mijn maandbox",
                "vanaf nu twee zakken",
                "skicka mer sällan",
                "byt kaffet i min månadslåda",
                "mindre paket",
            ],
        ),
        (
            Wish::Dispute,
            &[
                "my plan was cancelled last month but you still charged me",
                "charged for a plan I never agreed to",
                "it was supposed to be a single purchase",
                "vous avez prélevé après ma résiliation, pourtant annulé",
                "mijn plan is opgezegd maar er is weer geld afgeschreven",
                "jag sa upp men ni drar fortfarande pengar",
                "mon abonnement est reparti tout seul",
            ],
        ),
        (
            Wish::Tell,
            &[
                "is my plan really stopped",
                "what day is the next payment",
                "date du prochain paiement",
                "is mijn maandbox gepauzeerd",
                "hur många leveranser har jag kvar",
                "blev min prenumeration uppsagd",
                "my recurring thing",
            ],
        ),
        (
            Wish::Nothing,
            &[
                "I cancelled my order but it still came",
                "cancel my loyalty membership",
                "do you have next day delivery",
                "I want a bigger lamp",
                "jag vill ha mer information om lampan",
            ],
        ),
    ] {
        for text in texts {
            assert_eq!(wish(&signed_in(text), None, false), expected, "{text}");
        }
    }
}

/// Whether one may is no wish to, also of a customer who is signed in.
#[test]
fn how_one_is_bound_is_asked_of_the_articles() {
    for text in [
        "am I tied in",
        "may I cancel my plan whenever I like",
        "is there any commitment",
        "sans engagement ?",
        "peut-on résilier quand je veux",
        "zit ik vast aan een contractduur",
        "kun je op elk moment opzeggen",
        "får man säga upp när som helst",
        "hur lång är bindningstiden",
        "how do the subscriptions work",
    ] {
        let turn = signed_in(text);
        assert_eq!(asks_rules(&turn, &wish(&turn, None, false)), Some(true), "{text}");
    }
}

/// No words that only complain change anything.
#[test]
fn what_was_done_is_not_done_again() {
    for text in [
        "has my plan been cancelled",
        "my plan didn't renew, why?",
        "I cancelled my subscription and you charged me anyway",
        "my subscription page no longer opens",
        "I didn't know that my plan renews",
        "aktivera min uppsagda prenumeration igen",
    ] {
        let wish = wish(&signed_in(text), None, false);
        assert!(!matches!(wish, Wish::Act(Kind::Cancel | Kind::Skip | Kind::Pause, _)), "{text}: {wish:?}");
    }
    let waits = |text: &str| wish(&signed_in(text), Some("cancel 1 because"), true);
    assert_eq!(waits("I may start again in May"), Wish::Act(Kind::Cancel, Some("1".to_owned())), "a reason");
}

/// A person and all there is, also what ended.
#[test]
fn a_dispute_shows_all_and_offers_a_person() {
    let all = [cancelled(), coffee()];
    let turn = signed_in("I cancelled but another box came");
    let reply = status::disputed(&turn, &which::in_order(&all), true);
    let reply = change::with_team_for(reply, Language::En, request::DISPUTE);
    assert!(reply.text.contains("Dune mug** is cancelled") && reply.text.contains("our team"), "{}", reply.text);
    assert_eq!((choices(&reply), reply.answered), (vec!["team"], false));
    assert_eq!(wish(&pressed("team"), None, false), Wish::Team);
}
