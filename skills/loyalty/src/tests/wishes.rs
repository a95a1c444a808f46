use super::*;
use request::wish;

#[test]
fn wishes_are_told_apart_in_four_languages() {
    use About::{Earning, Joining, Rules};
    for (expected, texts) in [
        (
            Wish::Points,
            &[
                "How many points do I have?",
                "When do my pending points arrive?",
                "mon solde de points",
                "Hoeveel punten heb ik?",
                "mitt poängsaldo",
            ][..],
        ),
        (
            Wish::Redeem,
            &[
                "Redeem my points",
                "spend 500 points on the voucher",
                "échanger 500 points",
                "Punten inwisselen",
                "jag vill använda mina poäng",
            ],
        ),
        (
            Wish::Rewards,
            &[
                "What can I get for my points?",
                "do I have enough points for a discount",
                "quelles récompenses sont disponibles",
                "welke beloningen zijn er",
                "räcker mina poäng till en rabatt",
            ],
        ),
        (
            Wish::Codes,
            &[
                "Where is the code for the reward I redeemed?",
                "where's my code",
                "j'ai échangé mes points mais je n'ai pas reçu de code",
                "Waar is de code van mijn beloning?",
                "jag löste in poäng men fick ingen kod",
            ],
        ),
        (
            Wish::Missing,
            &[
                "I didn't get points for my last order",
                "il manque des points sur mon compte",
                "er ontbreken punten op mijn account",
                "det saknas poäng på mitt konto",
            ],
        ),
        (Wish::Tier, &["What tier am I?", "mon statut VIP", "mijn VIP niveau", "vilken nivå är jag på"]),
        (Wish::Referral, &["Refer a friend", "Parrainer un ami", "Een vriend uitnodigen", "Värva en vän"]),
        (
            Wish::Programme(Earning),
            &[
                "How do I earn points?",
                "Comment gagner des points ?",
                "Hoe verdien ik punten?",
                "Hur tjänar jag poäng?",
            ],
        ),
        (
            Wish::Programme(Joining),
            &["how do I join the loyalty scheme", "hoe kan ik meedoen met het spaarprogramma", "gå med i kundklubben"],
        ),
        (
            Wish::Programme(Rules),
            &[
                "Do my points expire?",
                "Do you have a loyalty program?",
                "Mes points expirent-ils ?",
                "Verlopen mijn punten?",
                "hur fungerar ert bonusprogram",
            ],
        ),
        (
            Wish::Nothing,
            &["where is my order?", "I have a discount code that fails", "cancel my subscription", "merci"],
        ),
    ] {
        for text in texts {
            assert_eq!(wish(&signed_in(text), false), expected, "{text}");
        }
    }
    assert_eq!(run(handle, signed_in("where is my order?")), Outcome::Decline);
}

/// Examples are the router's. A few name nothing that this skill knows by its words: those it declines, which changes nothing.
#[test]
fn nearly_every_example_of_the_manifest_is_understood() {
    let manifest = include_str!("../../skill.toml");
    let examples = manifest.split("[examples]").nth(1).unwrap();
    let lines: Vec<&str> =
        examples.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")).collect();
    assert!(lines.len() >= 100);
    let missed: Vec<&&str> = lines.iter().filter(|text| wish(&signed_in(text), true) == Wish::Nothing).collect();
    assert!(missed.len() * 15 <= lines.len(), "{missed:?}");
}

#[test]
fn buttons_say_what_they_mean() {
    for (value, expected) in [
        ("redeem", Wish::Redeem),
        ("redeem 2", Wish::Redeem),
        ("rewards", Wish::Rewards),
        ("points", Wish::Points),
        ("codes", Wish::Codes),
        ("earn", Wish::Programme(About::Earning)),
        ("join", Wish::Programme(About::Joining)),
        ("team", Wish::Team),
        ("leave", Wish::Leave),
        ("of another version", Wish::Points),
    ] {
        assert_eq!(wish(&pressed(value), false), expected, "{value}");
    }
    assert_eq!(request::chosen_reward(&pressed("redeem 2")), Some("2"));
    assert_eq!(request::chosen_reward(&pressed("redeem")), None);
}

#[test]
fn what_was_shown_can_be_pointed_at() {
    for text in ["the free shipping one", "and the bigger one?", "la première", "de grootste", "den där", "500"] {
        assert_eq!(wish(&signed_in(text), true), Wish::Redeem, "{text}");
        assert_eq!(wish(&signed_in(text), false), Wish::Nothing, "{text}");
    }
    for text in ["I'll take the 5 euro off reward", "la récompense la moins chère", "de goedkoopste beloning graag"] {
        assert_eq!(wish(&signed_in(text), true), Wish::Redeem, "{text}");
    }
    assert_eq!(wish(&signed_in("do I have enough for free shipping points"), true), Wish::Rewards, "a question first");
    assert_eq!(wish(&signed_in("no thanks"), true), Wish::Leave);
    assert_eq!(wish(&signed_in("where is my order #1001?"), true), Wish::Nothing, "a number alone isn't all of it");
}

