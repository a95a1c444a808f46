//! The world outside, which outlives every kill: a helpdesk with its people, and whoever is sent mails.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use usher_standins::{Standins, StandinsConfig, Zendesk, ZendeskTicket};

/// What is told to the outside.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Told {
    /// A mail is to be sent.
    Mail { id: String, mail: Mail },
    /// Somebody in the helpdesk is to write, once for each name.
    Reply { name: String, ticket: u64, text: String },
    /// Somebody there is to close a ticket.
    Close { ticket: u64 },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// All that came to it.
#[derive(Default)]
struct Kept {
    /// By the name of the delivery, each with how often it came.
    mails: BTreeMap<String, (Mail, u32)>,
    /// What the helpdesk's people were told to write, with the names of their answers there.
    replies: BTreeMap<String, u64>,
}

pub(crate) struct Outside {
    standins: Arc<Standins>,
    address: SocketAddr,
    kept: Arc<Mutex<Kept>>,
}

impl Outside {
    pub(crate) async fn open() -> Self {
        let mut config = StandinsConfig::default();
        config.zendesk.per_minute = usize::MAX;
        config.zendesk.changes_of_a_ticket = usize::MAX;
        let standins = Arc::new(Standins::start(config).await.unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept: Arc<Mutex<Kept>> = Arc::default();
        let (desk, keeps) = (standins.clone(), kept.clone());
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                tokio::spawn(hear(line, desk.clone(), keeps.clone()));
            }
        });
        Self { standins, address, kept }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the helpdesk is.
    pub(crate) fn zendesk(&self) -> String {
        self.standins.zendesk.url().trim_end_matches('/').to_owned()
    }

    pub(crate) fn tickets(&self) -> Vec<ZendeskTicket> {
        self.standins.zendesk.tickets()
    }

    /// Each mail once, however often it came.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.kept.lock().unwrap().mails.values().map(|(mail, _)| mail.clone()).collect()
    }

    /// How often a mail came again under its name.
    pub(crate) fn repeats(&self) -> u32 {
        self.kept.lock().unwrap().mails.values().map(|(_, times)| times - 1).sum()
    }
}

/// Listens to one process until it ends.
async fn hear(line: TcpStream, standins: Arc<Standins>, kept: Arc<Mutex<Kept>>) {
    let (read, mut write) = line.into_split();
    let mut lines = BufReader::new(read).lines();
    // A line that was cut off was never told.
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(told) = serde_json::from_str(&line) else { return };
        take(told, &standins.zendesk, &mut kept.lock().unwrap());
        if write.write_all(b"well\n").await.is_err() {
            return;
        }
    }
}

fn take(told: Told, zendesk: &Zendesk, kept: &mut Kept) {
    match told {
        Told::Mail { id, mail } => {
            let (before, times) = kept.mails.entry(id).or_insert_with(|| (mail.clone(), 0));
            assert_eq!(*before, mail, "two mails have one name");
            *times += 1;
        }
        Told::Reply { name, ticket, text } => {
            kept.replies.entry(name).or_insert_with(|| zendesk.reply(ticket, &text).unwrap());
        }
        Told::Close { ticket } => {
            if zendesk.ticket(ticket).is_some_and(|ticket| ticket.status != "closed") {
                zendesk.close(ticket).unwrap();
            }
        }
    }
}

/// The line of a process to the outside.
pub(crate) struct Wire {
    line: tokio::sync::Mutex<BufReader<TcpStream>>,
}

impl Wire {
    pub(crate) async fn open(outside: SocketAddr) -> Self {
        let line = TcpStream::connect(outside).await.unwrap();
        line.set_nodelay(true).unwrap();
        Self { line: tokio::sync::Mutex::new(BufReader::new(line)) }
    }

    /// Tells it; when this returns, it is done.
    pub(crate) async fn tell(&self, told: &Told) {
        let mut line = self.line.lock().await;
        let text = format!("{}\n", serde_json::to_string(told).unwrap());
        line.get_mut().write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        line.read_line(&mut answer).await.unwrap();
        assert_eq!(answer, "well\n");
    }
}
