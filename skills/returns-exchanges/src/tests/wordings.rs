//! Customers' wordings, by what they want. None of them is an example of the manifest.

use super::*;
use crate::request::{Subject, Team, What, Wish, wish};

/// Signed in, and nothing was spoken of before.
fn assert_wanted(wanted: Wish, texts: &[&str]) {
    let examples = include_str!("../../skill.toml").to_lowercase();
    for text in texts {
        assert!(!examples.contains(&format!("\"{}\"", text.to_lowercase())), "an example of the manifest: {text}");
    }
    let missed: Vec<_> = texts
        .iter()
        .map(|text| (wish(&signed_in(text), None), text))
        .filter(|(understood, _)| *understood != wanted)
        .collect();
    assert!(missed.is_empty(), "not {wanted:?}: {missed:#?}");
}

const fn start(what: What) -> Wish {
    Wish::Account(Subject::Start(what))
}

#[test]
fn what_is_faulty() {
    assert_wanted(
        start(What::Fault),
        &[
            "the toaster won't even turn on",
            "my lamp does not light up, it doesn't turn on",
            "grinder quit working on day two",
            "my new kettle no longer heats",
            "it never really worked",
            "there is a rattling noise inside",
            "the bulb keeps flickering",
            "the lid leaks all over the counter",
            "big dent in the side",
            "two scratches on the surface",
            "shade arrived torn",
            "When I opened the box the mug had a crack in it.",
            "the beans taste rancid and smell odd",
            "I can't get it to work",
            "one screw is missing",
            "it's missing a leg",
            "the plug wasn't in the box",
            "the box was empty",
            "la cafetière ne s'allume plus",
            "le moulin ne marche pas du tout",
            "la lampe clignote sans arrêt",
            "elle fait un bruit bizarre",
            "il y a une rayure sur le bord",
            "le couvercle fuit",
            "il manque une vis",
            "l'abat-jour est arrivé déchiré",
            "de kookplaat gaat niet meer aan",
            "de waterkoker maakt een raar geluid",
            "er zit een deuk in",
            "de molen maalt niet",
            "hij lekt aan de onderkant",
            "er ontbreekt een schroef",
            "het glas is gebarsten",
            "hij doet niks, hij start niet op",
            "lampan tänds inte",
            "det läcker från botten",
            "kvarnen låter konstigt",
            "en skruv saknas",
            "det är en buckla på sidan",
            "lampan slutade lysa igår",
            "den går inte att starta",
        ],
    );
}

#[test]
fn what_was_not_ordered() {
    assert_wanted(
        start(What::Fault),
        &[
            "this is not the lamp I chose",
            "you delivered a wrong bulb",
            "there was something else in the parcel",
            "I received someone else's package",
            "another customer's order was in my box",
            "I ordered the red mug but received the blue one",
            "you sent the small kettle instead of the large one",
            "it's a different colour than I ordered",
            "this isn't what I picked",
            "the model delivered is the wrong one",
            "I got three although I only ordered two",
            "fewer mugs than I ordered",
            "I never ordered this",
            "ce n'est pas celui que j'avais choisi",
            "vous m'avez livré un autre modèle que celui commandé",
            "j'ai reçu le colis de quelqu'un d'autre",
            "j'ai commandé du noir mais j'ai reçu du blanc",
            "vous avez envoyé la petite au lieu de la grande",
            "reçu un mauvais modèle",
            "l'article reçu n'est pas conforme à ma commande",
            "ik kreeg een rode in plaats van een blauwe",
            "dit is niet de lamp die ik gekozen heb",
            "er zat iets anders in het pakket",
            "jullie hebben de foute lamp gestuurd",
            "pakket van iemand anders ontvangen",
            "ik heb zwart besteld maar wit gekregen",
            "een ander model dan ik besteld had",
            "det här är inte den modell jag valde",
            "ni skickade fel lampa",
            "jag fick någon annans paket",
            "jag beställde röd men fick blå",
            "jag fick något annat i paketet",
            "en annan färg än jag beställde",
        ],
    );
}

