//! A skill comes to a running server, and files that are none disturb nothing.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use usher_hostile::{Fixture, Made as _, outcome};
use usher_scenarios::{Shopper, World, components, product_binary};

fn usher(args: &[&str], dir: &Path) -> String {
    let output = Command::new(product_binary()).args(args).current_dir(dir).output().expect("usher starts");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "usher {args:?}: {text}");
    text
}

/// Asks until this skill answers, or until it doesn't any more; how long that took.
async fn until(world: &World, shopper: &Shopper, question: &str, skill: &str, answers: bool) -> Duration {
    let started = Instant::now();
    loop {
        let answer = shopper.say(question).await;
        if (answer.skill() == Some(skill)) == answers {
            return started.elapsed();
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{answer:?}\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_skill_is_written_built_reviewed_and_answers() {
    let work = tempfile::TempDir::new().expect("a folder");
    let path = |name: &str| work.path().join(name).to_str().expect("a plain path").to_owned();
    usher(&["key", "new", "author.key"], work.path());
    let key = usher(&["key", "public", "author.key"], work.path());
    let key = key.lines().last().expect("a key").to_owned();
    let author = format!(
        "[[publisher]]\nname = \"author\"\nplugins = [\"gift-*\"]\nkeys = [\"{key}\"]\nunattended = \"same-or-less\"\n"
    );
    let world = World::with_policy(|policy| format!("{policy}{author}")).await;
    world.connect().await;
    let shopper = world.shopper().await;
    usher(&["new", "gift-cards"], work.path());
    let built = usher(&["build", "gift-cards", "--fetch-toolchain"], work.path());
    assert!(built.contains("usher:tools/knowledge.search"), "the sheet is printed: {built}");
    let component = path("gift-cards/target/usher/gift-cards.wasm");
    let sheet = usher(&["inspect", &component], work.path());
    assert!(sheet.contains("usher:tools/knowledge.search") && sheet.contains("sha256:"), "{sheet}");

    // Nobody signed it: it waits, whatever is asked, and says to the operator what it would be allowed to do.
    let one = std::fs::read(&component).expect("the component");
    world.drop_in_unsigned("gift-cards.wasm", &one);
    world.release("gift-cards", "pending").await;
    assert_ne!(shopper.say("Do you sell gift cards?").await.skill(), Some("gift-cards"));
    let (good, table) = world.usher("first", &["plugins"]);
    let first_row = table.lines().nth(1).unwrap_or_default();
    assert!(good && first_row.starts_with("gift-cards") && first_row.contains("usher plugins show"), "{table}");
    let (good, shown) = world.usher("first", &["plugins", "show", "gift-cards"]);
    assert!(good && shown.contains("usher:tools/knowledge.search") && shown.contains("nobody"), "{shown}");
    let (good, refused) = world.usher("first", &["plugins", "approve", "gift-cards", "--reason", "looked at it"]);
    assert!(!good && refused.contains("--yes"), "without a terminal nobody agrees: {refused}");
    world.release("gift-cards", "pending").await;
    let approve = ["plugins", "approve", "gift-cards", "--reason", "looked at it", "--yes"];
    let (good, approved) = world.usher("first", &approve);
    assert!(good && approved.contains("serves now"), "{approved}");
    let answered = until(&world, &shopper, "Do you sell gift cards?", "gift-cards", true).await;
    println!("the new skill answered {answered:?} after it was approved");
    let (good, again) = world.usher("second", &approve);
    assert!(!good && again.contains("no release that waits"), "{again}");

    // The next version is signed by somebody whose updates may serve as long as they ask for no more.
    let manifest = path("gift-cards/skill.toml");
    let text = std::fs::read_to_string(&manifest).expect("the manifest");
    assert!(text.contains("version = \"0.1.0\""), "{text}");
    std::fs::write(&manifest, text.replace("version = \"0.1.0\"", "version = \"0.2.0\"")).expect("written");
    let built = usher(&["build", "gift-cards", "--fetch-toolchain", "--sign", "author.key"], work.path());
    assert!(built.contains("Signed it with key"), "{built}");
    let folder = world.data.path().join("plugins");
    for name in ["gift-cards.wasm.minisig", "gift-cards.wasm"] {
        std::fs::copy(path(&format!("gift-cards/target/usher/{name}")), folder.join(name)).expect("copied");
    }
    let started = Instant::now();
    loop {
        let live = world.release("gift-cards", "live").await;
        if live["version"] == "0.2.0" {
            assert_eq!((&live["publisher"], &live["proposed_by"]), (&"author".into(), &"folder".into()), "{live}");
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{live}\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (good, back) =
        world.usher("first", &["plugins", "rollback", "gift-cards", "--reason", "the old one was better"]);
    assert!(good && back.contains("gift-cards 0.1.0"), "{back}");
    let live = world.release("gift-cards", "live").await;
    assert_eq!(live["version"], "0.1.0");
    until(&world, &shopper, "Do you sell gift cards?", "gift-cards", true).await;
    // And gone with its file.
    std::fs::remove_file(folder.join("gift-cards.wasm")).expect("the file is there");
    until(&world, &shopper, "Do you sell gift cards?", "gift-cards", false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_no_plugins_are_reported_and_disturb_nothing() {
    let world = World::start().await;
    let shopper = world.shopper().await;
    let whole = std::fs::read(components().join("general-qa.wasm")).expect("the component");
    world.drop_in("cut.wasm", &whole[..whole.len() / 2]);
    world.drop_in("text.wasm", b"hello");
    world.drop_in("core.wasm", b"\0asm\x01\0\0\0");
    world.drop_in("big.wasm", &vec![0; 64 << 20]);
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
    let (good, table) = world.usher("admin", &["plugins"]);
    assert!(good && table.contains("Not taken from the plugin folder") && table.contains("text.wasm"), "{table}");
    assert!(shopper.say("what is your return policy?").await.text().contains("30 days"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_written_slowly_or_swapped_waits_as_a_whole_or_not_at_all() {
    use std::io::Write as _;
    let world = World::without_integrations().await;
    let folder = world.data.path().join("plugins");
    let component = |text: &str| {
        let data = format!("(data (i32.const 512) \"{text}\")");
        Fixture::skill("slow", &[], &[], &data, &outcome::reply("(i32.const 512)", "(i32.const 3)")).bytes()
    };
    let bytes = component("one");
    let mut file = std::fs::File::create(folder.join("slow.wasm")).expect("a file");
    for part in bytes.chunks(bytes.len() / 8) {
        file.write_all(part).expect("written");
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    let whole = world.release("slow", "pending").await;
    // A link to a file outside, and a time before the file that it takes the place of: its bytes are what counts.
    let outside = world.data.path().join("outside");
    std::fs::write(&outside, component("two")).expect("written");
    std::fs::File::open(&outside).and_then(|file| file.set_modified(std::time::UNIX_EPOCH)).expect("a time");
    std::os::unix::fs::symlink(&outside, folder.join(".slow")).expect("a link");
    std::fs::rename(folder.join(".slow"), folder.join("slow.wasm")).expect("moved");
    let started = Instant::now();
    loop {
        let all = world.operator(reqwest::Method::GET, "releases?state=pending", None).await;
        let all = all["releases"].as_array().expect("releases").clone();
        if all.len() == 2 {
            assert!(all.iter().any(|release| release["digest"] == whole["digest"]), "{all:?}");
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{all:?}\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let live = world.operator(reqwest::Method::GET, "releases?state=live", None).await.to_string();
    assert!(!live.contains("\"slow\""), "nothing in the folder makes itself live: {live}");
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
        world.drop_in("hostile.wasm", &Fixture::skill("hostile", &[], &[], fields, body).bytes());
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
