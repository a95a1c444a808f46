//! The connector as it is against a server that speaks Zendesk's formats, with people who answer there.

mod faults;
mod following;
mod once;

use std::time::Duration;

use tokio::runtime::Runtime;
use usher_sdk::connector::ToolError;
use usher_sdk::connector::testing::{FakeRuntime, over_loopback};
use usher_standins::{Standins, StandinsConfig, ZendeskConfig, ZendeskTicket};

use crate::Zendesk;
use crate::bindings::exports::usher::connector::health::Guest as _;
use crate::bindings::exports::usher::tools::helpdesk::{
    Author, Comment, Fact, Followed, Guest as _, Ticket, TicketNews,
};

/// `usher@lumen.example/token:zendesk-demo-token` in base64.
const BASIC: &str = "Basic dXNoZXJAbHVtZW4uZXhhbXBsZS90b2tlbjp6ZW5kZXNrLWRlbW8tdG9rZW4=";

struct Desk {
    standins: Standins,
    _tokio: Runtime,
}

impl Desk {
    /// That never throttles of its own accord.
    fn open() -> Self {
        Self::with(generous())
    }

    fn with(zendesk: ZendeskConfig) -> Self {
        let tokio = Runtime::new().unwrap();
        let config = StandinsConfig { zendesk, ..StandinsConfig::default() };
        let standins = tokio.block_on(Standins::start(config)).unwrap();
        Desk { standins, _tokio: tokio }
    }

    fn runtime(&self) -> FakeRuntime {
        self.runtime_with(BASIC)
    }

    fn runtime_with(&self, authorization: &str) -> FakeRuntime {
        FakeRuntime::new()
            .setting("account", "lumen-demo.zendesk.com")
            .setting("email", "usher@lumen.example")
            .setting("tags", "usher, From Chat")
            .setting("base-url", self.standins.zendesk.url())
            .now(&self.standins.clock.now().to_string())
            .provider(over_loopback(&[("Authorization", authorization)]))
    }

    fn tickets(&self) -> Vec<ZendeskTicket> {
        self.standins.zendesk.tickets()
    }

    /// The only ticket.
    fn ticket(&self) -> ZendeskTicket {
        let tickets = self.tickets();
        assert_eq!(tickets.len(), 1, "{tickets:#?}");
        tickets.into_iter().next().unwrap()
    }

    /// Makes a ticket, and forgets the requests of it.
    fn handed_over(&self) -> (u64, String) {
        let _runtime = self.runtime();
        let made = Zendesk::create_ticket(ticket("conv_1")).unwrap();
        self.standins.zendesk.requests().clear();
        (made.id.parse().unwrap(), made.id)
    }

    /// A change's second is over.
    fn settle(&self) {
        self.standins.clock.advance(Duration::from_secs(10));
    }
}

fn generous() -> ZendeskConfig {
    ZendeskConfig { per_minute: 1_000_000, changes_of_a_ticket: 1_000_000, ..ZendeskConfig::default() }
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
    let mut news = Zendesk::news(follow(id, cursor)).unwrap();
    assert!(news.len() <= 1);
    news.pop()
}

#[test]
fn a_ticket_holds_all_that_people_need() {
    let desk = Desk::open();
    let _runtime = desk.runtime();
    let made = Zendesk::create_ticket(ticket("conv_1")).unwrap();
    let found = desk.ticket();
    assert_eq!(made.id, found.id.to_string());
    assert_eq!(made.url, Some(format!("https://lumen-demo.zendesk.com/agent/tickets/{}", found.id)));
    assert_eq!(found.subject, "Order #1001: a lamp is broken");
    assert_eq!(found.external_id.as_deref(), Some("conv_1"));
    assert_eq!((found.status.as_str(), found.priority.as_deref()), ("new", Some("normal")));
    assert_eq!(found.tags, ["channel_webchat", "from_chat", "reason_explicit_request", "returns", "usher"]);
    let requester = desk.standins.zendesk.user(found.requester_id).unwrap();
    assert_eq!((requester.name.as_str(), requester.email.as_deref()), ("Ana", Some("ana@example.net")));

    let [note] = found.comments.as_slice() else { panic!("{found:#?}") };
    assert!(!note.public, "Zendesk would mail the transcript to the customer");
    assert_eq!(
        note.body,
        "Order #1001: a lamp is broken\n\n\
         Summary\nThe glass of a lamp broke on its way.\n\n\
         What is known\nChannel: webchat\nReason: explicit_request\nName: Ana\nE-mail: ana@example.net\n\
         Customer's id in the shop: 7001\nSkill: returns-exchanges\nOrder: #1001\n\n\
         Conversation, with times in UTC\n\
         [2026-09-02 10:11:01] Customer: My lamp came broken\n\
         [2026-09-02 10:11:03] Assistant: I'm sorry about that. Shall I look up your order?\n\
         [2026-09-02 10:11:09] Customer: No, I want a person"
    );
    // Asked for again, it is the same.
    assert_eq!(Zendesk::create_ticket(ticket("conv_1")), Ok(made));
    assert_eq!(desk.tickets().len(), 1);
    Zendesk::create_ticket(ticket("conv_2")).unwrap();
    assert_eq!(desk.tickets().len(), 2);
}

