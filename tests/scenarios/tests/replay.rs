//! Recorded conversations, run again from outside: identical on the release that they ran on, with every difference
//! printed on another one, and without anybody being asked.

#![allow(clippy::expect_used, reason = "a test that can't go on says where")]

use reqwest::Method;
use serde_json::json;
use usher_hostile::{Fixture, Made as _, outcome};
use usher_scenarios::World;
use usher_standins::DemoSituation;

/// A skill that searches for this word of six letters, and says these three.
fn skill(word: &str, says: &str) -> Fixture {
    let reply = outcome::reply("(i32.const 512)", "(i32.const 3)");
    let call = "(call $search (i32.const 600) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 3) (i32.const 2048))";
    Fixture::skill(
        "gift",
        &["usher:tools/knowledge@0.1.0"],
        &["usher:tools/knowledge.search"],
        &format!(
            "(import \"usher:tools/knowledge@0.1.0\" \"search\" (func $search (param i32 i32 i32 i32 i32 i32 i32)))
             (data (i32.const 512) \"{says}\") (data (i32.const 600) \"{word}\")"
        ),
        &format!("{call} {reply}"),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_is_run_again_and_nobody_is_asked() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    let answer = shopper.say("where is my order?").await;
    assert_eq!(answer.skill(), Some("order-tracking"));
    shopper.say("what is your return policy?").await;
    let asked = world.standins.shopify.requests().count();

    let (well, text) = world.usher("admin", &["replay", &shopper.conversation]);
    assert!(well, "{text}");
    assert!(text.contains("2 turns run again, 2 identical. No tool was called."), "{text}");
    assert_eq!(world.standins.shopify.requests().count(), asked, "a replay asked the shop");

    // Another conversation's recordings aren't this one's, and one that isn't there is none.
    let path = "conversations/00000000-0000-7000-8000-000000000000/replay";
    assert_eq!(world.operates("admin", Method::POST, path, Some(json!({}))).await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_release_that_waits_would_do_otherwise_is_printed() {
    let world = World::start().await;
    world.drop_in("gift.wasm", &skill("policy", "one").bytes());
    world.release("gift", "live").await;
    // The router knows a new skill a moment after it is live; what was said before isn't in this conversation.
    let mut tries = 0;
    while world.shopper().await.say("attack three").await.skill() != Some("gift") {
        tries += 1;
        assert!(tries < 100, "the new skill is never asked");
    }

    let directory = tempfile::tempdir().expect("a folder");
    let file = directory.path().join("gift.wasm");
    for (word, says, differences) in
        [("policy", "two", &["outcome"][..]), ("refund", "one", &["+ calls", "− calls"][..])]
    {
        std::fs::write(&file, skill(word, says).bytes()).expect("a file");
        let (well, text) = world.usher("admin", &["plugins", "upload", &file.display().to_string()]);
        assert!(well, "{text}");
        let digest = usher_host::Digest::of(&skill(word, says).bytes()).to_string();
        let (well, text) = world.usher("admin", &["replay", "--on", &digest]);
        assert!(!well && text.contains("1 of 1 turn came out otherwise"), "{text}");
        for difference in differences {
            assert!(text.contains(difference), "{difference} in {text}");
        }
    }
}
