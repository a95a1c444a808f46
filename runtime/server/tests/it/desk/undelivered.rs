//! What didn't reach customers: what can be sent again and what can't, and where it is listed.

use super::channels::{THEIRS, again, arrival, audited, end, failed, replied, take_in, taken_over, usher};
use super::{FIRST, get, post, site};
use crate::support::Site;
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use serde_json::{Value, json};
use usher_agent::channel::{Arrival, DispatchEnd, DispatchFilter, DispatchState, MailArrival, Subscription};
use usher_agent::ids::MessageId;
use usher_host::skill::Channel;

/// Whether a message can be sent again: by the thread, and by the list of what nobody got.
async fn again_of(site: &Site, thread: &Value, message: MessageId) -> [bool; 2] {
    let lost = get(site, FIRST, "dispatches?state=undelivered").await;
    let own = |list: &Value, id: &str| {
        let found = list.as_array().unwrap().iter().find(|one| one[id] == message.to_string()).cloned();
        found.unwrap_or_else(|| panic!("{message} isn't in {list:#}"))
    };
    let (shown, listed) = (own(&thread["messages"], "id"), own(&lost["dispatches"], "message"));
    [&shown["delivery"]["again"], &listed["again"]].map(|again| again.as_bool().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_written_to_who_wants_no_messages() {
    let site = site().await;
    let (conversation, message) = failed(&site, Channel::Sms, THEIRS).await;
    let mut stop = arrival(Channel::Sms, THEIRS, "STOP");
    stop.subscription = Some(Subscription::Stop);
    assert_eq!(take_in(&site, stop).await, conversation);
    let refused = again(&site, FIRST, message).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("wants no messages"), "{refused}");
    assert!(refused["fix"].as_str().unwrap().contains("START"), "{refused}");
    let thread = get(&site, FIRST, &format!("desk/conversations/{conversation}/messages")).await;
    assert_eq!(thread["channel"]["closed"], "opted_out", "{thread:#}");
    assert_eq!(again_of(&site, &thread, message).await, [false, false]);
    assert!(thread["channel"]["opted_out_since"].is_string(), "{thread:#}");
    assert_eq!(audited(&site).await, [] as [Value; 0]);

    // WhatsApp's window.
    let mut old = arrival(Channel::Whatsapp, THEIRS, "hello");
    old.at = Timestamp::now().checked_sub(SignedDuration::from_hours(25)).unwrap();
    let conversation = take_in(&site, old).await;
    let ticket = taken_over(&site, conversation).await;
    let message = replied(&site, &ticket, "Good morning").await;
    let shut = DispatchEnd::Withheld { code: "window_closed".into(), error: "the window is closed".into() };
    end(&site, message, shut).await;
    let refused = again(&site, FIRST, message).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("24 hours"), "{refused}");
    let thread = get(&site, FIRST, &format!("tickets/{ticket}/messages")).await;
    assert_eq!(thread["channel"]["closed"], "window_closed", "{thread:#}");
    assert_eq!(again_of(&site, &thread, message).await, [false, false]);
    let until: Timestamp = thread["channel"]["open_until"].as_str().unwrap().parse().unwrap();
    assert!(until < Timestamp::now());
    // They write again, and it goes out by itself.
    take_in(&site, arrival(Channel::Whatsapp, THEIRS, "are you there?")).await;
    let thread = get(&site, FIRST, &format!("tickets/{ticket}/messages")).await;
    assert!(thread["channel"].get("closed").is_none(), "{thread:#}");
    let own = thread["messages"].as_array().unwrap().iter().find(|one| one["id"] == message.to_string()).unwrap();
    assert_eq!(own["delivery"]["state"], "waiting", "{own:#}");
}

/// By mail nobody writes START: whoever writes again wants an answer.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_a_mail_again_can_be_answered_again() {
    const ADDRESS: &str = "shopper@example.com";
    let site = site().await;
    let mail = |number: u32| {
        let mail = MailArrival { message_id: format!("{number}@example.com"), ..MailArrival::default() };
        Arrival { mail: Some(mail), ..arrival(Channel::Email, ADDRESS, "Where is it?") }
    };
    let conversation = take_in(&site, mail(1)).await;
    let ticket = taken_over(&site, conversation).await;
    let message = replied(&site, &ticket, "It is on its way.").await;
    let channels = site.agent().store().channels();
    let thread = channels.thread_of(conversation).await.unwrap().unwrap();
    channels.set_opted_out(thread.id, Some(Timestamp::now())).await.unwrap();
    let unwanted = DispatchEnd::Withheld { code: "opted_out".into(), error: "they want none".into() };
    end(&site, message, unwanted).await;
    let refused = again(&site, FIRST, message).await.problem(409, "conflict");
    let fix = refused["fix"].as_str().unwrap();
    assert!(fix.contains("until they write there") && !fix.contains("START"), "{refused}");

    let mut second = mail(2);
    second.mail.as_mut().unwrap().answers = Some(conversation);
    assert_eq!(take_in(&site, second).await, conversation);
    let thread = get(&site, FIRST, &format!("tickets/{ticket}/messages")).await;
    assert_eq!(again_of(&site, &thread, message).await, [true, true]);
    again(&site, FIRST, message).await.expect(StatusCode::ACCEPTED);
}

