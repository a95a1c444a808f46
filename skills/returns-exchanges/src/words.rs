//! The phrases by which a wish is known. In English, French, Dutch and Swedish, as all lists here.

/// How it stands with a return or a refund.
#[rustfmt::skip]
pub(crate) const NEWS: &[&str] = &[
    "where is my refund", "where's my refund", "wheres my refund", "when will i get my refund",
    "when do i get my refund", "when will i get my money", "when do i get my money", "where is my money",
    "where's my money", "money back yet", "refunded yet", "refund yet", "no refund", "waiting for my refund",
    "waiting on my refund", "waiting for a refund", "haven't got my refund", "haven't been refunded",
    "have you refunded", "did you refund", "was i refunded", "have i been refunded", "refund gone through",
    "refund been processed", "refund been issued", "status of my return", "status of my refund", "status of the return",
    "status of the refund", "my return status", "return status", "refund status", "track my return", "track my refund",
    "where is my return", "where's my return", "how is my return", "received my return", "receive my return",
    "got my return", "get my return", "my return arrived", "my return arrive", "return been processed",
    "received the parcel back", "get the parcel back", "received it back", "get it back yet", "return label",
    "my returns", "return i sent",
    "où est mon remboursement", "ou est mon remboursement", "où en est mon remboursement", "quand serai-je remboursé*",
    "quand vais-je être remboursé*", "quand est-ce que je serai remboursé*", "toujours pas remboursé*",
    "pas encore remboursé*", "attends mon remboursement", "mon remboursement", "avez-vous remboursé",
    "ai-je été remboursé*", "j'ai renvoyé*", "j'ai retourné*", "statut de mon retour", "statut du retour", "où en est mon retour", "ou en est mon retour",
    "suivre mon retour", "reçu mon retour", "reçu mon colis retour", "étiquette de retour", "mes retours",
    "waar blijft mijn geld", "waar is mijn geld", "wanneer krijg ik mijn geld", "mijn terugbetaling",
    "al terugbetaald", "nog niet terugbetaald", "nog geen geld", "status van mijn retour", "status van de retour",
    "mijn retour ontvangen", "mijn retour aangekomen", "mijn retour binnen", "waar is mijn retour", "retour volgen",
    "retourlabel", "mijn retouren", "teruggestuurd", "retour gestuurd",
    "var är min återbetalning", "var är mina pengar", "när får jag tillbaka mina pengar", "när får jag pengarna",
    "när får jag tillbaka", "när får jag min återbetalning", "min återbetalning", "inte fått pengarna",
    "inte fått tillbaka", "har ni betalat tillbaka", "status på min retur", "status på returen",
    "hur går det med min retur", "fått min retur", "fått tillbaka paketet", "min retur kommit fram", "spåra min retur",
    "retursedel", "returetikett", "mina returer",
];

/// A question about the rules, even where it speaks of "my order".
#[rustfmt::skip]
pub(crate) const RULES: &[&str] = &[
    "policy", "policies", "rules", "conditions", "how long do i have", "how many days", "how long does", "who pays",
    "is it free", "are returns free", "free returns", "cost", "costs", "do you accept", "do you take", "do you offer",
    "deadline", "have to pay", "store credit",
    "returnable",
    "politique", "règles", "combien de temps", "combien de jours", "qui paie", "gratuit*", "frais", "acceptez-vous",
    "proposez-vous", "un avoir",
    "beleid", "retourbeleid", "voorwaarden", "hoe lang heb ik", "hoeveel dagen", "hoe lang duurt", "wie betaalt",
    "gratis", "kosten", "tegoedbon",
    "policyn", "returpolicy", "villkor", "regler", "hur länge", "hur många dagar", "hur lång tid", "vem betalar",
    "kostar", "fri retur", "fria returer", "rea", "reavaror", "tillgodokvitto",
];

/// The state of an item, which a question about the rules gives; so does a report of a fault.
#[rustfmt::skip]
pub(crate) const CONDITION: &[&str] = &[
    "sale item", "sale items", "on sale", "worn", "opened", "receipt", "original packaging", "original box",
    "soldé*", "emballage d'origine", "afgeprijsde", "gedragen", "originele verpakking", "använda",
    "originalförpackning*", "warranty", "guarantee", "garantie", "garanti*",
];

