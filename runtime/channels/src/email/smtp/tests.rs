//! Against a server that says what a test wants to hear; the real ones are in `tests/servers`.

use super::*;
use crate::email::server::{Credentials, Encryption};
use crate::{Consequence, EmailMessage, OutgoingContent, Recipient};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// What the server answers to a command that begins so; an empty answer closes the line, and one that begins with `…` is
/// given slowly.
type Answers = &'static [(&'static str, &'static str)];

/// How long it takes for such an answer.
const SLOW: Duration = Duration::from_secs(3);

const USUAL: Answers = &[
    ("EHLO", "250-test\r\n250-SIZE 1000000\r\n250 AUTH PLAIN LOGIN"),
    ("DATA", "354 go"),
    (".", "250 2.0.0 queued"),
    ("AUTH", "235 ok"),
];

/// What was said to it, line by line over all connections, and how many connections there were.
#[derive(Default)]
struct Heard {
    lines: Mutex<Vec<String>>,
    connections: std::sync::atomic::AtomicUsize,
}

impl Heard {
    fn lines(&self, start: &str) -> Vec<String> {
        self.lines.lock().expect("lines").iter().filter(|line| line.starts_with(start)).cloned().collect()
    }
}

/// Answers as it is told, then as usual, then `250 ok`.
async fn server(answers: Answers) -> (MailServer, Arc<Heard>) {
    server_with(answers, ("", usize::MAX)).await
}

/// Answers a command with 421 after so many of it on one line.
async fn server_that_closes(command: &'static str, after: usize) -> (MailServer, Arc<Heard>) {
    server_with(&[], (command, after)).await
}

async fn server_with(answers: Answers, most: (&'static str, usize)) -> (MailServer, Arc<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let port = listener.local_addr().expect("address").port();
    let heard = Arc::new(Heard::default());
    let hearing = heard.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            hearing.connections.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(serve(stream, answers, most, hearing.clone()));
        }
    });
    let encryption = Encryption::None;
    (MailServer { host: "127.0.0.1".into(), port, encryption, authority: None, credentials: None }, heard)
}

