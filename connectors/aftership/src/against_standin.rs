//! The connector as it is against a server that speaks AfterShip's formats.

use tokio::runtime::Runtime;
use usher_sdk::connector::ToolError;
use usher_sdk::connector::testing::{FakeRuntime, over_loopback};
use usher_standins::{AfterShipConfig, DemoSituation, Fault, ResetHeaders, ReturnState, Standins, StandinsConfig};

use crate::AfterShip;
use crate::bindings::exports::usher::connector::health::Guest as _;
use crate::bindings::exports::usher::tools::returns::{Guest as _, ReturnStatus};

pub(crate) struct Shop {
    pub(crate) standins: Standins,
    tokio: Runtime,
}

impl Shop {
    /// With a limit that a test doesn't reach by accident.
    pub(crate) fn open() -> Self {
        Self::with(AfterShipConfig { per_second: 10_000, ..AfterShipConfig::default() })
    }

    fn with(aftership_returns: AfterShipConfig) -> Self {
        let tokio = Runtime::new().unwrap();
        let config = StandinsConfig { aftership_returns, ..StandinsConfig::default() };
        let standins = tokio.block_on(Standins::start(config)).unwrap();
        Shop { standins, tokio }
    }

    pub(crate) fn runtime(&self, key: &str) -> FakeRuntime {
        FakeRuntime::new()
            .setting("base-url", &format!("{}/returns", self.standins.aftership_returns.url()))
            .now(&self.standins.clock.now().to_string())
            .provider(over_loopback(&[("as-api-key", key)]))
    }

    /// With the demo customer of a situation signed in, and the name of their newest order.
    pub(crate) fn signed_in(&self, situation: DemoSituation) -> (FakeRuntime, String) {
        let customer = self.standins.read(|shop| shop.demo_customer(situation)).unwrap();
        let name = self.standins.read(|shop| {
            let orders = shop.orders_of(&customer.email);
            orders.iter().max_by_key(|order| order.created_at).map(|order| order.name())
        });
        (self.runtime("aftership-demo-key").customer(None, Some(&customer.email), None), name.unwrap())
    }

    /// What a browser gets from a page of the stand-in.
    fn browse(&self, url: &str) -> String {
        let url = url.to_owned();
        let _runtime = FakeRuntime::new().provider(over_loopback(&[]));
        let _running = self.tokio.enter();
        usher_sdk::connector::Request::get(url).send().unwrap().text().to_owned()
    }
}

#[test]
fn open_returns_are_the_customer_s() {
    let shop = Shop::open();
    let (_runtime, name) = shop.signed_in(DemoSituation::ReturnOpen);
    let open = AfterShip::list_open().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].order_name.as_str(), open[0].status), (name.as_str(), ReturnStatus::Open));
    assert!(open[0].label_url.is_some() && open[0].tracking_number.is_some());
    assert_eq!(open[0].carrier.as_deref(), Some("DHL"));
    let (_runtime, _) = shop.signed_in(DemoSituation::InTransit);
    assert_eq!(AfterShip::list_open(), Ok(vec![]));
}

#[test]
fn a_return_is_listed_in_each_of_its_states_until_it_is_settled() {
    let shop = Shop::open();
    let (_runtime, name) = shop.signed_in(DemoSituation::ReturnOpen);
    for (state, expected) in [
        (ReturnState::Review, Some(ReturnStatus::Requested)),
        (ReturnState::Open, Some(ReturnStatus::Open)),
        (ReturnState::Closed, None),
        (ReturnState::Cancelled, None),
        (ReturnState::Expired, None),
    ] {
        shop.standins.change(|all| {
            let order = all.order_by_name(&name).unwrap().id;
            let id = all.returns_of(order)[0].id;
            all.edit_return(id, |request| request.state = state).unwrap();
        });
        let listed: Vec<ReturnStatus> = AfterShip::list_open().unwrap().iter().map(|entry| entry.status).collect();
        assert_eq!(listed, expected.into_iter().collect::<Vec<_>>(), "{state:?}");
    }
}

