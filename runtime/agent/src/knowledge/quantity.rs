//! Questions for an amount: "how much", "how long". The passage of an article that answers them holds an amount of that
//! kind, and often none of the question's other words: those stand in the title, which all of its passages share.

/// What kind of amount a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    /// A price.
    Money,
    /// A time.
    Duration,
}

/// Phrases of questions in English, French, Dutch and Swedish. A time is looked for first: "combien de temps".
const DURATION: &[&str] = &[
    "how long",
    "how many days",
    "how many weeks",
    "how fast",
    "how quickly",
    "combien de temps",
    "combien de jours",
    "quel délai",
    "quels délais",
    "délai de",
    "hoe lang",
    "hoeveel dagen",
    "hoe snel",
    "levertijd",
    "hur lång tid",
    "hur länge",
    "hur många dagar",
    "hur snabbt",
    "leveranstid",
];
const MONEY: &[&str] = &[
    "how much",
    "what does",
    "cost",
    "costs",
    "price",
    "prices",
    "fee",
    "have to pay",
    "who pays",
    "do i pay",
    "free",
    "for free",
    "gratuit",
    "gratuits",
    "gratuite",
    "gratis",
    "qui paie",
    "dois je payer",
    "wie betaalt",
    "moet ik betalen",
    "vem betalar",
    "måste jag betala",
    "combien",
    "prix",
    "coût",
    "coûte",
    "coûtent",
    "tarif",
    "tarifs",
    "hoeveel",
    "kost",
    "kosten",
    "prijs",
    "verzendkosten",
    "hur mycket",
    "vad kostar",
    "kostar",
    "pris",
    "kostnad",
    "fraktkostnad",
];

/// Words that passages with such an amount, and their headings, have in common use.
const MONEY_WORDS: &str = "cost costs price prices fee rate rates coût coûts prix tarif tarifs frais kosten prijs prijzen \
    tarieven kostnad kostnader pris priser avgift";
const DURATION_WORDS: &str = "time times day days delivery délai délais jours livraison tijd tijden dagen levertijd tid \
    tider dagar leveranstid";

const CURRENCIES: &[&str] = &["eur", "euro", "euros", "usd", "dollar", "dollars", "sek", "kr", "kronor", "gbp"];
/// What costs nothing has its price said too.
const NOTHING: &[&str] =
    &["free", "gratuit", "gratuite", "gratuits", "gratuites", "gratuitement", "gratis", "kosteloos", "kostnadsfri"];
const SPANS: &[&str] = &[
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "hour",
    "hours",
    "year",
    "years",
    "jour",
    "jours",
    "semaine",
    "semaines",
    "mois",
    "heures",
    "ans",
    "dag",
    "dagen",
    "werkdagen",
    "weken",
    "maanden",
    "uur",
    "jaar",
    "dagar",
    "arbetsdagar",
    "veckor",
    "månader",
    "timmar",
    "år",
];
/// A time has its number at most so many words before it: "three to five working days".
const REACH: usize = 4;
const NUMBERS: &[&str] = &[
    "one", "two", "three", "four", "five", "six", "seven", "ten", "un", "une", "deux", "trois", "quatre", "cinq",
    "sept", "dix", "een", "één", "twee", "drie", "vier", "vijf", "zeven", "tien", "en", "ett", "två", "tre", "fyra",
    "fem", "sju", "tio",
];

impl Quantity {
    /// The kind that a question asks for.
    pub(super) fn asked(question: &str) -> Option<Self> {
        let lower = question.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let spaced = format!(" {} ", words.join(" "));
        let has = |phrases: &[&str]| phrases.iter().any(|phrase| spaced.contains(&format!(" {phrase} ")));
        if has(DURATION) {
            Some(Self::Duration)
        } else if has(MONEY) {
            Some(Self::Money)
        } else {
            None
        }
    }

    /// Words that go with such amounts.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Money => MONEY_WORDS,
            Self::Duration => DURATION_WORDS,
        }
    }

    /// Whether a text holds an amount of this kind.
    pub(super) fn stands_in(self, text: &str) -> bool {
        let lower = text.to_lowercase();
        if self == Self::Money && lower.contains(['€', '$', '£']) {
            return true;
        }
        let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) || NUMBERS.contains(word);
        let (units, reach) = match self {
            Self::Money => (CURRENCIES, 1),
            Self::Duration => (SPANS, REACH),
        };
        if self == Self::Money && words.iter().any(|word| NOTHING.contains(word)) {
            return true;
        }
        words
            .iter()
            .enumerate()
            .any(|(at, word)| units.contains(word) && words[at.saturating_sub(reach)..at].iter().any(is_number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_for_amounts_are_recognised() {
        for (question, asked) in [
            ("How much is shipping?", Some(Quantity::Money)),
            ("what does it cost", Some(Quantity::Money)),
            ("Combien coûtent les frais de port ?", Some(Quantity::Money)),
            ("Combien de temps prend la livraison ?", Some(Quantity::Duration)),
            ("how long does delivery take", Some(Quantity::Duration)),
            ("Vad kostar frakten?", Some(Quantity::Money)),
            ("hoe lang duurt de levering", Some(Quantity::Duration)),
            ("who pays the return shipping?", Some(Quantity::Money)),
            ("do I have to pay for sending it back?", Some(Quantity::Money)),
            ("do you ship to Norway", None),
            ("costumes for children", None),
        ] {
            assert_eq!(Quantity::asked(question), asked, "{question}");
        }
    }

    #[test]
    fn amounts_are_found_in_text() {
        assert!(Quantity::Money.stands_in("Germany: 4.90 EUR, free from 60 EUR"));
        assert!(Quantity::Money.stands_in("costs €5"));
        assert!(Quantity::Money.stands_in("Returns are free within the EU."));
        assert!(!Quantity::Money.stands_in("you pay for shipping once"));
        assert!(Quantity::Duration.stands_in("three to five working days"));
        assert!(Quantity::Duration.stands_in("inom 30 dagar"));
        assert!(!Quantity::Duration.stands_in("every day except Sunday"));
    }
}
