use super::*;
use crate::bindings::exports::usher::tools::helpdesk::Fact;

fn ticket(transcript: Vec<Comment>) -> Ticket {
    Ticket {
        external_id: "conv_1".to_owned(),
        subject: String::new(),
        requester_email: None,
        requester_phone: None,
        requester_name: None,
        profile_id: None,
        channel: "sms".to_owned(),
        reason: "missing_knowledge".to_owned(),
        skill: None,
        summary: " ".to_owned(),
        facts: vec![Fact { label: "Order".to_owned(), value: "#1".to_owned() }],
        transcript,
        tags: vec![],
    }
}

fn said(text: String) -> Comment {
    let (author_name, sent_at) = (Some("Ana".to_owned()), "yesterday".to_owned());
    Comment { external_id: String::new(), author: Author::Customer, author_name, text, sent_at }
}

#[test]
fn what_is_not_known_is_left_out() {
    let note = of(&ticket(vec![]));
    assert_eq!(
        note.body,
        "What is known\nChannel: sms\nReason: missing_knowledge\nOrder: #1\n\nConversation, with times in UTC\n"
    );
    assert!(of(&ticket(vec![said("Hello".to_owned())])).body.ends_with("[yesterday] Ana (customer): Hello"));
}

#[test]
fn it_never_exceeds_what_zendesk_takes() {
    for text in ["x".repeat(70_000), "ä€😀".repeat(30_000)] {
        for transcript in
            [vec![said(text.clone())], vec![said("first".to_owned()), said(text.clone()), said("last".to_owned())]]
        {
            let note = of(&ticket(transcript));
            assert!(note.body.len() <= LONGEST, "{}", note.body.len());
            assert!(note.file.is_some_and(|file| file.len() <= LONGEST_FILE));
        }
    }
}

#[test]
fn the_question_stands_first_and_in_full() {
    let asked = "My lamp hums\n at night, and it flickers";
    let transcript = vec![said("Hello".to_owned()), said(asked.to_owned()), said("ana@example.net".to_owned())];
    for subject in ["My lamp hums at night…", "My lamp hums at night, and it flickers"] {
        let note = of(&Ticket { subject: subject.to_owned(), ..ticket(transcript.clone()) });
        assert!(note.body.starts_with(&format!("{asked}\n\nWhat is known")), "{}", note.body);
    }
    let note = of(&Ticket { subject: "A lamp".to_owned(), ..ticket(transcript) });
    assert!(note.body.starts_with("A lamp\n\nWhat is known"));
}