/// What means nothing on a channel takes no place in the list of what nobody got.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_what_nobody_got_holds_nothing_else() {
    let site = site().await;
    let (conversation, message) = failed(&site, Channel::Sms, THEIRS).await;
    let filter = DispatchFilter { conversation: Some(conversation), ..DispatchFilter::default() };
    let channels = site.agent().store().channels();
    for told in channels.dispatches(filter, 10).await.unwrap() {
        if told.message != message {
            let nothing =
                DispatchEnd::Withheld { code: "not_for_channel".into(), error: "it means nothing here".into() };
            end(&site, told.message, nothing).await;
        }
    }
    let listed = get(&site, FIRST, "dispatches?state=withheld").await;
    assert!(!listed["dispatches"].as_array().unwrap().is_empty(), "{listed:#}");
    let lost = get(&site, FIRST, "dispatches?state=undelivered&limit=1").await;
    assert_eq!(
        (&lost["dispatches"][0]["message"], &lost["more"]),
        (&json!(message.to_string()), &json!(false)),
        "{lost:#}"
    );
    let told = usher(&site, &["undelivered", "--limit", "1"]);
    assert!(told.contains(&message.to_string()) && !told.contains("there are more"), "{told}");
}

/// The console offers to send all again only where there is something that can be sent.
#[tokio::test(flavor = "multi_thread")]
async fn all_are_offered_to_be_sent_again_where_one_can_be() {
    let site = site().await;
    let token = std::fs::read_to_string(site.folder.path().join("data/setup-token")).unwrap();
    let owner = json!({ "token": token, "email": "olga@lamps.example", "password": "correct horse for the owner", "display_name": "Olga" });
    let made =
        site.http.post(format!("{}/api/v1/setup", site.url)).header("sec-fetch-site", "same-origin").json(&owner);
    let made = made.send().await.unwrap();
    assert_eq!(made.status(), StatusCode::OK);
    let cookie = made.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = async || {
        let address = format!("{}/console/settings/undelivered?channel=sms", site.url);
        let read = site.http.get(address).header("cookie", &cookie).send().await.unwrap();
        assert_eq!(read.status(), StatusCode::OK);
        read.text().await.unwrap()
    };
    failed(&site, Channel::Sms, THEIRS).await;
    let mut stop = arrival(Channel::Sms, THEIRS, "STOP");
    stop.subscription = Some(Subscription::Stop);
    take_in(&site, stop).await;
    let shown = page().await;
    assert!(shown.contains("It is on its way.") && !shown.contains("/redeliver"), "{shown}");
    failed(&site, Channel::Sms, "+15550178").await;
    let shown = page().await;
    assert!(shown.contains("POST /api/v1/dispatches/redeliver?channel=sms"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_failed_on_a_channel_is_sent_again() {
    let site = site().await;
    let (_, first) = failed(&site, Channel::Sms, THEIRS).await;
    let (_, unwanted) = failed(&site, Channel::Sms, "+15550178").await;
    let mut stop = arrival(Channel::Sms, "+15550178", "STOP");
    stop.subscription = Some(Subscription::Stop);
    take_in(&site, stop).await;
    let (_, by_mail) = failed(&site, Channel::Email, "shopper@example.com").await;
    // What means nothing on a channel was never to arrive.
    let conversation = take_in(&site, arrival(Channel::Sms, "+15550179", "hello")).await;
    taken_over(&site, conversation).await;
    let filter = DispatchFilter { conversation: Some(conversation), ..DispatchFilter::default() };
    for told in site.agent().store().channels().dispatches(filter, 10).await.unwrap() {
        let nothing = DispatchEnd::Withheld { code: "not_for_channel".into(), error: "it means nothing here".into() };
        end(&site, told.message, nothing).await;
        assert!(again(&site, FIRST, told.message).await.problem(409, "conflict").is_object());
    }

    for (path, token, status, name) in [
        ("dispatches/redeliver?channel=webchat", site.operator.as_str(), 422, "invalid"),
        ("dispatches/redeliver?channel=fax", &site.operator, 422, "invalid"),
        ("dispatches/redeliver", &site.operator, 400, "bad-request"),
    ] {
        post(&site, token, path, json!({})).await.problem(status, name);
    }
    let told = usher(&site, &["redeliver", "--channel", "sms"]);
    assert_eq!(told, "1 message is sent again\n1 can't arrive now; `usher channels undelivered` says why\n");
    let state = async |message| site.agent().store().channels().dispatch(message).await.unwrap().unwrap().state;
    assert_eq!(state(first).await, DispatchState::Waiting);
    assert_eq!(state(unwanted).await, DispatchState::Failed);
    assert_eq!(state(by_mail).await, DispatchState::Failed);
    assert_eq!(usher(&site, &["redeliver", "--channel", "sms"]).lines().next(), Some("nothing is sent again"));
    // A week later nobody sends it with all others, and still one can be chosen.
    site.clock.advance(SignedDuration::from_hours(8 * 24));
    let old = post(&site, &site.operator, "dispatches/redeliver?channel=email", json!({})).await;
    assert_eq!(old.expect(StatusCode::ACCEPTED), json!({ "redelivered": 0, "left": 0, "old": 1, "more": false }));
    let one = usher(&site, &["redeliver", &by_mail.to_string()]);
    assert!(one.starts_with("it is sent again"), "{one}");
    let refused = usher(&site, &["redeliver", &unwanted.to_string()]);
    assert!(refused.starts_with("refused: ") && refused.contains("START"), "{refused}");
    assert_eq!(audited(&site).await.len(), 2);
}
