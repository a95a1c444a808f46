//! Against servers that say what none should; a real one is in `tests/servers`.

use super::*;
use crate::email::server::{Credentials, Encryption};
use std::sync::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a server says to a command, without its tag; `TAG` stands for it. An empty answer closes the line.
type Answers = fn(&str) -> String;

/// A server with one mail of UID 5, which IDLE shows to be new.
fn usual(command: &str) -> String {
    match command.split(' ').next().unwrap_or_default() {
        "" => "* OK [CAPABILITY IMAP4rev1 IDLE] hello\r\n".into(),
        "SELECT" => "* 4 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 5] x\r\nTAG OK done\r\n".into(),
        "CAPABILITY" => "* CAPABILITY IMAP4rev1 IDLE\r\nTAG OK done\r\n".into(),
        "IDLE" => "+ idling\r\n* 5 EXISTS\r\n".into(),
        "DONE" => "TAG OK done\r\n".into(),
        _ if command.starts_with("UID SEARCH UID 5:*") => "* SEARCH 5\r\nTAG OK done\r\n".into(),
        _ if command.starts_with("UID SEARCH") => "* SEARCH\r\nTAG OK done\r\n".into(),
        _ if command.contains("RFC822.SIZE") => "* 5 FETCH (UID 5 RFC822.SIZE 4)\r\nTAG OK done\r\n".into(),
        _ if command.contains("BODY.PEEK") => "* 5 FETCH (UID 5 BODY[] {4}\r\nmail)\r\nTAG OK done\r\n".into(),
        _ => "TAG OK done\r\n".into(),
    }
}

#[derive(Default)]
struct Store {
    place: Mutex<Option<Place>>,
    mails: Mutex<Vec<Vec<u8>>>,
    passed: Mutex<Vec<PassedOver>>,
    states: Mutex<Vec<MailboxState>>,
    heard: Mutex<Vec<String>>,
}

#[async_trait]
impl Keeper for Store {
    async fn place(&self) -> Result<Option<Place>, String> {
        Ok(*self.place.lock().expect("place"))
    }

    async fn keep(&self, raw: &[u8], place: Place) -> Result<(), String> {
        self.mails.lock().expect("mails").push(raw.to_vec());
        *self.place.lock().expect("place") = Some(place);
        Ok(())
    }

    async fn pass_over(&self, place: Place, mail: Option<PassedOver>) -> Result<(), String> {
        self.passed.lock().expect("passed").extend(mail);
        *self.place.lock().expect("place") = Some(place);
        Ok(())
    }

    fn state(&self, state: MailboxState) {
        self.states.lock().expect("states").push(state);
    }
}

async fn serve(stream: TcpStream, answers: Answers, store: Arc<Store>) {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    let mut tag = String::new();
    let mut command = String::new();
    loop {
        let answer = answers(&command).replace("TAG", &tag);
        if answer.is_empty() || writing.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        let Ok(Some(line)) = lines.next_line().await else { return };
        store.heard.lock().expect("heard").push(line.clone());
        command = match line.split_once(' ') {
            Some((first, rest)) => {
                tag = first.to_owned();
                rest.to_owned()
            }
            // DONE ends the command before it.
            None => line,
        };
    }
}

/// Watches such a server until it is so.
async fn watched(answers: Answers, encryption: Encryption, so: impl Fn(&Store) -> bool) -> Arc<Store> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let port = listener.local_addr().expect("address").port();
    let store = Arc::new(Store::default());
    let serving = store.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, answers, serving.clone()));
        }
    });
    let credentials = Some(Credentials { user: "shop".into(), password: "pass\"word".into() });
    let server = MailServer { host: "127.0.0.1".into(), port, encryption, authority: None, credentials };
    let short = Duration::from_millis(20);
    let mailbox = Mailbox { largest: 1000, poll: short, pauses: (short, short), ..Mailbox::inbox(server) };
    let (stop, closing) = watch::channel(false);
    let running = tokio::spawn(super::watch(mailbox, store.clone(), closing));
    let end = std::time::Instant::now() + Duration::from_secs(30);
    while !so(&store) {
        assert!(std::time::Instant::now() < end, "not so: {:?}", store.states.lock());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.send(true).expect("it listens");
    running.await.expect("it ends");
    store
}

fn brought(store: &Store) -> bool {
    !store.mails.lock().expect("mails").is_empty()
}

