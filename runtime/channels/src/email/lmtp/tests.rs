//! The protocol on loopback; a real mail server brings its mail in `tests/servers`.

use super::*;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::watch;

#[derive(Default)]
struct Shop {
    mails: Mutex<Vec<Mail>>,
    refusal: Mutex<Option<Refusal>>,
}

#[async_trait]
impl Taker for Shop {
    async fn takes(&self, recipient: &str) -> Result<(), Refusal> {
        match recipient {
            "help@shop.example" | "sales@shop.example" => Ok(()),
            "later@shop.example" => Err(Refusal::Later("ask me later".into())),
            _ => Err(Refusal::Never("nobody\r\n250 of that name \u{e4}".into())),
        }
    }

    async fn take(&self, mail: Mail) -> Result<(), Refusal> {
        if let Some(refusal) = self.refusal.lock().expect("refusal").clone() {
            return Err(refusal);
        }
        self.mails.lock().expect("mails").push(mail);
        Ok(())
    }
}

struct Running {
    shop: Arc<Shop>,
    address: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

async fn start_at(listen: Listen, limits: Limits) -> Running {
    let shop = Arc::new(Shop::default());
    let lmtp = Lmtp::bind(listen, limits, shop.clone()).await.expect("listens");
    let address = lmtp.address();
    let (stop, closing) = watch::channel(false);
    Running { shop, address, stop, task: tokio::spawn(lmtp.run(closing)) }
}

async fn start(change: impl FnOnce(&mut Limits)) -> (Running, Line<TcpStream>) {
    let mut limits = Limits::default();
    change(&mut limits);
    let running = start_at(Listen::Tcp(([127, 0, 0, 1], 0).into()), limits).await;
    let line = running.connect().await;
    (running, line)
}

impl Running {
    async fn connect(&self) -> Line<TcpStream> {
        let stream = TcpStream::connect(self.address.expect("an address")).await.expect("connects");
        Line(BufReader::new(stream))
    }

