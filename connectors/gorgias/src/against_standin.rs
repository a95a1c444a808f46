//! The connector as it is against a server that speaks Gorgias' formats, with people who answer there.

mod faults;
mod following;
mod once;

use std::time::Duration;

use tokio::runtime::Runtime;
use usher_sdk::connector::ToolError;
use usher_sdk::connector::testing::{FakeRuntime, over_loopback};
use usher_standins::{GorgiasConfig, GorgiasTicket, Standins, StandinsConfig};

use crate::Gorgias;
use crate::bindings::exports::usher::connector::health::Guest as _;
use crate::bindings::exports::usher::tools::helpdesk::{
    Author, Comment, Fact, Followed, Guest as _, Ticket, TicketNews,
};

/// `usher@lumen.example:gorgias-demo-key` in base64.
const BASIC: &str = "Basic dXNoZXJAbHVtZW4uZXhhbXBsZTpnb3JnaWFzLWRlbW8ta2V5";

struct Desk {
    standins: Standins,
    _tokio: Runtime,
}

impl Desk {
    /// That never throttles of its own accord.
    fn open() -> Self {
        Self::with(generous())
    }

    fn with(gorgias: GorgiasConfig) -> Self {
        let tokio = Runtime::new().unwrap();
        let config = StandinsConfig { gorgias, ..StandinsConfig::default() };
        let standins = tokio.block_on(Standins::start(config)).unwrap();
        Desk { standins, _tokio: tokio }
    }

    fn runtime(&self) -> FakeRuntime {
        self.runtime_with(BASIC)
    }

    fn runtime_with(&self, authorization: &str) -> FakeRuntime {
        FakeRuntime::new()
            .setting("account", "lumen-demo.gorgias.com")
            .setting("email", "usher@lumen.example")
            .setting("support-address", "help@lumen.example")
            .setting("tags", "usher, From Chat")
            .setting("base-url", self.standins.gorgias.url())
            .now(&self.standins.clock.now().to_string())
            .provider(over_loopback(&[("Authorization", authorization)]))
    }

    fn tickets(&self) -> Vec<GorgiasTicket> {
        self.standins.gorgias.tickets()
    }

    /// The only ticket.
    fn ticket(&self) -> GorgiasTicket {
        let tickets = self.tickets();
        assert_eq!(tickets.len(), 1, "{tickets:#?}");
        tickets.into_iter().next().unwrap()
    }

    /// Makes a ticket, and forgets the requests of it.
    fn handed_over(&self) -> (u64, String) {
        let _runtime = self.runtime();
        let made = Gorgias::create_ticket(ticket("conv_1")).unwrap();
        self.standins.gorgias.requests().clear();
        (made.id.parse().unwrap(), made.id)
    }

    /// A change's second is over.
    fn settle(&self) {
        self.standins.clock.advance(Duration::from_secs(10));
    }
}

fn generous() -> GorgiasConfig {
    GorgiasConfig { bucket: 1_000_000, ..GorgiasConfig::default() }
}

fn said(author: Author, second: u32, text: &str) -> Comment {
    Comment {
        external_id: format!("msg_{second}"),
        author,
        author_name: None,
        text: text.to_owned(),
        sent_at: format!("2026-09-02T10:11:{second:02}.250Z"),
    }
}

fn ticket(external_id: &str) -> Ticket {
    Ticket {
        external_id: external_id.to_owned(),
        subject: "Order #1001:\n a lamp is broken".to_owned(),
        requester_email: Some("ana@example.net".to_owned()),
        requester_phone: None,
        requester_name: Some("Ana".to_owned()),
        profile_id: Some("7001".to_owned()),
        channel: "webchat".to_owned(),
        reason: "explicit_request".to_owned(),
        skill: Some("returns-exchanges".to_owned()),
        summary: "The glass of a lamp broke on its way.".to_owned(),
        facts: vec![Fact { label: "Order".to_owned(), value: "#1001".to_owned() }],
        transcript: vec![
            said(Author::Customer, 1, "My lamp came broken"),
            said(Author::Assistant, 3, "I'm sorry about that. Shall I look up your order?"),
            said(Author::Customer, 9, "No, I want a person"),
        ],
        tags: vec!["Returns".to_owned()],
    }
}

fn follow(id: &str, cursor: Option<&str>) -> Vec<Followed> {
    vec![Followed { id: id.to_owned(), cursor: cursor.map(str::to_owned) }]
}

/// News of one ticket; none where there are none.
fn news(id: &str, cursor: Option<&str>) -> Option<TicketNews> {
    let mut news = Gorgias::news(follow(id, cursor)).unwrap();
    assert!(news.len() <= 1);
    news.pop()
}

