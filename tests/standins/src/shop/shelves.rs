//! Products: ten kinds in twenty-four series, and ten digital goods.

use jiff::Timestamp;

use super::{Kind, Money, Product, ProductStatus, Shop, Variant, people::DaysAsHours};
use crate::dice::Dice;

const SERIES: [&str; 24] = [
    "Alder", "Birch", "Calma", "Dune", "Ember", "Fjord", "Grove", "Halo", "Isla", "Juniper", "Kelp", "Lumen", "Moss",
    "Nacre", "Opal", "Pebble", "Quill", "Reed", "Sol", "Tern", "Umber", "Vale", "Willow", "Zephyr",
];
const DIGITAL: [(&str, i64); 10] = [
    ("Gift card 25", 2500),
    ("Gift card 50", 5000),
    ("Gift card 100", 10000),
    ("Gift card 200", 20000),
    ("Online course: pour-over basics", 3900),
    ("Online course: espresso at home", 4900),
    ("Online course: light a living room", 4500),
    ("Online course: light a workplace", 4500),
    ("E-book: the slow coffee table", 1200),
    ("E-book: rooms at dusk", 1200),
];

struct Model {
    kind: Kind,
    price: (i64, i64),
    option: Option<(&'static str, &'static [&'static str])>,
    words: &'static str,
}

const COLOURS: (&str, &[&str]) = ("Colour", &["Sand", "Ink", "Moss"]);

const MODELS: [Model; 10] = [
    Model {
        kind: Kind::TableLamp,
        price: (5900, 18900),
        option: Some(COLOURS),
        words: "A dimmable table lamp with a linen shade and a two-metre textile cable. Takes an E27 bulb up to 40 W.",
    },
    Model {
        kind: Kind::FloorLamp,
        price: (12900, 34900),
        option: Some(COLOURS),
        words: "A floor lamp of powder-coated steel, 148 cm high, with a foot switch. Takes an E27 bulb up to 60 W.",
    },
    Model {
        kind: Kind::Pendant,
        price: (7900, 24900),
        option: Some(COLOURS),
        words: "A pendant of mouth-blown glass with a cable of 150 cm that can be shortened. Takes an E27 bulb.",
    },
    Model {
        kind: Kind::WallLight,
        price: (4900, 13900),
        option: Some(("Finish", &["Brass", "Black", "White"])),
        words: "A wall light that shines up and down. Comes with screws and a drilling template; IP20, for dry rooms.",
    },
    Model {
        kind: Kind::Bulb,
        price: (690, 1890),
        option: Some(("Socket", &["E14", "E27"])),
        words: "A warm LED bulb, 2700 K, 470 lumens, dimmable, for 15,000 hours.",
    },
    Model {
        kind: Kind::Beans,
        price: (890, 1590),
        option: Some(("Size", &["250 g", "1 kg"])),
        words: "Whole beans, roasted each Tuesday, with notes of cocoa and stone fruit. Best within eight weeks.",
    },
    Model {
        kind: Kind::Grinder,
        price: (8900, 21900),
        option: None,
        words: "A hand grinder with conical steel burrs and 32 steps, from espresso to French press.",
    },
    Model {
        kind: Kind::Mug,
        price: (1400, 2900),
        option: Some(("Glaze", &["Chalk", "Slate", "Clay"])),
        words: "A stoneware mug for 280 ml, thrown by hand. Safe in the dishwasher and the microwave.",
    },
    Model {
        kind: Kind::Kettle,
        price: (4900, 11900),
        option: Some(("Volume", &["0.6 l", "0.9 l"])),
        words: "A gooseneck kettle of brushed steel for all hobs, with a thermometer in the lid.",
    },
    Model {
        kind: Kind::Dripper,
        price: (1900, 4200),
        option: Some(("Cups", &["1–2", "3–4"])),
        words: "A porcelain dripper with spiral ribs. Takes cone filters of the usual sizes.",
    },
];

pub(super) fn products(now: Timestamp, dice: &mut Dice) -> Vec<Product> {
    let mut next_variant = 9001;
    let mut all = Vec::with_capacity(SERIES.len() * MODELS.len() + DIGITAL.len());
    for series in SERIES {
        for model in &MODELS {
            let id = 3001 + all.len() as u64;
            let title = format!("{series} {}", model.kind.label().to_lowercase());
            let stem = format!("{}-{}", code(series), code(model.kind.label()));
            let base = dice.between(model.price.0 / 10, model.price.1 / 10) * 10;
            let variants = variants(model.option, &stem, base, &mut next_variant, dice);
            all.push(product(
                id,
                title,
                model.kind,
                format!("{} From the {series} series.", model.words),
                variants,
                now,
                dice,
            ));
        }
    }
    for (i, (title, cents)) in DIGITAL.iter().enumerate() {
        let id = 3001 + all.len() as u64;
        let variants = variants(None, &format!("DIG-{i}"), *cents, &mut next_variant, dice);
        let words = "Sent by e-mail within a few minutes of the order.".to_owned();
        all.push(product(id, (*title).to_owned(), Kind::Digital, words, variants, now, dice));
    }
    withdraw(&mut all);
    all
}

/// A fixed share isn't on sale, so that every state is there: drafts, archived ones, and active ones that the web shop doesn't show.
fn withdraw(all: &mut [Product]) {
    for (i, product) in all.iter_mut().enumerate().filter(|(_, p)| p.kind != Kind::Digital) {
        match i % 31 {
            7 => product.status = ProductStatus::Draft,
            17 => product.status = ProductStatus::Archived,
            24 => product.published = false,
            _ => continue,
        }
        if product.status != ProductStatus::Active {
            product.published = false;
        }
    }
}

fn product(
    id: u64,
    title: String,
    kind: Kind,
    description: String,
    variants: Vec<Variant>,
    now: Timestamp,
    dice: &mut Dice,
) -> Product {
    let created_at = now - dice.between(100, 700).days_as_hours();
    let updated_at = now - dice.between(0, 90).days_as_hours();
    let coffee = matches!(kind, Kind::Beans | Kind::Grinder | Kind::Mug | Kind::Kettle | Kind::Dripper);
    let mut tags = vec![if coffee { "coffee" } else { "light" }.to_owned()];
    if dice.chance(10) {
        tags.push("new".to_owned());
    }
    if variants.iter().any(|v| v.compare_at.is_some()) {
        tags.push("sale".to_owned());
    }
    Product {
        id,
        handle: handle(&title),
        title,
        kind,
        vendor: if coffee { "Lumen Roastery" } else { "Lumen Studio" }.to_owned(),
        description,
        tags,
        status: ProductStatus::Active,
        published: true,
        variants,
        created_at,
        updated_at,
    }
}

fn variants(option: Option<(&str, &[&str])>, stem: &str, base: i64, next: &mut u64, dice: &mut Dice) -> Vec<Variant> {
    let sold_out = dice.chance(8);
    let reduced = dice.chance(12);
    let (name, values) = option.unwrap_or(("Title", &["Default Title"]));
    values
        .iter()
        .enumerate()
        .map(|(i, value)| {
            // Sizes cost more; colours don't.
            let step = if matches!(name, "Size" | "Volume" | "Cups") { base * 9 / 10 } else { 0 };
            let price = base + step * i64::try_from(i).unwrap_or(0);
            let id = *next;
            *next += 1;
            Variant {
                id,
                title: (*value).to_owned(),
                sku: format!("{stem}-{}", i + 1),
                price: Money(price),
                compare_at: reduced.then_some(Money(price * 5 / 4)),
                stock: if sold_out || dice.chance(8) { 0 } else { dice.between(1, 60) },
                oversell: name == "Size" && !sold_out && dice.chance(20),
                options: vec![(name.to_owned(), (*value).to_owned())],
            }
        })
        .collect()
}

impl Shop {
    /// Deletes a product: no list and no search has it any more. False where there is none of this handle.
    pub fn delete_product(&mut self, handle: &str) -> bool {
        let before = self.products.len();
        self.products.retain(|product| product.handle != handle);
        self.products.len() < before
    }
}

fn handle(title: &str) -> String {
    let words: Vec<&str> = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.join("-").to_lowercase()
}

fn code(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphabetic).take(4).collect::<String>().to_uppercase()
}