async fn serve(stream: tokio::net::TcpStream, answers: Answers, most: (&'static str, usize), heard: Arc<Heard>) {
    let mut left = most.1;
    let answer = |command: &str| {
        let found = answers.iter().chain(USUAL).find(|(start, _)| command.starts_with(start));
        found.map_or("250 ok", |(_, answer)| answer)
    };
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    let mut in_message = false;
    let mut next =
        Some(answers.iter().find(|(start, _)| *start == "greeting").map_or("220 test", |(_, answer)| answer));
    loop {
        match next.take().map(|answer| (answer, answer.trim_start_matches('…'))) {
            Some(("", _)) => return,
            Some((answer, slow)) if answer != slow => {
                tokio::time::sleep(SLOW).await;
                if writing.write_all(format!("{slow}\r\n").as_bytes()).await.is_err() {
                    return;
                }
            }
            Some((answer, _)) if writing.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() => return,
            _ => {}
        }
        let Ok(Some(line)) = lines.next_line().await else { return };
        heard.lines.lock().expect("lines").push(line.clone());
        if in_message && line != "." {
            continue;
        }
        let counted = !most.0.is_empty() && line.starts_with(most.0);
        let said = if counted && left == 0 { "421 too many messages" } else { answer(&line) };
        left -= usize::from(counted && left > 0);
        in_message = said.starts_with("354");
        next = Some(said);
    }
}

fn message() -> Outgoing {
    let email = EmailMessage {
        subject: "Order 1001".into(),
        text: "It is on its way.\n.\nBye".into(),
        message_id: "c1.m1@shop.example".into(),
        ..EmailMessage::default()
    };
    Outgoing {
        reference: "m1".into(),
        from: "help@shop.example".into(),
        to: Recipient { id: "ana@customer.example".into(), phone: None },
        content: OutgoingContent::Email(Box::new(email)),
        first_try_at: Timestamp::UNIX_EPOCH,
    }
}

async fn sent(answers: Answers) -> Result<Sent, SendFailure> {
    let (server, _) = server(answers).await;
    Smtp::new(server, "shop.example").expect("sets up").send(&message()).await
}

#[tokio::test]
async fn a_message_is_handed_over_and_the_line_used_again() {
    let (server, heard) = server(&[]).await;
    let smtp = Smtp::new(server, "shop.example").expect("sets up");
    for _ in 0..3 {
        assert_eq!(smtp.send(&message()).await, Ok(Sent { provider_id: "c1.m1@shop.example".into() }));
    }
    assert_eq!(heard.connections.load(Ordering::Relaxed), 1);
    assert_eq!(heard.lines("EHLO"), ["EHLO shop.example"]);
    assert!(heard.lines("MAIL")[0].starts_with("MAIL FROM:<help@shop.example> SIZE="));
    assert_eq!(heard.lines("RCPT")[0], "RCPT TO:<ana@customer.example>");
    assert_eq!(heard.lines("..").len(), 3, "the lone dot is doubled");
    assert_eq!(heard.lines("Message-ID: <c1.m1@shop.example>").len(), 3, "the same each time");
    assert_eq!(smtp.find(&message()).await, Ok(Finding::CantTell));
}

#[tokio::test]
async fn a_line_that_the_server_closed_is_made_again() {
    // It closes each line after a message.
    let (server, heard) = server(&[("RSET", "")]).await;
    let smtp = Smtp::new(server, "shop.example").expect("sets up");
    for _ in 0..2 {
        smtp.send(&message()).await.expect("sends");
    }
    assert_eq!(heard.connections.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_server_that_wants_no_more_on_a_line_is_called_again() {
    // The usual answers of this server are for the first message of a line; then it closes it at MAIL or at RCPT.
    for (refused, at_most) in [("MAIL", 1), ("RCPT", 2)] {
        let (server, heard) = server_that_closes(refused, at_most).await;
        let smtp = Smtp::new(server, "shop.example").expect("sets up");
        for _ in 0..5 {
            smtp.send(&message()).await.expect("sends");
        }
        let lines = heard.connections.load(Ordering::Relaxed);
        assert_eq!(
            (lines, heard.lines(".").iter().filter(|line| *line == ".").count()),
            (5_usize.div_ceil(at_most), 5)
        );
    }
    assert!(
        matches!(sent(&[("MAIL", "421 busy")]).await, Err(SendFailure::Later { .. })),
        "on a new line it is refused"
    );
    assert!(matches!(sent(&[(".", "421 closing")]).await, Err(SendFailure::Later { .. })), "and never sent twice");
}

#[tokio::test]
async fn a_refused_message_leaves_the_line_to_the_next() {
    let (server, heard) = server(&[("RCPT", "550 5.1.1 no such user")]).await;
    let smtp = Smtp::new(server, "shop.example").expect("sets up");
    for _ in 0..2 {
        assert!(matches!(
            smtp.send(&message()).await,
            Err(SendFailure::Never { then: Consequence::Unreachable, code: Some(code), .. }) if code == "550 5.1.1"
        ));
    }
    assert_eq!((heard.connections.load(Ordering::Relaxed), heard.lines("RSET").len()), (1, 1));
}

#[tokio::test]
async fn where_the_line_breaks_decides_whether_it_may_have_been_taken() {
    for before in [&[("EHLO", "")] as Answers, &[("MAIL", "")], &[("RCPT", "")], &[("DATA", "")], &[("greeting", "")]] {
        assert!(matches!(sent(before).await, Err(SendFailure::Later { .. })), "{before:?}");
    }
    assert!(matches!(sent(&[("DATA", "250 what?")]).await, Err(SendFailure::Later { .. })));
    assert!(matches!(sent(&[(".", "354 what?")]).await, Err(SendFailure::Unknown { .. })));
    assert!(matches!(sent(&[(".", "")]).await, Err(SendFailure::Unknown { .. })));
    assert!(matches!(sent(&[(".", "what?")]).await, Err(SendFailure::Unknown { .. })));
    assert!(matches!(sent(&[(".", "451 4.3.0 disk full")]).await, Err(SendFailure::Later { .. })));
    assert!(matches!(sent(&[(".", "554 5.7.1 spam")]).await, Err(SendFailure::Never { .. })));
    assert!(matches!(sent(&[("greeting", "421 busy")]).await, Err(SendFailure::Later { .. })));
}

#[tokio::test]
async fn a_server_that_looks_long_at_a_message_is_waited_for() {
    let (short, long) = (Duration::from_secs(1), Duration::from_secs(60));
    let slowly = async |answers: Answers, verdict: Duration| {
        let (server, heard) = server(answers).await;
        let smtp = Smtp { patience: (short, verdict), ..Smtp::new(server, "shop.example").expect("sets up") };
        let sent = smtp.send(&message()).await;
        (sent, heard.lines("Message-ID").len())
    };
    let (taken, refused, silent, before, during) = tokio::join!(
        slowly(&[(".", "…250 clean")], long),
        slowly(&[(".", "…554 5.7.1 spam")], long),
        slowly(&[(".", "…250 clean")], Duration::from_millis(1)),
        slowly(&[("RCPT", "…250 ok")], long),
        slowly(&[("DATA", "…354 go")], long),
    );
    assert!(matches!(taken, (Ok(_), 1)), "{taken:?}");
    assert!(matches!(refused, (Err(SendFailure::Never { .. }), 1)), "{refused:?}");
    assert!(matches!(silent, (Err(SendFailure::Unknown { .. }), 1)), "{silent:?}");
    for nothing in [before, during] {
        assert!(matches!(nothing, (Err(SendFailure::Later { .. }), 0)), "{nothing:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_later() {
    let (mut server, _) = server(&[]).await;
    // A port that nothing listens at: it was just given back.
    let free = TcpListener::bind("127.0.0.1:0").await.expect("binds").local_addr().expect("address").port();
    server.port = free;
    let smtp = Smtp::new(server, "shop.example").expect("sets up");
    assert!(matches!(smtp.send(&message()).await, Err(SendFailure::Later { .. })));
}

#[tokio::test]
async fn a_login_is_tried_by_what_the_server_offers() {
    let cases: [(Answers, &[&str]); 2] = [
        (&[], &["AUTH PLAIN AHNob3AAcGFzcw=="]),
        (
            &[
                ("EHLO", "250-test\r\n250 AUTH LOGIN"),
                ("AUTH LOGIN", "334 VXNlcjo="),
                ("c2hvcA==", "334 UGFzczo="),
                ("cGFzcw==", "235 ok"),
            ],
            &["AUTH LOGIN", "c2hvcA==", "cGFzcw=="],
        ),
    ];
    for (answers, expected) in cases {
        let (mut server, heard) = server(answers).await;
        server.credentials = Some(Credentials { user: "shop".into(), password: "pass".into() });
        Smtp::new(server, "shop.example").expect("sets up").send(&message()).await.expect("sends");
        for line in expected {
            assert_eq!(heard.lines(line).len(), 1, "{line}");
        }
    }
    for answers in [&[("AUTH", "535 5.7.8 no, pass")] as Answers, &[("EHLO", "250 test")]] {
        let (mut server, _) = server(answers).await;
        server.credentials = Some(Credentials { user: "shop".into(), password: "pass".into() });
        let failure =
            Smtp::new(server, "shop.example").expect("sets up").send(&message()).await.expect_err("no access");
        assert!(matches!(failure, SendFailure::Never { then: Consequence::Access, .. }), "{failure:?}");
        assert!(!failure.to_string().contains("no, pass"));
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_said() {
    let (mut server, heard) = server(&[("EHLO", "250-test\r\n250 AUTH PLAIN")]).await;
    server.encryption = Encryption::StartTls;
    server.credentials = Some(Credentials { user: "shop".into(), password: "pass".into() });
    let failure = Smtp::new(server, "shop.example").expect("sets up").send(&message()).await;
    assert!(matches!(failure, Err(SendFailure::Never { then: Consequence::Access, .. })), "{failure:?}");
    assert_eq!(heard.lines("AUTH").len() + heard.lines("MAIL").len(), 0);
}

#[tokio::test]
async fn what_comes_with_the_answer_to_starttls_is_not_believed() {
    let answers: Answers =
        &[("EHLO", "250-test\r\n250 STARTTLS"), ("STARTTLS", "220 go\r\n250-injected\r\n250 AUTH PLAIN")];
    let (mut server, heard) = server(answers).await;
    server.encryption = Encryption::StartTls;
    let failure = Smtp::new(server, "shop.example").expect("sets up").send(&message()).await.expect_err("injected");
    assert!(failure.to_string().contains("out of turn"), "{failure}");
    assert_eq!(heard.lines("MAIL").len(), 0);
}
