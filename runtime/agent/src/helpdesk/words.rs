//! What the runtime itself says around a helpdesk, in the languages that it speaks.

use crate::texts::Language;

/// One language's words. `{}` stands for what the field's text says, in this order.
pub(super) struct Words {
    /// In the chat: the ticket isn't in the helpdesk yet.
    pub(super) not_filed_yet: &'static str,
    /// Subject of a mail with a person's reply; the shop's name, the ticket's subject.
    pub(super) subject: &'static str,
    /// Above the reply; the person's name, the shop's name.
    pub(super) from_person: &'static str,
    /// The same where the name isn't known; the shop's name.
    pub(super) from_team: &'static str,
    /// In the place of a reply that has no text: it holds a picture or a file.
    pub(super) no_text: &'static str,
}

static ENGLISH: Words = Words {
    not_filed_yet: "Our helpdesk can't be reached right now. Your request is kept and will be passed on.",
    subject: "{}: {}",
    from_person: "{} from {} writes:",
    from_team: "{} writes:",
    no_text: "(a message without text)",
};

static FRENCH: Words = Words {
    not_filed_yet: "Notre service d'assistance n'est pas joignable pour le moment. Votre demande est conservée et sera \
                    transmise.",
    subject: "{} : {}",
    from_person: "{}, de {}, vous écrit :",
    from_team: "{} vous écrit :",
    no_text: "(un message sans texte)",
};

static DUTCH: Words = Words {
    not_filed_yet: "Onze helpdesk is op dit moment niet bereikbaar. Je vraag is bewaard en wordt doorgegeven.",
    subject: "{}: {}",
    from_person: "{} van {} schrijft:",
    from_team: "{} schrijft:",
    no_text: "(een bericht zonder tekst)",
};

static SWEDISH: Words = Words {
    not_filed_yet: "Vår kundtjänst går inte att nå just nu. Ditt ärende är sparat och skickas vidare.",
    subject: "{}: {}",
    from_person: "{} från {} skriver:",
    from_team: "{} skriver:",
    no_text: "(ett meddelande utan text)",
};

/// The words of a locale; English where the runtime doesn't speak its language.
pub(super) fn of(locale: &str) -> &'static Words {
    match Language::of(locale) {
        Some(Language::French) => &FRENCH,
        Some(Language::Dutch) => &DUTCH,
        Some(Language::Swedish) => &SWEDISH,
        Some(Language::English) | None => &ENGLISH,
    }
}

/// The primary part of a BCP 47 tag.
pub(super) fn primary(locale: &str) -> &str {
    locale.split(['-', '_']).next().unwrap_or(locale)
}
