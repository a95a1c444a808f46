//! Who is there for customers, and how long they wait.

use crate::shop::{ADA, BEN, Shop};
use jiff::SignedDuration;
use jiff::civil::time;
use std::collections::BTreeMap;
use usher_agent::desk::{Availability, DeskError, Person, Staffing};
use usher_agent::hours::{BusinessHours, Holiday};
use usher_agent::store::Store as _;

#[tokio::test]
async fn people_are_of_the_team_from_their_first_visit() {
    let shop = Shop::empty().await;
    assert_eq!(shop.desk().staffing().await.unwrap(), Staffing { open: true, online: 0, back_at: None, wait: None });
    let ada: Person = shop.desk().seen(ADA).await.unwrap();
    assert_eq!((ada.display_name.as_str(), ada.availability), (ADA, Availability::Online));
    shop.desk().seen(BEN).await.unwrap();
    assert_eq!(shop.desk().staffing().await.unwrap().online, 2);
    shop.desk().set_availability(BEN, Availability::Away, None, BEN).await.unwrap();
    // Being seen changes nothing about what they set.
    shop.desk().seen(BEN).await.unwrap();
    assert_eq!(shop.desk().staffing().await.unwrap().online, 1);
    shop.pass(SignedDuration::from_secs(119));
    assert_eq!(shop.desk().staffing().await.unwrap().online, 1);
    shop.pass(SignedDuration::from_secs(2));
    assert_eq!(shop.desk().staffing().await.unwrap().online, 0);
    let gone = shop.desk().set_availability("nobody", Availability::Away, None, "nobody").await;
    assert!(matches!(gone, Err(DeskError::NotFound("person"))));
    let passed = shop.desk().set_availability(ADA, Availability::Away, Some(shop.now()), ADA).await;
    assert!(matches!(passed, Err(DeskError::Refused(_))));
}

#[tokio::test]
async fn outside_business_hours_it_is_known_when_people_are_back() {
    let shop = Shop::open().await;
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let today = shop.now().to_zoned(zone.clone()).date();
    let until = today.checked_add(jiff::Span::new().days(2)).unwrap();
    let interval = usher_agent::hours::Interval { from: time(9, 0, 0, 0), until: time(17, 0, 0, 0) };
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours = BusinessHours {
        time_zone: None,
        weekly: days.iter().map(|day| ((*day).to_owned(), vec![interval])).collect::<BTreeMap<_, _>>(),
        holidays: vec![Holiday { name: "Closed".into(), from: today, until, every_year: false, intervals: vec![] }],
    };
    shop.agent().settings().put(hours, "operator:test").await.unwrap();
    let staffing = shop.desk().staffing().await.unwrap();
    let back = until.tomorrow().unwrap().at(9, 0, 0, 0).to_zoned(zone).unwrap().timestamp();
    assert_eq!((staffing.open, staffing.online, staffing.back_at), (false, 2, Some(back)));
}

#[tokio::test]
async fn the_wait_is_what_customers_waited_lately() {
    let shop = Shop::open().await;
    for (answered, minutes) in [4, 30, 10, 6, 8].into_iter().enumerate() {
        assert_eq!(shop.desk().staffing().await.unwrap().wait, None, "{answered} are too few");
        let (_customer, id) = shop.handed_over().await;
        shop.pass(SignedDuration::from_mins(minutes));
        shop.reply(id, ADA, "Hello").await;
        // Later replies are no wait.
        shop.pass(SignedDuration::from_mins(50));
        shop.reply(id, ADA, "Hello again").await;
    }
    let wait = shop.desk().staffing().await.unwrap().wait.unwrap();
    assert_eq!(wait.as_secs() / 60, 8, "{wait}");
    shop.pass(SignedDuration::from_hours(24 * 8));
    assert_eq!(shop.desk().staffing().await.unwrap().wait, None);
    assert_eq!(shop.store().people().await.unwrap().len(), 2);
}
