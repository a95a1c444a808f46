//! Many customers write at once, by SMS and WhatsApp: what became of each webhook, and how fast the shop wrote back.

use crate::World;
use reqwest::Method;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::{JoinHandle, JoinSet};
use usher_standins::{Requests, WhatsappUser};

/// What each customer writes, one after the other: questions that an article answers, in other words each time.
pub const QUESTIONS: [&str; 2] = ["How much is shipping?", "Do you deliver to Austria?"];
/// How long nothing at all may happen before the wait for the rest is given up.
const STANDSTILL: Duration = Duration::from_secs(90);
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What came of a burst.
#[derive(Debug)]
pub struct Came {
    /// Webhooks that were brought, by SMS and by WhatsApp.
    pub webhooks: (usize, usize),
    /// Until the last one was answered.
    pub taken_in: Duration,
    /// Answers other than 200, by SMS and by WhatsApp; a webhook of WhatsApp's comes again after one.
    pub refused: (usize, usize),
    /// How long each webhook of SMS took, connecting included, the shortest first.
    pub times: Vec<Duration>,
    /// Messages that the server says it has stored, by SMS and by WhatsApp.
    pub stored: (u64, u64),
    /// Customers whose answers aren't as many as their questions, with how many they got.
    pub unanswered: Vec<(String, usize)>,
    /// Until the last answer was at its provider.
    pub answered_in: Duration,
    /// How fast the server wrote to Twilio and to WhatsApp.
    pub paces: (Pace, Pace),
}

/// How fast a provider was written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Requests to send a message.
    pub requests: usize,
    /// Those that the provider didn't take.
    pub refused: usize,
    /// The most within any one second.
    pub most_in_a_second: usize,
}

/// Customers write `webhooks` messages, spread over so long, half of them by SMS. Returns once nothing more comes back.
///
/// # Panics
/// Where the world's channels aren't open, or the server doesn't answer its operator.
pub async fn burst(world: &World, webhooks: usize, over: Duration) -> Came {
    let customers = webhooks.div_ceil(2 * QUESTIONS.len());
    let (texts, chats) = (&world.standins.twilio.texts, &world.standins.whatsapp.chats);
    let twilio = Watched::new(world.standins.twilio.requests().clone());
    let whatsapp = Watched::new(world.standins.whatsapp.server.requests().clone());
    let (already_sms, already_whatsapp) = stored(world).await;
    let begun = Instant::now();
    let mut writing = JoinSet::new();
    let (mut by_sms, mut by_whatsapp) = (0, 0);
    // All customers their first question, then all the next one: nobody writes twice at the same moment.
    let all = QUESTIONS.iter().flat_map(|question| (0..customers).map(move |customer| (*question, customer)));
    let each = over / u32::try_from(2 * customers * QUESTIONS.len()).unwrap_or(u32::MAX);
    for (place, (question, customer)) in (0_u32..).zip(all) {
        tokio::time::sleep_until((begun + each * 2 * place).into()).await;
        let (texts, number) = (texts.clone(), number_of("+1202555", customer));
        writing.spawn(async move {
            let written = Instant::now();
            let status = texts.write(&number, question).await;
            (status, written.elapsed())
        });
        chats.write(&user_of(customer), question);
        (by_sms, by_whatsapp) = (by_sms + 1, by_whatsapp + 1);
    }
    let answers = writing.join_all().await;
    chats.settled().await;
    let taken_in = begun.elapsed();
    let mut times: Vec<Duration> = answers.iter().map(|(_, time)| *time).collect();
    times.sort_unstable();
    let tries = chats
        .webhooks()
        .into_iter()
        .filter(|webhook| webhook.body.contains("\"messages\":["))
        .flat_map(|it| it.answers);
    let refused = (
        answers.iter().filter(|(status, _)| *status != Some(200)).count(),
        tries.filter(|status| *status != Some(200)).count(),
    );
    wait_for_answers(world, by_sms + by_whatsapp).await;
    let answered_in = begun.elapsed();
    let (sms, on_whatsapp) = stored(world).await;
    let sent: Vec<String> = texts.all().into_iter().filter(|text| !text.is_inbound()).map(|text| text.to).collect();
    let chatted = chats.all().into_iter().filter(|(_, message)| message.from_shop);
    let chatted: Vec<String> = chatted.filter_map(|(user, _)| user.phone).collect();
    let got = counted(sent.iter().chain(&chatted));
    let expected = (0..customers)
        .flat_map(|customer| [number_of("+1202555", customer), user_of(customer).phone.unwrap_or_default()]);
    let unanswered = expected.map(|who| (got.get(&who).copied().unwrap_or(0), who));
    Came {
        webhooks: (by_sms, by_whatsapp),
        taken_in,
        refused,
        times,
        stored: (sms - already_sms, on_whatsapp - already_whatsapp),
        unanswered: unanswered.filter(|(got, _)| *got != QUESTIONS.len()).map(|(got, who)| (who, got)).collect(),
        answered_in,
        paces: (twilio.pace("Body=", sent.len()).await, whatsapp.pace("\"type\"", chatted.len()).await),
    }
}

