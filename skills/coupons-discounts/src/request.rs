//! What the customer wants of this skill.

use usher_sdk::skill::prelude::*;

/// What buttons send, some before a code.
pub(crate) const CODES: &str = "codes";
pub(crate) const CHECK: &str = "check ";
pub(crate) const OWN_CODE: &str = "own ";
pub(crate) const TEAM: &str = "team ";

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wish {
    /// To know how it stands with this code.
    Check(String),
    /// The same of a code that may be the customer's own.
    OwnCode(String),
    /// Something about a code that isn't named.
    WhichCode,
    /// More about the codes that were shown last.
    Details(About),
    /// Codes that are the customer's alone.
    Own,
    /// Codes that can be used.
    Codes,
    /// Sales and the best price, codes included.
    Deals,
    /// Codes that are about shipping.
    ForShipping,
    /// How the shop handles discounts: several at once, students, price match. With the code that was named beside it.
    Rules(Rule, Option<String>),
    /// A person.
    Team(String),
    /// Nothing that can be told from the words alone.
    Nothing,
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rule {
    /// Several codes at once.
    Together,
    SaleItems,
    PriceMatch,
    /// The first order, the newsletter.
    Welcome,
    /// How a code is used.
    Use,
    /// A group of customers, or something else.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum About {
    End,
    Minimum,
}

/// `shown` are the codes of the last reply; `waiting` says that the customer was asked for one.
pub(crate) fn wish(turn: &Turn, shown: &[String], waiting: bool) -> Wish {
    if let Some(choice) = turn.choice() {
        return chosen(choice);
    }
    let said = turn.text();
    if mentions(said, GIFT_CARDS) {
        return Wish::Nothing;
    }
    let rules = [
        (TOGETHER, Rule::Together),
        (SALE_ITEMS, Rule::SaleItems),
        (PRICE_MATCH, Rule::PriceMatch),
        (WELCOME, Rule::Welcome),
        (GROUPS, Rule::Other),
    ];
    if let Some((_, rule)) = rules.into_iter().find(|(words, _)| mentions(said, words)) {
        return Wish::Rules(rule, code_in(said, false));
    }
    if let Some(code) = code_in(said, waiting) {
        return Wish::Check(code);
    }
    let speaks_of_code = mentions(said, CODE_WORDS);
    if is_refused(said) && (speaks_of_code || !shown.is_empty() || waiting) {
        return match shown {
            [one] if !speaks_of_code || mentions(said, POINTING) => Wish::Check(one.clone()),
            _ => Wish::WhichCode,
        };
    }
    if mentions(said, OWN) {
        return Wish::Own;
    }
    if mentions(said, HOW) {
        return Wish::Rules(Rule::Use, None);
    }
    if !shown.is_empty() && mentions(said, ENDING) {
        return Wish::Details(About::End);
    }
    if !shown.is_empty() && mentions(said, LEAST) {
        return Wish::Details(About::Minimum);
    }
    if mentions(said, SHIPPING) && (speaks_of_code || !shown.is_empty()) {
        return Wish::ForShipping;
    }
    if mentions(said, DEALS) {
        return Wish::Deals;
    }
    if speaks_of_code { Wish::Codes } else { Wish::Nothing }
}

fn chosen(choice: &str) -> Wish {
    let of = |beginning: &str| choice.strip_prefix(beginning).map(str::to_owned);
    if let Some(code) = of(CHECK) {
        return Wish::Check(code);
    }
    if let Some(code) = of(OWN_CODE) {
        return Wish::OwnCode(code);
    }
    of(TEAM).map_or(Wish::Codes, Wish::Team)
}

/// "It doesn't work."
pub(crate) fn is_refused(said: &str) -> bool {
    mentions(said, REFUSED)
}

/// "And on sale items?"
pub(crate) fn goes_on(said: &str) -> bool {
    let words = said.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
    words.is_some_and(|first| mentions(first, GOING_ON))
}

/// A code that nobody knows, written where nothing else speaks of codes, in the way of an order's name.
pub(crate) fn may_be_an_order(turn: &Turn, code: &str) -> bool {
    turn.choice().is_none() && order_name_in(code).is_some() && !mentions(turn.text(), CODE_WORDS)
}

/// The code that a message holds: what stands in quotes or behind "code", else letters with digits, else a word in
/// capitals. `waiting`: the customer was asked for a code, so that a single word is one.
pub(crate) fn code_in(said: &str, waiting: bool) -> Option<String> {
    let tokens: Vec<&str> = said.split(|c: char| c.is_whitespace() || c == ',' || c == ':').collect();
    let tokens: Vec<Token<'_>> = tokens.into_iter().filter_map(Token::read).collect();
    let (first, rest) = tokens.split_first()?;
    if rest.is_empty() && waiting && !mentions(first.text, NO_CODES) {
        return Some(first.text.to_owned());
    }
    let is_shouted = tokens.len() > 1 && tokens.iter().all(|token| !token.text.contains(char::is_lowercase));
    let quoted = tokens.iter().find(|token| token.is_quoted);
    let mixed = || tokens.iter().find(|token| token.has_digits_and_letters());
    let capitals = || tokens.iter().filter(|_| !is_shouted).find(|token| token.is_in_capitals());
    let named = || {
        let behind = tokens.windows(2).find(|pair| mentions(pair[0].text, CODE_NOUNS) && pair[1].may_follow_code());
        behind.map(|pair| &pair[1]).filter(|_| is_refused(said) || mentions(said, VALID))
    };
    let code = quoted.or_else(mixed).or_else(capitals).or_else(named)?;
    Some(code.text.to_owned())
}

/// A word that may be a code: Latin letters, digits and dashes.
struct Token<'a> {
    text: &'a str,
    is_quoted: bool,
}

