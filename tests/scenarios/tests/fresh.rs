//! Nothing old is spoken as if it were now. What changes at a provider between two questions is in the very next answer;
//! what can't be asked just now is not told, or with the time of its reading.
//!
//! Each test prints how long it took from the change to the answer.

use reqwest::Method;
use serde_json::{Value, json};
use std::sync::PoisonError;
use std::time::{Duration, Instant};
use usher_scenarios::{Answer, Shopper, World};
use usher_standins::{
    Address, CancelReason, DemoSituation, Fault, Kind, Money, Order, ParcelState, Product, ReturnState, Server, Shop,
};
use uuid::Uuid;

/// How old the catalogue's readings of stock and price may be when they are told without their age.
const STATED_AGE: Duration = Duration::from_secs(60);

/// Asks right after a change, and prints how long the answer took from there.
async fn ask_after(what: &str, change: impl FnOnce(), shopper: &Shopper, text: &str) -> Answer {
    change();
    let changed = Instant::now();
    let answer = shopper.say(text).await;
    println!("{what}: answered {} ms after the change", changed.elapsed().as_millis());
    answer
}

/// A shop in which every skill that is asked here serves.
async fn open() -> World {
    let world = World::start().await;
    for (topic, title, body) in [
        ("coupons", "Discounts", "Only one code can be used for an order."),
        ("loyalty", "Lumen Circle", "Every euro spent earns two points in the Lumen Circle."),
        ("subscriptions", "Coffee subscriptions", "Choose beans and a rhythm, and we send them."),
    ] {
        world.article(topic, topic, title, body, &[]).await;
    }
    world
}

fn change(world: &World, change: impl FnOnce(&mut Shop) -> Result<(), usher_standins::Error>) {
    world.standins.change(change).expect("the shop allows it");
}

fn newest_order(world: &World, situation: DemoSituation) -> Order {
    let customer = world.customer(situation);
    let find = |shop: &Shop| shop.orders_of(&customer.email).into_iter().max_by_key(|order| order.number).cloned();
    world.standins.read(find).expect("an order")
}

/// A button of the question that an answer asks.
async fn answer_question(shopper: &Shopper, asked: &Answer, name: &str) -> Answer {
    let button = &asked.0["consent"][name]["ref"];
    assert!(button.is_string(), "the customer isn't asked: {asked:?}");
    let seq = shopper.send(&Uuid::new_v4().to_string(), json!({ "choose": button })).await;
    shopper.answer_after(seq).await
}

/// Requests to a provider so far whose body holds this.
fn asked(provider: &Server, holds: &str) -> usize {
    provider.requests().all().iter().filter(|request| request.body.contains(holds)).count()
}