    fn mails(&self) -> Vec<Mail> {
        self.shop.mails.lock().expect("mails").clone()
    }
}

struct Line<S>(BufReader<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    async fn say(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.expect("writes");
    }

    /// So many answers, the last line of each.
    async fn answers(&mut self, count: usize) -> Vec<String> {
        let mut answers = Vec::new();
        while answers.len() < count {
            let mut line = String::new();
            if self.0.read_line(&mut line).await.expect("reads") == 0 {
                break;
            }
            assert!(line.ends_with("\r\n"), "{line:?}");
            if line.as_bytes().get(3) == Some(&b' ') {
                answers.push(line.trim_end().to_owned());
            }
        }
        answers
    }

    /// The codes of what is answered.
    async fn asks(&mut self, bytes: &str, count: usize) -> Vec<String> {
        self.say(bytes.as_bytes()).await;
        self.answers(count).await.iter().map(|line| line.chars().take(3).collect()).collect()
    }

    async fn greet(&mut self) {
        assert_eq!(self.answers(1).await, ["220 usher LMTP"]);
        assert_eq!(self.asks("LHLO mx.shop.example\r\n", 1).await, ["250"]);
    }

    async fn is_closed(&mut self) -> bool {
        let mut rest = String::new();
        matches!(self.0.read_line(&mut rest).await, Ok(0) | Err(_))
    }
}

const BEGIN: &str = "MAIL FROM:<ana@customer.example>\r\nRCPT TO:<help@shop.example>\r\nDATA\r\n";

#[tokio::test]
async fn each_recipient_has_an_answer_and_lines_can_be_sent_at_once() {
    let (running, mut line) = start(|_| {}).await;
    line.greet().await;
    let all = "MAIL FROM:<ana@customer.example> BODY=8BITMIME SIZE=20\r\nRCPT TO:<help@shop.example>\r\n\
               RCPT TO:<nobody@shop.example>\r\nRCPT TO:<later@shop.example>\r\nRCPT TO:<sales@shop.example>\r\nDATA\r\n";
    assert_eq!(line.asks(all, 6).await, ["250", "250", "550", "451", "250", "354"]);
    let codes = line.asks("Subject: Hi\r\n\r\n..dot gr\u{fc}n\r\n.\r\nNOOP\r\n", 3).await;
    assert_eq!(codes, ["250", "250", "250"], "one for each recipient that was taken, one for NOOP");
    assert_eq!(
        running.mails(),
        [Mail {
            from: "ana@customer.example".into(),
            recipients: vec!["help@shop.example".into(), "sales@shop.example".into()],
            raw: "Subject: Hi\r\n\r\n.dot gr\u{fc}n\r\n".into(),
        }]
    );
    assert_eq!(line.asks("QUIT\r\n", 1).await, ["221"]);
    assert!(line.is_closed().await);
}

#[tokio::test]
async fn what_is_not_stored_is_not_taken() {
    let (running, mut line) = start(|_| {}).await;
    line.greet().await;
    for (refusal, code) in [(Refusal::Later("disk full".into()), "451"), (Refusal::Never("no".into()), "550")] {
        *running.shop.refusal.lock().expect("refusal") = Some(refusal);
        assert_eq!(line.asks(BEGIN, 3).await, ["250", "250", "354"]);
        assert_eq!(line.asks("a\r\n.\r\n", 1).await, [code]);
    }
    *running.shop.refusal.lock().expect("refusal") = None;
    assert_eq!(line.asks(BEGIN, 3).await, ["250", "250", "354"]);
    assert_eq!(line.asks("a\r\n.\r\n", 1).await, ["250"]);
    assert_eq!(running.mails().len(), 1);
}

#[tokio::test]
async fn commands_have_their_order() {
    let (running, mut line) = start(|_| {}).await;
    assert_eq!(line.answers(1).await.len(), 1);
    assert_eq!(
        line.asks("MAIL FROM:<a@b>\r\nEHLO x\r\nRCPT TO:<help@shop.example>\r\nDATA\r\n", 4).await,
        ["503", "500", "503", "503"]
    );
    assert_eq!(
        line.asks("LHLO x\r\nMAIL FROM:<>\r\nMAIL FROM:<a@b>\r\nDATA\r\n", 4).await,
        ["250", "250", "503", "503"]
    );
    assert_eq!(line.asks("RCPT TO:<nobody@shop.example>\r\nDATA\r\n", 2).await, ["550", "503"], "RFC 2033, 4.2");
    assert_eq!(
        line.asks("RSET\r\nRCPT TO:<help@shop.example>\r\nVRFY x\r\nWHAT\r\n", 4).await,
        ["250", "503", "502", "500"]
    );
    line.say(b"RCPT TO:<nobody@shop.example>\r\nMAIL FROM:<a@b>\r\nRCPT TO:<nobody@shop.example>\r\n").await;
    let said = line.answers(3).await;
    assert_eq!(said[2], "550 5.1.1 nobody??250 of that name ?", "the taker's words break out of nothing");
    assert_eq!(running.mails().len(), 0);
}

#[tokio::test]
async fn a_second_message_hides_in_no_first_one() {
    for end in ["\n.\n", "\n.\r\n", "\r.\r", "\r.\r\n", "\r\n.\n", "\r\n.\r", "\r\n\0.\r\n"] {
        let (running, mut line) = start(|_| {}).await;
        line.greet().await;
        assert_eq!(line.asks(BEGIN, 3).await, ["250", "250", "354"]);
        let hidden = "MAIL FROM:<boss@shop.example>\r\nRCPT TO:<help@shop.example>\r\nDATA\r\nhidden\r\n.\r\n";
        assert_eq!(line.asks(&format!("first{end}{hidden}NOOP\r\n"), 2).await, ["250", "250"], "{end:?}");
        let mails = running.mails();
        assert_eq!(mails.len(), 1, "{end:?}");
        assert_eq!(mails[0].from, "ana@customer.example");
        assert!(String::from_utf8_lossy(&mails[0].raw).contains("hidden"));
    }
    for bare in ["NOOP\nMAIL FROM:<a@b>\r\n", "NOOP\n"] {
        let (_running, mut line) = start(|_| {}).await;
        line.greet().await;
        assert_eq!(line.asks(bare, 2).await, ["500"], "and nothing behind it");
        assert!(line.is_closed().await);
    }
    let (_running, mut line) = start(|_| {}).await;
    line.greet().await;
    assert_eq!(line.asks("MAIL FROM:<a@b>\rRSET\r\n", 1).await, ["500"]);
}

#[tokio::test]
async fn everything_has_its_limit() {
    let small = |limits: &mut Limits| {
        *limits = Limits { message: 100, line: 50, recipients: 2, ..*limits };
    };
    let (running, mut line) = start(small).await;
    line.greet().await;
    assert_eq!(line.asks("MAIL FROM:<a@b> SIZE=101\r\nMAIL FROM:<a@b> SIZE=100\r\n", 2).await, ["552", "250"]);
    let three = "RCPT TO:<help@shop.example>\r\n".repeat(3);
    assert_eq!(line.asks(&format!("{three}DATA\r\n"), 4).await, ["250", "250", "452", "354"]);
    assert_eq!(line.asks(&format!("{}.\r\n", "aaaaaaaa\r\n".repeat(11)), 2).await, ["552", "552"], "too large, each");
    assert_eq!(line.asks(BEGIN, 3).await, ["250", "250", "354"]);
    assert_eq!(line.asks(&format!("{}\r\n.\r\n", "a".repeat(49)), 1).await, ["554"], "a long line");
    assert_eq!(line.asks(BEGIN, 3).await, ["250", "250", "354"]);
    assert_eq!(line.asks(&"a".repeat(500), 1).await, ["552"], "far too much");
    assert!(line.is_closed().await);
    assert_eq!(running.mails().len(), 0);

    let (_running, mut line) = start(|limits| limits.commands = 5).await;
    line.greet().await;
    assert_eq!(line.asks(&"NOOP\r\n".repeat(9), 10).await, ["250", "250", "250", "250", "421"]);

    let (_running, mut line) = start(|_| {}).await;
    line.greet().await;
    assert_eq!(line.asks(&"x\r\n".repeat(30), 30).await.last().map(String::as_str), Some("421"), "too many errors");

    let (_running, mut line) = start(|_| {}).await;
    line.greet().await;
    assert_eq!(line.asks(&"N".repeat(3000), 2).await, ["500"], "a command without end");

    let (running, mut line) = start(|limits| limits.connections = 1).await;
    line.greet().await;
    let mut second = running.connect().await;
    assert_eq!(second.answers(2).await, ["421 4.3.2 Too many connections at once; try again later"]);
    line.asks("QUIT\r\n", 1).await;
    assert!(line.is_closed().await);

    let (_running, mut line) = start(|limits| limits.idle = Duration::from_millis(200)).await;
    line.greet().await;
    assert_eq!(line.answers(2).await, ["421 4.4.2 Nothing was said for too long"]);

    let (_running, mut line) = start(|limits| limits.storing = Duration::ZERO).await;
    line.greet().await;
    assert_eq!(line.asks("NOOP\r\n", 1).await, ["250"]);
}

#[tokio::test]
async fn it_listens_on_this_machine_only() {
    for far in ["0.0.0.0:0", "[::]:0", "10.0.0.1:0"] {
        let shop = Arc::new(Shop::default());
        let bound = Lmtp::bind(Listen::Tcp(far.parse().expect("address")), Limits::default(), shop).await;
        let Err(error) = bound else { panic!("{far}") };
        assert!(error.to_string().contains("this machine only"), "{error}");
    }
}

#[tokio::test]
async fn a_socket_is_shared_with_nobody_and_left_behind_by_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lmtp");
    let bind = |path: &std::path::Path| {
        Lmtp::bind(Listen::Unix(path.to_owned()), Limits::default(), Arc::new(Shop::default()))
    };
    std::fs::write(&path, "mine").expect("writes");
    assert!(matches!(bind(&path).await, Err(NotListening::NotASocket(_))));
    std::fs::remove_file(&path).expect("removes");

    // A crash leaves its socket behind.
    drop(std::os::unix::net::UnixListener::bind(&path).expect("binds"));
    let running = start_at(Listen::Unix(path.clone()), Limits::default()).await;
    assert!(matches!(bind(&path).await, Err(NotListening::InUse(_))));

    let mut line = Line(BufReader::new(UnixStream::connect(&path).await.expect("connects")));
    line.greet().await;
    assert_eq!(line.asks(BEGIN, 3).await, ["250", "250", "354"]);
    assert_eq!(line.asks("a\r\n.\r\n", 1).await, ["250"]);
    assert_eq!(running.mails().len(), 1);

    running.stop.send(true).expect("stops");
    assert_eq!(line.answers(1).await, ["421 4.3.2 Closing; come again later"]);
    running.task.await.expect("ends");
    assert!(!path.exists());
}