impl<'a> Token<'a> {
    fn read(raw: &'a str) -> Option<Self> {
        let text = raw.trim_matches(|c: char| !c.is_alphanumeric());
        let quote = |c: char| matches!(c, '"' | '\u{201c}' | '\u{201d}' | '«' | '»' | '\'' | '\u{2018}' | '`');
        let is_sound = text.chars().count() >= 3
            && text.len() <= 40
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        // A word with an accent or an apostrophe is no code, and neither is an address.
        is_sound.then_some(Token {
            text,
            is_quoted: raw.starts_with(quote) && raw.trim_end_matches(['?', '.', '!']).ends_with(quote),
        })
    }

    fn has_digits_and_letters(&self) -> bool {
        let digits = self.text.chars().take_while(char::is_ascii_digit).count();
        let unit = self.text[digits..].trim_start_matches('-').to_ascii_lowercase();
        self.text.len() >= 4
            && self.text.contains(|c: char| c.is_ascii_digit())
            && self.text.contains(|c: char| c.is_ascii_alphabetic())
            && !(digits > 0 && UNITS.contains(&unit.as_str()))
    }

    fn is_in_capitals(&self) -> bool {
        self.text.len() >= 4
            && self.text.chars().all(|c| c.is_ascii_uppercase() || matches!(c, '-' | '_'))
            && !mentions(self.text, NO_CODES)
    }

    fn may_follow_code(&self) -> bool {
        self.text.len() >= 4 && !mentions(self.text, NO_CODES)
    }
}

/// What stands behind a number that is an amount, a time or a place.
#[rustfmt::skip]
const UNITS: &[&str] = &[
    "eur", "euro", "euros", "usd", "gbp", "sek", "kr", "kronor", "dollar", "dollars", "pounds", "off", "pm", "am",
    "st", "nd", "rd", "th", "er", "eme", "de", "ste", "day", "days", "jours", "dagen", "dagar", "week", "weeks",
    "year", "years", "old", "ans", "jaar", "x", "pcs",
];

/// In English, French, Dutch and Swedish, as all lists here.
#[rustfmt::skip]
const CODE_WORDS: &[&str] = &[
    "code", "codes", "coupon*", "voucher*", "promo*", "discount*", "rebate*", "percent off", "money off",
    "per cent off", "réduction*", "reduction*", "remise*", "rabais", "bon d'achat", "bons d'achat", "ristourne*",
    "korting*", "kortingscode*", "kortingsbon*", "actiecode*", "waardebon*", "tegoedbon*", "rabatt*", "rabattkod*",
    "kod", "koder", "koden", "kupong*", "rabattkupong*", "värdekod*",
];

#[rustfmt::skip]
const CODE_NOUNS: &[&str] = &[
    "code", "coupon", "voucher", "promocode", "kortingscode", "actiecode", "rabattkod", "rabattkoden", "kod", "koden",
    "kupong", "kupongen",
];