#[test]
fn a_ticket_holds_all_that_people_need() {
    let desk = Desk::open();
    let _runtime = desk.runtime();
    let made = Gorgias::create_ticket(ticket("conv_1")).unwrap();
    let found = desk.ticket();
    assert_eq!(made.id, found.id.to_string());
    assert_eq!(made.url, Some(format!("https://lumen-demo.gorgias.com/app/ticket/{}", found.id)));
    assert_eq!(found.subject, "Order #1001: a lamp is broken");
    assert_eq!(found.external_id.as_deref(), Some("conv_1"));
    assert_eq!((found.status.as_str(), found.priority.as_str(), found.channel.as_str()), ("open", "normal", "email"));
    assert_eq!(found.tags, ["From Chat", "Returns", "channel_webchat", "reason_explicit_request", "usher"]);
    let customers = desk.standins.gorgias.customers();
    assert_eq!((found.customer_id, customers[0].email.as_deref()), (Some(customers[0].id), Some("ana@example.net")));

    let lines: Vec<(bool, bool, &str, &str)> = found
        .messages
        .iter()
        .map(|one| (one.from_agent, one.public, one.channel.as_str(), one.text.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            (false, true, "email", "My lamp came broken"),
            (true, true, "email", "Assistant: I'm sorry about that. Shall I look up your order?"),
            (false, true, "email", "No, I want a person"),
            (
                true,
                false,
                "internal-note",
                "Summary\nThe glass of a lamp broke on its way.\n\n\
                 What is known\nChannel: webchat\nReason: explicit_request\nName: Ana\nE-mail: ana@example.net\n\
                 Customer's id in the shop: 7001\nSkill: returns-exchanges\nOrder: #1001"
            ),
        ]
    );
    let sent: Vec<&str> = found.messages.iter().map(|one| one.sent_at.as_deref().unwrap()).collect();
    assert_eq!(sent[0], "2026-09-02T10:11:01.250Z");
    assert_eq!(found.messages[0].external_id.as_deref(), Some("usher:msg_1"));
    assert_eq!(desk.standins.gorgias.mails().len(), 0);
    // Asked for again, it is the same.
    assert_eq!(Gorgias::create_ticket(ticket("conv_1")), Ok(made));
    assert_eq!(desk.tickets().len(), 1);
    Gorgias::create_ticket(ticket("conv_2")).unwrap();
    assert_eq!(desk.tickets().len(), 2);
}

#[test]
fn nothing_is_ever_sent_by_gorgias() {
    let desk = Desk::open();
    let _runtime = desk.runtime();
    let mut untimed = ticket("conv_1");
    for (line, at) in untimed.transcript.iter_mut().zip(["", "  ", "yesterday"]) {
        line.sent_at = at.to_owned();
    }
    let made = Gorgias::create_ticket(untimed).unwrap();
    for author in [Author::Customer, Author::Assistant, Author::Human] {
        let comment =
            Comment { sent_at: String::new(), external_id: format!("{author:?}"), ..said(author, 20, "Hello") };
        Gorgias::add_comment(made.id.clone(), comment).unwrap();
    }
    let empty = Ticket { transcript: vec![], ..ticket("conv_2") };
    Gorgias::create_ticket(empty).unwrap();
    let tickets = desk.tickets();
    assert_eq!((tickets[0].messages.len(), tickets[1].messages.len()), (7, 1));
    assert!(tickets.iter().flat_map(|ticket| &ticket.messages).all(|one| one.sent_at.is_some()));
    assert_eq!(desk.standins.gorgias.mails().len(), 0);
}

#[test]
fn a_customer_without_an_address_is_known_by_the_number() {
    let desk = Desk::open();
    let by_phone = |id: &str| Ticket {
        requester_email: None,
        requester_phone: Some("+4930123456".to_owned()),
        requester_name: None,
        channel: "sms".to_owned(),
        ..ticket(id)
    };
    let _runtime = desk.runtime();
    let made = Gorgias::create_ticket(by_phone("conv_1")).unwrap();
    Gorgias::create_ticket(by_phone("conv_2")).unwrap();
    let (tickets, customers) = (desk.tickets(), desk.standins.gorgias.customers());
    assert_eq!(customers.len(), 1, "one customer for one number");
    assert!(tickets.iter().all(|one| one.customer_id == Some(customers[0].id) && one.channel == "api"));
    assert_eq!((customers[0].name.as_str(), customers[0].phone.as_deref()), ("+4930123456", Some("+4930123456")));
    Gorgias::add_comment(made.id, said(Author::Customer, 20, "Hello?")).unwrap();
    assert_eq!(desk.tickets()[0].messages[4].channel, "api");
}

#[test]
fn where_gorgias_takes_no_customer_there_is_a_ticket_all_the_same() {
    let desk = Desk::open();
    let _runtime = desk.runtime();
    let odd = Ticket { requester_email: Some("not an address".to_owned()), ..ticket("conv_1") };
    let made = Gorgias::create_ticket(odd.clone()).unwrap();
    Gorgias::create_ticket(odd).unwrap();
    let found = desk.ticket();
    assert_eq!((found.customer_id, found.channel.as_str(), found.messages.len()), (None, "api", 4));
    assert!(found.messages[3].text.contains("E-mail: not an address"));
    Gorgias::add_comment(made.id, said(Author::Customer, 20, "Hello?")).unwrap();
    assert_eq!(desk.ticket().messages.len(), 5);
    Gorgias::create_ticket(Ticket { requester_email: None, ..ticket("conv_2") }).unwrap();
}