fn says(answer: &Answer, wanted: &str, not: &[&str]) {
    let text = answer.text();
    assert!(text.contains(wanted), "«{wanted}» isn't said: {answer:?}");
    for old in not {
        assert!(!text.contains(old), "«{old}» was before the change: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_is_in_the_very_next_answer() {
    let world = open().await;
    an_order_on_its_way(&world).await;
    an_order_that_comes_and_goes(&world).await;
    an_address(&world).await;
    a_return(&world).await;
    codes(&world).await;
    points(&world).await;
    a_subscription(&world).await;
    // Last: it ends the order that the others are about.
    a_yes_that_comes_too_late(&world).await;
}

/// Not sent, sent, out for delivery, delivered.
async fn an_order_on_its_way(world: &World) {
    let name = newest_order(world, DemoSituation::ThreeOrders).name();
    let shopper = world.signed_in(DemoSituation::ThreeOrders).await;
    let question = format!("where is order {name}?");
    says(&shopper.say(&question).await, "hasn't been sent yet", &[]);

    let ship = || change(world, |shop| shop.ship_order(&name).map(drop));
    let answer = ask_after("an order is sent", ship, &shopper, &question).await;
    says(&answer, "is on its way", &["hasn't been sent"]);
    let carry_out = || {
        change(world, |shop| shop.set_parcels(&name, ParcelState::OutForDelivery));
    };
    let answer = ask_after("an order goes out for delivery", carry_out, &shopper, &question).await;
    says(&answer, "out for delivery", &["is on its way"]);
    let deliver = || change(world, |shop| shop.deliver_order(&name));
    let answer = ask_after("an order is delivered", deliver, &shopper, &question).await;
    says(&answer, "delivered", &["out for delivery", "hasn't been sent"]);
}

/// None, one, cancelled by the shop.
async fn an_order_that_comes_and_goes(world: &World) {
    let customer = world.customer(DemoSituation::NoOrders);
    let shopper = world.signed_in(DemoSituation::NoOrders).await;
    says(&shopper.say("where is my order?").await, "don't see any orders", &[]);

    let sku = kettles(world)[0].variants[0].sku.clone();
    let mut name = String::new();
    let place = || name = world.standins.change(|shop| shop.place_order(&customer.email, &sku, 1)).expect("an order");
    let answer = ask_after("an order is placed", place, &shopper, "where is my order?").await;
    says(&answer, &name, &["don't see any orders"]);
    says(&answer, "hasn't been sent yet", &[]);
    let cancel = || change(world, |shop| shop.cancel_order(&name, CancelReason::Inventory, true));
    let answer = ask_after("an order is cancelled by the shop", cancel, &shopper, "where is my order?").await;
    says(&answer, "was cancelled", &["hasn't been sent yet"]);
}

/// The same wish twice; in between the shop has made the change itself.
async fn an_address(world: &World) {
    let order = newest_order(world, DemoSituation::Unfulfilled);
    let shopper = world.signed_in(DemoSituation::Unfulfilled).await;
    shopper.say("I typed the wrong address").await;
    let wish = "Mill Lane 7, 04109 Leipzig";
    let asked = shopper.say(wish).await;
    answer_question(&shopper, &asked, "no").await;

    let before = order.shipping_address.clone().expect("an address");
    let there = Address {
        address1: "Mill Lane 7".to_owned(),
        address2: None,
        zip: "04109".to_owned(),
        city: "Leipzig".to_owned(),
        province: None,
        ..before
    };
    shopper.say("I typed the wrong address").await;
    let readdress = || change(world, |shop| shop.set_shipping_address(&order.name(), there));
    let answer = ask_after("an order gets another address", readdress, &shopper, wish).await;
    says(&answer, "goes to exactly that address already", &[]);
    assert!(answer.0["consent"].is_null(), "there is nothing left to agree to: {answer:?}");
}

/// What can be sent back, and a return that goes on.
async fn a_return(world: &World) {
    let name = newest_order(world, DemoSituation::InTransit).name();
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    let question = format!("I want to return order {name}");
    says(&shopper.say(&question).await, "is still on its way", &[]);
    let deliver = || change(world, |shop| shop.deliver_order(&name));
    let answer = ask_after("what can be returned arrives", deliver, &shopper, &question).await;
    says(&answer, &name, &["is still on its way"]);

    let order = newest_order(world, DemoSituation::ReturnOpen);
    let id = world.standins.read(|shop| shop.returns_of(order.id)[0].id);
    let shopper = world.signed_in(DemoSituation::ReturnOpen).await;
    let question = "what is the status of my return?";
    says(&shopper.say(question).await, "is open", &[]);
    let review = || change(world, |shop| shop.edit_return(id, |request| request.state = ReturnState::Review));
    let answer = ask_after("a return is looked at", review, &shopper, question).await;
    says(&answer, "is being checked", &["is open"]);
}

/// One expires, one is used up, and one that was somebody's own is used.
async fn codes(world: &World) {
    let visitor = world.shopper().await;
    let question = "do you have any discount codes?";
    let answer = visitor.say(question).await;
    for code in ["WELCOME10", "FREESHIP", "BEANS3FOR2"] {
        says(&answer, code, &[]);
    }
    let now = world.standins.clock.now();
    let end = || change(world, |shop| shop.edit_discount("FREESHIP", |discount| discount.ends_at = Some(now)));
    let answer = ask_after("a code expires", end, &visitor, question).await;
    says(&answer, "WELCOME10", &["FREESHIP"]);
    says(&visitor.say("does the code FREESHIP still work?").await, "expired", &["can be used now"]);
    let use_up = || {
        change(world, |shop| shop.edit_discount("WELCOME10", |discount| discount.usage_limit = Some(discount.used)));
    };
    let answer = ask_after("a code is used up", use_up, &visitor, question).await;
    says(&answer, "BEANS3FOR2", &["FREESHIP", "WELCOME10"]);

    let customer = world.signed_in(DemoSituation::InTransit).await;
    let question = "do you have a discount code for me?";
    says(&customer.say(question).await, "SORRY-ANA", &[]);
    let redeem = || change(world, |shop| shop.edit_discount("SORRY-ANA", |discount| discount.used = 1));
    let answer = ask_after("a customer's own code is used", redeem, &customer, question).await;
    says(&answer, "BEANS3FOR2", &["SORRY-ANA"]);
}

async fn points(world: &World) {
    let customer = world.customer(DemoSituation::InTransit);
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    let question = "how many points do I have?";
    says(&shopper.say(question).await, "320 points", &[]);
    let earn = || change(world, |shop| shop.edit_loyalty(&customer.email, |account| account.points = 455));
    let answer = ask_after("points are earned", earn, &shopper, question).await;
    says(&answer, "455 points", &["320"]);
    assert_eq!(answer.cards()[0]["points"], 455, "{answer:?}");
}

async fn a_subscription(world: &World) {
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    let question = "when is my next subscription delivery?";
    let told = shopper.say(question).await;
    assert_eq!(told.cards()[0]["next_charge_on"], next_charge(world), "{told:?}");
    let answer = ask_after("a subscription's next charge moves", || postpone(world), &shopper, question).await;
    assert_eq!(answer.cards()[0]["next_charge_on"], next_charge(world), "{answer:?}");
    assert_ne!(answer.text(), told.text());
}

/// The day of the next charge of the subscription that is looked at.
fn next_charge(world: &World) -> String {
    let customer = world.customer(DemoSituation::InTransit);
    let book = world.standins.subscriptions.read().unwrap_or_else(PoisonError::into_inner);
    book.of(customer.id)[0].next.expect("a day").to_string()
}

/// Moves that by a day.
fn postpone(world: &World) {
    let customer = world.customer(DemoSituation::InTransit);
    let mut book = world.standins.subscriptions.write().unwrap_or_else(PoisonError::into_inner);
    let id = book.of(customer.id)[0].id;
    book.edit(id, |subscription| subscription.next = subscription.next.and_then(|day| day.tomorrow().ok()));
}

/// What was to be agreed to can't be done any more when the yes comes.
async fn a_yes_that_comes_too_late(world: &World) {
    let name = newest_order(world, DemoSituation::Unfulfilled).name();
    let shopper = world.signed_in(DemoSituation::Unfulfilled).await;
    let question = shopper.say(&format!("cancel order {name}")).await;
    assert!(question.0["consent"].is_object(), "{question:?}");
    change(world, |shop| shop.ship_order(&name).map(drop));
    let changed = Instant::now();
    let answer = answer_question(&shopper, &question, "yes").await;
    println!("an order is sent before the yes: answered {} ms after the change", changed.elapsed().as_millis());
    says(&answer, "has been sent already", &["is cancelled"]);
    assert_eq!(asked(&world.standins.shopify, "orderCancel"), 0, "what can't be done isn't tried");
    assert!(newest_order(world, DemoSituation::Unfulfilled).cancelled.is_none());
}

/// A provider that is asked in vain: nothing of what it said before is told, and once it answers, what it says then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_t_be_asked_is_not_remembered_instead() {
    let world = open().await;
    let standins = &world.standins;
    let customer = world.customer(DemoSituation::InTransit);
    let name = newest_order(&world, DemoSituation::InTransit).name();
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    let earn = || {
        change(&world, |shop| shop.edit_loyalty(&customer.email, |account| account.points = 455));
        "455".to_owned()
    };
    in_vain(&world, &shopper, "how many points do I have?", &standins.smile, "320", earn).await;
    let postpone = || {
        postpone(&world);
        next_charge(&world)
    };
    let question = "when is my next subscription delivery?";
    in_vain(&world, &shopper, question, &standins.recharge, &next_charge(&world), postpone).await;
    let deliver = || {
        change(&world, |shop| shop.deliver_order(&name));
        "delivered".to_owned()
    };
    let question = format!("where is order {name}?");
    in_vain(&world, &shopper, &question, &standins.shopify, "is on its way", deliver).await;
    let rename = || {
        let codes = vec!["HELLO11".to_owned()];
        change(&world, |shop| shop.edit_discount("WELCOME10", |discount| discount.codes = codes));
        "HELLO11".to_owned()
    };
    let question = "do you have any discount codes?";
    in_vain(&world, &world.shopper().await, question, &standins.shopify, "WELCOME10", rename).await;
}

/// Asks while the answer is `before`; then while the provider doesn't answer, and has changed to what `change` returns;
/// then when it answers again.
async fn in_vain(
    world: &World,
    shopper: &Shopper,
    question: &str,
    provider: &Server,
    before: &str,
    change: impl FnOnce() -> String,
) {
    let told = shopper.say(question).await;
    assert!(told.0.to_string().contains(before), "{told:?}");
    provider.faults().next(100_000, Fault::Status { status: 503 });
    let now = change();
    let answer = shopper.say(question).await;
    let shown = json!([answer.0["blocks"], answer.0["cards"]]).to_string();
    assert!(!shown.contains(before) && !shown.contains(&now), "nobody could know that: {answer:?}");
    let says_so = answer.hands_over() || answer.text().contains("I can't look up the current codes just now");
    assert!(says_so, "{answer:?}\n{}", world.log());
    provider.faults().clear();
    let well = Instant::now();
    let answer = shopper.say(question).await;
    println!("{question} answered {} ms after the provider is well again", well.elapsed().as_millis());
    let shown = json!([answer.0["blocks"], answer.0["cards"]]).to_string();
    assert!(shown.contains(&now) && !shown.contains(before), "{answer:?}\n{}", world.log());
}

/// Kettles that are for sale in all their sizes.
fn kettles(world: &World) -> Vec<Product> {
    let is_sold = |product: &&Product| {
        product.kind == Kind::Kettle
            && product.visible()
            && product.variants.iter().all(|variant| variant.buyable(product.tracked()))
    };
    world.standins.read(|shop| shop.products().iter().filter(is_sold).cloned().collect())
}

fn by_title(world: &World, title: &Value) -> Product {
    let find = |shop: &Shop| shop.products().iter().find(|product| title == &product.title).cloned();
    world.standins.read(find).expect("a product of this title")
}

fn set(world: &World, product: &Product, variant: impl Fn(&mut Shop, &str) -> Result<(), usher_standins::Error>) {
    change(world, |shop| product.variants.iter().try_for_each(|known| variant(shop, &known.sku)));
}

async fn catalog(world: &World) -> Value {
    world.operator(Method::GET, "catalog", None).await
}

/// The catalogue is a copy. Older than its stated age, it is told with its age or read again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_is_told_as_it_is_now_or_with_the_age_of_its_reading() {
    let world = World::unthrottled().await;
    world.connect().await;
    let end = Instant::now() + Duration::from_secs(90);
    let synced = loop {
        let state = catalog(&world).await;
        if state["filled"] == true && state["running"].is_null() {
            break state["synced_at"].clone();
        }
        assert!(Instant::now() < end, "{state}\n{}", world.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let question = "can you recommend a kettle?";
    let suggested = world.shopper().await.say(question).await;
    let titles: Vec<&Value> = suggested.cards().iter().map(|card| &card["title"]).collect();
    let [sold_out, dearer, ..] = titles[..] else { panic!("too few are suggested: {suggested:?}\n{}", world.log()) };
    let (sold_out, dearer) = (by_title(&world, sold_out), by_title(&world, dearer));
    tokio::time::sleep(STATED_AGE + Duration::from_secs(1)).await;

    set(&world, &sold_out, |shop, sku| shop.set_stock(sku, 0));
    set(&world, &dearer, |shop, sku| shop.set_price(sku, Money(77_77)));
    // The shop doesn't answer: what is told of the copy is told with its age.
    world.standins.shopify.faults().next(100_000, Fault::Status { status: 503 });
    let how_much = format!("how much is the {}?", dearer.title);
    let is_there = format!("is the {} in stock?", sold_out.title);
    for question in [question, &how_much, &is_there] {
        let answer = world.shopper().await.say(question).await;
        let text = answer.text();
        let is_dated = text.contains("As of") || text.contains(" ago");
        assert!(is_dated || answer.hands_over(), "an old reading passes for a new one: {answer:?}");
    }
    world.standins.shopify.faults().clear();

    let before = asked(&world.standins.shopify, "ProductsNow");
    let well = Instant::now();
    let answer = world.shopper().await.say(question).await;
    println!("stock and price change: answered {} ms after the shop can be asked", well.elapsed().as_millis());
    let shown: Vec<&Value> = answer.cards().iter().map(|card| &card["title"]).collect();
    assert!(!shown.is_empty() && !shown.contains(&&json!(sold_out.title)), "a sold-out one is offered: {answer:?}");
    assert!(!answer.text().contains("As of"), "{answer:?}");
    if let Some(card) = answer.cards().iter().find(|card| card["title"] == json!(dearer.title)) {
        assert!(card.to_string().contains("77.77"), "{card}");
    }
    // Unless the catalogue was synchronised meanwhile, it was asked for these very products.
    let again = catalog(&world).await["synced_at"] != synced;
    assert!(again || asked(&world.standins.shopify, "ProductsNow") > before);
    let answer = world.shopper().await.say(&how_much).await;
    says(&answer, "77.77", &[]);
    for variant in &dearer.variants {
        says(&answer, "77.77", &[&variant.price.to_string()]);
    }
    let answer = world.shopper().await.say(&is_there).await;
    assert!(!answer.text().contains(&format!("{} is in stock", sold_out.title)), "{answer:?}");
    assert!(answer.cards().iter().all(|card| card["title"] != json!(sold_out.title)), "{answer:?}");
    // On its own page.
    let visitor = world.shopper().await;
    let page = world.standins.read(|shop| shop.product_url(&sold_out));
    let asked = json!({ "text": "is this in stock?", "page_url": page });
    let seq = visitor.send(&Uuid::new_v4().to_string(), asked).await;
    says(&visitor.answer_after(seq).await, "sold out", &["is in stock"]);
}