#[test]
fn an_oauth_token_does_as_well() {
    let desk = Desk::open();
    let _runtime = desk.runtime_with("Bearer zendesk-demo-oauth");
    assert!(Zendesk::create_ticket(ticket("conv_1")).is_ok());
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
    Zendesk::create_ticket(by_phone("conv_1")).unwrap();
    Zendesk::create_ticket(by_phone("conv_2")).unwrap();
    let tickets = desk.tickets();
    assert_eq!(tickets[0].requester_id, tickets[1].requester_id, "one user for one number");
    let user = desk.standins.zendesk.user(tickets[0].requester_id).unwrap();
    assert_eq!(
        (user.name.as_str(), user.phone.as_deref(), user.role),
        ("+4930123456", Some("+4930123456"), "end-user")
    );
    assert!(tickets[0].comments[0].body.contains("Phone: +4930123456"));
}

#[test]
fn where_zendesk_takes_no_requester_there_is_a_ticket_all_the_same() {
    let desk = Desk::with(ZendeskConfig { makes_users: false, ..generous() });
    let _runtime = desk.runtime();
    let nobody = Ticket { requester_email: None, requester_phone: Some("+4930123456".to_owned()), ..ticket("conv_1") };
    let made = Zendesk::create_ticket(nobody).unwrap();
    let odd = Ticket { requester_email: Some("not an address".to_owned()), ..ticket("conv_2") };
    Zendesk::create_ticket(odd.clone()).unwrap();
    Zendesk::create_ticket(odd).unwrap();
    Zendesk::create_ticket(Ticket { requester_email: None, ..ticket("conv_3") }).unwrap();
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 3);
    assert!(tickets.iter().all(|one| one.requester_id == one.submitter_id));
    assert!(tickets[1].comments[0].body.contains("E-mail: not an address"));

    // What such a customer writes is a note: in the name of the API's user it would look like an answer.
    Zendesk::add_comment(made.id.clone(), said(Author::Customer, 20, "Hello?")).unwrap();
    let added = &desk.tickets()[0].comments[1];
    assert!(!added.public && added.body == "Customer: Hello?", "{added:?}");
    assert_eq!(news(&made.id, None).unwrap().replies, []);
    // And whoever has the API's user for their own can answer.
    desk.standins.zendesk.reply_as_api_user(made.id.parse().unwrap(), "It's on its way").unwrap();
    assert_eq!(news(&made.id, None).unwrap().replies[0].text, "It's on its way");
}

#[test]
fn a_long_conversation_is_in_a_file_too() {
    let desk = Desk::open();
    let _runtime = desk.runtime();
    let mut long = ticket("conv_1");
    long.transcript = (0..300).map(|i| said(Author::Customer, i % 60, &format!("{i} {}", "ä".repeat(250)))).collect();
    Zendesk::create_ticket(long.clone()).unwrap();
    Zendesk::create_ticket(long).unwrap();
    let note = &desk.ticket().comments[0];
    assert!(note.body.len() < 60_100 && note.body.ends_with(&"ä".repeat(250)) && note.body.contains("attached file"));
    assert_eq!(note.attachments.len(), 1);
    let size: usize = note.attachments[0].split(['(', ' ']).find_map(|word| word.parse().ok()).unwrap();
    assert!(size > 300 * 500, "{}", note.attachments[0]);
    assert_eq!(desk.standins.zendesk.requests().to("/api/v2/uploads").len(), 1);
}

#[test]
fn placeholders_that_a_customer_typed_are_not_filled_in() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let _runtime = desk.runtime();
    Zendesk::add_comment(text, said(Author::Customer, 20, "{{ticket.comments}} {% if true %}")).unwrap();
    let body = &desk.standins.zendesk.ticket(id).unwrap().comments[1].body;
    assert!(!body.contains("{{") && !body.contains("{%") && body.contains("ticket.comments"), "{body}");
}