/// Something is wrong with what came.
#[rustfmt::skip]
pub(crate) const FAULT: &[&str] = &[
    "wrong item", "wrong product", "wrong colour", "wrong color", "wrong one", "not what i ordered", "damaged",
    "broken", "faulty", "defective", "cracked", "smashed", "scratched", "shattered", "in pieces", "doesn't work",
    "does not work", "doesnt work", "stopped working", "not working", "sent me the wrong", "got the wrong",
    "received the wrong", "a part is missing", "parts missing", "missing parts",
    "mauvais article", "mauvais produit", "mauvaise couleur", "pas ce que j'ai commandé", "abîmé*", "abime*", "cassé*",
    "casse", "endommagé*", "défectueux", "défectueuse", "fissuré*", "rayé*", "ne fonctionne pas", "ne marche pas",
    "verkeerd artikel", "verkeerde artikel", "verkeerd product", "verkeerde product", "verkeerde kleur",
    "niet wat ik besteld", "beschadigd", "kapot", "defect", "gebroken", "stuk", "bekrast", "werkt niet", "doet het niet",
    "fel vara", "fel produkt", "fel färg", "inte det jag beställde", "skadad", "skadat", "trasig", "trasigt", "sprucken",
    "repig", "repad", "fungerar inte", "funkar inte", "gick sönder", "sönder", "defekt",
];

/// Something else instead.
#[rustfmt::skip]
pub(crate) const EXCHANGE: &[&str] = &[
    "to exchange", "i exchange", "an exchange", "exchanging", "to swap", "i swap", "exchange it", "exchange this", "exchange these",
    "exchange them", "exchange my", "exchange the", "exchange order", "exchange for", "swap it", "swap this",
    "swap these", "swap them", "swap the", "swap for", "another size", "different size", "bigger size", "smaller size",
    "larger size", "size up", "size down", "other colour", "another colour", "another color", "different colour",
    "different color", "doesn't fit", "doesnt fit", "does not fit", "don't fit", "dont fit", "too small", "too big",
    "too large", "too tight", "too short", "too long", "wrong size",
    "l'échanger", "échanger", "echanger", "faire un échange", "autre taille", "autre couleur", "taille plus", "trop petit*", "trop grand*",
    "trop court*", "trop serré*", "mauvaise taille", "ne me va pas", "ne vont pas",
    "ruilen", "omruilen", "andere maat", "grotere maat", "kleinere maat", "maatje groter", "maatje kleiner",
    "andere kleur", "te klein", "te groot", "te krap", "te kort", "past niet", "passen niet", "verkeerde maat",
    "byta", "göra ett byte", "annan storlek", "större storlek", "mindre storlek", "annan färg", "för liten", "för litet", "för stor",
    "för stort", "för stora", "för små", "för trång", "för kort", "passar inte", "fel storlek",
];

/// A wish to send back, or a reason for one.
#[rustfmt::skip]
pub(crate) const SEND_BACK: &[&str] = &[
    "send it back", "send this back", "send that back", "send them back", "send these back", "send back",
    "send something back", "send one back", "go back", "give it back", "bring it back", "return it", "return this", "return that",
    "return them", "return these", "return one", "return my", "return the", "return something", "return an item",
    "return order", "to return", "i return", "we return", "wanna return", "returning", "return please", "return both",
    "start a return", "make a return", "do a return", "request a return", "returns portal",
    "return portal", "don't want it", "dont want it", "don't like it", "dont like it", "don't want them",
    "don't need it", "changed my mind", "retrun order", "not happy with", "want a refund", "like a refund",
    "need a refund", "get a refund", "request a refund", "refund please", "refund me", "refund my order",
    "want my money back", "like my money back",
    "le renvoyer", "la renvoyer", "les renvoyer", "renvoyer", "le retourner", "la retourner", "les retourner",
    "retourner", "rendre", "faire un retour", "demander un retour", "portail de retour*", "ne me plaît pas",
    "ne me plait pas", "changé d'avis", "n'en veux plus", "me faire rembourser", "être remboursé*",
    "terugsturen", "stuur het terug", "stuur hem terug", "teruggeven", "terugbrengen", "retourneren", "retour sturen",
    "retour aanmelden", "retourportaal", "bedacht", "wil hem niet meer", "wil het niet meer", "bevalt niet",
    "geld terug",
    "skicka tillbaka", "skicka den tillbaka", "skicka det tillbaka", "skicka dem tillbaka", "skickar jag tillbaka",
    "lämna tillbaka", "returnera", "göra en retur", "gör en retur", "returportal*", "vill inte ha den", "ångra",
    "ångrar", "ångrat", "pengarna tillbaka", "tillbaka pengarna",
];

/// Verbs whose second half may stand far off: "send my order back".
pub(crate) const SEND_APART: &[(&str, &str)] = &[
    ("send", "back"),
    ("sending", "back"),
    ("give", "back"),
    ("bring", "back"),
    ("stuur", "terug"),
    ("breng", "terug"),
    ("skicka", "tillbaka"),
    ("skickar", "tillbaka"),
    ("lämna", "tillbaka"),
];

/// As [`SEND_APART`], done already.
pub(crate) const SENT_APART: &[(&str, &str)] =
    &[("sent", "back"), ("stuurde", "terug"), ("skickade", "tillbaka"), ("skickat", "tillbaka")];

