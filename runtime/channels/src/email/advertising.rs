//! Lines like `Sent from my phone`, which programs put below what somebody wrote.
//!
//! People begin sentences with the same words. So such a line must name a device or a program, and say nothing beside that
//! but an excuse: to show an advertisement costs less than to lose a sentence.

/// The longest line, characters without a link.
const MAX_LINE: usize = 120;
/// In words, without what stands between them.
const OPENINGS: &[&str] = &[
    "sent from",
    "sent from my",
    "sent with",
    "sent via",
    "get outlook for",
    "envoyé de mon",
    "envoyé depuis",
    "envoyé depuis mon",
    "envoyé à partir de",
    "envoyé à partir d",
    "envoyé avec",
    "télécharger outlook pour",
    "obtenez outlook pour",
    "verzonden vanaf",
    "verzonden vanaf mijn",
    "verzonden vanuit",
    "verstuurd vanaf mijn",
    "verstuurd vanuit",
    "verzonden met",
    "verstuurd met",
    "download outlook voor",
    "skickat från",
    "skickat från min",
    "skickat med",
    "hämta outlook för",
    "sendt fra",
    "sendt fra min",
    "gesendet mit",
    "gesendet von",
    "gesendet von meinem",
    "holen sie sich outlook für",
    "enviado desde",
    "enviado desde mi",
    "enviado con",
    "obtener outlook para",
    "inviato da",
    "inviato dal mio",
    "inviato con",
    "scarica outlook per",
    "ottieni outlook per",
];
/// They say it only with one of the last words beside them.
const FRAMES: &[(&str, &[&str])] = &[
    ("von", &["gesendet", "versendet", "verschickt"]),
    ("von meinem", &["gesendet", "versendet", "verschickt"]),
    ("diese nachricht wurde von meinem", &["gesendet", "versendet", "verschickt"]),
    ("outlook für", &["beziehen", "herunterladen"]),
    ("outlook voor", &["downloaden", "ophalen"]),
];
/// Devices, systems and programs.
const NAMES: &[&str] = &[
    "iphone",
    "ipad",
    "ipod",
    "ios",
    "mac",
    "macbook",
    "android",
    "windows",
    "samsung",
    "galaxy",
    "huawei",
    "honor",
    "xiaomi",
    "redmi",
    "pixel",
    "nokia",
    "oneplus",
    "oppo",
    "motorola",
    "moto",
    "xperia",
    "fairphone",
    "lg",
    "htc",
    "blackberry",
    "outlook",
    "hotmail",
    "yahoo",
    "aol",
    "gmail",
    "gmx",
    "webde",
    "proton",
    "protonmail",
    "tutanota",
    "tuta",
    "thunderbird",
    "mailspring",
    "airmail",
    "bluemail",
    "fairemail",
    "k9",
    "libero",
    "phone",
    "mobile",
    "cell",
    "smartphone",
    "tablet",
    "device",
    "téléphone",
    "portable",
    "appareil",
    "telefoon",
    "mobiel",
    "mobieltje",
    "toestel",
    "telefon",
    "mobil",
    "mobiltelefon",
    "handy",
    "gerät",
    "móvil",
    "teléfono",
    "dispositivo",
    "telefono",
    "cellulare",
];
/// What stands between names.
const FILLERS: &[&str] = &[
    "for",
    "with",
    "using",
    "pour",
    "avec",
    "voor",
    "met",
    "för",
    "med",
    "für",
    "mit",
    "para",
    "con",
    "per",
    "app",
    "mail",
    "email",
    "e",
    "correo",
    "courrier",
    "posta",
    "post",
    "secure",
    "beveiligde",
    "sécurisée",
    "messagerie",
    "pro",
    "max",
    "mini",
    "plus",
    "ultra",
    "lte",
];
const EXCUSES: &[&str] =
    &["please excuse", "excuse ", "sorry for", "bitte entschuldig", "veuillez excuser", "excusez", "excuus voor"];