#[test]
fn what_is_not_wanted_any_more() {
    assert_wanted(
        start(What::Return),
        &[
            "we no longer need the kettle",
            "I don't need this anymore",
            "it does not suit our kitchen",
            "honestly not impressed with it",
            "I'm disappointed, please take it back",
            "looks nothing like the picture",
            "the shade is darker than in the photo",
            "colour looks different on the website",
            "the quality is bad",
            "ordered it twice by accident",
            "I don't like this lamp after all",
            "it's just not my style",
            "nous n'en avons plus besoin",
            "je ne suis pas satisfaite du produit",
            "elle ne me convient pas",
            "la lampe ne me plaît finalement pas",
            "je suis déçue de la qualité",
            "elle est différente de la photo",
            "commandé par erreur",
            "je vous la renvoie",
            "ik heb hem niet meer nodig",
            "ik ben niet tevreden",
            "hij valt me tegen",
            "hij ziet er anders uit dan op de foto",
            "per ongeluk dubbel besteld",
            "ik wil de lamp niet houden",
            "kwaliteit is slecht",
            "jag behöver den inte längre",
            "jag är inte nöjd med den",
            "den ser annorlunda ut på bilden",
            "jag är besviken på lampan",
            "jag gillar inte färgen",
            "beställde två av misstag",
            "kass kvalitet",
        ],
    );
}

#[test]
fn what_is_to_be_replaced_or_exchanged() {
    assert_wanted(
        start(What::Exchange),
        &[
            "can you replace it",
            "I'd like a replacement",
            "could I have it replaced",
            "send me another one",
            "could I change the lamp for the bigger model",
            "I would rather have a different version",
            "can I trade it for the green kettle",
            "I picked the wrong size",
            "these shoes are too wide",
            "the shirt did not fit",
            "they aren't right, I need a size up",
            "je voudrais un remplacement",
            "pouvez-vous le remplacer",
            "je préfère un autre modèle",
            "la taille ne va pas",
            "elle est trop large",
            "je me suis trompée de couleur",
            "peut-on le changer contre un noir",
            "un nouvel exemplaire svp",
            "kunnen jullie hem vervangen",
            "ik wil liever een ander model",
            "hij is te lang",
            "de schoenen pasten niet, te nauw",
            "een nieuwe in de plaats graag",
            "graag inruilen",
            "ik heb een maatje groter nodig",
            "kan ni byta ut den",
            "jag vill ha en annan modell",
            "skicka en ny tack",
            "tröjan passade inte",
            "den är för lång",
            "jag vill ha en större i stället för den här, en annan storlek",
        ],
    );
}

#[test]
fn where_the_money_is() {
    assert_wanted(
        Wish::Account(Subject::News),
        &[
            "to this day I have not been refunded",
            "you haven't paid me back",
            "the refund has not arrived",
            "my money hasn't shown up",
            "still waiting for the money",
            "refund not on my bank account",
            "no money received yet",
            "where did my refund go",
            "when will I be refunded",
            "when can I expect the money",
            "I never received my refund",
            "wheres the cash",
            "mon argent n'est toujours pas arrivé",
            "je n'ai toujours pas été remboursé",
            "je n'ai pas reçu le remboursement",
            "quand vais-je recevoir mon argent",
            "où est passé mon remboursement, où est l'argent",
            "j'attends toujours mon argent",
            "quand est-ce que vous me remboursez",
            "toujours rien sur mon compte, remboursement jamais arrivé",
            "ik wacht nog op mijn geld",
            "het geld staat nog niet op mijn rekening",
            "ik heb nog geen terugbetaling gehad",
            "ik ben nog niet terugbetaald",
            "wanneer wordt het bedrag teruggestort",
            "waar blijft de terugbetaling",
            "nog geen geld teruggekregen",
            "jag väntar fortfarande på pengarna",
            "pengarna har inte kommit",
            "jag har inte fått någon återbetalning",
            "var blir pengarna av",
            "när kommer pengarna",
            "ni har inte återbetalat",
        ],
    );
}

