//! What an operator decides about plugins holds: at once, in flight, and after the server's sudden end.

use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use usher_hostile::{Fixture, Made as _, outcome};
use usher_scenarios::World;
use usher_standins::DemoSituation;

/// A skill for "attack one" to "attack five" that answers with this text.
fn skill(text: &str) -> Vec<u8> {
    let data = format!("(data (i32.const 512) \"{text}\")");
    let body = outcome::reply("(i32.const 512)", &format!("(i32.const {})", text.len()));
    Fixture::skill("attack", &[], &[], &data, &body).bytes()
}

fn digest(release: &Value) -> &str {
    release["digest"].as_str().expect("a digest")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_that_is_revoked_leaves_its_skills_honest_and_comes_back() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    assert_eq!(shopper.say("where is my order?").await.cards()[0]["kind"], "order");
    let shopify = world.release("shopify", "live").await;
    let (good, told) = world.usher("second", &["plugins", "revoke", "shopify", "--reason", "its token leaked"]);
    assert!(good && told.contains("order-tracking used it for usher:tools/orders."), "{told}");
    assert!(told.contains("nobody answers them now"), "{told}");

    let answer = shopper.say("where is my order?").await;
    assert!(answer.cards().is_empty() && !answer.text().is_empty(), "{answer:?}");
    let turns = world.turns(&shopper).await;
    // The skill lacks what it needs, so that it isn't asked at all: its question goes to a person.
    let record = &turns.last().expect("a turn")["record"];
    assert_eq!((&record["handed_off"], &record["skills"]), (&json!("skill_unavailable"), &json!([])), "{record}");
    let integration = world.operator(Method::GET, "integrations/shopify", None).await;
    assert_eq!(integration["connected"], false, "{integration}");
    assert!(integration["problem"].as_str().is_some_and(|problem| problem.contains("not live")), "{integration}");

    // Who connected it and who revoked it is on record, with the names of secrets and never what they hold.
    let audit = world.operator(Method::GET, "audit?object=shopify", None).await.to_string();
    for words in ["integration-connected", "operator:admin", "access-token", "release-revoked", "operator:second"] {
        assert!(audit.contains(words), "{words}: {audit}");
    }
    assert!(!audit.contains(&usher_standins::StandinsConfig::default().shopify.token), "{audit}");

    // A mistake: approved again it serves, with the settings and secrets that it had.
    let (good, told) =
        world.usher("first", &["plugins", "approve", digest(&shopify), "--reason", "it was another", "--yes"]);
    assert!(good && told.contains("serves now"), "{told}");
    assert_eq!(shopper.say("where is my order?").await.cards()[0]["kind"], "order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revoking_with_kill_ends_a_turn_that_spins_and_none_begins_after_it() {
    let mut world = World::start().await;
    world
        .configure(|config| {
            let limits = config["limits"].as_table_mut().expect("limits");
            let plugin = toml::Table::from_iter([
                ("turn-ms".to_owned(), toml::Value::Integer(300_000)),
                ("fuel".to_owned(), toml::Value::Integer(i64::MAX)),
            ]);
            limits.insert("plugin".to_owned(), plugin.into());
        })
        .await;
    world.drop_in("attack.wasm", &Fixture::skill("attack", &[], &[], "", "(loop (br 0)) (unreachable)").bytes());
    let release = world.release("attack", "live").await;
    let shopper = world.shopper().await;
    let mut seq = shopper.write("attack three").await;
    let (started, mut seen) = (Instant::now(), 0);
    // Seen again and again, so that it is none that ends by itself.
    while seen < 10 {
        let generations = world.operator(Method::GET, "generations", None).await;
        seen = if generations["turns"] == 1 { seen + 1 } else { 0 };
        // The router knows a new skill a moment after it is live.
        if shopper.messages(seq).await.iter().any(|message| message["author"] != "customer") {
            (seq, seen) = (shopper.write("attack three").await, 0);
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{generations}\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Without `kill`, what runs may go on; it runs on a former generation now.
    let path = format!("releases/{}/revoke", digest(&release));
    let (status, told) = world.operates("first", Method::POST, &path, Some(json!({ "reason": "it spins" }))).await;
    assert_eq!(status, 200, "{told}");
    let generations = world.operator(Method::GET, "generations", None).await;
    assert_eq!(generations["draining"][0]["turns"], 1, "{generations}");
    let other = world.shopper().await;
    let before = Instant::now();
    other.say("attack three").await;
    assert!(before.elapsed() < Duration::from_secs(60), "no call of it begins any more");
    let asked = world.turns(&other).await;
    assert!(asked.iter().all(|turn| !turn["record"]["skills"].to_string().contains("\"attack\"")), "{asked:?}");

    let (_, told) = world.operates("second", Method::POST, &path, Some(json!({ "reason": "now", "kill": true }))).await;
    assert_eq!(told["release"]["state"], "revoked", "{told}");
    let answer = shopper.answer_after(seq).await;
    assert!(started.elapsed() < Duration::from_secs(120), "it would have spun for five minutes");
    assert_ne!(answer.skill(), Some("attack"));
    let turns = world.turns(&shopper).await.iter().map(ToString::to_string).collect::<String>();
    assert!(turns.contains("revoked"), "the record says that it was ended: {turns}");
    let generations = world.operator(Method::GET, "generations", None).await;
    assert_eq!(generations["draining"], json!([]), "{generations}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn components_are_sent_and_refused_from_the_command_line() {
    let world = World::without_integrations().await;
    let folder = tempfile::TempDir::new().expect("a folder");
    let send =
        |name: &str| world.usher("first", &["plugins", "upload", folder.path().join(name).to_str().expect("a path")]);
    world.signer.put(folder.path(), "signed.wasm", &skill("one")).expect("written");
    let (good, told) = send("signed.wasm");
    assert!(good && told.contains("signed.") && told.contains("serves now"), "{told}");
    std::fs::write(folder.path().join("unsigned.wasm"), skill("two")).expect("written");
    let (good, told) = send("unsigned.wasm");
    assert!(good && told.contains("without a signature") && told.contains("It waits"), "{told}");
    let (good, told) = world.usher("second", &["plugins", "refuse", "attack", "--reason", "who made this?"]);
    assert!(good && told.contains("Refused attack"), "{told}");
    let (good, told) = send("unsigned.wasm");
    assert!(!good && told.contains("was refused"), "a no holds: {told}");
    std::fs::write(folder.path().join("text.wasm"), "hello").expect("written");
    let (good, told) = send("text.wasm");
    assert!(!good && told.contains("text file"), "{told}");
    let (good, told) = send("none.wasm");
    assert!(!good && told.contains("none.wasm is not there"), "{told}");
    let (_, shown) = world.usher("first", &["plugins", "show", "attack"]);
    assert!(shown.contains("refused") && shown.contains("who made this?"), "the history tells of it: {shown}");
    assert_eq!(world.shopper().await.say("attack three").await.text().trim(), "one");
}

/// The state of every release of the skill, by version of its text.
async fn states(world: &World) -> Vec<(String, String)> {
    let all = world.operator(Method::GET, "releases", None).await;
    let own = all["releases"].as_array().expect("releases").iter().filter(|release| release["plugin"] == "attack");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut states: Vec<_> = own.map(|release| (text(&release["digest"]), text(&release["state"]))).collect();
    states.sort();
    states
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_decided_holds_after_a_sudden_end_at_any_moment() {
    let mut world = World::with_policy(|policy| policy.replace("\"all\"", "\"never\"")).await;
    // The shop's own plugins wait too under this policy.
    let shopper = world.shopper().await;
    let mut digests: Vec<String> = Vec::new();
    for text in ["one", "two"] {
        world.drop_in("attack.wasm", &skill(text));
        let waiting = world.release("attack", "pending").await;
        digests.push(digest(&waiting).to_owned());
        let path = format!("releases/{}/approve", digest(&waiting));
        world.operates("first", Method::POST, &path, Some(json!({ "reason": "looked at it" }))).await;
        // As soon as the answer is there, it holds.
        world.kill_server().await;
        world.start_server().await;
        assert_eq!(digest(&world.release("attack", "live").await), digest(&waiting));
        assert_eq!(shopper.say("attack three").await.text().trim(), text);
    }
    let decisions: [(&str, String, Value, &str); 3] = [
        ("rollback", "plugins/attack/rollback".to_owned(), json!({ "reason": "the old one" }), "one"),
        ("forward", "plugins/attack/rollback".to_owned(), json!({ "reason": "the new one", "to": digests[1] }), "two"),
        ("revoke", format!("releases/{}/revoke", digests[1]), json!({ "reason": "never again" }), ""),
    ];
    for (what, path, body, answers) in decisions {
        let (status, told) = world.operates("second", Method::POST, &path, Some(body)).await;
        assert_eq!(status, 200, "{what}: {told}");
        let before = states(&world).await;
        world.kill_server().await;
        world.start_server().await;
        assert_eq!(states(&world).await, before, "{what}");
        let answer = shopper.say("attack three").await;
        match answers {
            "" => assert_ne!(answer.skill(), Some("attack"), "{what}: {answer:?}"),
            text => assert_eq!(answer.text().trim(), text, "{what}"),
        }
    }
    // At moments where nobody knows whether the decision was written: it happened as a whole or not at all.
    for round in 0..8_u64 {
        let live = states(&world).await.into_iter().find(|(_, state)| state == "live");
        let to = digests.iter().find(|digest| live.as_ref().is_none_or(|(live, _)| live != *digest));
        let to = to.expect("another release").clone();
        let path = format!("releases/{to}/approve");
        let url = format!("{}/api/v1/{path}", world.url);
        let token = std::fs::read_to_string(world.token_file("first")).expect("a token");
        let request = reqwest::Client::builder().no_proxy().build().expect("a client").post(url);
        let request = request.bearer_auth(token.trim()).json(&json!({ "reason": "back and forth" }));
        let asked = tokio::spawn(request.send());
        tokio::time::sleep(Duration::from_micros(round * round * 300)).await;
        world.kill_server().await;
        let answered = asked.await.expect("it ends").is_ok_and(|answer| answer.status().is_success());
        world.start_server().await;
        let after = states(&world).await;
        let lives: Vec<_> = after.iter().filter(|(_, state)| state == "live").collect();
        assert!(lives.len() <= 1, "{after:?}");
        if answered {
            assert_eq!(lives[0].0, to, "what was answered holds: {after:?}");
        }
        // The audit's last word about the plugin is what holds.
        let answer = shopper.say("attack three").await;
        assert_eq!(answer.skill() == Some("attack"), !lives.is_empty(), "{after:?} {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_tells_how_plugins_do_and_what_they_could_do_without() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    for _ in 0..3 {
        shopper.say("where is my order?").await;
    }
    world.drop_in("attack.wasm", &Fixture::skill("attack", &[], &[], "", "(unreachable)").bytes());
    world.release("attack", "live").await;
    // Five traps within a minute, and it isn't asked any more.
    let other = world.shopper().await;
    let started = Instant::now();
    let list = loop {
        other.say("attack three").await;
        let list = world.operator(Method::GET, "plugins?days=2", None).await;
        let attack = list["plugins"].as_array().and_then(|all| all.iter().find(|plugin| plugin["id"] == "attack"));
        if attack.is_some_and(|attack| attack["quarantined_seconds"].is_u64()) {
            break list;
        }
        assert!(started.elapsed() < Duration::from_secs(50), "{list}\n{}", world.log());
    };
    let of =
        |id: &str| list["plugins"].as_array().and_then(|all| all.iter().find(|plugin| plugin["id"] == id)).cloned();
    let attack = of("attack").expect("listed");
    assert!(
        attack["usage"]["traps"].as_u64() >= Some(5) && attack["usage"]["failures"].as_u64() >= Some(5),
        "{attack}"
    );
    let tracking = of("order-tracking").expect("listed");
    assert!(tracking["usage"]["uses"].as_u64() >= Some(3) && tracking["usage"]["p99_us"].is_u64(), "{tracking}");
    let called: Vec<&String> = tracking["usage"]["functions"].as_object().expect("functions").keys().collect();
    assert!(!called.is_empty(), "{tracking}");
    let unused = tracking["unused"].as_array().expect("a list");
    assert!(unused.iter().all(|name| !called.iter().any(|called| name == called.as_str())), "{tracking}");
    let shopify = of("shopify").expect("listed");
    assert!(shopify["usage"]["uses"].as_u64() >= Some(3) && shopify["connected"] == true, "{shopify}");
    let metrics = reqwest::get(format!("{}/metrics", world.url)).await.expect("metrics").text().await.expect("a text");
    assert!(metrics.contains("usher_plugins_quarantined 1"), "{metrics}");

    let (good, table) = world.usher("admin", &["plugins", "--days", "2"]);
    assert!(good && table.lines().nth(1).is_some_and(|row| row.contains("quarantined")), "{table}");
    let (good, advice) = world.usher("admin", &["plugins", "advice", "--days", "2"]);
    assert!(good, "{advice}");
    for name in unused {
        assert!(advice.contains(&format!("function = {name}")), "{name}: {advice}");
    }
    let (good, told) = world.usher("admin", &["plugins", "--days", "0"]);
    assert!(!good && told.contains("1 to 365"), "{told}");
}