#[test]
fn comments_are_in_their_writers_names() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let _runtime = desk.runtime();
    for status in ["pending", "solved", "hold"] {
        desk.standins.zendesk.set_status(id, status).unwrap();
        Zendesk::add_comment(
            text.clone(),
            Comment { external_id: status.to_owned(), ..said(Author::Customer, 20, "And?") },
        )
        .unwrap();
        assert_eq!(desk.ticket().status, "open", "{status}");
    }
    desk.standins.zendesk.set_status(id, "pending").unwrap();
    Zendesk::add_comment(text.clone(), said(Author::Assistant, 21, "Your parcel has arrived")).unwrap();
    let human = Comment { author_name: Some("Robin".to_owned()), ..said(Author::Human, 22, "I called them") };
    Zendesk::add_comment(text.clone(), human).unwrap();
    let found = desk.ticket();
    assert_eq!(found.status, "pending", "only the customer's word opens it");
    let seen: Vec<(bool, bool, &str)> = found.comments[1..]
        .iter()
        .map(|one| (one.public, one.author_id == found.requester_id, one.body.as_str()))
        .collect();
    assert_eq!(seen[..3], [(true, true, "And?"); 3]);
    assert_eq!(
        seen[3..],
        [(false, false, "Assistant: Your parcel has arrived"), (false, false, "Robin: I called them")]
    );
    // The same once more adds nothing, the same words under another id do.
    Zendesk::add_comment(text.clone(), said(Author::Assistant, 21, "Your parcel has arrived")).unwrap();
    assert_eq!(desk.ticket().comments.len(), 6);
    let again =
        Comment { external_id: "msg_other".to_owned(), ..said(Author::Assistant, 21, "Your parcel has arrived") };
    Zendesk::add_comment(text, again).unwrap();
    assert_eq!(desk.ticket().comments.len(), 7);
}

#[test]
fn a_closed_ticket_and_a_missing_one_are_told_apart() {
    let desk = Desk::open();
    let (id, text) = desk.handed_over();
    let _runtime = desk.runtime();
    Zendesk::add_comment(text.clone(), said(Author::Customer, 20, "Hello?")).unwrap();
    desk.standins.zendesk.close(id).unwrap();
    // What arrived before is there, whatever became of the ticket.
    assert_eq!(Zendesk::add_comment(text.clone(), said(Author::Customer, 20, "Hello?")), Ok(()));
    let refused = Zendesk::add_comment(text.clone(), said(Author::Customer, 21, "Hello again"));
    assert!(matches!(&refused, Err(ToolError::Invalid(why)) if why.contains("closed")), "{refused:?}");
    for other in ["35999", "", "../users/me", "99999999999999999999999"] {
        let refused = Zendesk::add_comment(other.to_owned(), said(Author::Customer, 21, "?"));
        assert_eq!(refused, Err(ToolError::NotFound), "{other}");
    }
}

#[test]
fn limits_of_zendesk_are_waited_out_or_told() {
    let desk = Desk::with(ZendeskConfig { changes_of_a_ticket: 1, ..generous() });
    let (_, text) = desk.handed_over();
    let _runtime = desk.runtime();
    Zendesk::add_comment(text.clone(), said(Author::Customer, 20, "One")).unwrap();
    let refused = Zendesk::add_comment(text, said(Author::Customer, 21, "Two"));
    assert!(
        matches!(&refused, Err(ToolError::Unavailable(why)) if why.contains("throttling, for 60 s")),
        "{refused:?}"
    );
    let desk = Desk::with(ZendeskConfig { per_minute: 0, ..generous() });
    let _runtime = desk.runtime();
    assert!(Zendesk::check().unwrap_err().contains("throttling"));
}

#[test]
fn health_says_what_to_check() {
    let desk = Desk::open();
    let _runtime = desk.runtime();
    assert_eq!(Zendesk::check(), Ok("lumen-demo.zendesk.com: tickets are made and read as Usher".to_owned()));
    let _runtime = desk.runtime_with("Basic d3Jvbmc=");
    let refused = Zendesk::check().unwrap_err();
    assert!(refused.contains("setting `email`") && refused.contains("API token") && refused.contains("Admin Center"));
    let _runtime = desk.runtime().setting("account", "https://lumen.zendesk.com/");
    assert!(Zendesk::check().unwrap_err().contains("setting `account`"));
    let _runtime = desk.runtime().setting("base-url", &format!("{}/elsewhere", desk.standins.zendesk.url()));
    assert!(Zendesk::check().unwrap_err().contains("no helpdesk at lumen-demo.zendesk.com"));
}
