use super::SignInWords;

pub(super) static WORDS: SignInWords = SignInWords {
    ask: "Vilken e-postadress beställer du med? Jag skickar en kod dit.",
    ask_again: "Skriv e-postadressen som du beställer med, som namn@example.com.",
    sent: "Jag har skickat en kod med sex siffror till {}. Skriv den här; den gäller i tio minuter.",
    sent_to_sender: "Jag har skickat en kod med sex siffror till {}, i ett eget mejl. Svara på det här mejlet med koden; den \
                     gäller i tio minuter.",
    only_to_sender: "Via e-post kan jag bara skicka koden till adressen som du skriver från. Har du beställt med en annan \
                     adress, skriv till oss från den.",
    waits: "För det behöver du också vara inloggad. Koden som jag skickade till {} gäller fortfarande: skriv den här.",
    wrong: "Det är inte den kod jag skickade senast. Titta en gång till, eller skriv ”ny kod” så skickar jag en annan.",
    six_digits: "Koden har sex siffror. Kan du skriva den en gång till?",
    expired: "Den koden gäller inte längre. Skriv ”ny kod” så skickar jag en annan.",
    too_many: "Det var ett försök för mycket, och koden gäller inte längre. Skriv ”ny kod” så skickar jag en annan.",
    no_more: "Jag kan inte skicka fler koder just nu. Försök igen om en timme.",
    given_up: "Jag kunde inte hitta någon e-postadress, så jag kan inte logga in dig.",
    refused: "Det är okej. Utan inloggning kan jag inte titta på ditt konto, men annat svarar jag gärna på.",
    signed_in: "Tack, du är inloggad.",
    what_now: "Vad kan jag göra för dig?",
    somebody_else: "Den adressen hör till en annan kund än den som loggade in här tidigare, så jag kan inte byta. Skriv till \
                    oss från ett annat nummer eller en annan adress för det andra kontot.",
    no_mail: "För det behöver du logga in, och jag kan inte skicka någon kod just nu.",
    preview_sent: "Det här är en förhandsvisning: ingen kod har skickats.",
    preview_code: "Det här är en förhandsvisning: ingen loggas in med en kod här. Välj en kund för att gå vidare.",
    new_code: "ny kod",
};
