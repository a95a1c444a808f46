//! Conversations by SMS, WhatsApp and e-mail as people in support and operators see them: with whom, what came with a
//! message, how far each came, and having one sent again. `undelivered`: what can't arrive.

use super::{FIRST, get, post, reply, site, site_with};
use crate::support::Site;
use crate::support::events::Events;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::process::{Command, Output};
use usher_agent::channel::{
    Arrival, DeliveryState, DispatchEnd, DispatchUpdate, LeftOut, MailArrival, NewAttachment, Writer,
};
use usher_agent::conversation::Body;
use usher_agent::ids::{ConversationId, MessageId};
use usher_host::skill::Channel;

const OURS: &str = "+15550100";
pub(super) const THEIRS: &str = "+15550177";
/// The head of a picture is enough of one.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nand the rest";

pub(super) fn arrival(channel: Channel, theirs: &str, text: &str) -> Arrival {
    Arrival {
        channel,
        provider_id: uuid::Uuid::new_v4().to_string(),
        ours: OURS.to_owned(),
        writer: Writer {
            id: theirs.to_owned(),
            phone: theirs.starts_with('+').then(|| theirs.to_owned()),
            email: theirs.contains('@').then(|| theirs.to_owned()),
            name: None,
            vouched: true,
        },
        body: Body::Text { text: text.to_owned() },
        attachments: Vec::new(),
        most_an_hour: 60,
        left_out: Vec::new(),
        answer: false,
        subscription: None,
        mail: None,
        site: "storefront".to_owned(),
        continues_within: SignedDuration::from_hours(24),
        at: Timestamp::now(),
    }
}

pub(super) async fn take_in(site: &Site, arrival: Arrival) -> ConversationId {
    let taken = site.agent().store().channels().take_in(arrival).await.unwrap();
    taken.accepted.message.conversation
}

/// A person has the conversation; its ticket.
pub(super) async fn taken_over(site: &Site, conversation: ConversationId) -> String {
    let ticket = post(site, FIRST, &format!("conversations/{conversation}/take-over"), json!({})).await;
    ticket.expect(StatusCode::OK)["id"].as_str().unwrap().to_owned()
}

/// A person's reply; its id.
pub(super) async fn replied(site: &Site, ticket: &str, text: &str) -> MessageId {
    post(site, FIRST, &format!("tickets/{ticket}/reply"), reply(text)).await.expect(StatusCode::OK);
    let thread = get(site, FIRST, &format!("tickets/{ticket}/messages")).await;
    let messages = thread["messages"].as_array().unwrap();
    let own = messages.iter().rev().find(|message| message["kind"] == "support").unwrap();
    own["id"].as_str().unwrap().parse().unwrap()
}

pub(super) async fn end(site: &Site, message: MessageId, end: DispatchEnd) {
    let channels = site.agent().store().channels();
    channels.end_dispatch(DispatchUpdate { message, end }, Timestamp::now()).await.unwrap().expect("it was on its way");
}

/// A conversation whose only reply was given up.
pub(super) async fn failed(site: &Site, channel: Channel, theirs: &str) -> (ConversationId, MessageId) {
    let conversation = take_in(site, arrival(channel, theirs, "Where is it?")).await;
    let ticket = taken_over(site, conversation).await;
    let message = replied(site, &ticket, "It is on its way.").await;
    let why = format!("{theirs} can't be reached; ask for another number");
    end(site, message, DispatchEnd::Failed { code: Some("30003".into()), error: why }).await;
    (conversation, message)
}

pub(super) async fn again(site: &Site, token: &str, message: MessageId) -> super::Reply {
    post(site, token, &format!("dispatches/{message}/redeliver"), json!({})).await
}

/// All lines of the audit that say that a message was sent again.
pub(super) async fn audited(site: &Site) -> Vec<Value> {
    let lines =
        site.operate(Method::GET, "/api/v1/audit?action=message-redelivered", None).await.expect(StatusCode::OK);
    lines["lines"].as_array().unwrap().clone()
}

