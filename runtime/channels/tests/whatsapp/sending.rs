//! Sending by WhatsApp, and what comes of it, against the stand-in.

use jiff::Timestamp;
use std::{
    sync::Once,
    time::{Duration, Instant},
};
use usher_channels::{
    Choice, Consequence, DeliveryState, Finding, Interactive, News, Outgoing, OutgoingContent, Recipient, SendFailure,
    Sender, WhatsappMessage, WhatsappTemplate,
    whatsapp::{MAX_TEXT, Whatsapp, WhatsappSender, parts},
};
use usher_standins::{Fault, Standins, StandinsConfig, WhatsappConfig, WhatsappState, WhatsappUser};

struct Stage {
    standins: Standins,
    whatsapp: Whatsapp,
    sender: WhatsappSender,
    ana: WhatsappUser,
}

impl Stage {
    async fn new() -> Self {
        Self::with(WhatsappConfig::default()).await
    }

    /// Ana has just written.
    async fn with(config: WhatsappConfig) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
        let settings = StandinsConfig { whatsapp: config.clone(), ..StandinsConfig::default() };
        let standins = Standins::start(settings).await.unwrap();
        let whatsapp = Whatsapp {
            phone_number_id: config.phone_number_id,
            access_token: config.token,
            app_secrets: vec![config.app_secret],
            verify_token: config.verify_token,
            base_url: standins.whatsapp.server.url().parse().unwrap(),
            version: config.version,
        };
        let sender = whatsapp.sender(reqwest::Client::new()).unwrap();
        let ana = WhatsappUser::with_phone("+12025550100", "Ana");
        standins.whatsapp.chats.write(&ana, "Hi");
        Self { standins, whatsapp, sender, ana }
    }

    fn to(&self, user: &WhatsappUser, content: OutgoingContent) -> Outgoing {
        Outgoing {
            reference: "out-1".to_owned(),
            from: self.whatsapp.phone_number_id.clone(),
            to: Recipient { id: user.user_id.clone(), phone: user.phone.clone() },
            content,
            first_try_at: Timestamp::now(),
        }
    }

    async fn send(&self, content: OutgoingContent) -> Result<String, SendFailure> {
        self.sender.send(&self.to(&self.ana, content)).await.map(|sent| sent.provider_id)
    }

    /// What the webhooks said that were sent so far, each read as it came.
    fn told(&self) -> Vec<News> {
        let mut news = Vec::new();
        for webhook in self.standins.whatsapp.chats.webhooks() {
            let mut headers = reqwest::header::HeaderMap::new();
            headers.insert("x-hub-signature-256", webhook.signature.parse().unwrap());
            news.extend(self.whatsapp.read(&headers, webhook.body.as_bytes()).unwrap());
        }
        news
    }
}

fn text(text: &str) -> OutgoingContent {
    OutgoingContent::Whatsapp(WhatsappMessage { text: text.to_owned(), interactive: None })
}

fn with(interactive: Interactive) -> OutgoingContent {
    OutgoingContent::Whatsapp(WhatsappMessage { text: "Which one?".to_owned(), interactive: Some(interactive) })
}

fn choices(count: usize, label: &str) -> Vec<Choice> {
    (0..count).map(|n| Choice { id: format!("7.{n}"), label: format!("{label}{n}") }).collect()
}

fn link(label: &str, url: &str) -> OutgoingContent {
    with(Interactive::Link { label: label.to_owned(), url: url.to_owned() })
}

/// Where nobody listens, so that webhooks are kept and given up.
const NOWHERE: &str = "http://127.0.0.1:9/hook";

fn without_retries() -> WhatsappConfig {
    WhatsappConfig { retries: vec![], ..WhatsappConfig::default() }
}