#[test]
fn what_only_a_person_can_mend() {
    assert_wanted(
        Wish::Team(Team::Trouble),
        &[
            "I only got part of my money back",
            "only half the amount was credited, only half the money",
            "you refunded just a part",
            "I didn't get the full amount back",
            "the refund is too low",
            "the refund was not the whole amount, where is the rest of my money",
            "why was it only partially refunded",
            "refund is less than I paid",
            "you haven't refunded everything",
            "the returns portal won't load",
            "your return link doesn't open",
            "I can't open the label",
            "the QR code is not accepted",
            "vous ne m'avez remboursé que la moitié",
            "je n'ai pas reçu la totalité du remboursement",
            "remboursement partiel alors que j'ai tout renvoyé",
            "le remboursement est inférieur au prix",
            "le portail de retour ne s'ouvre pas",
            "le lien de retour ne marche pas",
            "étiquette expirée",
            "ik kreeg maar een deel van mijn geld terug",
            "slechts de helft teruggestort, maar de helft van het geld",
            "niet het hele bedrag terug",
            "deels terugbetaald",
            "te weinig geld gekregen",
            "het retourportaal werkt niet",
            "de link opent niet",
            "ni betalade bara tillbaka en del",
            "jag fick inte hela beloppet tillbaka",
            "för lite pengar tillbaka",
            "var är resten av pengarna",
            "returportalen fungerar inte",
            "länken öppnas inte",
        ],
    );
}

#[test]
fn what_the_rules_answer() {
    assert_wanted(
        Wish::Policy { certain: true },
        &[
            "how long is the withdrawal period",
            "is there a cooling-off period",
            "do I have a right to withdraw",
            "what is the return period",
            "I have no printer at home",
            "can I get the label without printing it",
            "I can't print the label",
            "must the box be unopened, what are the conditions",
            "do you refund shipping",
            "can I return an opened bag",
            "can I return it without the receipt",
            "do you take back worn shoes",
            "what if the lamp breaks on the way",
            "quel est le délai pour renvoyer",
            "ai-je un droit de rétractation",
            "comment exercer la rétractation",
            "je ne peux pas imprimer l'étiquette",
            "je n'ai pas d'imprimante chez moi",
            "puis-je renvoyer un produit déballé",
            "puis-je rendre un article déjà utilisé",
            "remboursez-vous les frais de port",
            "un bon d'achat est-il possible",
            "hoe lang is de bedenktijd",
            "kan ik mijn aankoop herroepen, hoe werkt herroeping",
            "wat is de retourtermijn",
            "ik kan het label niet uitprinten",
            "geen printer thuis",
            "kan een gebruikt product retour",
            "worden de verzendkosten vergoed",
            "hur lång är ångerfristen",
            "vad är returtiden",
            "jag kan inte skriva ut etiketten",
            "har ingen printer hemma",
            "får man lämna tillbaka något som är använt",
            "kan jag få ett tillgodo",
        ],
    );
}

#[test]
fn what_says_something_else_is_not_taken_for_a_wish() {
    for text in [
        "I don't know how returns work",
        "I do not understand how this works",
        "comment ça marche",
        "hoe werkt dat",
        "hur fungerar det",
        "jag vet inte hur returer fungerar",
        "ik weet niet hoe retouren werken",
        "is there a warranty on the grinder",
        "can I still be refunded next month",
        "do you have a lamp in white",
        "what colours do you have",
        "thank you very much",
        "have you shipped it",
        "I have not opened it",
        "is the lamp heavy",
    ] {
        assert!(
            matches!(wish(&signed_in(text), None), Wish::Policy { .. }),
            "{text}: {:?}",
            wish(&signed_in(text), None)
        );
    }
    let asks = "I can't start a return";
    assert_eq!(wish(&signed_in(asks), None), start(What::Return));
}
