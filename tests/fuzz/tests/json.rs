//! I-03: values of random types go to JSON and come back the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on says where")]

use usher_fuzz::{Dice, Function, interfaces, tools, value};
use usher_host::json::{DEPTH, arguments_to_json, from_json, to_json};
use wasmtime::Engine;
use wasmtime::component::{Type, Val};

const SEED: u64 = 3;

fn engine() -> Engine {
    Engine::new(&usher_host::engine_config()).unwrap()
}

/// There and back, by way of text as in a file.
fn again(value: &Val, ty: &Type) -> Val {
    let text = serde_json::to_string(&to_json(value)).unwrap();
    let json = serde_json::from_str(&text).unwrap();
    from_json(&json, ty).unwrap_or_else(|error| panic!("{value:?} is {text} and can't be read: {error}"))
}

fn types(function: &Function) -> Vec<Type> {
    function.ty.params().map(|(_, ty)| ty).chain(function.ty.results()).collect()
}

fn round_trips(functions: &[Function], times: usize) {
    let mut dice = Dice::new(SEED);
    for function in functions {
        for ty in types(function) {
            for _ in 0..times {
                let value = value(&ty, &mut dice);
                assert_eq!(again(&value, &ty), value, "{}: {}", function.name, to_json(&value));
            }
        }
    }
}

#[test]
fn every_type_of_the_contract() {
    let functions = tools(&engine()).unwrap();
    assert!(functions.len() > 25, "{} functions", functions.len());
    round_trips(&functions, 200);
}

#[test]
fn every_kind_of_type() {
    let text = "
        interface all {
            flags few { a, b, c }
            flags many { f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19 }
            enum colour { red, some, ok }
            record empty-inside { nothing: option<option<option<string>>>, %list: list<option<bool>> }
            variant case { none, some(option<u8>), ok(result), error(result<option<u8>, option<option<u8>>>), one(case-name) }
            variant case-name { some(string), plain }
            small: func(a: bool, b: s8, c: u8, d: s16, e: u16, f: s32, g: u32) -> tuple<s64, u64, f32, f64, char, string>;
            floats: func(a: list<f32>, b: list<f64>) -> list<char>;
            options: func(a: option<option<string>>, b: option<option<option<u8>>>) -> option<list<option<s64>>>;
            results: func(a: result, b: result<u8>, c: result<_, string>) -> result<option<u8>, option<option<string>>>;
            named: func(a: few, b: many, c: colour, d: option<colour>, e: list<few>) -> case;
            nested: func(a: list<case>, b: option<case>) -> list<tuple<empty-inside, option<result<case, empty-inside>>>>;
        }";
    round_trips(&interfaces(&engine(), text, &["all"]).unwrap(), 2_000);
}

/// Types nest into each other at random, and so do the names that JSON has a meaning for.
#[test]
fn random_types() {
    let mut dice = Dice::new(SEED);
    for _ in 0..12 {
        let (mut declared, mut functions) = (String::new(), String::new());
        for number in 0..12 {
            let kind = match number % 4 {
                0 => format!(
                    "record t{number} {{ some: {}, ok: {} }}\n",
                    ty(&mut dice, number, 3),
                    ty(&mut dice, number, 2)
                ),
                1 => format!(
                    "variant t{number} {{ some({}), error, ok({}) }}\n",
                    ty(&mut dice, number, 3),
                    ty(&mut dice, number, 2)
                ),
                2 => format!("enum t{number} {{ null, some, none }}\n"),
                _ => format!("flags t{number} {{ some, ok, error }}\n"),
            };
            declared += &kind;
            functions += &format!(
                "f{number}: func(a: t{number}, b: {}) -> {};\n",
                ty(&mut dice, number, 4),
                ty(&mut dice, number, 4)
            );
        }
        let text = format!("interface random {{ {declared} {functions} }}");
        round_trips(&interfaces(&engine(), &text, &["random"]).unwrap(), 60);
    }
}

/// A type, of those below `number` that are declared and of the built-in ones.
fn ty(dice: &mut Dice, number: usize, depth: usize) -> String {
    const PLAIN: [&str; 13] =
        ["bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string"];
    let deeper = |dice: &mut Dice| ty(dice, number, depth.saturating_sub(1));
    match dice.below(if depth == 0 { 4 } else { 9 }) {
        0..3 => (*dice.pick(&PLAIN)).to_owned(),
        3 if number > 0 => format!("t{}", dice.below(number)),
        4 => format!("list<{}>", deeper(dice)),
        5 => format!("tuple<{}, {}>", deeper(dice), deeper(dice)),
        6 => format!("result<{}, {}>", deeper(dice), deeper(dice)),
        7 | 8 => format!("option<{}>", deeper(dice)),
        _ => "string".to_owned(),
    }
}

