//! What each figure means, in a sentence that is printed with it.

/// By the name that the API gives a figure.
pub const DEFINITIONS: &[(&str, &str)] = &[
    (
        "range",
        "Days are those of the zone shown. Figures follow what happens within a second or two, and what becomes of a \
         conversation later (an answer that is assumed to have helped, a question that is opened again, a rating, a \
         handing back) changes the figures of the day that it is counted on.",
    ),
    (
        "before",
        "Compared with as many days right before. Where the period isn't over, the one before ends at the same time of \
         the day. Counts change by a share of what they were, rates by points.",
    ),
    (
        "conversations",
        "Conversations with at least one question to the assistant, or that a person took over. Each counts once, on the \
         day of its first question. Greetings alone and the preview don't count.",
    ),
    (
        "small_talk",
        "Conversations of greetings and thanks only, on the day of the first message. They are in no other figure.",
    ),
    (
        "by_status",
        "How each conversation stands now, by its latest question. Open: being answered, or answered and neither \
         confirmed nor silent for long enough. Routed to team: people have it, or were the last to. Resolved: see \
         confirmed and assumed. Unresolved: not answered completely, and nobody wrote any more for the time after which \
         answers are assumed to have helped.",
    ),
    ("by_channel", "Conversations by the channel on which they are held."),
    (
        "resolution_rate",
        "Confirmed and assumed together, of all conversations, those that are still open among them. A question that is \
         asked afterwards takes its conversation out again until it is settled too.",
    ),
    ("confirmed", "The customer said that the answer helped: by the button, in words, or by thanking for it."),
    (
        "assumed",
        "The assistant answered completely, nobody was asked to help, and the customer wrote nothing more for the time \
         that the server's configuration sets.",
    ),
    (
        "reopened",
        "How often a question that was settled was followed by another one, by the day of the conversation's first \
         question.",
    ),
    (
        "routed_rate",
        "Conversations that people got at some time, of all: by a handoff of the assistant's (a ticket, or a message that \
         says where to turn to) or because a person took over. One that was given back to the assistant and resolved there \
         counts as both routed and resolved.",
    ),
    ("solved_by_team", "Conversations that are with the team and whose latest ticket is solved or closed."),
    ("series", "The same by day, or by hour where it is one day; each conversation at its first question."),
    (
        "answer_time",
        "From a customer's message being stored to the assistant's first answer to it, by when it was asked. An answer \
         after a sign-in, and one to a message that waited for a person, isn't counted. Right to within a twentieth.",
    ),
    (
        "first_response",
        "From a ticket's opening to the first message of a person, by when it was opened; around the clock, waiting at \
         night included. In and out of hours: opened within the business hours as they are set now, or outside. Tickets \
         that a person opened by taking over aren't counted. Waiting: those without an answer. Right to within a \
         twentieth.",
    ),
    (
        "wait",
        "Every wait for a person: from the first message that the assistant handed over or that was written to people to \
         the next message of a person, by when it began. Right to within a twentieth.",
    ),
    (
        "csat",
        "People: scores from 1 to 5 that customers gave after their ticket was solved, by the day they were given; a \
         corrected score counts once. Assistant: what customers said to \u{201c}did that answer your question?\u{201d}, by \
         the day of the answer.",
    ),
    (
        "unresolved_questions",
        "Questions that no skill could answer for want of knowledge or sureness, that can't be done here, or whose answer \
         didn't help as the customer says, grouped by what they ask for, by the day they were asked. What can't be \
         understood isn't counted, nor are groups that were dismissed.",
    ),
    (
        "unavailable_demand",
        "Questions that were recognised as a skill's which couldn't be asked (something that it needs is missing, it is \
         paused, still to come, or not for the channel), by the day they were asked.",
    ),
    (
        "volume",
        "Conversations in which the skill took at least one question. Each counts once for every skill, on the day when \
         the skill took its first one, so that days add up.",
    ),
    ("turns", "Questions that the skill took, by the day they were asked. What it declined isn't counted."),
    (
        "skill_resolution_rate",
        "Of the skill's conversations, those in which its latest question was settled: confirmed by the customer, or \
         assumed (answered completely, and the customer left or went on to another question without saying that it \
         didn't help).",
    ),
    ("handoff_rate", "Of the skill's conversations, those in which people went on with its latest question."),
    (
        "handoffs",
        "Times that people came while the skill had the word, by reason and by the day it happened; a skill that was \
         meant and couldn't be asked counts as having the word.",
    ),
    ("demand", "Questions for the skill that came while it couldn't be asked."),
    ("last_used_at", "The latest question that the skill took, whatever the period and the channel."),
    (
        "handoff_log",
        "One line for each time that people came to a conversation. The outcome is that of its ticket now.",
    ),
    (
        "gaps",
        "One group for questions that ask for the same, whatever their language: compared by what they are about in shop \
         words and by the stems of other words. Answered now: a search of the articles finds an answer to the latest \
         question that is sure enough to be given.",
    ),
];

/// What a figure means.
#[must_use]
pub fn definition(figure: &str) -> Option<&'static str> {
    DEFINITIONS.iter().find(|(name, _)| *name == figure).map(|(_, words)| *words)
}