/// Words that are no codes where a code may stand.
#[rustfmt::skip]
const NO_CODES: &[&str] = &[
    "not", "isn't", "still", "for", "from", "that", "this", "which", "work", "works", "working", "worked", "valid",
    "does", "doesnt", "isnt", "wont", "cant", "dont", "the", "and", "please", "help", "hello", "hey", "asap", "what",
    "when", "where", "why", "how", "who", "yes", "sale", "code", "codes", "coupon", "discount", "voucher", "promo",
    "free", "shipping", "none", "nothing", "nope", "nevermind", "never", "anymore", "again", "today", "expired",
    "invalid", "applied", "was", "has", "have", "keeps", "says", "gets", "here", "there", "with", "you", "your",
    "get", "promotionnel", "promotionnelle", "reduction", "remise", "ne", "pas", "marche", "fonctionne", "est", "dit",
    "pour", "encore", "toujours", "avantage", "bonjour", "merci", "non", "oui", "quoi", "aucun", "werkt", "doet",
    "niet", "geldig", "nog", "steeds", "voor", "hallo", "bedankt", "korting", "wel", "nee", "geen", "welke",
    "fungerar", "funkar", "inte", "giltig", "fortfarande", "som", "den", "och", "till", "hej", "tack", "rabatt",
    "nej", "ingen", "vilken", "klarna", "visa", "paypal", "black", "friday", "cyber", "monday", "error", "checkout",
    "vip",
];

#[rustfmt::skip]
const REFUSED: &[&str] = &[
    "doesn't work", "doesnt work", "does not work", "don't work", "didn't work", "not working", "won't work",
    "isn't working", "not valid", "isn't valid", "invalid", "not accepted", "isn't accepted", "not applied",
    "won't apply", "doesn't apply", "rejected", "refused", "can't use", "cannot use", "can't apply", "can't redeem",
    "problem with", "says expired", "error", "won't let me", "wont work", "isnt working", "ne marche pas",
    "ne fonctionne pas", "marche pas", "fonctionne pas", "n'est pas accepté", "n'est pas valide", "pas valable",
    "refusé*", "invalide", "non valide", "ne passe pas", "passe pas", "n'arrive pas", "werkt niet", "doet het niet",
    "werken niet", "niet geldig", "ongeldig*", "niet geaccepteerd", "geweigerd", "pakt niet", "lukt niet",
    "fungerar inte", "funkar inte", "fungerar ej", "funkar ej", "ogiltig*", "inte giltig*", "godkänns inte",
    "går inte", "accepteras inte", "nekas",
];

#[rustfmt::skip]
const VALID: &[&str] = &[
    "work", "works", "working", "valid", "still good", "expired", "use", "marche", "fonctionne", "valable", "valide",
    "expiré", "werkt", "geldig", "verlopen", "fungerar", "funkar", "giltig", "gäller", "gått ut",
];

/// Several codes at once, and what they count for.
#[rustfmt::skip]
const TOGETHER: &[&str] = &[
    "combine*", "stack*", "two codes", "2 codes", "both codes", "several codes", "multiple codes",
    "multiple discounts", "more than one", "together with", "on top of", "at the same time", "cumul*", "deux codes",
    "plusieurs codes", "en même temps", "combiner", "combineren", "stapelen", "twee codes", "meerdere codes",
    "tegelijk*", "samen met", "kombiner*", "två koder", "flera koder", "flera rabatter", "samtidigt",
    "tillsammans med",
];

#[rustfmt::skip]
const SALE_ITEMS: &[&str] = &[
    "sale items", "sale item", "sale products", "discounted items", "reduced items", "already reduced",
    "gift cards too", "articles soldés", "articles en solde", "articles en promotion", "avec les soldes",
    "sale-artikelen", "artikelen in de sale", "afgeprijsde", "reavaror", "nedsatta varor",
];

#[rustfmt::skip]
const PRICE_MATCH: &[&str] = &[
    "price match*", "pricematch*", "match the price", "match a price", "match prices", "beat the price",
    "cheaper elsewhere", "cheaper somewhere", "cheaper at", "found it cheaper", "price adjustment", "price dropped",
    "price drop", "lowest price guarantee", "moins cher ailleurs", "moins cher chez", "alignement", "aligne*",
    "garantie du meilleur prix", "prix a baissé", "prijsgarantie", "laagste prijs", "elders goedkoper",
    "ergens anders goedkoper", "goedkoper gevonden", "goedkoper bij", "prijs verlaagd", "prisgaranti*", "prismatch*",
    "matchar ni", "billigare på annat", "billigare hos", "billigare någon annanstans", "priset sänkt*",
];

#[rustfmt::skip]
const WELCOME: &[&str] = &[
    "newsletter", "newsletters", "sign up", "signing up", "subscribe", "subscribing", "infolettre", "m'inscri*",
    "s'inscri*", "nieuwsbrief", "inschrijv*", "aanmeld*", "nyhetsbrev*", "prenumerera*", "first order",
    "first purchase", "first-time", "first time", "new customer*", "welcome code", "welcome discount",
    "première commande", "premier achat", "nouveau client", "nouveaux clients", "bienvenue", "eerste bestelling",
    "eerste aankoop", "nieuwe klant*", "welkomst*", "första köp*", "första beställning*", "första order*", "ny kund",
    "nya kunder", "välkomst*",
];