fn said(store: &Store, word: &str) -> bool {
    store.states.lock().expect("states").iter().any(|state| match state {
        MailboxState::Watching { .. } => false,
        MailboxState::Interrupted { why, .. } | MailboxState::NoAccess { why, .. } => why.contains(word),
    })
}

fn heard(store: &Store, word: &str) -> bool {
    store.heard.lock().expect("heard").iter().any(|line| line.contains(word))
}

#[tokio::test]
async fn a_mail_is_kept_and_then_marked() {
    let store = watched(usual, Encryption::None, |store| heard(store, "STORE")).await;
    assert_eq!(store.mails.lock().expect("mails")[0], b"mail");
    assert!(heard(&store, "LOGIN \"shop\" \"pass\\\"word\""));
    assert!(heard(&store, "UID STORE 5 +FLAGS.SILENT (\\Seen)"));
    assert_eq!(store.place.lock().expect("place").map(|place| (place.validity, place.last)), Some((7, 5)));
}

#[tokio::test]
async fn a_mail_that_is_larger_than_its_size_is_passed_over() {
    let lies: Answers = |command| match command {
        _ if command.contains("BODY.PEEK") => "* 5 FETCH (UID 5 BODY[] {9000000}\r\n".into(),
        _ => usual(command),
    };
    let store = watched(lies, Encryption::None, |store| !store.passed.lock().expect("passed").is_empty()).await;
    assert!(!brought(&store) && !heard(&store, "STORE"));
    assert_eq!(store.place.lock().expect("place").map(|place| place.last), Some(5));
}

#[tokio::test]
async fn what_a_server_tells_of_a_mail_beside_the_answer_takes_nothing_away() {
    let flags = "* 5 FETCH (UID 5 FLAGS (\\Seen))\r\nTAG OK";
    let talkative: Answers = |command| match command {
        _ if command.contains("FETCH") => {
            usual(command).replace("TAG OK", "* 5 FETCH (UID 5 FLAGS (\\Seen))\r\nTAG OK")
        }
        _ => usual(command),
    };
    assert!(talkative("UID FETCH 5 (BODY.PEEK[])").contains(flags));
    let store = watched(talkative, Encryption::None, |store| heard(store, "STORE")).await;
    assert_eq!(store.mails.lock().expect("mails")[0], b"mail");
    let sizeless: Answers = |command| match command {
        _ if command.contains("RFC822.SIZE") => "* 5 FETCH (UID 5)\r\nTAG OK done\r\n".into(),
        _ => usual(command),
    };
    watched(sizeless, Encryption::None, brought).await;
}

#[tokio::test]
async fn a_mail_that_the_server_refuses_to_give_is_passed_over_at_last() {
    let passed = |store: &Store| !store.passed.lock().expect("passed").is_empty();
    let tries =
        |store: &Store| store.heard.lock().expect("heard").iter().filter(|line| line.contains("BODY.PEEK")).count();
    let refusing: Answers = |command| match command {
        _ if command.contains("BODY.PEEK") => "TAG NO [SERVERBUG] its file\tis broken\r\n".into(),
        _ => usual(command),
    };
    let store = watched(refusing, Encryption::None, passed).await;
    assert_eq!((brought(&store), tries(&store)), (false, 8));
    assert_eq!(store.place.lock().expect("place").map(|place| place.last), Some(5));
    let why = store.passed.lock().expect("passed")[0].why.clone();
    assert_eq!(why, "the server refuses to give it: [SERVERBUG] its file is broken");
    assert!(said(&store, "is broken"), "people see it before");
    let empty: Answers = |command| match command {
        _ if command.contains("BODY.PEEK") => "* 5 FETCH (UID 5 BODY[] NIL)\r\nTAG OK done\r\n".into(),
        _ => usual(command),
    };
    let store = watched(empty, Encryption::None, passed).await;
    assert_eq!((brought(&store), tries(&store)), (false, 8));
    // What passes by itself is waited for.
    let busy: Answers = |command| match command {
        _ if command.contains("BODY.PEEK") => "TAG NO [Unavailable] the disks are away\r\n".into(),
        _ => usual(command),
    };
    let store = watched(busy, Encryption::None, |store| tries(store) > 12).await;
    assert!(!passed(&store) && said(&store, "the disks are away"));
}