fn number_of(begins: &str, customer: usize) -> String {
    format!("{begins}{customer:05}")
}

fn user_of(customer: usize) -> WhatsappUser {
    WhatsappUser::with_phone(&number_of("+1303555", customer), "Robin")
}

fn counted<'a>(all: impl Iterator<Item = &'a String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one.clone()).or_default() += 1;
    }
    counts
}

/// How many messages came in by SMS and by WhatsApp, as the server counts them.
async fn stored(world: &World) -> (u64, u64) {
    let answer = world.operator(Method::GET, "channels", None).await;
    let of = |name: &str| {
        let all = answer["channels"].as_array().into_iter().flatten();
        all.filter(|channel| channel["channel"] == name).find_map(|channel| channel["week"]["arrived"].as_u64())
    };
    (of("sms").unwrap_or_default(), of("whatsapp").unwrap_or_default())
}

/// Until so many answers are with the providers, or nothing moves any more.
async fn wait_for_answers(world: &World, expected: usize) {
    let (mut before, mut moved) = (0, Instant::now());
    while moved.elapsed() < STANDSTILL {
        let sms = world.standins.twilio.texts.all().iter().filter(|text| !text.is_inbound()).count();
        let chats = world.standins.whatsapp.chats.all().iter().filter(|(_, message)| message.from_shop).count();
        if sms + chats >= expected {
            return;
        }
        if sms + chats > before {
            (before, moved) = (sms + chats, Instant::now());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// The log of a provider's requests, of which the stand-in itself keeps only the newest.
struct Watched {
    log: JoinHandle<Vec<(jiff::Timestamp, String)>>,
    ends: Arc<AtomicBool>,
}

impl Watched {
    fn new(requests: Requests) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let ending = Arc::clone(&ends);
        let log = tokio::spawn(async move {
            let (mut log, mut known) = (Vec::new(), BTreeSet::new());
            loop {
                let last = ending.load(Ordering::Acquire);
                for request in requests.all().into_iter().filter(|request| request.method == "POST") {
                    // No two of them are the same: each has a reference of its own.
                    if known.insert((request.at, request.body.clone())) {
                        log.push((request.at, request.body));
                    }
                }
                if last {
                    return log;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
        Self { log, ends }
    }

    /// Of those whose body holds this; so many messages the provider took.
    async fn pace(self, holds: &str, taken: usize) -> Pace {
        self.ends.store(true, Ordering::Release);
        let log = self.log.await.expect("the log is read to its end");
        let mut times: Vec<jiff::Timestamp> =
            log.into_iter().filter(|(_, body)| body.contains(holds) && !is_read_mark(body)).map(|(at, _)| at).collect();
        times.sort_unstable();
        let second = jiff::SignedDuration::from_secs(1);
        let mut first = 0;
        let mut most = 0;
        for (last, at) in times.iter().enumerate() {
            while at.duration_since(times[first]) >= second {
                first += 1;
            }
            most = most.max(last + 1 - first);
        }
        Pace { requests: times.len(), refused: times.len().saturating_sub(taken), most_in_a_second: most }
    }
}

/// Showing that a message was read is no message.
fn is_read_mark(body: &str) -> bool {
    body.contains("\"status\":\"read\"")
}
