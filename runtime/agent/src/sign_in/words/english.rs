use super::SignInWords;

pub(super) static WORDS: SignInWords = SignInWords {
    ask: "Which e-mail address do you order with? I'll send a code there.",
    ask_again: "Please write the e-mail address that you order with, like name@example.com.",
    sent: "I've sent a code of six digits to {}. Please write it here; it works for ten minutes.",
    sent_to_sender: "I've sent a code of six digits to {}, in a mail of its own. Please answer this mail with the code; it \
                     works for ten minutes.",
    only_to_sender: "By e-mail I can send the code only to the address that you write from. If you ordered with another one, \
                     please write to us from that.",
    waits: "For that you need to be signed in, too. The code that I sent to {} still works: please write it here.",
    wrong: "That isn't the code that I sent last. Please look once more, or write \"new code\" and I'll send another.",
    six_digits: "The code has six digits. Could you write it once more?",
    expired: "That code has run out. Write \"new code\" and I'll send another.",
    too_many: "That was one try too many, and this code doesn't work any more. Write \"new code\" and I'll send another.",
    no_more: "I can't send another code for now. Please try again in an hour.",
    given_up: "I couldn't make out an e-mail address, so I can't sign you in.",
    refused: "That's fine. Without signing you in I can't look at what belongs to your account, but anything else I'll \
              gladly answer.",
    signed_in: "Thank you, you're signed in.",
    what_now: "What can I do for you?",
    somebody_else: "That address belongs to another customer than the one who signed in here before, so I can't switch. For \
                    the other account please write to us from another number or address.",
    no_mail: "For that you'd have to sign in, and I can't send codes at the moment.",
    preview_sent: "This is a preview: no code was sent.",
    preview_code: "This is a preview: nobody is signed in by a code here. Choose a customer to go on as.",
    new_code: "new code",
};
