//! How mail programs introduce what they quote, in the languages that shops here are written to in.

/// How surely a line introduces a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Introduction {
    /// It names an address or a time of day as programs do.
    Sure,
    /// It could be somebody's own words; what follows decides.
    Likely,
}

/// The longest introduction, bytes.
const MAX_INTRODUCTION: usize = 500;
/// English, French, Dutch, Swedish (Danish, Norwegian), German, Spanish, Italian.
const VERBS: &[&str] = &[
    "wrote",
    "a écrit",
    "schreef",
    "geschreven",
    "skrev",
    "schrieb",
    "geschrieben",
    "escribió",
    "ha scritto",
    "écrit",
];
const OPENERS: &[&str] = &["on ", "le ", "op ", "den ", "am ", "el ", "il "];
/// Somebody tells what they wrote, or what was written to them: no program writes so.
const OWN_WORDS: &[&str] = &[
    "i wrote",
    "we wrote",
    "wrote me",
    "wrote to me",
    "j'ai écrit",
    "j’ai écrit",
    "m'a écrit",
    "m’a écrit",
    "ik schreef",
    "schreef ik",
    "schreef me",
    "schreef mij",
    "jag skrev",
    "skrev jag",
    "skrev till mig",
    "jeg skrev",
    "skrev jeg",
    "skrev til mig",
    "ich schrieb",
    "schrieb ich",
    "ich geschrieben",
    "schrieb mir",
    "mir geschrieben",
    "schrieb uns",
    "me escribió",
    "mi ha scritto",
];
const ORIGINAL: &[&str] = &[
    "original message",
    "message d'origine",
    "message d’origine",
    "message original",
    "oorspronkelijk bericht",
    "originele bericht",
    "ursprungligt meddelande",
    "originalmeddelande",
    "oprindelig meddelelse",
    "opprinnelig melding",
    "ursprüngliche nachricht",
    "originalnachricht",
    "mensaje original",
    "messaggio originale",
    "forwarded message",
    "message transféré",
    "doorgestuurd bericht",
    "vidarebefordrat meddelande",
    "weitergeleitete nachricht",
    "mensaje reenviado",
    "messaggio inoltrato",
];
const FORWARDS: &[&str] = &[
    "begin forwarded message:",
    "début du message transféré :",
    "begin doorgestuurd bericht:",
    "vidarebefordrat brev:",
    "anfang der weitergeleiteten nachricht:",
    "inicio del mensaje reenviado:",
    "inizio messaggio inoltrato:",
];
const FROM: &[&str] = &[
    "from",
    "de",
    "van",
    "från",
    "fra",
    "von",
    "da",
    "expéditeur",
    "afzender",
    "avsändare",
    "absender",
    "mittente",
    "remitente",
];
const DATE: &[&str] = &[
    "sent",
    "date",
    "envoyé",
    "envoyé le",
    "verzonden",
    "datum",
    "skickat",
    "sendt",
    "dato",
    "gesendet",
    "enviado",
    "enviado el",
    "fecha",
    "inviato",
    "inviata",
    "data",
];
const SUBJECT: &[&str] = &["subject", "objet", "onderwerp", "ämne", "emne", "betreff", "asunto", "oggetto"];
const BELOW: &[&str] = &[
    "see below",
    "answers below",
    "my answers in",
    "comments below",
    "inline",
    "voir ci-dessous",
    "réponses ci-dessous",
    "zie hieronder",
    "antwoorden hieronder",
    "se nedan",
    "svar nedan",
    "siehe unten",
    "antworten unten",
    "ver abajo",
    "respuestas abajo",
    "vedi sotto",
    "risposte sotto",
];

/// Whether these words, of one line or of several joined, introduce a quote: `On … wrote:` and its like.
pub(super) fn introduces(joined: &str) -> Option<Introduction> {
    if joined.len() > MAX_INTRODUCTION {
        return None;
    }
    let lower = joined.trim().trim_matches(['*', '_']).replace(['\u{a0}', '\u{202f}'], " ").to_lowercase();
    let body = lower.strip_suffix(':')?.trim_end();
    let address = body.contains('@');
    let verb = VERBS.iter().any(|verb| body.contains(verb));
    let digit_first = body.starts_with(|c: char| c.is_ascii_digit());
    if !verb {
        // `2026-11-20 10:00 GMT+01:00 Lumen <help@lumen.example>:`
        return (digit_first && address && body.ends_with('>')).then_some(Introduction::Sure);
    }
    let opened = digit_first || OPENERS.iter().any(|opener| body.starts_with(opener));
    let closed = VERBS.iter().any(|verb| body.ends_with(verb));
    if !(opened || closed || address) || !body.contains(|c: char| c.is_ascii_digit() || c == '@') {
        return None;
    }
    let spaced = format!(" {} ", body.replace([',', ';', '.', '('], " "));
    let own = OWN_WORDS.iter().any(|words| spaced.contains(&format!(" {words} ")));
    Some(if (address || has_time(body)) && !own { Introduction::Sure } else { Introduction::Likely })
}