/// Groups that a shop may have a discount for.
#[rustfmt::skip]
const GROUPS: &[&str] = &[
    "student*", "étudiant*", "etudiant*", "birthday", "anniversaire", "verjaardag*", "födelsedag*", "military",
    "teacher*", "nurse*", "senior*", "employee*", "staff discount", "bulk", "wholesale", "trade discount",
    "business discount", "enseignant*", "militaire", "personeelskorting", "zakelijk*", "grossiste", "groothandel",
    "företagsrabatt", "mängdrabatt", "pensionär*", "lärar*", "sjuksköters*",
];

/// How it is done.
#[rustfmt::skip]
const HOW: &[&str] = &[
    "how do i use", "how do i apply", "how do i enter", "how do i redeem", "how to use", "how to apply",
    "how to enter", "how can i use", "where do i enter", "where do i put", "where do i type", "where can i enter",
    "where to enter", "forgot to", "forgot my", "comment utiliser", "comment appliquer", "comment entrer",
    "où entrer", "où saisir", "où mettre", "oublié", "hoe gebruik", "hoe kan ik mijn", "waar vul", "waar voer",
    "waar moet ik", "vergeten", "hur använder", "hur lägger", "var skriver", "var fyller", "var anger", "glömde",
    "glömt",
];

/// Codes of one's own. They are asked for like this whether there are any or not.
#[rustfmt::skip]
const OWN: &[&str] = &[
    "my coupons", "my codes", "my vouchers", "my discounts", "my discount codes", "personal code*",
    "personal coupon*", "personal discount*", "codes in my account", "codes on my account", "coupons in my account",
    "coupons on my account", "in my account", "on my account", "mes coupons", "mes codes", "mes bons",
    "mes réductions", "code personnel", "codes personnels", "sur mon compte", "dans mon compte", "mijn codes",
    "mijn coupons", "mijn kortingen", "mijn kortingscodes", "mijn vouchers", "persoonlijke*", "op mijn account",
    "in mijn account", "mina koder", "mina kuponger", "mina rabatter", "mina rabattkoder", "personlig*",
    "på mitt konto", "i mitt konto",
];

#[rustfmt::skip]
const DEALS: &[&str] = &[
    "sale", "sales", "on sale", "deal", "deals", "special offer*", "offer", "offers", "bargain*", "clearance",
    "outlet", "black friday", "cyber monday", "best price", "best deal", "save money", "soldes", "solde", "promos",
    "promotion*", "offre*", "bon plan", "bons plans", "meilleur prix", "aanbieding*", "uitverkoop", "acties", "actie",
    "solden", "beste prijs", "sale-artikelen", "opruiming", "rea", "rean", "erbjudande*", "utförsäljning", "kampanj*",
    "bästa pris*", "fynd",
];

#[rustfmt::skip]
const SHIPPING: &[&str] = &[
    "shipping", "postage", "delivery", "livraison", "frais de port", "verzending", "verzendkosten", "verzenden",
    "bezorging", "bezorgkosten", "frakt", "frakten", "fraktfritt", "leverans",
];

#[rustfmt::skip]
const ENDING: &[&str] = &[
    "expire*", "expiry", "expiration", "how long", "until when", "valid until", "end", "ends", "run out", "runs out",
    "still valid", "jusqu'à quand", "jusqu'a quand", "expire", "combien de temps", "valable", "verloopt", "verlopen",
    "tot wanneer", "hoe lang", "geldig", "går ut", "gäller", "hur länge", "giltig",
];

#[rustfmt::skip]
const LEAST: &[&str] = &[
    "minimum", "minimal*", "at least", "how much do i have to", "how much do i need to", "min spend",
    "minimum d'achat", "montant minimum", "au moins", "minimaal", "minstens", "minimibelopp", "minst", "minsta",
];

const POINTING: &[&str] = &[
    "it",
    "this",
    "that",
    "this one",
    "that one",
    "ça",
    "celui-ci",
    "celui-là",
    "il",
    "hij",
    "die",
    "deze",
    "den",
    "det",
];

const GIFT_CARDS: &[&str] = &[
    "gift card*",
    "giftcard*",
    "gift voucher*",
    "carte cadeau",
    "cartes cadeaux",
    "carte-cadeau",
    "cadeaubon*",
    "cadeaukaart*",
    "presentkort*",
];

const GOING_ON: &[&str] = &["and", "or", "but", "also", "et", "ou", "mais", "en", "of", "maar", "och", "eller", "men"];
