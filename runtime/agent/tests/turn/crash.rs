//! The process ends in the middle of a turn that acts. What was agreed to is done once.

use crate::clerk::{CANCEL, Step, clerk};
use crate::shop::{Card, Disk, Mode, Shop, Visitor, card, typed};
use tokio::runtime::Runtime;
use usher_agent::ids::{ConversationId, SessionId};
use usher_agent::store::Store as _;
use usher_agent::texts::Language;

/// A process that ends at once when it is dropped, with all that it is doing.
struct Process {
    runtime: Runtime,
    shop: Shop,
}

impl Process {
    fn start(disk: Disk) -> Self {
        let runtime = Runtime::new().unwrap();
        let shop = runtime.block_on(disk.start(Some("clerk")));
        Self { runtime, shop }
    }

    fn kill(self) -> Disk {
        let Shop { disk, .. } = self.shop;
        self.runtime.shutdown_timeout(std::time::Duration::from_secs(10));
        disk
    }
}

/// Asks, says yes, and ends the process when the tool was called.
fn killed_after_yes(steps: &[Step], silent: impl FnOnce(&Shop)) -> (Disk, SessionId, ConversationId, Card) {
    let process = Process::start(Disk::new());
    let (session, conversation, asked) = process.runtime.block_on(async {
        let shop = &process.shop;
        shop.put(&clerk("clerk", 1, "cancel my order", steps)).await;
        let ana = shop.customer().await;
        let asked = ana.asked(typed("cancel my order")).await;
        (ana.session, ana.conversation, asked)
    });
    silent(&process.shop);
    process.runtime.block_on(async {
        let ana = Visitor { shop: &process.shop, session, conversation };
        ana.send(asked.button(true)).await;
        let tool = if steps.iter().any(|step| matches!(step, Step::Search)) {
            &process.shop.knowledge
        } else {
            &process.shop.orders
        };
        tool.called().await;
    });
    (process.kill(), session, conversation, asked)
}

#[test]
fn a_call_that_was_cut_off_is_made_again_under_the_same_key() {
    let (disk, session, conversation, asked) = killed_after_yes(CANCEL, |shop| shop.orders.set(Mode::Silent));
    let process = Process::start(disk);
    process.runtime.block_on(async {
        let ana = Visitor { shop: &process.shop, session, conversation };
        let yes = ana.shop.store.messages_after(conversation, asked.message.seq, 1).await.unwrap().remove(0);
        assert!(ana.attention().await.consent.is_some(), "the question is still there");
        assert_eq!(process.shop.agent.resume().await.unwrap(), 1);
        assert_eq!(crate::shop::texts(&ana.answers(&yes).await), ["cancelled"]);
        assert_eq!(process.shop.begun().await, [(asked.key(), false), (asked.key(), true)]);
        assert_eq!(ana.attention().await.consent, None);
    });
    process.kill();
}

#[test]
fn a_call_that_was_answered_is_not_made_again() {
    let steps = [CANCEL, &[Step::Search]].concat();
    let (disk, session, conversation, asked) = killed_after_yes(&steps, |shop| shop.knowledge.set(Mode::Silent));
    let process = Process::start(disk);
    process.runtime.block_on(async {
        let ana = Visitor { shop: &process.shop, session, conversation };
        let yes = ana.shop.store.messages_after(conversation, asked.message.seq, 1).await.unwrap().remove(0);
        process.shop.agent.resume().await.unwrap();
        assert_eq!(crate::shop::texts(&ana.answers(&yes).await), ["cancelled"]);
        assert!(process.shop.orders.calls().is_empty(), "this process asked for nothing");
        // And the answer is used up as ever.
        assert_eq!(ana.texts(asked.button(true)).await, [Language::English.texts().consent_closed]);
    });
    process.kill();
}

/// An attempt that was cut off may have acted: what can't run again as it was agreed to isn't asked about anew, since a
/// second yes would be a second effect.
#[tokio::test]
async fn what_can_not_run_again_as_agreed_is_told_honestly() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    let yes = ana.leave(asked.button(true)).await;
    ana.cut_off(1).await;
    shop.put(&clerk("clerk", 2, "cancel my order", CANCEL)).await;
    shop.agent.resume().await.unwrap();
    let said = crate::shop::texts(&ana.answers(&yes).await);
    assert!(said[0].starts_with(Language::English.texts().consent_unsure), "{said:?}");
    assert!(said[0].contains("https://shop.example"), "and whom to ask: {said:?}");
    assert!(shop.orders.calls().is_empty());
}

/// After a short cut the yes counts still, although its time is over by then.
#[tokio::test]
async fn a_yes_in_time_counts_after_a_cut() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_millis(1500);
    ana.change(|attention| attention.consent.as_mut().unwrap().expires_at = until).await;
    let yes = ana.leave(asked.button(true)).await;
    assert!(yes.sent_at < until, "the yes itself is in time");
    ana.cut_off(1).await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    shop.agent.resume().await.unwrap();
    assert_eq!(crate::shop::texts(&ana.answers(&yes).await), ["cancelled"]);
    assert_eq!(shop.begun().await, [(asked.key(), false)]);
}

#[tokio::test]
async fn a_yes_that_ends_the_process_again_and_again_is_given_up_honestly() {
    let shop = Shop::open(&clerk("clerk", 1, "cancel my order", CANCEL)).await;
    let ana = shop.customer().await;
    let asked = ana.asked(typed("cancel my order")).await;
    let yes = ana.leave(asked.button(true)).await;
    ana.cut_off(3).await;
    shop.agent.resume().await.unwrap();
    let said = crate::shop::texts(&ana.answers(&yes).await);
    assert!(said[0].starts_with(Language::English.texts().consent_unsure), "{said:?}");
    assert_eq!(ana.attention().await.consent, None);
    // Anything else that is given up was not agreed to.
    let other = ana.leave(typed("cancel my order")).await;
    ana.cut_off(3).await;
    shop.agent.resume().await.unwrap();
    assert_eq!(crate::shop::texts(&ana.answers(&other).await), [Language::English.texts().failed]);
    // The next one is asked about as ever.
    card(ana.say(typed("cancel my order")).await);
}
