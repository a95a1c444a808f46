//! A skill comes to a running server, and files that are none disturb nothing.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use usher_hostile::{Fixture, outcome};
use usher_scenarios::{World, components, product_binary};

fn drop_in(world: &World, name: &str, bytes: &[u8]) {
    let folder = world.data.path().join("plugins");
    std::fs::write(folder.join(format!(".{name}")), bytes).expect("a file can be written");
    std::fs::rename(folder.join(format!(".{name}")), folder.join(name)).expect("a file can be moved");
}

fn usher(args: &[&str], dir: &Path) -> String {
    let output = Command::new(product_binary()).args(args).current_dir(dir).output().expect("usher starts");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "usher {args:?}: {text}");
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_skill_is_written_built_dropped_in_and_answers() {
    let world = World::start().await;
    let shopper = world.shopper().await;
    let work = tempfile::TempDir::new().expect("a folder");
    usher(&["new", "gift-cards"], work.path());
    let built = usher(&["build", "gift-cards", "--fetch-toolchain"], work.path());
    assert!(built.contains("usher:tools/knowledge.search"), "the sheet is printed: {built}");
    let component = work.path().join("gift-cards/target/usher/gift-cards.wasm");
    let sheet = usher(&["inspect", component.to_str().expect("a path")], work.path());
    assert!(sheet.contains("usher:tools/knowledge.search") && sheet.contains("sha256:"), "{sheet}");

    let dropped = Instant::now();
    drop_in(&world, "gift-cards.wasm", &std::fs::read(&component).expect("the component"));
    let answered = loop {
        let answer = shopper.say("Do you sell gift cards?").await;
        if answer.skill() == Some("gift-cards") {
            break dropped.elapsed();
        }
        assert!(dropped.elapsed() < Duration::from_secs(30), "{answer:?}\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    println!("the new skill answered {answered:?} after its file appeared");
    // And gone with its file.
    std::fs::remove_file(world.data.path().join("plugins/gift-cards.wasm")).expect("the file is there");
    let removed = Instant::now();
    while shopper.say("Do you sell gift cards?").await.skill() == Some("gift-cards") {
        assert!(removed.elapsed() < Duration::from_secs(30), "{}", world.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_no_plugins_are_reported_and_disturb_nothing() {
    let world = World::start().await;
    let shopper = world.shopper().await;
    let whole = std::fs::read(components().join("general-qa.wasm")).expect("the component");
    drop_in(&world, "cut.wasm", &whole[..whole.len() / 2]);
    drop_in(&world, "text.wasm", b"hello");
    drop_in(&world, "core.wasm", b"\0asm\x01\0\0\0");
    drop_in(&world, "big.wasm", &vec![0; 64 << 20]);
    let started = Instant::now();
    let refused = loop {
        let refused = world.operator(reqwest::Method::GET, "plugins/refused", None).await;
        if refused["refused"].as_array().is_some_and(|refused| refused.len() == 4) {
            break refused.to_string();
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{refused}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    for words in ["damaged", "it is a text file", "core WebAssembly module", "67108864 bytes"] {
        assert!(refused.contains(words), "{words}: {refused}");
    }
    assert!(shopper.say("what is your return policy?").await.text().contains("30 days"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_skill_that_misbehaves_ends_its_own_turn_with_a_friendly_answer() {
    let world = World::start().await;
    let big =
        format!("(drop (memory.grow (i32.const 960))) {}", outcome::reply("(i32.const 0)", "(i32.const 62914560)"));
    for (fields, body) in [
        ("", "(loop (br 0)) (unreachable)"),
        ("(func $again (call $again) (call $again))", "(call $again) (unreachable)"),
        ("", big.as_str()),
        ("", "(unreachable)"),
    ] {
        drop_in(&world, "hostile.wasm", &Fixture::skill("hostile", &[], &[], fields, body).bytes());
        let shopper = world.shopper().await;
        let started = Instant::now();
        // Its examples are "attack one" to "attack five".
        let friendly = loop {
            let answer = shopper.say("attack three").await.text();
            if answer.contains("something went wrong on our side") {
                break answer;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "{answer}\n{}", world.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert!(!friendly.contains("wasm"), "{friendly}");
        // Everyone else, and this customer's next question, are answered.
        assert!(shopper.say("what is your return policy?").await.text().contains("30 days"));
        let record = world.turns(&shopper).await;
        let failure = record.iter().find_map(|turn| turn["record"]["failure"].as_str().map(str::to_owned));
        assert!(failure.is_some(), "the record says what stopped it: {record:?}");
    }
}
