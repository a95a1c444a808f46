//! Nothing is changed without the customer's yes, and with it once: an order is cancelled, or sent elsewhere, by a
//! sandboxed skill and connector at a shop that keeps count.

use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;
use usher_scenarios::{Answer, Shopper, World};
use usher_standins::{DemoSituation, Fault, LoggedRequest, Order};
use uuid::Uuid;

/// The one order of the demo customer who is to change it.
fn order(world: &World) -> Order {
    let customer = world.customer(DemoSituation::Unfulfilled);
    world.standins.read(|shop| shop.orders_of(&customer.email)[0].clone())
}

/// What the shop was asked to change so far.
fn changes(world: &World, field: &str) -> Vec<LoggedRequest> {
    let all = world.standins.shopify.requests().all();
    all.into_iter().filter(|request| request.body.contains(field)).collect()
}

fn is_untouched(world: &World) -> bool {
    let order = order(world);
    let asked = changes(world, "orderCancel").len() + changes(world, "orderUpdate").len();
    order.cancelled.is_none() && asked == 0
}

/// What stands in stock of the order's first line.
fn stock(world: &World) -> i64 {
    let line = order(world).lines[0].clone();
    world.standins.read(|shop| {
        let variants = shop.products().iter().flat_map(|product| &product.variants);
        variants.filter(|variant| variant.id == line.variant_id).map(|variant| variant.stock).sum()
    })
}

/// The question that an answer asks.
fn question(answer: &Answer) -> &Value {
    let question = &answer.0["consent"];
    assert!(question.is_object(), "the customer isn't asked: {answer:?}");
    question
}

fn button(question: &Value, name: &str) -> Value {
    json!({ "choose": question[name]["ref"] })
}

