//! Countries, as customers name them.

use usher_sdk::skill::prelude::*;

/// The country that a postal code without one is taken to be in: the likely one where its codes look so, else the only
/// one whose codes do. None where that stays open.
pub(super) fn of_code<'a>(code: &str, likely: &'a str) -> Option<&'a str> {
    let form: String = code.chars().map(|c| if c.is_ascii_digit() { '0' } else { 'A' }).collect();
    let form: String =
        form.chars().zip(code.chars()).map(|(form, c)| if matches!(c, ' ' | '-') { c } else { form }).collect();
    let countries: &[&'static str] = match form.as_str() {
        "00000" => &["DE", "ES", "FI", "FR", "IT", "US", "SE", "CZ"],
        "0000" => &["AT", "AU", "BE", "CH", "DK", "LU", "NO"],
        "000 00" => &["SE", "CZ"],
        "0000 AA" => &["NL"],
        "00-000" => &["PL"],
        "0000-000" => &["PT"],
        _ => &["GB", "CA", "IE"],
    };
    let is_known = COUNTRIES.iter().any(|(code, _)| *code == likely);
    match countries {
        // Of other countries the forms aren't known here.
        _ if !is_known || countries.contains(&likely) => Some(likely),
        [only] => Some(only),
        _ => None,
    }
}

/// ISO 3166-1 code, and the names in English, French, Dutch and Swedish.
#[rustfmt::skip]
const COUNTRIES: &[(&str, [&str; 4])] = &[
    ("AT", ["Austria", "Autriche", "Oostenrijk", "Österrike"]),
    ("AU", ["Australia", "Australie", "Australië", "Australien"]),
    ("BE", ["Belgium", "Belgique", "België", "Belgien"]),
    ("CA", ["Canada", "Canada", "Canada", "Kanada"]),
    ("CH", ["Switzerland", "Suisse", "Zwitserland", "Schweiz"]),
    ("CZ", ["Czechia", "Tchéquie", "Tsjechië", "Tjeckien"]),
    ("DE", ["Germany", "Allemagne", "Duitsland", "Tyskland"]),
    ("DK", ["Denmark", "Danemark", "Denemarken", "Danmark"]),
    ("ES", ["Spain", "Espagne", "Spanje", "Spanien"]),
    ("FI", ["Finland", "Finlande", "Finland", "Finland"]),
    ("FR", ["France", "France", "Frankrijk", "Frankrike"]),
    ("GB", ["United Kingdom", "Royaume-Uni", "Verenigd Koninkrijk", "Storbritannien"]),
    ("IE", ["Ireland", "Irlande", "Ierland", "Irland"]),
    ("IT", ["Italy", "Italie", "Italië", "Italien"]),
    ("LU", ["Luxembourg", "Luxembourg", "Luxemburg", "Luxemburg"]),
    ("NL", ["Netherlands", "Pays-Bas", "Nederland", "Nederländerna"]),
    ("NO", ["Norway", "Norvège", "Noorwegen", "Norge"]),
    ("PL", ["Poland", "Pologne", "Polen", "Polen"]),
    ("PT", ["Portugal", "Portugal", "Portugal", "Portugal"]),
    ("SE", ["Sweden", "Suède", "Zweden", "Sverige"]),
    ("US", ["United States", "États-Unis", "Verenigde Staten", "USA"]),
];

/// Other names.
#[rustfmt::skip]
const ALSO: &[(&str, &str)] = &[
    ("deutschland", "DE"), ("österreich", "AT"), ("the netherlands", "NL"), ("holland", "NL"), ("uk", "GB"),
    ("great britain", "GB"), ("england", "GB"), ("scotland", "GB"), ("usa", "US"), ("u.s.a", "US"), ("us", "US"),
    ("united states of america", "US"), ("czech republic", "CZ"), ("république tchèque", "CZ"), ("españa", "ES"),
    ("italia", "IT"), ("polska", "PL"),
];

/// The code of a country that a text is the name of.
pub(super) fn code(text: &str) -> Option<&'static str> {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
    let text = lower(text.trim().trim_end_matches('.'));
    let named = COUNTRIES.iter().find(|(_, names)| names.iter().any(|name| lower(name) == text));
    let also = || ALSO.iter().find(|(name, _)| *name == text).map(|(_, code)| *code);
    named.map(|(code, _)| *code).or_else(also)
}

/// The name of a country; none where it isn't known here.
pub(super) fn name(code: &str, language: Language) -> Option<&'static str> {
    let (_, names) = COUNTRIES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code))?;
    let at = Language::ALL.iter().position(|known| *known == language)?;
    names.get(at).copied()
}