#[test]
fn what_is_too_long_loses_its_beginning_and_says_so() {
    let desk = Desk::open();
    let runtime = desk.runtime();
    let mut long = ticket("conv_1");
    long.transcript = (0..400).map(|i| said(Author::Customer, i % 60, &format!("{i} {}", "ä".repeat(300)))).collect();
    Gorgias::create_ticket(long).unwrap();
    assert!(runtime.requests().iter().all(|request| request.body.as_deref().unwrap_or_default().len() <= 256 << 10));
    let found = desk.ticket();
    let (note, said) = found.messages.split_last().unwrap();
    assert!(said.len() > 100 && said.last().unwrap().text.starts_with("399 "));
    assert!(
        note.text
            .ends_with(&format!("The first {} messages of the conversation didn't fit in here.", 400 - said.len()))
    );
}

#[test]
fn comments_are_in_their_writers_names() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let _runtime = desk.runtime();
    desk.standins.gorgias.close(id).unwrap();
    Gorgias::add_comment(text.clone(), said(Author::Assistant, 20, "Your parcel has arrived")).unwrap();
    assert_eq!(desk.ticket().status, "closed", "only the customer's word opens it");
    Gorgias::add_comment(text.clone(), said(Author::Customer, 21, "And?")).unwrap();
    assert_eq!(desk.ticket().status, "open");
    let human = Comment { author_name: Some("Robin".to_owned()), ..said(Author::Human, 22, "I called them") };
    Gorgias::add_comment(text.clone(), human).unwrap();
    let found = desk.ticket();
    let seen: Vec<(bool, bool, &str)> =
        found.messages[4..].iter().map(|one| (one.public, one.from_agent, one.text.as_str())).collect();
    assert_eq!(
        seen,
        [
            (false, true, "Assistant: Your parcel has arrived"),
            (true, false, "And?"),
            (false, true, "Robin: I called them")
        ]
    );
    // The same once more adds nothing, the same words under another id do.
    Gorgias::add_comment(text.clone(), said(Author::Customer, 21, "And?")).unwrap();
    assert_eq!(desk.ticket().messages.len(), 7);
    let again = Comment { external_id: "msg_other".to_owned(), ..said(Author::Customer, 21, "And?") };
    Gorgias::add_comment(text, again).unwrap();
    assert_eq!(desk.ticket().messages.len(), 8);
    assert_eq!(desk.standins.gorgias.mails().len(), 0);
}

#[test]
fn a_trashed_ticket_and_a_missing_one_are_told_apart() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let _runtime = desk.runtime();
    Gorgias::add_comment(text.clone(), said(Author::Customer, 20, "Hello?")).unwrap();
    desk.standins.gorgias.trash(id).unwrap();
    // What arrived before is there, whatever became of the ticket.
    assert_eq!(Gorgias::add_comment(text.clone(), said(Author::Customer, 20, "Hello?")), Ok(()));
    let refused = Gorgias::add_comment(text, said(Author::Customer, 21, "Hello again"));
    assert!(matches!(&refused, Err(ToolError::Invalid(why)) if why.contains("trash")), "{refused:?}");
    for other in ["35999", "", "../account", "99999999999999999999999"] {
        let refused = Gorgias::add_comment(other.to_owned(), said(Author::Customer, 21, "?"));
        assert_eq!(refused, Err(ToolError::NotFound), "{other}");
    }
}

#[test]
fn the_bucket_is_waited_for_or_told() {
    let desk = Desk::with(GorgiasConfig { bucket: 2, ..generous() });
    let _runtime = desk.runtime();
    let made = Gorgias::create_ticket(ticket("conv_1")).unwrap();
    let refused = Gorgias::add_comment(made.id.clone(), said(Author::Customer, 21, "One"));
    assert!(matches!(&refused, Err(ToolError::Unavailable(why)) if why.contains("throttling, for 1 s")), "{refused:?}");
    desk.standins.clock.advance(Duration::from_secs(60));
    let last = desk.standins.gorgias.requests().last().unwrap();
    assert_eq!(last.path, format!("/api/tickets/{}", made.id));
}

#[test]
fn health_says_what_to_check() {
    let desk = Desk::open();
    let _runtime = desk.runtime();
    assert_eq!(Gorgias::check(), Ok("lumen-demo: tickets are made and read as usher@lumen.example".to_owned()));
    let _runtime = desk.runtime_with("Basic d3Jvbmc=");
    let refused = Gorgias::check().unwrap_err();
    assert!(refused.contains("setting `email`") && refused.contains("API key"), "{refused}");
    let _runtime = desk.runtime().setting("account", "https://lumen.gorgias.com/");
    assert!(Gorgias::check().unwrap_err().contains("setting `account`"));
    let _runtime = desk.runtime().setting("base-url", &format!("{}/elsewhere", desk.standins.gorgias.url()));
    assert!(Gorgias::check().unwrap_err().contains("no account at lumen-demo.gorgias.com"));
}
