//! A burst of webhooks is stored and answered without loss, and no provider is written to faster than it takes.

use std::time::Duration;
use usher_scenarios::{World, burst};

/// `make bench` brings ten times as many.
const WEBHOOKS: usize = 1000;
const OVER: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_webhooks_is_stored_and_answered_without_loss() {
    let mut settings = World::unthrottled_settings();
    // A text is sent at once; how fast Twilio and WhatsApp may be asked stays as it is with them.
    settings.twilio.messages_per_second = 0;
    let (twilio, whatsapp) = (settings.twilio.requests_per_second, settings.whatsapp.per_second);
    let world = World::with_channels(settings).await;
    world.write_articles().await;
    let came = burst::burst(&world, WEBHOOKS, OVER).await;
    println!(
        "{:?} webhooks taken in {:.1?}, answered in {:.1?}; written to Twilio and WhatsApp: {:?}",
        came.webhooks, came.taken_in, came.answered_in, came.paces
    );
    assert_eq!(came.webhooks, (WEBHOOKS / 2, WEBHOOKS / 2));
    assert_eq!(came.refused, (0, 0), "webhooks that weren't answered with 200");
    assert_eq!(came.stored, (500, 500));
    assert_eq!(came.unanswered.len(), 0, "customers without all of their answers, like {:?}", came.unanswered.first());
    for (pace, limit) in [(came.paces.0, twilio), (came.paces.1, whatsapp)] {
        assert_eq!(pace.requests, WEBHOOKS / 2, "a message is sent once: {pace:?}");
        assert_eq!(pace.refused, 0, "the provider found it too fast: {pace:?}");
        // A pause of the machine's may bunch what was well apart, as far as a provider's bucket bears it.
        assert!(pace.most_in_a_second <= 2 * limit as usize, "more than a bucket and its refill hold: {pace:?}");
    }
}
