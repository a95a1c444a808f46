//! A customer asks where the order is, and a sandboxed skill answers.

use usher_scenarios::World;
use usher_standins::{DemoSituation, Fault};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_a_visitor_s_question_to_the_returns_portal() {
    let world = World::start().await;
    let shopper = world.shopper().await;

    let policy = shopper.say("what is your return policy?").await;
    assert!(policy.text().contains("30 days"), "{policy:?}");
    assert_eq!(policy.0["sources"][0]["title"], "Returns", "{policy:?}");

    let asked = shopper.say("where is my order?").await;
    assert!(asked.asks_to_sign_in(), "{asked:?}");
    let seq = asked.0["seq"].as_u64().expect("a number");

    // Signing in is enough: the question isn't asked again.
    let customer = world.customer(DemoSituation::InTransit);
    shopper.identify(&world.identity_token(&customer).await).await;
    let answer = shopper.answer_after(seq).await;
    assert_eq!(answer.skill(), Some("order-tracking"));
    let order = world.standins.read(|shop| shop.orders_of(&customer.email)[0].name());
    assert_eq!(answer.cards()[0]["kind"], "order", "{answer:?}");
    assert_eq!(answer.cards()[0]["name"], order);
    let track = answer.button("Track");
    assert_eq!(track["kind"], "open");
    let page = reqwest::get(track["href"].as_str().expect("an address")).await.expect("the tracking page answers");
    assert!(page.status().is_success());

    let portal = shopper.say("actually I want to send it back").await;
    assert_eq!(portal.skill(), Some("returns-exchanges"), "{portal:?}");
    assert!(portal.text().contains(&order), "{portal:?}");

    // Somebody else's order, and one that doesn't exist: the same answer.
    let foreign = world.standins.read(|shop| shop.orders_of("ben@example.net")[0].name());
    let foreign_answer = shopper.say(&format!("where is order {foreign}?")).await.text();
    let none_answer = shopper.say("where is order #9999999?").await.text();
    assert_eq!(foreign_answer.replace(&foreign, "…"), none_answer.replace("#9999999", "…"));
    assert!(foreign_answer.contains("can't find"), "{foreign_answer}");

    let records = world.turns(&shopper).await;
    let calls: Vec<_> = records
        .iter()
        .flat_map(|turn| turn["record"]["skills"].as_array().cloned().unwrap_or_default())
        .flat_map(|skill| skill["calls"].as_array().cloned().unwrap_or_default())
        .map(|call| call["function"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(calls.contains(&"usher:tools/knowledge.search".to_owned()), "{calls:?}");
    assert!(calls.iter().any(|call| call.starts_with("usher:tools/orders.")), "{calls:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivered_order_is_sent_back_through_the_portal() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::DeliveredRecently).await;
    let answer = shopper.say("I want to return my order").await;
    assert_eq!(answer.skill(), Some("returns-exchanges"), "{answer:?}");
    let portal = answer.button("eturn");
    let page = reqwest::get(portal["href"].as_str().expect("an address")).await.expect("the portal answers");
    assert!(page.status().is_success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_orders_are_told_apart_by_buttons() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::ThreeOrders).await;
    let names: Vec<_> =
        world.standins.read(|shop| shop.orders_of("ben@example.net").iter().map(|order| order.name()).collect());
    let which = shopper.say("where is my order?").await;
    // Two are on their way or not sent yet; the delivered one isn't asked about.
    let offered: Vec<_> = names.iter().filter(|name| which.0.to_string().contains(name.as_str())).collect();
    assert!(offered.len() >= 2, "{which:?}");
    let one = shopper.press(&which, offered[0]).await;
    assert_eq!(one.cards()[0]["name"], **offered[0], "{one:?}");
    // An order's name alone is an answer too.
    let other = shopper.say(offered[1]).await;
    assert_eq!(other.cards()[0]["name"], **offered[1], "{other:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_one_time_code_signs_in_too() {
    let world = World::start().await;
    let shopper = world.shopper().await;
    let asked = shopper.say("where is my order?").await;
    assert!(asked.asks_to_sign_in());
    let customer = world.customer(DemoSituation::OutForDelivery);
    shopper.ask_for_code(&customer.email).await;
    let code = mailed_code(&world, &customer.email).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(shopper.type_code(wrong).await, 401);
    assert_eq!(shopper.type_code(&code).await, 200);
    let answer = shopper.answer_after(asked.0["seq"].as_u64().expect("a number")).await;
    assert_eq!(answer.cards()[0]["kind"], "order", "{answer:?}");
    // Used up.
    assert_eq!(shopper.type_code(&code).await, 401);
}

async fn mailed_code(world: &World, to: &str) -> String {
    for _ in 0..500 {
        let mail = world.standins.mails.all().into_iter().rev().find(|mail| mail.to.contains(to));
        if let Some(mail) = mail {
            let text = mail.text_body.unwrap_or_default();
            let code = text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6);
            return code.expect("the mail has a code").to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no mail came");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_down_is_said_to_be_down() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    world.standins.shopify.faults().next(50, Fault::Status { status: 500 });
    let answer = shopper.say("where is my order?").await;
    assert!(answer.hands_over(), "{answer:?}");
    assert!(answer.text().contains("can't reach"), "{answer:?}");
    assert!(answer.cards().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_article_is_never_spoken_from_again() {
    let world = World::start().await;
    let shopper = world.shopper().await;
    assert!(shopper.say("how much is shipping?").await.text().contains("4.90"));
    world
        .article(
            "shipping",
            "shipping",
            "Shipping",
            "Shipping costs 5.50 EUR for every order.",
            &["How much is shipping?"],
        )
        .await;
    assert!(shopper.say("how much is shipping?").await.text().contains("5.50"));
    world.operator(reqwest::Method::DELETE, "articles/shipping", None).await;
    let answer = shopper.say("how much is shipping?").await;
    assert!(!answer.text().contains("5.50") && answer.hands_over(), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn courtesy_people_and_nonsense_have_an_answer() {
    let world = World::start().await;
    let shopper = world.shopper().await;
    assert!(shopper.say("hello").await.text().contains("Lumen"));
    assert!(shopper.say("I want to talk to a human").await.hands_over());
    let answer = shopper.say("what is the capital of Mongolia?").await;
    assert!(answer.hands_over(), "{answer:?}");
    let french = world.shopper().await;
    let answer = french.say("Bonjour, où est ma commande s'il vous plaît ?").await;
    assert!(answer.asks_to_sign_in() && answer.text().contains("connecter"), "{answer:?}");
}