#[tokio::test]
async fn every_kind_of_message_arrives_as_it_was_meant() {
    let stage = Stage::new().await;
    let list = Interactive::List { button: "Choose".to_owned(), rows: choices(10, "Row ") };
    let sent = [
        stage.send(text("Your *parcel* is on its way.")).await.unwrap(),
        stage.send(with(Interactive::Buttons(choices(3, "Answer ")))).await.unwrap(),
        stage.send(with(list)).await.unwrap(),
        stage.send(link("Track", "https://lumen.example/track?a=1&b=2")).await.unwrap(),
    ];
    let shown: Vec<_> =
        stage.standins.whatsapp.chats.messages(&stage.ana).into_iter().filter(|m| m.from_shop).collect();
    assert_eq!(shown.iter().map(|m| m.id.clone()).collect::<Vec<_>>(), sent);
    assert_eq!(
        (shown[0].text().as_str(), shown[0].reference.as_deref()),
        ("Your *parcel* is on its way.", Some("out-1"))
    );
    assert_eq!((shown[1].choices().len(), shown[1].choices()[2].title.as_str()), (3, "Answer 2"));
    assert_eq!((shown[2].choices().len(), shown[2].list_button()), (10, Some("Choose")));
    assert_eq!(shown[3].link(), Some(("Track", "https://lumen.example/track?a=1&b=2")));
}

#[tokio::test]
async fn what_is_pressed_comes_back_with_its_id() {
    let stage = Stage::with(without_retries()).await;
    let chats = &stage.standins.whatsapp.chats;
    chats.send_webhooks_to(NOWHERE).unwrap();
    chats.hold_statuses(true);
    let buttons = stage.send(with(Interactive::Buttons(choices(2, "B")))).await.unwrap();
    let list =
        stage.send(with(Interactive::List { button: "Choose".to_owned(), rows: choices(4, "R") })).await.unwrap();
    chats.press(&buttons, "7.1").unwrap();
    chats.press(&list, "7.3").unwrap();
    assert!(chats.press(&buttons, "7.9").is_err());
    let pressed: Vec<_> = stage
        .told()
        .into_iter()
        .map(|news| match news {
            News::Received(received) => received.content,
            other => panic!("{other:?}"),
        })
        .collect();
    let expected =
        |id: &str, label: &str| usher_channels::Content::Pressed { id: id.to_owned(), label: label.to_owned() };
    assert_eq!(pressed, [expected("7.1", "B1"), expected("7.3", "R3")]);
}

#[tokio::test]
async fn a_customer_without_a_number_is_written_to_by_id() {
    let stage = Stage::with(without_retries()).await;
    let chats = &stage.standins.whatsapp.chats;
    chats.send_webhooks_to(NOWHERE).unwrap();
    let ben = WhatsappUser::without_phone("Ben");
    chats.write(&ben, "Hi");
    let News::Received(received) = stage.told().remove(0) else { panic!() };
    assert_eq!((received.from.id.as_str(), &received.from.phone), (ben.user_id.as_str(), &None));
    stage.sender.send(&stage.to(&ben, text("Hello Ben"))).await.unwrap();
    assert_eq!(chats.messages(&ben).last().unwrap().text(), "Hello Ben");
    let asked = stage.standins.whatsapp.server.requests().last().unwrap().json();
    assert_eq!((asked["recipient"].as_str(), asked["to"].is_null()), (Some(ben.user_id.as_str()), true));
}