/// How a question about the way of things begins.
#[rustfmt::skip]
pub(crate) const QUESTION: &[&str] = &[
    "how do", "how does", "how can", "how to", "can i", "could i", "is it possible", "comment", "puis-je", "peut-on",
    "est-ce que je peux", "est-il possible", "hoe kan", "hoe moet", "hoe werkt", "kan ik", "mag ik", "kun je",
    "hur gör", "hur kan", "hur funkar", "hur fungerar", "kan jag", "kan man", "får jag", "får man", "går det att",
];

/// Something that hasn't happened.
#[rustfmt::skip]
pub(crate) const IN_CASE: &[&str] = &[
    "what if", "what happens if", "in case", "que se passe-t-il si", "et si", "au cas où", "wat als", "stel dat",
    "wat gebeurt er als", "vad händer om", "tänk om", "ifall",
];

/// Bought by somebody else.
#[rustfmt::skip]
pub(crate) const PRESENT: &[&str] = &[
    "a gift", "as a present", "was a present", "gift receipt", "un cadeau", "en cadeau", "een cadeau", "cadeau gekregen",
    "en present", "en gåva", "i present",
];

/// What no tool of this skill can mend.
#[rustfmt::skip]
pub(crate) const TROUBLE: &[&str] = &[
    "wrong refund", "refund is wrong", "wrong amount", "refunded too little", "refund is too low", "not the full refund",
    "only refunded", "only got half", "refund the rest", "refunded twice", "cancel my return", "cancel the return",
    "cancel a return", "label doesn't work", "label does not work", "label won't", "label is wrong", "label expired",
    "mauvais montant", "remboursement incomplet", "pas tout remboursé", "montant du remboursement", "annuler mon retour",
    "annuler le retour", "l'étiquette ne marche pas", "l'étiquette ne fonctionne pas",
    "verkeerd bedrag", "te weinig terug*", "niet alles terug*", "retour annuleren", "retour intrekken",
    "label werkt niet", "retourlabel werkt niet",
    "fel belopp", "för lite tillbaka", "inte fått allt tillbaka", "avbryta min retur", "avbryta returen",
    "avboka returen", "etiketten fungerar inte", "retursedeln fungerar inte",
];

/// Words of the subject.
#[rustfmt::skip]
pub(crate) const RETURNS: &[&str] = &[
    "return*", "retrun*", "refund*", "exchang*", "swap*", "send back", "money back", "retour*", "renvo*", "rembours*",
    "échang*", "echang*", "terug*", "ruil*", "omruil*", "retur*", "återbetal*", "åter*", "ångerrätt*", "byt*",
    "öppet köp",
];

/// Money rather than goods.
#[rustfmt::skip]
pub(crate) const MONEY: &[&str] = &[
    "refund*", "money", "rembours*", "argent", "geld", "terugbetal*", "återbetal*", "pengar*",
];

/// Not the order that was just spoken of.
#[rustfmt::skip]
pub(crate) const THE_OTHER: &[&str] = &[
    "other one", "the other", "other order", "another order", "l'autre", "autre commande", "de andere", "die andere",
    "andere bestelling", "den andra", "andra ordern", "andra beställningen", "en annan order",
];

/// "The other size" is not the other order.
pub(crate) const VARIANTS: &[&str] =
    &["colour", "color", "size", "couleur", "taille", "kleur", "maat", "färg*", "storlek*"];

#[rustfmt::skip]
pub(crate) const THE_LATEST: &[&str] = &[
    "latest", "last order", "most recent", "newest", "dernière commande", "derniere commande", "dernier achat",
    "laatste bestelling", "nieuwste", "meest recente", "senaste", "sista ordern",
];

/// Colours as shops write them in titles, by what customers call them: a row is one colour.
#[rustfmt::skip]
pub(crate) const COLOURS: &[&[&str]] = &[
    &["blue", "bleu", "bleue", "blauw", "blauwe", "blå", "blåa", "blått"],
    &["red", "rouge", "rood", "rode", "röd", "röda", "rött"],
    &["green", "vert", "verte", "groen", "groene", "grön", "gröna", "grönt"],
    &["black", "noir", "noire", "zwart", "zwarte", "svart", "svarta"],
    &["white", "blanc", "blanche", "wit", "witte", "vit", "vita", "vitt"],
    &["grey", "gray", "gris", "grise", "grijs", "grijze", "grå", "gråa", "grått"],
    &["yellow", "jaune", "geel", "gele", "gul", "gula", "gult"],
    &["brown", "marron", "brun", "brune", "bruin", "bruine", "bruna", "brunt"],
    &["pink", "rose", "roze", "rosa"],
    &["beige", "sand", "sable", "zand"],
];

/// Words that are in titles and say nothing of them.
#[rustfmt::skip]
pub(crate) const FILLERS: &[&str] = &[
    "the", "and", "for", "with", "one", "from", "that", "this", "my", "it", "is", "of", "to", "in", "les", "des", "une",
    "pour", "avec", "dans", "mon", "het", "een", "van", "den", "det", "och", "med", "för", "voor", "met", "mijn", "min",
    "size", "order", "item", "return", "back", "can", "set",
];
