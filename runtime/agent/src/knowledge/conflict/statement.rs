//! What a sentence says, as far as contradictions go.

use super::super::article::Article;
use super::super::chunk::Chunk;
use super::super::language::{Analyzer, by_tag};
use super::{Claim, Disagreement};
use std::collections::{BTreeMap, BTreeSet};

/// One sentence, understood.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub(super) language: String,
    /// What it is about: words, sorted.
    pub(super) subject: Vec<String>,
    amounts: BTreeSet<Amount>,
    denies: bool,
    pub(super) claim: Claim,
}

/// A number with its unit; the number in thousandths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Amount {
    unit: &'static str,
    thousandths: u64,
}

/// A subject of fewer words is taken together with the heading, then with the title.
const LEAST_SUBJECT: usize = 2;
/// A subject of more words is a story and not a rule.
const MOST_SUBJECT: usize = 12;

/// Words of English, French, Dutch and Swedish that mean the same where a shop states its rules, by what they become.
/// What becomes nothing says nothing about what the sentence is about.
const RELATED: &[(&str, &str)] = &[
    (
        "",
        "accept accepted allow allowed possible can able may must simply always customer customers client clients order \
         orders item items product products article articles purchase purchases policy business working calendar \
         maximum minimum up least most only within after before until from have has get take takes make made offer \
         offers want need please about over per each every day days week weeks month months hour hours year years \
         possible acceptons accepte acceptés pouvez peut peuvent devez commande commandes produit produits client \
         jour jours ouvrables semaine semaines mois heures dans sous partir bestelling bestellingen product producten \
         klant klanten dag dagen werkdagen week weken maand maanden uur binnen mag kunt kan kunnen artikel artikelen \
         beställning beställningar kund kunder dag dagar arbetsdagar vecka veckor månad månader timmar inom kan får \
         produkt produkter vara varor euro euros eur usd dollar dollars kronor kr sek cost costs price charge coût \
         coûte coûtent prix kost kosten prijs kostar kostnad pris normally usually standard generally currently \
         also then still our we us you your faq question questions vraag vragen fråga frågor help hulp hjälp aide info \
         information general je jij jouw u uw vous votre nous notre du din ni vi",
    ),
    (
        "return",
        "return returns returned returning send sent retourner retour retours retournés renvoyer retourneren terugsturen teruggestuurd returnera returnerar retur returer returneras back retourzending",
    ),
    (
        "deliver",
        "deliver delivery delivered delivers receive received receipt receiving arrive arrives arrived arrival livraison livrer livrons livré livrée réception reçu levering leveren geleverd bezorging bezorgd ontvangst ontvangen leverans levererar levereras levererad mottagit mottagandet",
    ),
    (
        "ship",
        "ship ships shipping shipped shipment postage dispatch dispatched expédition expédier expédions expédiée port frais verzending verzenden verzendkosten verzonden frakt frakten skickar skickas skicka fraktkostnad",
    ),
    (
        "refund",
        "refund refunds refunded refunding reimburse reimbursed money remboursement rembourser remboursé remboursons terugbetaling terugbetaald terugbetalen återbetalning återbetalas återbetalar pengar",
    ),
    (
        "exchange",
        "exchange exchanges exchanged exchanging swap échange échanger échangés ruilen omruilen ruil byta byten byte",
    ),
    ("warranty", "warranty guarantee guaranteed warranties garantie garantie garanti"),
    ("free", "free gratis gratuit gratuite gratuits gratuites fri fritt kosteloos"),
    (
        "cancel",
        "cancel cancelled canceled cancellation annuler annulée annulation annuleren geannuleerd annulering avbeställa avboka avbeställning",
    ),
    ("open", "open opens opening ouvert ouverts ouverte open geopend öppet öppen öppna"),
];