#[tokio::test]
async fn the_provider_agrees_with_every_limit_that_is_checked_here() {
    let stage = Stage::new().await;
    let before = stage.standins.whatsapp.server.requests().count();
    let long = "x".repeat(21);
    let refused = [
        text(""),
        text(" \n"),
        text(&"x".repeat(MAX_TEXT + 1)),
        with(Interactive::Buttons(vec![])),
        with(Interactive::Buttons(choices(4, "B"))),
        with(Interactive::Buttons(vec![Choice { id: "a".to_owned(), label: long.clone() }])),
        with(Interactive::Buttons(vec![choices(1, "B").remove(0), choices(1, "C").remove(0)])),
        with(Interactive::List { button: "Choose".to_owned(), rows: choices(11, "R") }),
        with(Interactive::List { button: long.clone(), rows: choices(1, "R") }),
        with(Interactive::List { button: "Choose".to_owned(), rows: choices(1, &"x".repeat(24)) }),
        link(&long, "https://lumen.example"),
        link("Open", "javascript:alert(1)"),
        OutgoingContent::Sms("Hi".to_owned()),
    ];
    for content in refused {
        let failure = stage.send(content.clone()).await.unwrap_err();
        assert!(
            matches!(failure, SendFailure::Never { code: None, then: Consequence::None, .. }),
            "{content:?}: {failure:?}"
        );
    }
    assert_eq!(stage.standins.whatsapp.server.requests().count(), before, "none was asked of the provider");
    let mut largest = choices(3, "x");
    largest.iter_mut().for_each(|choice| choice.label = "é".repeat(20));
    let allowed = [
        text(&"é".repeat(MAX_TEXT)),
        with(Interactive::Buttons(largest)),
        with(Interactive::List { button: "x".repeat(20), rows: choices(10, &"é".repeat(23)) }),
        link(&"x".repeat(20), "http://lumen.example"),
    ];
    for content in allowed {
        stage.send(content).await.unwrap();
    }
    let other = Outgoing { from: "another".to_owned(), ..stage.to(&stage.ana, text("Hi")) };
    assert!(matches!(stage.sender.send(&other).await, Err(SendFailure::Never { .. })));
}

#[tokio::test]
async fn a_long_answer_goes_in_parts() {
    let stage = Stage::new().await;
    let long: String = (0..2000).map(|n| format!("word{n} ")).collect();
    let cut = parts(&long);
    assert!(cut.len() > 1);
    for part in &cut {
        stage.send(text(part)).await.unwrap();
    }
    let shown: Vec<String> = stage
        .standins
        .whatsapp
        .chats
        .messages(&stage.ana)
        .into_iter()
        .filter(|m| m.from_shop)
        .map(|m| m.text())
        .collect();
    assert_eq!(shown.join(" "), long.trim_end());
}

#[tokio::test]
async fn outside_of_the_window_only_a_template_goes() {
    let config = WhatsappConfig { refuses_closed_window_at_once: true, ..WhatsappConfig::default() };
    let stage = Stage::with(config).await;
    stage.standins.clock.advance(Duration::from_secs(24 * 60 * 60 + 1));
    let failure = stage.send(text("We found it")).await.unwrap_err();
    let SendFailure::Never { code, then, .. } = failure else { panic!("{failure:?}") };
    assert_eq!((code.as_deref(), then), (Some("131047"), Consequence::WindowClosed));
    let template = |name: &str| {
        OutgoingContent::WhatsappTemplate(WhatsappTemplate { name: name.to_owned(), language: "en".to_owned() })
    };
    stage.send(template("answer_ready")).await.unwrap();
    let unknown = stage.send(template("never_approved")).await.unwrap_err();
    assert!(
        matches!(unknown, SendFailure::Never { code: Some(code), then: Consequence::None, .. } if code == "132001")
    );
    stage.standins.whatsapp.chats.write(&stage.ana, "Yes?");
    stage.send(text("We found it")).await.unwrap();
}