#[test]
fn what_people_read() {
    let text = "interface readable {
        record money { amount-minor: s64, currency: string }
        variant tool-error { denied(string), not-found }
        enum state { open, closed }
        f: func(money: money, state: state, nested: option<option<u8>>, error: tool-error) -> result<u64, f64>;
    }";
    let functions = interfaces(&engine(), text, &["readable"]).unwrap();
    let record = |amount| {
        Val::Record(vec![("amount-minor".into(), Val::S64(amount)), ("currency".into(), Val::String("EUR".into()))])
    };
    let some = |value| Val::Option(Some(Box::new(value)));
    let json = arguments_to_json(&[
        record(1250),
        record(i64::MIN),
        Val::Enum("open".into()),
        some(Val::Option(None)),
        some(some(Val::U8(7))),
        Val::Option(None),
        Val::Variant("not-found".into(), None),
        Val::Variant("denied".into(), Some(Box::new(Val::String("no".into())))),
        Val::Result(Ok(Some(Box::new(Val::U64(u64::MAX))))),
        Val::Result(Err(Some(Box::new(Val::Float64(f64::NEG_INFINITY))))),
        Val::Result(Ok(None)),
        Val::Float64(-0.0),
    ]);
    let wanted = r#"[{"amount-minor":1250,"currency":"EUR"},{"amount-minor":"-9223372036854775808","currency":"EUR"},
        "open",{"some":null},{"some":7},null,"not-found",{"denied":"no"},{"ok":"18446744073709551615"},{"error":"-inf"},
        {"ok":null},-0.0]"#;
    assert_eq!(serde_json::Value::Array(json), serde_json::from_str::<serde_json::Value>(wanted).unwrap());

    let types = types(&functions[0]);
    for (ty, wrong, at) in [
        (0, r#"{"amount-minor":1}"#, "$: lacks `currency`"),
        (0, r#"{"amount-minor":1,"currency":"EUR","x":1}"#, "$: has a field \"x\", which the type doesn't"),
        (0, r#"{"amount-minor":1.5,"currency":"EUR"}"#, "$.amount-minor: expected an s64, found 1.5"),
        (
            0,
            r#"{"amount-minor":"9223372036854775808","currency":""}"#,
            "$.amount-minor: expected an s64, found the text",
        ),
        (1, r#""ajar""#, "$: expected a name of the type, found the text \"ajar\""),
        (2, "7", "$: expected an object with one field, found 7"),
        (2, r#"{"some":256}"#, "$: expected a u8, found 256"),
        (3, r#""denied""#, "$: the case \"denied\" lacks its payload"),
        (3, r#"{"not-found":null}"#, "$: the case \"not-found\" has no payload"),
        (4, r#"{"ok":1,"error":1}"#, "$: expected an object with one field, found an object with 2 fields"),
        (4, r#"{"error":"infinity"}"#, "$.error: expected a number, found the text \"infinity\""),
    ] {
        let error = from_json(&serde_json::from_str(wrong).unwrap(), &types[ty]).unwrap_err();
        assert!(error.to_string().starts_with(at), "{wrong}: {error}");
    }
}

/// Nothing is deeper than what was promised, and what was cut off is not taken for something else.
#[test]
fn too_deep() {
    let nested = |times: usize| "list<".repeat(times) + "string" + &">".repeat(times);
    let text = format!("interface deep {{ f: func(a: {}, b: {}); }}", nested(DEPTH - 1), nested(DEPTH));
    let functions = interfaces(&engine(), &text, &["deep"]).unwrap();
    let deep = |times| (0..times).fold(Val::String("x".into()), |inner, _| Val::List(vec![inner]));
    let types = types(&functions[0]);
    assert_eq!(again(&deep(DEPTH - 1), &types[0]), deep(DEPTH - 1));
    let error = from_json(&to_json(&deep(DEPTH)), &types[1]).unwrap_err();
    assert!(error.problem.contains("nested deeper than"), "{error}");
}
