//! Customers: the demo's twelve, one with an address much like another's, and generated ones.

use jiff::{Timestamp, ToSpan};

use super::{Address, Customer, demo};
use crate::dice::Dice;

/// Ids count up from here.
pub(super) const FIRST_CUSTOMER: u64 = 7001;

const FIRST_NAMES: [&str; 48] = [
    "Ada", "Aisha", "Alba", "Amir", "Anouk", "Aron", "Bella", "Bruno", "Chiara", "Dario", "Dilan", "Elif", "Elin",
    "Enzo", "Esra", "Felix", "Fiona", "Greta", "Hana", "Henrik", "Ida", "Ilan", "Iris", "Ivan", "Jana", "Joris",
    "Kemal", "Lara", "Leo", "Lina", "Luca", "Maja", "Marek", "Mila", "Nadia", "Nils", "Noah", "Olga", "Omar", "Paula",
    "Rafael", "Rosa", "Samir", "Selma", "Tara", "Theo", "Vera", "Yusuf",
];
const STREETS: [&str; 8] = [
    "Lindenweg",
    "Harbour Street",
    "Rue du Moulin",
    "Gartenstraße",
    "Kanaalkade",
    "Am Alten Markt",
    "Mill Lane",
    "Via Verde",
];
struct Place {
    city: &'static str,
    zip: &'static str,
    country: &'static str,
    code: &'static str,
    /// Name and code, where the country has provinces.
    province: Option<(&'static str, &'static str)>,
}

const fn place(city: &'static str, zip: &'static str, country: &'static str, code: &'static str) -> Place {
    Place { city, zip, country, code, province: None }
}

const PLACES: [Place; 8] = [
    place("Berlin", "10115", "Germany", "DE"),
    place("Hamburg", "20095", "Germany", "DE"),
    place("München", "80331", "Germany", "DE"),
    place("Wien", "1010", "Austria", "AT"),
    place("Paris", "75003", "France", "FR"),
    place("Amsterdam", "1012 AB", "Netherlands", "NL"),
    Place { province: Some(("Milano", "MI")), ..place("Milano", "20121", "Italy", "IT") },
    Place { province: Some(("Oregon", "OR")), ..place("Portland", "97205", "United States", "US") },
];

pub(super) fn customers(count: u64, now: Timestamp, dice: &mut Dice) -> Vec<Customer> {
    let mut all: Vec<Customer> = demo::PEOPLE
        .iter()
        .zip(FIRST_CUSTOMER..)
        .map(|(person, id)| customer(id, person.first_name, person.last_name, person.email.to_owned(), now, dice))
        .collect();
    // An unquoted search for the first demo customer's address finds this one too.
    let neighbour = FIRST_CUSTOMER + all.len() as u64;
    all.push(customer(neighbour, "Ana", "M.", "ana.marie@example.net".to_owned(), now, dice));
    for id in neighbour + 1..FIRST_CUSTOMER + count {
        let first = dice.pick(&FIRST_NAMES).copied().unwrap_or("Ada");
        let initial = char::from(b'A' + u8::try_from(dice.index(26)).unwrap_or(0));
        let host = if dice.chance(50) { "example.net" } else { "example.com" };
        let email = format!("{}.{}{id}@{host}", first.to_lowercase(), initial.to_ascii_lowercase());
        all.push(customer(id, first, &format!("{initial}."), email, now, dice));
    }
    all
}

fn customer(id: u64, first: &str, last: &str, email: String, now: Timestamp, dice: &mut Dice) -> Customer {
    let created_at = now - dice.between(130, 900).days_as_hours();
    // 555-0100 to 555-0199 belong to nobody.
    let phone = (id < FIRST_CUSTOMER + 100).then(|| format!("+12025550{:03}", 100 + id - FIRST_CUSTOMER));
    let locale = dice.pick(&["en", "en", "de", "fr"]).copied().unwrap_or("en");
    let tags = if dice.chance(20) { vec!["newsletter".to_owned()] } else { Vec::new() };
    Customer {
        id,
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        address: address(first, last, phone.clone(), dice),
        email,
        phone,
        locale: locale.to_owned(),
        tags,
        created_at,
        updated_at: created_at,
    }
}

pub(super) fn address(first: &str, last: &str, phone: Option<String>, dice: &mut Dice) -> Address {
    let street = dice.pick(&STREETS).copied().unwrap_or("Mill Lane");
    let place = dice.pick(&PLACES).unwrap_or(&PLACES[0]);
    Address {
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        company: None,
        address1: format!("{street} {}", dice.between(1, 98)),
        address2: dice.chance(15).then(|| "2nd floor".to_owned()),
        city: place.city.to_owned(),
        province: place.province.map(|(name, code)| (name.to_owned(), code.to_owned())),
        zip: place.zip.to_owned(),
        country: place.country.to_owned(),
        country_code: place.code.to_owned(),
        phone,
    }
}

/// Spans of whole days in hours, for instants (which know no calendar) accept only those.
pub(super) trait DaysAsHours {
    fn days_as_hours(self) -> jiff::Span;
}

impl DaysAsHours for i64 {
    fn days_as_hours(self) -> jiff::Span {
        (self * 24).hours()
    }
}