#[tokio::test]
async fn a_refusal_may_come_later_by_a_status() {
    let stage = Stage::with(without_retries()).await;
    let chats = &stage.standins.whatsapp.chats;
    chats.send_webhooks_to(NOWHERE).unwrap();
    chats.fail_next(1, 131_026);
    let id = stage.send(text("Hello?")).await.unwrap();
    stage.standins.clock.advance(Duration::from_secs(24 * 60 * 60 + 1));
    let late = stage.send(text("Still there?")).await.unwrap();
    let told: Vec<_> = stage
        .told()
        .into_iter()
        .filter_map(|news| if let News::Delivery(delivery) = news { Some(delivery) } else { None })
        .map(|delivery| (delivery.provider_id, delivery.state, delivery.consequence))
        .collect();
    let failed = |id: &str, then| (id.to_owned(), DeliveryState::Failed, then);
    assert_eq!(told, [failed(&id, Consequence::Unreachable), failed(&late, Consequence::WindowClosed)]);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_found_by_its_reference() {
    let stage = Stage::with(without_retries()).await;
    stage.standins.whatsapp.chats.send_webhooks_to(NOWHERE).unwrap();
    for fault in [Fault::AnswerLost, Fault::Truncated, Fault::BadJson] {
        stage.standins.whatsapp.server.faults().next(1, fault.clone());
        let failure = stage.send(text("Only once")).await.unwrap_err();
        assert!(matches!(failure, SendFailure::Unknown { .. }), "{fault:?}: {failure:?}");
        let message = stage.to(&stage.ana, text("Only once"));
        assert_eq!(stage.sender.find(&message).await, Ok(Finding::CantTell));
    }
    let references: Vec<_> = stage
        .told()
        .into_iter()
        .filter_map(
            |news| if let News::Delivery(delivery) = news { Some((delivery.state, delivery.reference)) } else { None },
        )
        .collect();
    let told = |state| (state, Some("out-1".to_owned()));
    let twice = [DeliveryState::Sent, DeliveryState::Delivered].repeat(2).into_iter().map(told).collect::<Vec<_>>();
    assert_eq!(references, twice, "the first two were taken, and their statuses say so; the third never came there");
}

#[tokio::test]
async fn an_error_is_judged_by_its_code() {
    let stage = Stage::new().await;
    let ask = async |status: u16, body: &str| {
        stage.standins.whatsapp.server.faults().next(1, Fault::Answer { status, body: body.to_owned() });
        stage.send(text("Hi")).await.unwrap_err()
    };
    let coded = async |status: u16, code: i64| {
        let body = serde_json::json!({ "error": { "message": format!("(#{code}) to 4915112345678"), "code": code, "fbtrace_id": "A" } });
        let failure = ask(status, &body.to_string()).await;
        assert!(!failure.to_string().contains("4915112345678"), "{failure}");
        failure
    };
    for code in [0, 3, 10, 190, 200, 299, 33, 368, 131_005, 131_031, 131_042, 133_010] {
        let failure = coded(400, code).await;
        assert!(matches!(failure, SendFailure::Never { then: Consequence::Access, .. }), "{code}: {failure:?}");
    }
    for code in [2, 4, 80_007, 130_429, 131_000, 131_016, 131_064, 133_004, 135_000] {
        let failure = coded(400, code).await;
        assert!(matches!(failure, SendFailure::Later { pause: None, .. }), "{code}: {failure:?}");
    }
    let pause = async |code: i64| match coded(400, code).await {
        SendFailure::Later { pause, .. } => pause.map(|pause| pause.as_secs()),
        other => panic!("{code}: {other:?}"),
    };
    assert_eq!((pause(131_056).await, pause(131_048).await), (Some(6), Some(1800)));
    for code in [100, 131_008, 131_009, 131_030, 131_049, 131_051, 132_000, 132_016, 424_242] {
        let failure = coded(400, code).await;
        assert!(matches!(failure, SendFailure::Never { then: Consequence::None, .. }), "{code}: {failure:?}");
    }
    for code in [131_021, 131_026, 130_497] {
        let failure = coded(400, code).await;
        assert!(matches!(failure, SendFailure::Never { then: Consequence::Unreachable, .. }), "{code}: {failure:?}");
    }
    for (status, code) in [(500, 1), (400, 1), (500, 424_242)] {
        assert!(matches!(coded(status, code).await, SendFailure::Unknown { .. }), "{status} {code}");
    }
    assert!(matches!(coded(429, 424_242).await, SendFailure::Later { .. }));
    for (status, body) in [(500, ""), (502, "<html>"), (504, "{}")] {
        assert!(matches!(ask(status, body).await, SendFailure::Unknown { .. }), "{status}");
    }
    for (status, body) in [(429, ""), (403, "<html>"), (404, "not here")] {
        assert!(matches!(ask(status, body).await, SendFailure::Later { .. }), "{status}");
    }
    for body in ["", "{}", "[]", "{\"messages\":[]}", "{\"messages\":[{\"id\":\"\"}]}"] {
        assert!(matches!(ask(200, body).await, SendFailure::Unknown { .. }), "{body}");
    }
    let large = format!("{{\"messages\":[{{\"id\":\"a\"}}],\"x\":\"{}\"}}", "x".repeat(70_000));
    assert!(matches!(ask(200, &large).await, SendFailure::Unknown { .. }));
    stage.standins.whatsapp.server.faults().next(1, Fault::RateLimited { retry_after: Some(77) });
    let limited = stage.send(text("Hi")).await.unwrap_err();
    assert!(matches!(limited, SendFailure::Later { pause: Some(pause), .. } if pause.as_secs() == 77), "{limited:?}");
}

#[tokio::test]
async fn a_wrong_token_and_a_closed_door_are_told_apart() {
    let mut stage = Stage::new().await;
    let wrong = Whatsapp { access_token: "wrong".to_owned(), ..stage.whatsapp.clone() };
    let sender = wrong.sender(reqwest::Client::new()).unwrap();
    let message = stage.to(&stage.ana, text("Hi"));
    let failure = sender.send(&message).await.unwrap_err();
    assert!(
        matches!(&failure, SendFailure::Never { code: Some(code), then: Consequence::Access, .. } if code == "190"),
        "{failure:?}"
    );
    let broken = Whatsapp { access_token: "two\nlines".to_owned(), ..stage.whatsapp.clone() };
    let failure = broken.sender(reqwest::Client::new()).unwrap().send(&message).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Never { then: Consequence::Access, .. }), "{failure:?}");
    stage.standins.whatsapp.server.stop().await;
    let failure = stage.sender.send(&message).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Later { .. }), "nothing was sent: {failure:?}");
}