/// Wordings that no example has: what matters are the families of words.
#[test]
fn other_wordings_fall_to_the_same_wishes() {
    use About::{Earning, Joining, Levels, Rules, Terms};
    for (expected, texts) in [
        (
            Wish::Programme(Terms),
            &[
                "I'd like to quit your rewards club",
                "cancel my membership in the programme",
                "I redeemed the wrong reward, can you reverse it",
                "je veux quitter le programme de fidélité",
                "supprimer mon adhésion au club",
                "j'ai échangé mes points par erreur",
                "ik wil me uitschrijven voor het spaarprogramma",
                "kan ik het inwisselen ongedaan maken",
                "jag vill gå ur kundklubben",
                "kan jag ångra att jag löste in poäng",
                "can you add the points of a previous order",
                "my friend joined but we got no bonus",
            ][..],
        ),
        (
            Wish::Programme(Levels),
            &[
                "what must I spend to level up",
                "when will my status drop",
                "why did I lose silver",
                "what are the perks of gold",
                "comment conserver mon statut",
                "pourquoi ai-je perdu mon palier",
                "comment devenir membre or",
                "waarom heb ik geen gouden status meer",
                "hoe word ik zilver",
                "hur behåller jag min nivå",
                "varför är jag inte silver längre",
                "vad krävs för att bli guldmedlem",
            ],
        ),
        (
            Wish::Tier,
            &[
                "which level am I at",
                "tell me my status",
                "quel est mon rang",
                "wat is mijn status nu",
                "visa min nivå",
            ],
        ),
        (
            Wish::Programme(Joining),
            &[
                "I want to become a member",
                "does membership cost anything",
                "a welcome gift for new members?",
                "comment faire partie du club",
                "adhésion gratuite ou payante",
                "hoe word ik lid van de club",
                "kost het lidmaatschap iets",
                "hur blir jag medlem",
                "kostar medlemskapet något",
            ],
        ),
        (
            Wish::Programme(Rules),
            &[
                "is there a bday gift for members",
                "what do members get",
                "can my wife spend my points",
                "how many points at least to redeem",
                "can I share points with my sister",
                "un cadeau d'anniversaire pour les clients fidèles",
                "les privilèges des membres",
                "krijg ik een verjaardagscadeau als lid",
                "kan ik punten overdragen",
                "medlemsförmåner",
                "går mina poäng ut vid årsskiftet",
                "raak ik punten kwijt bij een retour",
                "får man en present på födelsedagen",
                "tell me about your club",
            ],
        ),
        (
            Wish::Programme(Earning),
            &[
                "points par euro dépensé",
                "points for writing a review",
                "how do I start collecting",
                "points par achat",
                "punten per aankoop",
                "poäng för en recension",
            ],
        ),
        (
            Wish::Referral,
            &[
                "can I invite my colleague",
                "inviter ma collègue",
                "bjuda in min syster",
                "I want to refer two friends",
                "recommander le parrainage à un ami",
                "ik wil een kennis uitnodigen",
                "bjuda in en kompis",
                "värvningsbonus",
            ],
        ),
        (
            Wish::Missing,
            &[
                "my bonus points vanished",
                "je n'ai pas eu mes points",
                "mijn spaarpunten zijn weg",
                "var är mina poäng, de är borta",
            ],
        ),
        (
            Wish::Codes,
            &[
                "my reward won't work",
                "ma récompense est expirée",
                "mijn beloning wordt geweigerd",
                "min belöning funkar inte",
            ],
        ),
        (
            Wish::Points,
            &[
                "my member number",
                "mon numéro de carte de fidélité",
                "waar vind ik mijn klantenkaart",
                "mitt stamkundskort",
                "mitt bonuskort",
            ],
        ),
    ] {
        for text in texts {
            assert_eq!(wish(&signed_in(text), false), expected, "{text}");
        }
    }
}

/// The same words said of something else aren't of this skill.
#[test]
fn other_subjects_are_left_to_other_skills() {
    for text in [
        "what is the status of my order",
        "wat is de status van mijn bestelling",
        "do you have this lamp in gold",
        "a birthday present for my mother",
        "un cadeau d'anniversaire pour mon frère",
        "how do I redeem my gift voucher code",
        "where is the nearest pickup point",
        "is there a point relais nearby",
        "I want to recommend a product",
        "hur högt är golvljuset",
    ] {
        assert_eq!(wish(&signed_in(text), false), Wish::Nothing, "{text}");
    }
}

/// Only a wish to spend them spends points.
#[test]
fn questions_about_spending_spend_nothing() {
    for (text, expected) in [
        ("how do I redeem points", Wish::Rewards),
        ("comment utiliser mes points", Wish::Rewards),
        ("hoe wissel ik punten in", Wish::Rewards),
        ("hur använder jag mina poäng", Wish::Rewards),
        ("how do I use my reward code", Wish::Codes),
        ("can someone else use my points", Wish::Programme(About::Rules)),
        ("can I take back a redemption", Wish::Programme(About::Terms)),
        ("how does a redemption of points work", Wish::Programme(About::Rules)),
        ("minimum points for a reward", Wish::Rewards),
        ("undo my redemption", Wish::Programme(About::Terms)),
    ] {
        assert_eq!(wish(&signed_in(text), false), expected, "{text}");
        assert_eq!(wish(&signed_in(text), true), expected, "{text}");
    }
    assert_eq!(wish(&Turn::sample("how do I redeem points"), false), Wish::Programme(About::Rules));
    assert_eq!(wish(&signed_in("I have no points, why?"), true), Wish::Missing, "a no in a sentence doesn't leave");
}
