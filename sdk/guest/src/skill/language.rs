//! The languages that the SDK has words in, and texts in all of them.

/// A language of the shipped texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    En,
    /// French.
    Fr,
    /// Dutch.
    Nl,
    /// Swedish.
    Sv,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 4] = [Language::En, Language::Fr, Language::Nl, Language::Sv];

    /// The language of a BCP 47 tag (`fr-BE`), and English for every other.
    pub fn of(locale: &str) -> Self {
        match locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "fr" => Language::Fr,
            "nl" => Language::Nl,
            "sv" => Language::Sv,
            _ => Language::En,
        }
    }

    /// Whether a count takes the singular: zero does in French only.
    pub fn is_one(self, count: u64) -> bool {
        count == 1 || (count == 0 && self == Language::Fr)
    }
}

/// Makes a function a text, which takes the language and then the text's own values. A language that is left
/// out doesn't compile. With `by`, each language gives its singular and plural, chosen by that value:
///
/// ```
/// use usher_sdk::skill::{Language, texts};
///
/// texts! {
///     fn hello(name: &str) {
///         en: "Hello {name}!",
///         fr: "Bonjour {name} !",
///         nl: "Hallo {name}!",
///         sv: "Hej {name}!",
///     }
///
///     fn parcels(count: u64) by count {
///         en: "one parcel" | "{count} parcels",
///         fr: "{count} colis" | "{count} colis",
///         nl: "één pakket" | "{count} pakketten",
///         sv: "ett paket" | "{count} paket",
///     }
/// }
///
/// assert_eq!(hello(Language::Sv, "Alva"), "Hej Alva!");
/// assert_eq!(parcels(Language::Nl, 2), "2 pakketten");
/// ```
#[macro_export]
macro_rules! texts {
    () => {};
    (
        $(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) {
            en: $en:literal, fr: $fr:literal, nl: $nl:literal, sv: $sv:literal $(,)?
        }
        $($rest:tt)*
    ) => {
        $(#[$meta])*
        $vis fn $name(language: $crate::skill::Language $(, $arg: $type)*) -> String {
            match language {
                $crate::skill::Language::En => $crate::skill::rendered(format_args!($en)),
                $crate::skill::Language::Fr => $crate::skill::rendered(format_args!($fr)),
                $crate::skill::Language::Nl => $crate::skill::rendered(format_args!($nl)),
                $crate::skill::Language::Sv => $crate::skill::rendered(format_args!($sv)),
            }
        }
        $crate::texts! { $($rest)* }
    };
    (
        $(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) by $count:ident {
            en: $en1:literal | $en:literal,
            fr: $fr1:literal | $fr:literal,
            nl: $nl1:literal | $nl:literal,
            sv: $sv1:literal | $sv:literal $(,)?
        }
        $($rest:tt)*
    ) => {
        $(#[$meta])*
        $vis fn $name(language: $crate::skill::Language $(, $arg: $type)*) -> String {
            match (language, language.is_one($count)) {
                ($crate::skill::Language::En, true) => $crate::skill::rendered(format_args!($en1)),
                ($crate::skill::Language::En, false) => $crate::skill::rendered(format_args!($en)),
                ($crate::skill::Language::Fr, true) => $crate::skill::rendered(format_args!($fr1)),
                ($crate::skill::Language::Fr, false) => $crate::skill::rendered(format_args!($fr)),
                ($crate::skill::Language::Nl, true) => $crate::skill::rendered(format_args!($nl1)),
                ($crate::skill::Language::Nl, false) => $crate::skill::rendered(format_args!($nl)),
                ($crate::skill::Language::Sv, true) => $crate::skill::rendered(format_args!($sv1)),
                ($crate::skill::Language::Sv, false) => $crate::skill::rendered(format_args!($sv)),
            }
        }
        $crate::texts! { $($rest)* }
    };
}

pub use crate::texts;

/// `format!` without what it inlines at each of a skill's many texts.
#[doc(hidden)]
#[inline(never)]
pub fn rendered(text: std::fmt::Arguments<'_>) -> String {
    std::fmt::format(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::texts! {
        fn days(count: u64) by count {
            en: "{count} day" | "{count} days",
            fr: "{count} jour" | "{count} jours",
            nl: "{count} dag" | "{count} dagen",
            sv: "{count} dag" | "{count} dagar",
        }
    }

    #[test]
    fn a_tag_names_its_language() {
        assert_eq!(Language::of("fr-CA"), Language::Fr);
        assert_eq!(Language::of("nl_BE"), Language::Nl);
        assert_eq!(Language::of("SV"), Language::Sv);
        assert_eq!(Language::of("de-AT"), Language::En);
        assert_eq!(Language::of(""), Language::En);
        assert_eq!(Language::of("frr"), Language::En, "North Frisian is not French");
    }

    #[test]
    fn zero_is_singular_in_french_only() {
        let zero: Vec<String> = Language::ALL.iter().map(|language| days(*language, 0)).collect();
        assert_eq!(zero, ["0 days", "0 jour", "0 dagen", "0 dagar"]);
        assert_eq!(days(Language::Sv, 1), "1 dag");
    }
}
