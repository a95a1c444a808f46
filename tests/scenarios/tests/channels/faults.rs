//! Faults on both sides of every channel: webhooks that come twice, late and in another order; a server that is killed
//! between storing and acknowledging, between sending and noting it; providers that fail, throttle, or take a message and
//! lose the answer; news of deliveries late, repeated and in another order. What customers wrote is stored once and
//! answered; what was said to them arrives; what they saw twice is counted.
//!
//! `CHANNEL_MESSAGES=5000 CHANNEL_SEED=7` has them write as many messages, with other luck.

use crate::customers::{Customer, Shop};
use crate::verdict;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use usher_manifest::Channel;
use usher_scenarios::World;
use usher_standins::{Fault, Faults, TwilioFate, WhatsappState};

const MESSAGES: usize = 600;
const SEED: u64 = 7;
/// What each customer writes, in this order.
pub(crate) const QUESTIONS: [&str; 5] = [
    "How much is shipping?",
    "What is your return policy?",
    "Do you deliver to Austria?",
    "Until when can an order be cancelled?",
    "How long do I have to return something?",
];
const CHANNELS: [Channel; 4] = [Channel::Webchat, Channel::Sms, Channel::Whatsapp, Channel::Email];
/// New customers begin so many messages a second, all channels together.
const A_SECOND: f64 = 20.0;
/// Pauses of what failed grow to minutes.
const PATIENCE: Duration = Duration::from_secs(20 * 60);

fn given(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|given| given.parse().ok()).unwrap_or(usual)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_whatever_fails_and_what_comes_twice_is_counted() {
    let (messages, seed) = (given("CHANNEL_MESSAGES", MESSAGES as u64) as usize, given("CHANNEL_SEED", SEED));
    let mut luck = StdRng::seed_from_u64(seed);
    let mut settings = World::unthrottled_settings();
    settings.twilio.messages_per_second = 0;
    settings.whatsapp.pair_burst = u32::MAX;
    let mut world = World::with_channels(settings).await;
    world.write_articles().await;
    world.standins.mails.pause(Duration::from_millis(700));
    let shop = Shop::of(&world);
    let mut writing = JoinSet::new();
    let customers = messages.div_ceil(QUESTIONS.len());
    println!(
        "{customers} customers write {} messages on four channels; CHANNEL_SEED={seed}",
        customers * QUESTIONS.len()
    );
    for number in 0..customers {
        let channel = CHANNELS[number % CHANNELS.len()];
        let begins = Duration::from_secs_f64((number * QUESTIONS.len()) as f64 / A_SECOND);
        let customer = Customer::new(&shop, channel, number, luck.random());
        writing.spawn(async move {
            tokio::time::sleep(begins).await;
            customer.write_all().await
        });
    }
    let writing = tokio::spawn(writing.join_all());
    let disturbing =
        [tokio::spawn(disturb(shop.clone(), luck.random())), tokio::spawn(gossip(shop.clone(), luck.random()))];
    let mut ends = 0;
    while !writing.is_finished() {
        tokio::time::sleep(Duration::from_millis(luck.random_range(1500..6000))).await;
        world.kill_server().await;
        tokio::time::sleep(Duration::from_millis(luck.random_range(0..800))).await;
        world.start_server().await;
        ends += 1;
    }
    let customers = writing.await.expect("everybody wrote");
    disturbing.iter().for_each(tokio::task::JoinHandle::abort);
    for faults in &shop.faults {
        faults.clear();
    }
    // What Twilio gave up to bring is asked for at a start; the one before may have been told nothing.
    world.kill_server().await;
    world.start_server().await;
    let begun = Instant::now();
    let verdict = loop {
        let verdict = verdict::of(&world, &shop, &customers).await;
        if verdict.is_whole() || begun.elapsed() > PATIENCE {
            break verdict;
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
    };
    println!("the server was killed {} times; all was quiet {:.0?} after the last", ends + 1, begun.elapsed());
    println!("{verdict}");
    assert!(verdict.is_whole(), "{verdict}\n{}", last_lines(&world.log()));
    let unsound = verdict.unsound();
    assert!(unsound.is_empty(), "{}\n{verdict}", unsound.join("\n"));
}

fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(60)..].join("\n")
}

/// What goes wrong with requests of the server.
fn fault(luck: &mut StdRng) -> Fault {
    let by = Duration::from_millis(luck.random_range(100..1500));
    match luck.random_range(0..40) {
        0..10 => Fault::AnswerLost,
        10..14 => Fault::Status { status: 500 },
        14..17 => Fault::Status { status: 503 },
        17..21 => Fault::RateLimited { retry_after: Some(1) },
        21..26 => Fault::Reset,
        26..30 => Fault::Slow { by },
        30..34 => Fault::AnswerLate { by },
        34..37 => Fault::Truncated,
        37..39 => Fault::Throttled,
        // Longer than the server waits.
        _ => Fault::AnswerLate { by: Duration::from_secs(25) },
    }
}

/// Orders faults from the providers, one after the other.
async fn disturb(shop: Shop, seed: u64) {
    let mut luck = StdRng::seed_from_u64(seed);
    loop {
        tokio::time::sleep(Duration::from_millis(luck.random_range(100..500))).await;
        let faults: &Faults = &shop.faults[luck.random_range(0..shop.faults.len())];
        if faults.pending() < 3 {
            faults.next(1, fault(&mut luck));
        }
    }
}

/// Brings old webhooks again, and news of deliveries late, repeated and in another order.
async fn gossip(shop: Shop, seed: u64) {
    let mut luck = StdRng::seed_from_u64(seed);
    loop {
        tokio::time::sleep(Duration::from_millis(luck.random_range(100..700))).await;
        let late = Duration::from_millis(luck.random_range(0..2500));
        match luck.random_range(0..6) {
            0 => shop.texts.next(2, TwilioFate::delivered().reordered().late(late)),
            1 => shop.texts.next(2, TwilioFate::delivered().repeated(3).late(late)),
            // Only the account's list tells of it.
            2 => shop.texts.next(3, TwilioFate::delivered().untold()),
            3 => {
                let webhooks = shop.texts.webhooks();
                if !webhooks.is_empty() {
                    let webhook = webhooks[luck.random_range(0..webhooks.len())].clone();
                    shop.texts.repeat(&webhook).await;
                }
            }
            4 => {
                shop.chats.repeat_webhook();
                let sent: Vec<String> =
                    shop.chats.all().into_iter().filter(|(_, it)| it.from_shop).map(|(_, it)| it.id).collect();
                if !sent.is_empty() {
                    let states = [WhatsappState::Read, WhatsappState::Sent, WhatsappState::Delivered];
                    let (place, state) = (luck.random_range(0..sent.len()), states[luck.random_range(0..states.len())]);
                    shop.chats.status(&sent[place], state).expect("the message is there");
                }
            }
            _ => {
                let written = shop.mails.written();
                if !written.is_empty() {
                    shop.mails.bring_again(&written[luck.random_range(0..written.len())].message_id);
                }
            }
        }
    }
}