#[tokio::test]
async fn a_mail_that_is_deleted_meanwhile_is_nothing() {
    let gone: Answers = |command| match command {
        _ if command.contains("FETCH") => "TAG OK done\r\n".into(),
        _ => usual(command),
    };
    let idles = |store: &Store| store.heard.lock().expect("heard").iter().filter(|line| line.ends_with("IDLE")).count();
    let store = watched(gone, Encryption::None, |store| idles(store) > 0 && heard(store, "FETCH")).await;
    assert!(!brought(&store) && store.passed.lock().expect("passed").is_empty());
}

#[tokio::test]
async fn a_server_that_says_too_much_is_left_alone_for_a_while() {
    let endless: Answers = |command| match command {
        _ if command.contains("SEARCH") => "* SEARCH {90000000}\r\n".into(),
        _ => usual(command),
    };
    let store = watched(endless, Encryption::None, |store| said(store, "too much")).await;
    assert!(!brought(&store));
    let long: Answers = |command| match command {
        "" => "*".repeat(5 << 20),
        _ => usual(command),
    };
    watched(long, Encryption::None, |store| said(store, "too long")).await;
}

#[tokio::test]
async fn where_idle_is_refused_the_mailbox_is_asked() {
    let no_idle: Answers = |command| match command {
        "IDLE" => "TAG BAD not today\r\n".into(),
        "NOOP" => "* 5 EXISTS\r\nTAG OK done\r\n".into(),
        _ => usual(command),
    };
    let store = watched(no_idle, Encryption::None, |store| heard(store, "STORE")).await;
    assert!(brought(&store));
    assert!(store.states.lock().expect("states").contains(&MailboxState::Watching { at_once: false }));
}

#[tokio::test]
async fn a_mailbox_that_may_only_be_read_is_watched_all_the_same() {
    let read_only: Answers = |command| match command {
        _ if command.contains("STORE") => "TAG NO read-only\r\n".into(),
        _ => usual(command),
    };
    let store = watched(read_only, Encryption::None, brought).await;
    assert!(store.states.lock().expect("states").iter().all(|state| matches!(state, MailboxState::Watching { .. })));
}

#[tokio::test]
async fn what_an_operator_has_to_mend_is_told_from_what_passes() {
    let wrong: Answers = |command| match command {
        _ if command.starts_with("LOGIN") => "TAG NO [AUTHENTICATIONFAILED] pass is wrong\r\n".into(),
        _ => usual(command),
    };
    let store = watched(wrong, Encryption::None, |store| said(store, "refused user and password")).await;
    assert!(!said(&store, "pass is wrong"), "nothing of what the server said to a login");
    let passing: Answers = |command| match command {
        _ if command.starts_with("LOGIN") => "TAG NO [UNAVAILABLE] later\r\n".into(),
        _ => usual(command),
    };
    let store = watched(passing, Encryption::None, |store| said(store, "can't look logins up")).await;
    assert!(matches!(store.states.lock().expect("states")[0], MailboxState::Interrupted { .. }));
    let folder: Answers = |command| match command {
        _ if command.starts_with("SELECT") => "TAG NO [INUSE] being mended\r\n".into(),
        _ => usual(command),
    };
    let store = watched(folder, Encryption::None, |store| said(store, "being mended")).await;
    assert!(matches!(store.states.lock().expect("states")[0], MailboxState::Interrupted { .. }));
    let other: Answers = |_| "220 this is SMTP\r\n".into();
    watched(other, Encryption::None, |store| said(store, "no IMAP server")).await;
    let leaving: Answers = |_| "* BYE too many lines\r\n".into();
    watched(leaving, Encryption::None, |store| said(store, "too many lines")).await;
}

#[tokio::test]
async fn without_starttls_nothing_is_said_and_injected_answers_are_not_believed() {
    let store = watched(usual, Encryption::StartTls, |store| said(store, "STARTTLS")).await;
    assert!(!heard(&store, "LOGIN"));
    let injecting: Answers = |command| match command {
        "" => "* OK [CAPABILITY IMAP4rev1 STARTTLS] hello\r\n".into(),
        "STARTTLS" => "TAG OK go\r\n* CAPABILITY IMAP4rev1\r\n".into(),
        _ => usual(command),
    };
    let store = watched(injecting, Encryption::StartTls, |store| said(store, "out of turn")).await;
    assert!(!heard(&store, "LOGIN"));
}
