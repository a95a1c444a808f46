//! The connector as it is against a server that speaks Loop's formats.

use tokio::runtime::Runtime;
use usher_sdk::connector::ToolError;
use usher_sdk::connector::testing::{FakeRuntime, over_loopback};
use usher_standins::{DemoSituation, Fault, LoopConfig, LoopScope, Standins, StandinsConfig, ZipMeans};

use crate::Loop;
use crate::bindings::exports::usher::connector::health::Guest as _;
use crate::bindings::exports::usher::tools::returns::{Guest as _, ReturnStatus};

pub(crate) struct Shop {
    pub(crate) standins: Standins,
    _tokio: Runtime,
}

impl Shop {
    pub(crate) fn open(zip_means: ZipMeans) -> Self {
        let tokio = Runtime::new().unwrap();
        let keys = vec![
            ("both".to_owned(), vec![LoopScope::Returns, LoopScope::Orders]),
            ("returns".to_owned(), vec![LoopScope::Returns]),
        ];
        let loop_returns = LoopConfig { keys, zip_means, ..LoopConfig::default() };
        let config = StandinsConfig { loop_returns, ..StandinsConfig::default() };
        let standins = tokio.block_on(Standins::start(config)).unwrap();
        Shop { standins, _tokio: tokio }
    }

    fn runtime(&self, key: &str) -> FakeRuntime {
        FakeRuntime::new()
            .setting("base-url", &format!("{}/api/v1", self.standins.loop_returns.url()))
            .now(&self.standins.clock.now().to_string())
            .provider(over_loopback(&[("X-Authorization", key)]))
    }

    /// With the demo customer of a situation signed in, and the name of their newest order.
    pub(crate) fn signed_in(&self, situation: DemoSituation) -> (FakeRuntime, String) {
        let customer = self.standins.read(|shop| shop.demo_customer(situation)).unwrap();
        let name = self.standins.read(|shop| {
            let orders = shop.orders_of(&customer.email);
            orders.iter().max_by_key(|order| order.created_at).map(|order| order.name())
        });
        (self.runtime("both").customer(None, Some(&customer.email), None), name.unwrap())
    }
}

#[test]
fn open_returns_are_the_customer_s() {
    let shop = Shop::open(ZipMeans::PostalCode);
    let (_runtime, name) = shop.signed_in(DemoSituation::ReturnOpen);
    let open = Loop::list_open().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].order_name.as_str(), open[0].status), (name.as_str(), ReturnStatus::Open));
    assert!(open[0].label_url.is_some() && open[0].tracking_number.is_some());
    let (_runtime, _) = shop.signed_in(DemoSituation::InTransit);
    assert_eq!(Loop::list_open(), Ok(vec![]));
}

#[test]
fn eligibility_is_told_of_own_orders() {
    let shop = Shop::open(ZipMeans::PostalCode);
    for (situation, eligible) in [(DemoSituation::DeliveredRecently, true), (DemoSituation::DeliveredLongAgo, false)] {
        let (_runtime, name) = shop.signed_in(situation);
        let eligibility = Loop::eligibility(name.replace('#', "")).unwrap();
        assert_eq!((eligibility.eligible, eligibility.advisory), (Some(eligible), true), "{situation:?}");
        assert_eq!(eligibility.order_name, name);
    }
    let (runtime, with_return) = shop.signed_in(DemoSituation::ReturnOpen);
    assert!(Loop::eligibility(with_return.clone()).is_ok());
    drop(runtime);
    let (_runtime, _) = shop.signed_in(DemoSituation::InTransit);
    assert_eq!(Loop::eligibility(with_return), Err(ToolError::NotFound));
    assert_eq!(Loop::eligibility("#999999".to_owned()), Err(ToolError::NotFound));
}

#[test]
fn the_portal_opens_on_the_order() {
    let shop = Shop::open(ZipMeans::PostalCode);
    let (_runtime, name) = shop.signed_in(DemoSituation::DeliveredRecently);
    let zip = shop.standins.read(|shop| shop.order_by_name(&name).unwrap().shipping_address.clone().unwrap().zip);
    assert!(Loop::portal_url(Some(name.clone()), Some(zip)).unwrap().contains("/#/link/"));
    assert_eq!(Loop::portal_url(Some(name.clone()), Some("00000".to_owned())), Err(ToolError::NotFound));

    let shop = Shop::open(ZipMeans::Email);
    let (runtime, name) = shop.signed_in(DemoSituation::DeliveredRecently);
    let _runtime = runtime.setting("secondary-input", "email");
    assert!(Loop::portal_url(Some(name), None).is_ok());
}

#[test]
fn throttling_and_trouble_are_overcome() {
    let shop = Shop::open(ZipMeans::PostalCode);
    for fault in
        [Fault::Throttled, Fault::RateLimited { retry_after: None }, Fault::Status { status: 502 }, Fault::Reset]
    {
        let (runtime, name) = shop.signed_in(DemoSituation::DeliveredRecently);
        shop.standins.loop_returns.faults().next(2, fault.clone());
        assert!(Loop::eligibility(name).is_ok(), "{fault:?}");
        assert_eq!(runtime.requests().len(), 4, "{fault:?}");
    }
}

#[test]
fn health_names_what_the_key_lacks() {
    let shop = Shop::open(ZipMeans::PostalCode);
    let _runtime = shop.runtime("both");
    assert!(Loop::check().is_ok());
    let _runtime = shop.runtime("returns");
    assert!(Loop::check().unwrap_err().ends_with("the scope Orders"));
    let _runtime = shop.runtime("none");
    assert!(Loop::check().unwrap_err().ends_with("the scope Returns"));
}
