//! The shop's articles change while a customer talks to it.

use reqwest::Method;
use usher_scenarios::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_in_the_articles_is_said_in_the_very_next_answer() {
    let world = World::start().await;
    let shopper = world.shopper().await;
    let question = "do you offer gift wrapping?";
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("gift-wrapping.md");
    let put = |text: &str| {
        std::fs::write(&file, format!("# Gift wrapping\n\n{text}\n")).expect("written");
        let path = file.to_str().expect("a path").to_owned();
        let (ok, said) = world.usher("first", &["knowledge", "add", &path, "--topic", "gifts"]);
        assert!(ok, "{said}");
    };
    put("Gift wrapping costs 3 euros for each item.");
    let first = shopper.say(question).await;
    assert!(first.text().contains("3 euros"), "{first:?}");
    assert_eq!(first.0["sources"][0]["title"], "Gift wrapping", "{first:?}");

    put("Gift wrapping costs 5 euros for each item.");
    let second = shopper.say(question).await;
    assert!(second.text().contains("5 euros") && !second.text().contains("3 euros"), "{second:?}");

    // It is known that an answer rested on it.
    let article = world.operator(Method::GET, "articles/gift-wrapping", None).await;
    assert!(article["last_used"].is_string(), "{article}");

    let (ok, said) = world.usher("second", &["knowledge", "remove", "gift-wrapping"]);
    assert!(ok, "{said}");
    let third = shopper.say(question).await;
    assert!(!third.text().contains("euros for each item"), "{third:?}");
    assert!(
        third.0["sources"]
            .as_array()
            .is_none_or(|sources| sources.iter().all(|source| source["title"] != "Gift wrapping"))
    );
}