/// Whether a program put this line there.
pub(super) fn advertises(line: &str) -> bool {
    let lower = line.to_lowercase().replace(['\u{a0}', '\u{202f}'], " ");
    let shown = lower.split('<').next().unwrap_or_default();
    let shown = shown.split("http").next().unwrap_or_default().replace("k-9", "k9").replace("web.de", "webde");
    if shown.chars().count() > MAX_LINE {
        return false;
    }
    let sentence = [". ", ", ", "; ", "! ", " - ", " – "].iter().filter_map(|end| shown.split_once(end));
    let (first, rest) = sentence.min_by_key(|(first, _)| first.len()).unwrap_or((&shown, ""));
    let rest = rest.trim();
    if !(rest.is_empty() || EXCUSES.iter().any(|excuse| rest.starts_with(excuse))) {
        return false;
    }
    let words: Vec<&str> = first.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    OPENINGS.iter().any(|opening| behind(&words, opening).is_some_and(are_names))
        || FRAMES.iter().any(|(opening, ends)| {
            behind(&words, opening)
                .and_then(|words| words.split_last())
                .is_some_and(|(last, words)| ends.contains(last) && are_names(words))
        })
}

/// What stands behind these words, where they come first.
fn behind<'w>(words: &'w [&'w str], opening: &str) -> Option<&'w [&'w str]> {
    let count = opening.split(' ').count();
    words.get(..count).filter(|first| first.iter().copied().eq(opening.split(' '))).map(|_| &words[count..])
}

/// Names and nothing that isn't a part of one.
fn are_names(words: &[&str]) -> bool {
    // `S24`, `15`.
    let model = |word: &str| word.len() <= 5 && word.contains(|c: char| c.is_ascii_digit());
    words.iter().any(|word| NAMES.contains(word))
        && words.iter().all(|word| NAMES.contains(word) || FILLERS.contains(word) || model(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_write_is_known() {
        for line in [
            "Sent from my iPhone",
            "_Sent from my Samsung Galaxy S24 Ultra._",
            "Sent from my mobile. Please excuse typos.",
            "Sent from Yahoo Mail for iPhone",
            "Sent from Mail for Windows 10",
            "Sent from [Outlook](https://aka.example/o)",
            "Sent with Proton Mail secure email.",
            "Get Outlook for Android<https://aka.example/o>",
            "Get Outlook for iOS (https://aka.example/o)",
            "Envoyé de mon iPhone",
            "Envoyé depuis mon appareil Galaxy",
            "Envoyé à partir d’Outlook pour Android",
            "Envoyé à partir de Courrier pour Windows",
            "Télécharger Outlook pour\u{a0}iOS",
            "Verstuurd vanaf mijn iPhone",
            "Verzonden vanuit Mail voor Windows",
            "Verzonden met Proton Mail beveiligde e-mail.",
            "Outlook voor Android downloaden",
            "Skickat från min iPhone",
            "Skickat från E-post för Windows",
            "Sendt fra min mobil",
            "Von meinem iPhone gesendet",
            "Von meinem Samsung Galaxy Smartphone gesendet.",
            "Von Samsung Mobile gesendet",
            "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
            "Gesendet mit WEB.DE Mail",
            "Outlook für Android beziehen",
            "Enviado desde mi iPhone",
            "Enviado desde Correo para Windows",
            "Inviato da Libero Mail per Android",
            "Inviato da iPhone",
        ] {
            assert!(advertises(line), "{line}");
        }
    }

    #[test]
    fn what_people_write_is_theirs() {
        for line in [
            "",
            "Sent",
            "Sent from my",
            "Sent from my local post office on Monday",
            "Sent from my phone on Monday, no answer yet",
            "Sent from my iPhone was all that your answer said.",
            "Sent from my iPhone, and still no answer!",
            "Sent with DHL",
            "Get Outlook for what?",
            "Envoyé avec Mondial Relay",
            "Envoyé de mon bureau de poste",
            "Verzonden met PostNL op 3 mei",
            "Verzonden met e-mail",
            "Skickat från min hemadress",
            "Von meinem Konto wurden 59 € abgebucht",
            "Von meinem iPhone wurden 59 € abgebucht",
            "Von meinem Handy.",
            "Von mir gesendet",
            "Gesendet mit DHL am 3. Mai",
            "Outlook für Android zeigt es nicht",
            "Enviado con Correos el lunes",
            "Inviato da Roma lunedì",
            &format!("Sent from my {} phone", "mobile ".repeat(30)),
        ] {
            assert!(!advertises(line), "{line}");
        }
    }
}