pub(super) fn usher(site: &Site, arguments: &[&str]) -> String {
    let token = site.folder.path().join("data/admin-token");
    let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
    command.arg("channels").args(arguments).args(["--url", &site.url, "--token-file"]).arg(token);
    let Output { status, stdout, stderr } = command.env_remove("USHER_TOKEN").env_remove("USHER_URL").output().unwrap();
    let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
    format!("{}{said}", if status.success() { "" } else { "refused: " })
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_with_whom_they_speak_and_what_came() {
    let site = site().await;
    let mut first = arrival(Channel::Sms, THEIRS, "Look at this");
    first.attachments =
        vec![NewAttachment {
            name: "Größe \"L\".png".into(), media_type: "image/png".into(), bytes: PICTURE.to_vec()
        }];
    first.left_out = vec![LeftOut { name: "film.mp4".into(), why: "films aren't kept".into() }];
    let conversation = take_in(&site, first).await;
    let whole = get(&site, FIRST, &format!("conversations/{conversation}")).await;
    assert_eq!((&whole["thread"]["theirs"], &whole["thread"]["ours"]), (&json!(THEIRS), &json!(OURS)), "{whole:#}");

    let ticket = taken_over(&site, conversation).await;
    let reply = replied(&site, &ticket, "I see.").await;
    let context = get(&site, FIRST, &format!("tickets/{ticket}/context")).await;
    let why = context["orders"]["unavailable"].as_str().unwrap();
    assert!(why.contains("hand the conversation back") && !why.contains("in the chat"), "{why}");
    let thread = get(&site, FIRST, &format!("tickets/{ticket}/messages")).await;
    assert_eq!(thread["channel"]["channel"], "sms", "{thread:#}");
    assert_eq!(thread["channel"]["theirs"], THEIRS);
    assert!(thread["channel"].get("open_until").is_none(), "only WhatsApp has a window: {thread:#}");
    let files = &thread["messages"][0]["attachments"];
    assert_eq!((&files[0]["name"], &files[0]["size"]), (&json!("Größe \"L\".png"), &json!(PICTURE.len())), "{files:#}");
    assert_eq!(files[1], json!({ "name": "film.mp4", "media_type": "", "size": 0, "left_out": "films aren't kept" }));
    assert!(thread["messages"][0].get("delivery").is_none(), "what a customer wrote isn't sent: {thread:#}");
    let own = thread["messages"].as_array().unwrap().iter().find(|one| one["id"] == reply.to_string()).unwrap();
    assert_eq!((&own["delivery"]["state"], &own["delivery"]["again"]), (&json!("waiting"), &json!(false)), "{own:#}");

    // The file itself.
    let file = format!("/api/v1/attachments/{}", files[0]["id"].as_str().unwrap());
    let read = site.http.get(format!("{}{file}", site.url)).bearer_auth(FIRST).send().await.unwrap();
    assert_eq!(read.status(), 200);
    let header = |name: &str| read.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/png");
    let name = "attachment; filename=\"Gr__e _L_.png\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%22L%22.png";
    assert_eq!(header("content-disposition"), name);
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").starts_with("sandbox; default-src 'none'"));
    assert_eq!(header("cache-control"), "private, no-store");
    assert_eq!(read.bytes().await.unwrap(), PICTURE);
    site.send(Method::GET, &file, None, None).await.problem(401, "unauthorized");
    let none = format!("/api/v1/attachments/{}", uuid::Uuid::now_v7());
    assert!(site.send(Method::GET, &none, Some(FIRST), None).await.problem(404, "not-found")["fix"].is_string());

    // It is handed out to the customer, too.
    let found = site.operate(Method::GET, "/api/v1/customers?q=%2B15550177", None).await.expect(StatusCode::OK);
    let id = found["customers"][0]["id"].as_str().unwrap_or_else(|| panic!("nobody has this number: {found:#}"));
    let export = site.operate(Method::GET, &format!("/api/v1/customers/{id}/export"), None).await;
    let kept = &export.expect(StatusCode::OK)["sessions"][0]["conversations"][0];
    assert_eq!((&kept["thread"]["theirs"], &kept["thread"]["ours"]), (&json!(THEIRS), &json!(OURS)), "{kept:#}");
    assert_eq!(kept["messages"][0]["attachments"][0]["name"], "Größe \"L\".png", "{kept:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_failed_is_sent_again() {
    let site = site().await;
    let mut desk = Events::of_desk(&site, FIRST).await;
    desk.until("ready", |_| true).await;
    let (conversation, message) = failed(&site, Channel::Sms, THEIRS).await;
    // Whoever has the ticket open hears of it.
    site.agent().desk().dispatched(conversation);
    desk.until("delivery", |data| data["conversation"] == conversation.to_string()).await;

    let lost = get(&site, FIRST, "dispatches?state=undelivered").await;
    assert_eq!(lost["dispatches"].as_array().unwrap().len(), 1, "{lost:#}");
    let one = &lost["dispatches"][0];
    assert_eq!((&one["to"], &one["begins"]), (&json!(THEIRS), &json!("It is on its way.")), "{one:#}");
    assert_eq!((&one["error_code"], &one["again"], &one["state"]), (&json!("30003"), &json!(true), &json!("failed")));
    assert!(get(&site, FIRST, "dispatches?state=undelivered&channel=email").await["dispatches"] == json!([]));
    let told = usher(&site, &["undelivered", "--channel", "sms"]);
    assert!(told.contains(&format!("{message}  sms to {THEIRS}: failed at")), "{told}");
    assert!(told.contains("“It is on its way.”"), "{told}");

    let sent = again(&site, FIRST, message).await.expect(StatusCode::ACCEPTED);
    assert_eq!((&sent["state"], &sent["attempts"], &sent["again"]), (&json!("waiting"), &json!(0), &json!(false)));
    let twice = again(&site, FIRST, message).await.problem(409, "conflict");
    assert!(twice["detail"].as_str().unwrap().contains("on its way"), "{twice}");
    let lines = audited(&site).await;
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert_eq!((&lines[0]["actor"], &lines[0]["object"]), (&json!("operator:first"), &json!(message.to_string())));
    assert_eq!((&lines[0]["detail"]["code"], &lines[0]["detail"]["state"]), (&json!("30003"), &json!("failed")));
    assert!(!lines[0].to_string().contains(THEIRS), "the audit is for ever, a number isn't: {}", lines[0]);
    let sentence = lines[0]["sentence"].as_str().unwrap();
    assert_eq!(sentence, "first had a message to a customer sent again, which had failed (30003)");

    // It arrives; nothing is left to be done.
    let taken = DispatchEnd::Sent { provider_id: "SM1".into(), last: true };
    end(&site, message, taken).await;
    let channels = site.agent().store().channels();
    let news = DeliveryState::Delivered;
    channels.note_delivery(Channel::Sms, None, "SM1", news, None, Timestamp::now()).await.unwrap().unwrap();
    let done = again(&site, FIRST, message).await.problem(409, "conflict");
    assert!(done["detail"].as_str().unwrap().contains("`delivered`"), "{done}");
    assert_eq!(get(&site, FIRST, "dispatches?state=undelivered").await["dispatches"], json!([]));
    let missing = again(&site, FIRST, MessageId::new()).await.problem(404, "not-found");
    assert!(missing["fix"].as_str().unwrap().contains("state=undelivered"), "{missing}");
    for (query, wrong) in
        [("state=lost", "state"), ("channel=fax", "channel"), ("limit=0", "limit"), ("conversation=x", "conversation")]
    {
        let refused = site.send(Method::GET, &format!("/api/v1/dispatches?{query}"), Some(FIRST), None).await;
        assert!(refused.problem(422, "invalid")["detail"].as_str().unwrap().contains(wrong), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_how_channels_do() {
    let site = site().await;
    let mut mail = arrival(Channel::Email, "shopper@example.com", "hello");
    mail.mail =
        Some(MailArrival { subject: "The lamp".into(), message_id: "1@example.com".into(), ..MailArrival::default() });
    let conversation = take_in(&site, mail).await;
    let thread = get(&site, FIRST, &format!("desk/conversations/{conversation}/messages")).await;
    assert_eq!(
        (&thread["channel"]["subject"], &thread["channel"]["theirs"]),
        (&json!("The lamp"), &json!("shopper@example.com"))
    );
    let listed = get(&site, FIRST, "channels").await;
    let [webchat, sms, whatsapp, email] = listed["channels"].as_array().unwrap().as_slice() else {
        panic!("{listed:#}")
    };
    assert_eq!((&webchat["channel"], &webchat["configured"]), (&json!("webchat"), &json!(true)));
    for (off, section) in [(sms, "[channels.sms]"), (whatsapp, "[channels.whatsapp]"), (email, "[channels.email]")] {
        assert_eq!((&off["configured"], &off["health"]["state"]), (&json!(false), &json!("off")), "{off:#}");
        assert!(off["setup"].as_str().unwrap().contains(section), "{off:#}");
    }
    assert_eq!(email["week"]["arrived"], 1, "{email:#}");
    assert!(usher(&site, &[]).contains("email     not connected"));

    let configured = "[channels.sms]\naccount-sid = \"AC0123456789abcdef0123456789abcdef\"\nauth-token = \"file:first\"\nnumbers = [\"+15005550006\"]\n\
                      [channels.whatsapp]\nphone-number-id = \"106540352242922\"\naccess-token = \"file:first\"\n\
                      app-secret = \"file:first\"\nverify-token = \"file:first\"\n\
                      [channels.email]\naddresses = [\"help@shop.example\"]\n\
                      postmark = { user = \"usher\", password = \"file:first\" }\n\
                      [mail]\nfrom = \"help@shop.example\"\ntoken = \"file:first\"\nbase-url = \"http://127.0.0.1:9\"\n";
    let site = site_with(configured).await;
    let listed = get(&site, FIRST, "channels").await;
    let sms = &listed["channels"][1];
    assert_eq!(sms["configured"], true, "{sms:#}");
    assert_eq!(sms["webhooks"][0]["url"], format!("{}/api/v1/channels/sms/webhook", site.url));
    assert_eq!(sms["health"]["state"], "unreachable", "providers call only https: {sms:#}");
    assert!(sms["health"]["why"].as_str().unwrap().contains("public-url"), "{sms:#}");
    assert!(!listed.to_string().contains(FIRST), "no secret is shown: {listed:#}");
    assert_eq!(listed["channels"][2]["webhooks"][0]["url"], format!("{}/api/v1/channels/whatsapp/webhook", site.url));
    let told = usher(&site, &[]);
    assert!(told.contains("sms       can't be reached by its provider"), "{told}");
    // Postmark tells what became of mails at the same address.
    let webhook = &listed["channels"][3]["webhooks"][0];
    assert_eq!(webhook["url"], format!("{}/api/v1/channels/email/postmark", site.url));
    let place = webhook["place"].as_str().unwrap();
    assert!(["Delivery", "Bounce", "Spam complaint", "Open"].iter().all(|kind| place.contains(kind)), "{place}");
}