/// Words that deny what the sentence says.
const DENYING: &[&str] = &[
    "not", "no", "never", "cannot", "can't", "don't", "doesn't", "won't", "isn't", "aren't", "without", "excluded",
    "pas", "aucun", "aucune", "jamais", "niet", "geen", "nooit", "inte", "ingen", "inga", "aldrig", "ej",
];
/// Sentences with these state a condition or an exception, so that their opposite may hold as well.
const CONDITIONS: &[&str] = &[
    "if",
    "unless",
    "except",
    "exception",
    "otherwise",
    "however",
    "but",
    "when",
    "sauf",
    "si",
    "mais",
    "lorsque",
    "sinon",
    "behalve",
    "tenzij",
    "als",
    "indien",
    "maar",
    "om",
    "utom",
    "förutom",
    "men",
    "dock",
    "unlike",
];

/// By what the number is followed by, or (money) preceded.
const UNITS: &[(&str, &str)] = &[
    ("day", "day days jour jours dag dagen dagar werkdagen"),
    ("week", "week weeks semaine semaines weken vecka veckor"),
    ("month", "month months mois maand maanden månad månader"),
    ("year", "year years an ans année années jaar år"),
    ("hour", "hour hours heure heures uur uren timme timmar h"),
    ("%", "% percent procent"),
    ("€", "€ eur euro euros"),
    ("$", "$ usd dollar dollars"),
    ("£", "£ gbp pounds"),
    ("kr", "kr sek kronor"),
    ("kg", "kg kilo kilos kilograms"),
    ("points", "point points punten poäng"),
];
/// Words that may stand between a number and its unit.
const BETWEEN: &[&str] = &["business", "working", "calendar", "consecutive", "full"];

pub(super) fn statements(
    article: &Article,
    title: &str,
    language: Option<&str>,
    chunks: &[(Chunk, Vec<String>)],
) -> Vec<Statement> {
    let tag = language.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or("en").to_ascii_lowercase();
    let mut analyzer = Analyzer::of(by_tag(&tag));
    let mut out: Vec<Statement> = Vec::new();
    for (chunk, _) in chunks {
        for sentence in sentences(&chunk.text) {
            let words = words(sentence);
            let amounts = amounts(&words);
            let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
            if lower.iter().any(|word| CONDITIONS.contains(&word.as_str())) || sentence.ends_with('?') {
                continue;
            }
            let denies = lower.iter().any(|word| DENYING.contains(&word.as_str()));
            let mut subject = subject(sentence, &mut analyzer);
            if subject.len() < LEAST_SUBJECT
                && let Some(heading) = &chunk.heading
            {
                subject.extend(self::subject(heading, &mut analyzer));
            }
            if subject.len() < LEAST_SUBJECT {
                subject.extend(self::subject(title, &mut analyzer));
            }
            if subject.is_empty()
                || subject.len() > MOST_SUBJECT
                || (amounts.is_empty() && subject.len() < LEAST_SUBJECT)
            {
                continue;
            }
            out.push(Statement {
                language: tag.clone(),
                subject: subject.into_iter().collect(),
                amounts,
                denies,
                claim: Claim {
                    article: article.id.clone(),
                    title: title.to_owned(),
                    heading: chunk.heading.clone(),
                    sentence: sentence.to_owned(),
                },
            });
        }
    }
    out
}

