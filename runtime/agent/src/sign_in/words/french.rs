use super::SignInWords;

pub(super) static WORDS: SignInWords = SignInWords {
    ask: "Avec quelle adresse e-mail commandez-vous ? J'y envoie un code.",
    ask_again: "Veuillez écrire l'adresse e-mail avec laquelle vous commandez, comme nom@example.com.",
    sent: "J'ai envoyé un code à six chiffres à {}. Écrivez-le ici ; il est valable dix minutes.",
    sent_to_sender: "J'ai envoyé un code à six chiffres à {}, dans un e-mail à part. Répondez à ce message-ci avec le code ; \
                     il est valable dix minutes.",
    only_to_sender: "Par e-mail, je ne peux envoyer le code qu'à l'adresse depuis laquelle vous écrivez. Si vous avez commandé \
                     avec une autre, écrivez-nous depuis cette autre adresse.",
    waits: "Pour cela aussi, il faut vous connecter. Le code que j'ai envoyé à {} est encore valable : écrivez-le ici.",
    wrong: "Ce n'est pas le dernier code que j'ai envoyé. Vérifiez-le, ou écrivez « nouveau code » et j'en envoie un autre.",
    six_digits: "Le code a six chiffres. Pouvez-vous l'écrire encore une fois ?",
    expired: "Ce code n'est plus valable. Écrivez « nouveau code » et j'en envoie un autre.",
    too_many: "C'était un essai de trop, et ce code n'est plus valable. Écrivez « nouveau code » et j'en envoie un autre.",
    no_more: "Je ne peux plus envoyer de code pour le moment. Veuillez réessayer dans une heure.",
    given_up: "Je n'ai pas pu lire d'adresse e-mail et ne peux donc pas vous connecter.",
    refused: "Pas de problème. Sans connexion, je ne peux pas consulter votre compte, mais je réponds volontiers à toute autre \
              question.",
    signed_in: "Merci, vous êtes connecté.",
    what_now: "Que puis-je faire pour vous ?",
    somebody_else: "Cette adresse appartient à un autre client que celui qui s'est connecté ici auparavant, je ne peux donc \
                    pas changer. Pour l'autre compte, écrivez-nous depuis un autre numéro ou une autre adresse.",
    no_mail: "Pour cela, il faudrait vous connecter, et je ne peux pas envoyer de code en ce moment.",
    preview_sent: "Ceci est un aperçu : aucun code n'a été envoyé.",
    preview_code: "Ceci est un aperçu : personne n'y est connecté par un code. Choisissez un client pour continuer.",
    new_code: "nouveau code",
};
