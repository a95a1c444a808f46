//! Layout on a desktop and a phone, light and dark; colours; accessibility.

use serde_json::json;
use usher_browser_tests::{
    Screen, Stage,
    fake::Fault,
    on_stage,
    script::{cards, choose, notice, order, say, sign_in, with},
};

const SHOP: &str = "name=Northwind&assistant=Helper&questions=Where+is+my+order%3F|What+is+your+return+policy%3F|I+want+to+send+something+back";

/// A conversation with some of everything.
async fn talk(stage: &Stage) {
    let policy = json!({ "blocks": [
        { "kind": "paragraph", "spans": [{ "text": "You can send back anything within " }, { "text": "30 days", "bold": true }, { "text": ":" }] },
        { "kind": "list", "ordered": false, "items": [[{ "text": "unworn, with its labels" }], [{ "text": "in any box; the label is free" }]] }],
        "sources": [{ "title": "Returns and refunds", "url": "https://shop.example.com/help/returns" }] });
    stage.fake.answer("return policy", vec![policy]);
    stage.fake.answer(
        "my order",
        vec![with(
            say("Your order is on its way and should arrive on Monday."),
            json!({ "cards": [order()],
        "quick_replies": [choose("That helped"), choose("Something else")] }),
        )],
    );
    stage.send("What is your return policy?").await;
    stage.see("free").await;
    stage.send("And where is my order?").await;
    stage.see("That helped").await;
}

#[tokio::test]
async fn on_a_desktop() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit(&format!("home?{SHOP}")).await;
        stage.picture("desktop-closed").await;
        stage.open().await;
        stage.picture("desktop-first").await;
        talk(stage).await;
        stage.picture("desktop-talk").await;
        let panel = stage
            .page("const box = panel.getBoundingClientRect(); return [box.width, box.height, innerWidth - box.right]")
            .await;
        assert_eq!(panel, json!([400, 640, 20]));
        // Nothing is wider than the panel.
        stage.enter_frame().await;
        assert_eq!(
            stage
                .frame("const box = document.getElementById('scroller'); return box.scrollWidth <= box.clientWidth")
                .await,
            true
        );
    })
    .await;
}

#[tokio::test]
async fn on_the_left_in_the_shops_colour() {
    on_stage(Screen::Desktop, async |stage| {
        // Too light for white on it, and for itself on white.
        stage.visit(&format!("home?{SHOP}&position=left&color=%23ffd23f&theme=light")).await;
        stage.open().await;
        talk(stage).await;
        stage.picture("left-yellow").await;
        assert_eq!(stage.page("return panel.getBoundingClientRect().left").await, 20);
        stage.enter_frame().await;
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
    })
    .await;
}

#[tokio::test]
async fn on_a_phone() {
    on_stage(Screen::Phone, async |stage| {
        stage.visit(&format!("home?{SHOP}")).await;
        stage.picture("phone-closed").await;
        stage.open().await;
        stage.picture("phone-first").await;
        talk(stage).await;
        stage.picture("phone-talk").await;
        let panel = stage
            .page("const box = panel.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]")
            .await;
        assert_eq!(panel, json!([0, 0, 390, 844]));
        assert_eq!(stage.page("return getComputedStyle(launcher).visibility").await, "hidden");
        stage.enter_frame().await;
        assert_eq!(
            stage
                .frame("const box = document.getElementById('scroller'); return box.scrollWidth <= box.clientWidth")
                .await,
            true
        );
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
        // A page that is loaded anew isn't covered by the chat.
        stage.visit("knitwear").await;
        assert_eq!(stage.page("return panel.checkVisibility()").await, false);
    })
    .await;
}

#[tokio::test]
async fn in_the_dark() {
    on_stage(Screen::DarkDesktop, async |stage| {
        stage.visit(&format!("home?{SHOP}")).await;
        stage.open().await;
        talk(stage).await;
        stage.picture("dark-talk").await;
        assert_eq!(stage.frame("return getComputedStyle(document.body).backgroundColor").await, "rgb(27, 30, 34)");
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
    })
    .await;
}

#[tokio::test]
async fn dark_on_a_phone_with_a_dark_colour() {
    on_stage(Screen::DarkPhone, async |stage| {
        stage.fake.answer(
            "everything",
            vec![with(say("Here you are."), json!({ "cards": cards() })), sign_in(&["shop", "code"])],
        );
        stage.visit(&format!("home?{SHOP}&color=%23101840")).await;
        stage.open().await;
        stage.send("everything").await;
        stage.click("E-mail me a code").await;
        stage.picture("dark-phone-sign-in").await;
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
    })
    .await;
}