#[test]
fn many_returns_are_read_page_by_page() {
    let shop = Shop::open();
    let (runtime, name) = shop.signed_in(DemoSituation::ReturnOpen);
    // As many returns of the one order as fill a page and begin a second.
    shop.standins.change(|all| {
        let order = all.order_by_name(&name).unwrap();
        let (id, lines) = (order.id, order.lines.iter().map(|line| line.id).collect::<Vec<_>>());
        for _ in 0..30 {
            for open in all.returns_of(id).iter().map(|request| request.id).collect::<Vec<_>>() {
                all.edit_return(open, |request| request.state = ReturnState::Expired).unwrap();
            }
            all.open_return(&name, &lines, "Too bright").unwrap();
        }
        for request in all.returns_of(id).iter().map(|request| request.id).collect::<Vec<_>>() {
            all.edit_return(request, |request| request.state = ReturnState::Open).unwrap();
        }
    });
    assert_eq!(AfterShip::list_open().unwrap().len(), 31);
    assert_eq!(runtime.requests().len(), 2);
}

#[test]
fn eligibility_is_left_to_the_returns_page() {
    let shop = Shop::open();
    for situation in [DemoSituation::DeliveredRecently, DemoSituation::DeliveredLongAgo, DemoSituation::InTransit] {
        let (_runtime, name) = shop.signed_in(situation);
        let known = AfterShip::eligibility(name.replace('#', "")).unwrap();
        assert_eq!((known.eligible, known.advisory, known.deadline), (None, true, None), "{situation:?}");
        assert_eq!((known.order_name, known.items), (name, vec![]));
    }
    let (_runtime, name) = shop.signed_in(DemoSituation::ReturnOpen);
    let known = AfterShip::eligibility(name.clone()).unwrap();
    let title = shop.standins.read(|all| all.order_by_name(&name).unwrap().lines[0].title.clone());
    assert_eq!((known.eligible, known.items.len()), (None, 1));
    assert_eq!((known.items[0].title.as_deref(), known.items[0].eligible), (Some(title.as_str()), false));
    // Another customer learns nothing of it.
    let (_runtime, _) = shop.signed_in(DemoSituation::InTransit);
    assert_eq!(AfterShip::eligibility(name).unwrap().items, vec![]);
}

#[test]
fn the_returns_page_opens_on_the_order() {
    let shop = Shop::open();
    let (runtime, name) = shop.signed_in(DemoSituation::DeliveredRecently);
    let url = AfterShip::portal_url(Some(name.clone()), None).unwrap();
    drop(runtime);
    let page = shop.browse(&url);
    assert!(page.contains(&name) && page.contains("Start the return"), "{page}");
    // The verified address goes along, so that a link to somebody else's order shows nothing.
    let (runtime, _) = shop.signed_in(DemoSituation::InTransit);
    let url = AfterShip::portal_url(Some(name), None).unwrap();
    drop(runtime);
    assert!(shop.browse(&url).contains("We found no order"));
}

#[test]
fn the_account_s_limit_is_waited_out_whichever_headers_tell_it() {
    for headers in [ResetHeaders::RetryAfter, ResetHeaders::RateLimit, ResetHeaders::XRateLimit, ResetHeaders::None] {
        let shop = Shop::with(AfterShipConfig { reset_headers: headers, per_second: 1, ..AfterShipConfig::default() });
        let (runtime, _) = shop.signed_in(DemoSituation::ReturnOpen);
        shop.standins.aftership_returns.faults().next(1, Fault::Throttled);
        assert_eq!(AfterShip::list_open().map(|open| open.len()), Ok(1), "{headers:?}");
        assert_eq!(runtime.requests().len(), 2);
        assert!(!runtime.slept().is_zero(), "{headers:?}");
        // The clock of the test stands still, so that waiting doesn't help against requests that come too fast.
        let refused = (0..50).find_map(|_| AfterShip::list_open().err());
        assert!(matches!(refused, Some(ToolError::Unavailable(text)) if text.contains("throttling")), "{headers:?}");
    }
}

#[test]
fn health_says_whether_the_key_is_right() {
    let shop = Shop::open();
    let _runtime = shop.runtime("aftership-demo-key");
    assert!(AfterShip::check().is_ok());
    let _runtime = shop.runtime("none");
    assert!(AfterShip::check().unwrap_err().contains("API key"));
    assert!(matches!(AfterShip::eligibility("1001".to_owned()), Err(ToolError::Denied(_))), "nobody is signed in");
}