/// Presses a button of a question; the number of the message.
async fn press(shopper: &Shopper, question: &Value, name: &str) -> u64 {
    shopper.send(&Uuid::new_v4().to_string(), button(question, name)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_cancelled_after_a_yes_to_exactly_that() {
    let world = World::start().await;
    let (order, stock_before) = (order(&world), stock(&world));
    let shopper = world.signed_in(DemoSituation::Unfulfilled).await;
    let asked = shopper.say("cancel my order").await;
    let question = question(&asked);
    let summary = question["summary"].as_str().expect("a summary");
    assert!(summary.contains(&format!("Cancel all of order {}", order.name())), "{summary}");
    assert!(summary.contains(&order.total().to_string()) && summary.contains("payment method"), "{summary}");
    assert_eq!(question["details"], json!([order.name()]));
    assert!(is_untouched(&world), "nothing happens before the yes");

    let seq = press(&shopper, question, "yes").await;
    let answer = shopper.answer_after(seq).await;
    assert_eq!(answer.skill(), Some("order-editing"), "{answer:?}");
    assert!(answer.text().contains(&format!("Order {} is cancelled.", order.name())), "{answer:?}");
    let asked = changes(&world, "orderCancel");
    assert_eq!(asked.len(), 1);
    let variables = &asked[0].json()["variables"];
    assert_eq!(variables["id"], format!("gid://shopify/Order/{}", order.id));
    assert!(self::order(&world).cancelled.is_some());
    let line = &order.lines[0];
    assert_eq!(stock(&world), stock_before + i64::from(line.current));

    // The same wish again is answered, not carried out.
    let again = shopper.say("cancel my order").await;
    assert!(again.0["consent"].is_null() && again.text().contains("was cancelled"), "{again:?}");
    assert_eq!(changes(&world, "orderCancel").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_sent_elsewhere_after_a_typed_yes() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::Unfulfilled).await;
    let which = shopper.say("I typed the wrong address").await;
    assert!(which.text().contains("Where should order"), "{which:?}");
    let asked = shopper.say("Mill Lane 7, 04109 Leipzig").await;
    let question = question(&asked);
    let before = order(&world);
    let name = before.name();
    for part in [name.as_str(), "Mill Lane 7", "04109", "Leipzig"] {
        assert!(question["summary"].as_str().is_some_and(|summary| summary.contains(part)), "{question}");
        assert!(question["details"].as_array().is_some_and(|details| details.contains(&json!(part))), "{question}");
    }
    assert!(is_untouched(&world));
    let answer = shopper.say("yes please").await;
    assert!(answer.text().contains("will be sent to") && answer.text().contains("Mill Lane 7"), "{answer:?}");
    let address = order(&world).shipping_address.expect("an address");
    let sent = (address.address1.as_str(), address.zip.as_str(), address.city.as_str(), address.country_code.as_str());
    let country = before.shipping_address.expect("an address").country_code;
    assert_eq!(sent, ("Mill Lane 7", "04109", "Leipzig", country.as_str()));
    assert_eq!(changes(&world, "orderUpdate").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_yes_nothing_happens() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::Unfulfilled).await;
    // A no, and the yes of the same question after it.
    let asked = shopper.say("cancel my order").await;
    let seq = press(&shopper, question(&asked), "no").await;
    assert!(shopper.answer_after(seq).await.text().contains("nothing was changed"));
    let seq = press(&shopper, question(&asked), "yes").await;
    assert!(shopper.answer_after(seq).await.text().contains("isn't open any more"));
    // A typed no.
    shopper.say("cancel my order").await;
    assert!(shopper.say("no").await.text().contains("nothing was changed"));
    // A changed mind, and the yes after it.
    let asked = shopper.say("cancel my order").await;
    let question = question(&asked);
    assert!(shopper.say("what is your return policy?").await.text().contains("30 days"));
    let seq = press(&shopper, question, "yes").await;
    assert!(shopper.answer_after(seq).await.text().contains("isn't open any more"));
    assert!(is_untouched(&world));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_is_told_the_rules_and_asked_who_they_are_before_a_change() {
    let world = World::start().await;
    let rules = "An order can be cancelled until it is packed. The money goes back within five working days.";
    world.article("changes", "order-changes", "Changing an order", rules, &["How do I cancel an order?"]).await;
    let shopper = world.shopper().await;
    let told = shopper.say("How do I cancel an order?").await;
    assert!(told.text().contains("until it is packed"), "{told:?}");
    assert_eq!(told.skill(), Some("order-editing"), "{told:?}");
    let asked = shopper.press(&told, "Cancel the order").await;
    assert!(asked.asks_to_sign_in(), "{asked:?}");
    let customer = world.customer(DemoSituation::Unfulfilled);
    shopper.identify(&world.identity_token(&customer).await).await;
    let asked = shopper.answer_after(asked.0["seq"].as_u64().expect("a number")).await;
    assert_eq!(question(&asked)["details"], json!([order(&world).name()]), "{asked:?}");
    assert!(is_untouched(&world));
    // What was sent can't be cancelled: there is nothing to agree to.
    let late = world.signed_in(DemoSituation::InTransit).await.say("cancel my order").await;
    assert!(late.0["consent"].is_null() && late.text().contains("has been sent already"), "{late:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_double_click_cancels_once() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::Unfulfilled).await;
    let asked = shopper.say("cancel my order").await;
    let question = question(&asked);
    let (one, other) = tokio::join!(press(&shopper, question, "yes"), press(&shopper, question, "yes"));
    // Both are answered, and the first answer may come after the second yes.
    let first = shopper.answer_after(one.min(other)).await;
    let first = first.0["seq"].as_u64().expect("a number");
    shopper.answer_after(first.max(one).max(other)).await;
    let said: String = shopper.messages(one.min(other)).await.iter().map(Value::to_string).collect();
    assert!(said.contains("is cancelled") && said.contains("isn't open any more"), "{said}");
    assert_eq!(changes(&world, "orderCancel").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_can_say_the_yes() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::Unfulfilled).await;
    let asked = shopper.say("cancel my order").await;
    let yes = button(question(&asked), "yes");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let same_customer = world.signed_in(DemoSituation::Unfulfilled).await;
    let somebody_else = world.signed_in(DemoSituation::InTransit).await;
    for other in [&same_customer, &somebody_else, &world.shopper().await] {
        for conversation in [&shopper.conversation, &other.conversation] {
            let url = format!("{}/api/v1/conversations/{conversation}/messages", world.url);
            let mut body = yes.clone();
            body["client_id"] = json!(Uuid::new_v4().to_string());
            let answer = client.post(url).bearer_auth(other.token()).json(&body).send().await.expect("an answer");
            assert!(answer.status().is_client_error(), "{}", answer.status());
            assert_ne!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        }
        // A yes to nothing.
        other.say("yes").await;
    }
    assert!(is_untouched(&world));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_end_in_the_middle_of_the_change_doesn_t_repeat_it() {
    let mut world = World::start().await;
    let (name, stock_before) = (order(&world).name(), stock(&world));
    let shopper = world.signed_in(DemoSituation::Unfulfilled).await;
    let asked = shopper.say("cancel my order").await;
    // The shop does it at once and is slow to say so.
    let late = Fault::AnswerLate { by: Duration::from_secs(60) };
    world.standins.shopify.faults().next_with("orderCancel", 1, late);
    let seq = press(&shopper, question(&asked), "yes").await;
    for _ in 0..3000 {
        if !changes(&world, "orderCancel").is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(changes(&world, "orderCancel").len(), 1, "{}", world.log());
    world.kill_server().await;
    // The shop's job ends, whoever is there to see it.
    world.standins.clock.advance(Duration::from_secs(5));
    world.start_server().await;
    let answer = shopper.answer_after(seq).await;
    assert!(answer.text().contains(&name) && answer.text().contains("cancelled"), "{answer:?}");
    assert!(!answer.text().contains("not certain") && answer.0["consent"].is_null(), "{answer:?}");
    let order = order(&world);
    assert!(order.cancelled.is_some());
    assert_eq!(changes(&world, "orderCancel").len(), 1);
    assert_eq!(stock(&world), stock_before + i64::from(order.lines[0].ordered));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(shopper.messages(seq).await.len(), 1, "answered once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_lost_is_read_back_and_one_that_never_comes_is_said_to() {
    let world = World::start().await;
    let shopper = world.signed_in(DemoSituation::Unfulfilled).await;
    let name = order(&world).name();
    let asked = shopper.say("cancel my order").await;
    // The connection breaks before the shop has done anything: nobody here can know that.
    world.standins.shopify.faults().next_with("orderCancel", 1, Fault::Reset);
    let seq = press(&shopper, question(&asked), "yes").await;
    let unsure = shopper.answer_after(seq).await;
    assert!(unsure.text().contains("not certain"), "{unsure:?}");
    assert!(order(&world).cancelled.is_none());
    let look = shopper.press(&unsure, "Look again").await;
    assert!(look.text().contains("isn't cancelled"), "{look:?}");
    // Another try asks again; this time the shop does it, and the answer is lost.
    let asked = shopper.press(&look, "Cancel the order").await;
    world.standins.shopify.faults().next_with("orderCancel", 1, Fault::AnswerLost);
    let seq = press(&shopper, question(&asked), "yes").await;
    let answer = shopper.answer_after(seq).await;
    assert!(answer.text().contains(&format!("Order {name} is cancelled.")), "{answer:?}");
    assert!(order(&world).cancelled.is_some());
    assert_eq!(changes(&world, "orderCancel").len(), 2);
}