#[tokio::test]
async fn the_pace_is_the_providers() {
    let stage = Stage::with(WhatsappConfig { pair_burst: 3, ..WhatsappConfig::default() }).await;
    for _ in 0..3 {
        stage.send(text("Hi")).await.unwrap();
    }
    let failure = stage.send(text("Hi")).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Later { pause: Some(pause), .. } if pause.as_secs() == 6), "{failure:?}");
    stage.standins.clock.advance(Duration::from_secs(6));
    stage.send(text("Hi")).await.unwrap();
    stage.standins.whatsapp.server.faults().next(1, Fault::Throttled);
    assert!(matches!(stage.send(text("Hi")).await, Err(SendFailure::Later { pause: None, .. })));
}

#[tokio::test]
async fn a_customer_sees_that_their_message_was_read() {
    let stage = Stage::new().await;
    let chats = &stage.standins.whatsapp.chats;
    let id = chats.messages(&stage.ana)[0].id.clone();
    stage.sender.mark_read(&id, false).await.unwrap();
    stage.sender.mark_read(&id, true).await.unwrap();
    let marks: Vec<_> = chats.read_marks().into_iter().map(|mark| (mark.message_id, mark.typing)).collect();
    assert_eq!(marks, [(id.clone(), false), (id.clone(), true)]);
    assert_eq!(chats.messages(&stage.ana)[0].state, WhatsappState::Read);
    assert!(stage.sender.mark_read("wamid.unknown", false).await.is_err());
}

#[tokio::test]
async fn a_provider_that_never_answers_is_waited_for_no_longer_than_said() {
    let stage = Stage::new().await;
    stage.standins.whatsapp.server.faults().next(1, Fault::AnswerLate { by: Duration::from_secs(300) });
    let began = Instant::now();
    let failure = stage.send(text("Hi")).await.unwrap_err();
    assert!(matches!(failure, SendFailure::Unknown { .. }), "{failure:?}");
    assert!(began.elapsed() < Duration::from_secs(120), "an end, however slow the machine");
}