#[tokio::test]
async fn every_card() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("everything", vec![with(say("Here you are."), json!({ "cards": cards() }))]);
        stage.visit(&format!("home?{SHOP}")).await;
        stage.open().await;
        stage.send("everything").await;
        stage.see("Coffee, 2 bags").await;
        // An answer that is longer than the list is shown from its beginning.
        let top = "const answer = document.querySelector('#log').lastElementChild.getBoundingClientRect().top;
            return Math.round(answer - document.getElementById('scroller').getBoundingClientRect().top)";
        stage.until_eq(json!(12), async || stage.frame(top).await).await;
        for (number, kind) in ["order", "coupon", "loyalty"].iter().enumerate() {
            stage
                .frame(&format!("document.querySelector('article.{kind}').scrollIntoView({{ block: 'start' }})"))
                .await;
            stage.picture(&format!("cards-{}", number + 1)).await;
        }
        // The frame itself never scrolls: the head and the composer stay.
        assert_eq!(stage.frame("return document.documentElement.scrollHeight <= innerHeight").await, true);
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
    })
    .await;
}

#[tokio::test]
async fn with_every_notice() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit(&format!("home?{SHOP}")).await;
        stage.page("usher('identify', 'token-of-ana')").await;
        stage.open().await;
        talk(stage).await;
        stage.see("Signed in as Ana").await;
        stage.fake.human(true);
        stage.fake.push(notice("joined", "Somebody from our team has joined."));
        stage.see("has joined").await;
        stage.fake.fail(&[Fault::Status(503)]);
        stage.send("Thank you!").await;
        stage.see("Not sent.").await;
        stage.click("New conversation").await;
        stage.fake.reachable(false);
        stage.see("Connection lost").await;
        stage.type_into("#text", &"a".repeat(3_700)).await;
        stage.picture("every-notice").await;
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
        stage.fake.reachable(true);
        stage.see_gone("Connection lost").await;
        // Someone who reads further up is left there, and told.
        let scroll = "document.getElementById('scroller').scrollTop = 0;
            requestAnimationFrame(() => requestAnimationFrame(arguments[0]))";
        stage.frame_async(scroll).await;
        stage.fake.push(say("One more thing."));
        stage.see("New messages").await;
        stage.picture("new-messages").await;
        assert_eq!(stage.frame("return document.getElementById('scroller').scrollTop").await, 0);
        assert_eq!(stage.accessibility_problems().await, [] as [String; 0]);
        stage.click("New messages ↓").await;
        stage.see_gone("New messages").await;
    })
    .await;
}

#[tokio::test]
async fn in_french_from_right_to_left_and_in_the_page() {
    on_stage(Screen::Desktop, async |stage| {
        stage.fake.answer("commande", vec![with(say("Votre commande arrive lundi."), json!({ "cards": [order()] }))]);
        stage.visit("home?locale=fr&name=Northwind").await;
        stage.open().await;
        stage.send("Où est ma commande ?").await;
        stage.see("Votre commande").await;
        stage.picture("french").await;

        stage.fake.answer("طلبي", vec![with(say("طلبك في الطريق."), json!({ "cards": [order()] }))]);
        stage.visit("home?locale=ar&name=Northwind&position=left").await;
        stage.enter_frame().await;
        stage.send("أين طلبي؟").await;
        stage.see("طلبك").await;
        stage.picture("right-to-left").await;
        assert_eq!(stage.frame("return document.documentElement.dir").await, "rtl");
        assert_eq!(
            stage
                .frame("const box = document.getElementById('scroller'); return box.scrollWidth <= box.clientWidth")
                .await,
            true
        );
        // The launcher and the panel, in the page.
        stage.leave_frame().await;
        let found = stage.accessibility_problems().await;
        let ours: Vec<_> = found.iter().filter(|one| one.contains("usher")).collect();
        assert!(ours.is_empty(), "{ours:#?}");
    })
    .await;
}

#[tokio::test]
async fn the_accessibility_checks_find_what_is_wrong() {
    on_stage(Screen::Desktop, async |stage| {
        stage.visit("home").await;
        stage.open().await;
        stage
            .frame(
                "const add = (name, attributes, text) => {
                    const one = document.createElement(name);
                    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
                    one.textContent = text;
                    document.getElementById('content').append(one);
                    return one;
                 };
                 add('button', { 'aria-describedby': 'nowhere' }, '');
                 add('p', { id: 'text' }, 'pale').style.color = '#8a8a8a';
                 add('h1', {}, 'Again');
                 const small = add('button', { tabindex: 1 }, 'x');
                 small.style.cssText = 'width: 20px; height: 20px; padding: 0; overflow: hidden';",
            )
            .await;
        let found = stage.accessibility_problems().await.join("\n");
        for problem in [
            "no name",
            "leads nowhere",
            "id used twice: text",
            "contrast 3.45",
            "not one h1",
            "order of its own",
            "a target of 20 × 20",
        ] {
            assert!(found.contains(problem), "{problem} isn't in:\n{found}");
        }
    })
    .await;
}