/// `10:05`, `10h05`, `10 h 05`. With a dot it may be a date or a price as well.
fn has_time(text: &str) -> bool {
    let digits: Vec<char> = text.replace(" h ", ":").chars().collect();
    digits.windows(4).any(|four| {
        four[0].is_ascii_digit() && matches!(four[1], ':' | 'h') && four[2].is_ascii_digit() && four[3].is_ascii_digit()
    })
}

/// A line like `-----Original Message-----`.
pub(super) fn divides(line: &str) -> bool {
    let lower = line.trim().trim_matches('*').replace('\u{a0}', " ").to_lowercase();
    let dash = |c: char| matches!(c, '-' | '_' | '‐' | '‑' | '–' | '—' | '=' | ' ');
    let dashes = lower.chars().take_while(|c| dash(*c) && *c != ' ').count();
    FORWARDS.contains(&lower.as_str()) || dashes >= 2 && ORIGINAL.contains(&lower.trim_matches(dash))
}

/// Whether a block like Outlook's begins here: from whom, when, and with which subject, each on a line of its own.
pub(super) fn heads(lines: &[&str]) -> bool {
    let key = |line: &str| {
        let line = line.replace('\u{a0}', " ");
        line.split_once(':').map(|(key, _)| key.trim().trim_matches(['*', '_', ' ']).to_lowercase())
    };
    let Some(first) = lines.first().and_then(|line| key(line)) else { return false };
    if !FROM.contains(&first.as_str()) {
        return false;
    }
    let following: Vec<String> =
        lines[1..].iter().filter(|line| !line.trim().is_empty()).take(8).filter_map(|line| key(line)).collect();
    let holds = |known: &[&str]| following.iter().any(|key| known.contains(&key.as_str()));
    holds(DATE) && holds(SUBJECT)
}

/// Words that send the reader to answers between the quoted lines.
pub(super) fn points_below(text: &str) -> bool {
    let lower = text.to_lowercase();
    BELOW.iter().any(|words| lower.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn introductions_of_seven_languages_and_their_near_misses() {
        for line in [
            "On Fri, Nov 20, 2026 at 10:00 AM Lumen <help@lumen.example> wrote:",
            "Le ven. 20 nov. 2026 à 10:00, Lumen <help@lumen.example> a écrit :",
            "Op vr 20 nov 2026 om 10:00 schreef Lumen <help@lumen.example>:",
            "Den fre 20 nov. 2026 kl 10:00 skrev Lumen <help@lumen.example>:",
            "Am Fr., 20. Nov. 2026 um 10:00 Uhr schrieb Lumen <help@lumen.example>:",
            "El vie, 20 nov 2026 a las 10:00, Lumen (<help@lumen.example>) escribió:",
            "Il giorno ven 20 nov 2026 alle ore 10:00 Lumen <help@lumen.example> ha scritto:",
            "2026-11-20 10:00 GMT+01:00 Lumen <help@lumen.example>:",
            "Lumen <help@lumen.example> schrieb am Fr., 20. Nov. 2026, 10:00:",
            "20 nov. 2026 kl. 10:00 skrev Lumen <help@lumen.example>:",
            "On Friday, November 20th, 2026 at 10:00, Lumen wrote:",
            "Am 20.11.2026 um 10:00 schrieb Mirko:",
            "Le 20 nov. 2026 à 10 h 05, Lumen a écrit :",
            "Le 20 nov. 2026 à 10h05, Lumen a écrit :",
        ] {
            assert_eq!(introduces(line), Some(Introduction::Sure), "{line}");
        }
        for line in [
            "On 5 May 2026 I wrote:",
            "Am 5. Mai um 10:30 schrieb ich:",
            "On 5 May 2026 Ana wrote:",
            "Am 20.05.2026 schrieb mir DHL:",
            "Am 20.05.2026 schrieb DHL:",
            "Am 20.05. um 10:05 schrieb mir DHL:",
            "On 5 May at 10:05 DHL wrote to me:",
            "El 5 de mayo a las 10:05 DHL me escribió:",
            "On 5 May they asked 12.50 more, Ana wrote:",
        ] {
            assert_eq!(introduces(line), Some(Introduction::Likely), "{line}");
        }
        for line in [
            "On Monday I wrote to you about this",
            "Le problème est le suivant :",
            "Here is what I wrote:",
            "My order: 1001:",
        ] {
            assert_eq!(introduces(line), None, "{line}");
        }
    }

    #[test]
    fn blocks_of_headers_need_a_date_and_a_subject() {
        assert!(heads(&["*From:* Lumen", "*Sent:* Friday", "*To:* Ana", "*Subject:* Order"]));
        assert!(heads(&["De\u{a0}: Lumen", "Envoyé\u{a0}: vendredi", "À\u{a0}: Ana", "Objet\u{a0}: Commande"]));
        assert!(!heads(&["From: Berlin", "To: Paris", "Date: 5 May"]));
        assert!(!heads(&["Hello", "From: a", "Date: b", "Subject: c"]));
        assert!(divides("-----Ursprüngliche Nachricht-----") && divides("‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐"));
        assert!(!divides("The original message") && !divides("--") && !divides("-----"));
    }
}