impl Statement {
    /// By unit: the least and the greatest amount.
    fn spans(&self) -> BTreeMap<&'static str, (u64, u64)> {
        let mut spans = BTreeMap::new();
        for Amount { unit, thousandths } in &self.amounts {
            let (least, most) = spans.entry(*unit).or_insert((*thousandths, *thousandths));
            (*least, *most) = ((*least).min(*thousandths), (*most).max(*thousandths));
        }
        spans
    }

    /// How this one disagrees with another that is about the same.
    pub(super) fn disagrees(&self, other: &Self) -> Option<Disagreement> {
        let (one, two) = (&self.claim, &other.claim);
        if one.article == two.article && one.heading == two.heading {
            return None;
        }
        if self.denies != other.denies {
            // "Not within 30 days" and "within 14 days" may both be true.
            return (self.amounts == other.amounts && self.subject.len() >= LEAST_SUBJECT)
                .then_some(Disagreement::Denial);
        }
        let (mine, theirs) = (self.spans(), other.spans());
        // "2 to 4 days" and "within 3 days" may both be true.
        let apart = mine.iter().zip(&theirs).all(|((_, (from, to)), (_, (low, high)))| to < low || high < from);
        (!mine.is_empty() && mine.keys().eq(theirs.keys()) && apart).then_some(Disagreement::Amount)
    }
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n')
        .flat_map(|line| line.split_inclusive(". "))
        .map(|sentence| sentence.trim_start_matches("- ").trim())
        // Rows of tables say what they say by their columns.
        .filter(|sentence| !sentence.is_empty() && !sentence.contains(" | "))
}

/// Words, numbers and signs of units.
fn words(sentence: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = sentence;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = if digits {
            let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(rest.len());
            rest[..end].trim_end_matches(['.', ',']).len()
        } else if first.is_alphabetic() {
            rest.find(|c: char| !(c.is_alphabetic() || matches!(c, '\'' | '’'))).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, after) = rest.split_at(end.max(first.len_utf8()));
        if !first.is_whitespace() {
            words.push(word);
        }
        rest = after;
    }
    words
}

fn unit(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    UNITS.iter().find(|(_, names)| names.split(' ').any(|name| name == word)).map(|(unit, _)| *unit)
}

/// Thousandths of `4.95`, `4,95` and `1.000`.
fn thousandths(number: &str) -> Option<u64> {
    let (whole, part) = match number.rsplit_once(['.', ',']) {
        Some((whole, part)) if part.len() <= 2 => (whole, part),
        _ => (number, ""),
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let whole: u64 = whole.parse().ok()?;
    let part: u64 = format!("{part:0<3}").parse().ok()?;
    whole.checked_mul(1000)?.checked_add(part)
}

fn amounts(words: &[&str]) -> BTreeSet<Amount> {
    let mut amounts = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        if !word.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let following = words[at + 1..].iter().find(|word| !BETWEEN.contains(&word.to_lowercase().as_str()));
        let preceding =
            at.checked_sub(1).and_then(|at| words.get(at)).filter(|word| matches!(unit(word), Some("€" | "$" | "£")));
        // "3 to 5 days": the first number has the unit of the second.
        let range = match (words.get(at + 1), words.get(at + 2)) {
            (Some(link), Some(second))
                if matches!(link.to_lowercase().as_str(), "-" | "–" | "to" | "à" | "tot" | "till" | "or" | "and")
                    && second.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                words[at + 3..].iter().find(|word| !BETWEEN.contains(&word.to_lowercase().as_str()))
            }
            _ => None,
        };
        let unit =
            preceding.or(following).or(range).and_then(|word| unit(word)).or_else(|| range.and_then(|word| unit(word)));
        if let (Some(unit), Some(thousandths)) = (unit, thousandths(word)) {
            amounts.insert(Amount { unit, thousandths });
        }
    }
    amounts
}

/// Meaningful words, related ones made one, stems cut; numbers left out.
fn subject(text: &str, analyzer: &mut Analyzer) -> BTreeSet<String> {
    let mut subject = BTreeSet::new();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1) {
        let lower = word.to_lowercase();
        if DENYING.contains(&lower.as_str())
            || matches!(lower.as_str(), "don" | "doesn" | "isn" | "aren" | "won" | "ne")
        {
            continue;
        }
        match RELATED.iter().find(|(_, words)| words.split_whitespace().any(|known| known == lower)) {
            Some(("", _)) => {}
            Some((same, _)) => {
                subject.insert((*same).to_owned());
            }
            None => subject.extend(analyzer.terms(&lower)),
        }
    }
    subject
}
