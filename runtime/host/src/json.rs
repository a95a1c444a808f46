//! Component values as JSON, for records of turns that people read and that a turn is run again from.
//!
//! JSON has fewer types than WIT, so that the way back needs the type. Given it, what comes back is what went in:
//!
//! | WIT | JSON |
//! |---|---|
//! | `bool`, integers of up to 32 bits | the same |
//! | `s64`, `u64` | a number up to 2⁵³, beyond that a text: most readers of JSON have no more digits |
//! | `f32`, `f64` | a number; `"nan"`, `"inf"` and `"-inf"`; a text where a reader would round it otherwise |
//! | `char`, `string`, `enum` | a text |
//! | `list`, `tuple` | an array; a `map` is an array of pairs |
//! | `record` | an object with each field |
//! | `flags` | an array of the names that are set |
//! | `variant` | `{"case": payload}`, or the case's name where it has no payload |
//! | `result` | `{"ok": payload}` or `{"error": payload}`, the payload `null` where there is none |
//! | `option` | `null` or the value; the value of an option of an option is `{"some": value}` |
//!
//! All NaNs are one, as in the component model. Nothing is nested deeper than [`DEPTH`].

use serde_json::{Map, Number, Value as Json, json};
use wasmtime::component::{Type, Val};

/// Deepest nesting of a value. `usher:tools` needs seven; JSON readers often stop at 128.
pub const DEPTH: usize = 64;

/// Largest integer up to which each one has a double of its own.
const EXACT: u64 = 1 << 53;

/// What stands where a value is deeper than [`DEPTH`]. [`from_json`] refuses everything there.
const TOO_DEEP: &str = "(too deep)";

/// Why JSON is not a value of a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {problem}")]
pub struct JsonError {
    /// Where, from the root `$`: `$.lines[2].price`.
    pub at: String,
    /// What stands there and what must.
    pub problem: String,
}

/// The value as JSON. Handles (resources, streams), which no tool may pass, become `null`.
#[must_use]
pub fn to_json(value: &Val) -> Json {
    write(value, DEPTH)
}

/// Each argument as JSON, in order.
#[must_use]
pub fn arguments_to_json(arguments: &[Val]) -> Vec<Json> {
    arguments.iter().map(to_json).collect()
}

/// The value of this type that the JSON stands for. Fields of records are in the type's order.
///
/// # Errors
/// Where the JSON is of another form, lacks a field or has one too many, or is out of the type's range.
pub fn from_json(json: &Json, ty: &Type) -> Result<Val, JsonError> {
    read(json, ty, DEPTH).map_err(|mut fault| {
        fault.path.push("$".to_owned());
        fault.path.reverse();
        JsonError { at: fault.path.concat(), problem: fault.problem }
    })
}

fn write(value: &Val, depth: usize) -> Json {
    let Some(depth) = depth.checked_sub(1) else { return TOO_DEEP.into() };
    let payload = |value: &Option<Box<Val>>| value.as_deref().map_or(Json::Null, |value| write(value, depth));
    match value {
        Val::Bool(value) => (*value).into(),
        Val::S8(value) => (*value).into(),
        Val::U8(value) => (*value).into(),
        Val::S16(value) => (*value).into(),
        Val::U16(value) => (*value).into(),
        Val::S32(value) => (*value).into(),
        Val::U32(value) => (*value).into(),
        Val::S64(value) if value.unsigned_abs() <= EXACT => (*value).into(),
        Val::S64(value) => value.to_string().into(),
        Val::U64(value) if *value <= EXACT => (*value).into(),
        Val::U64(value) => value.to_string().into(),
        Val::Float32(value) => float(f64::from(*value)),
        Val::Float64(value) => float(*value),
        Val::Char(value) => value.to_string().into(),
        Val::String(text) | Val::Enum(text) => text.as_str().into(),
        Val::List(items) | Val::Tuple(items) | Val::FixedLengthList(items) => {
            items.iter().map(|item| write(item, depth)).collect()
        }
        Val::Map(entries) => {
            entries.iter().map(|(key, value)| json!([write(key, depth), write(value, depth)])).collect()
        }
        Val::Record(fields) => fields.iter().map(|(name, value)| (name.clone(), write(value, depth))).collect(),
        Val::Flags(names) => names.iter().map(String::as_str).collect(),
        Val::Variant(case, None) => case.as_str().into(),
        Val::Variant(case, value) => object(case, payload(value)),
        Val::Result(Ok(value)) => object("ok", payload(value)),
        Val::Result(Err(value)) => object("error", payload(value)),
        Val::Option(Some(inner)) if matches!(**inner, Val::Option(_)) => object("some", write(inner, depth)),
        Val::Option(value) => payload(value),
        Val::Resource(_) | Val::Future(_) | Val::Stream(_) | Val::ErrorContext(_) => Json::Null,
    }
}

fn object(name: &str, value: Json) -> Json {
    Json::Object(Map::from_iter([(name.to_owned(), value)]))
}

fn float(value: f64) -> Json {
    if value.is_nan() {
        return "nan".into();
    }
    match Number::from_f64(value) {
        // The reader of `serde_json` is fast rather than exact in the last bit.
        Some(number) if reread(&number) == Some(value.to_bits()) => Json::Number(number),
        Some(_) => format!("{value:e}").into(),
        None if value > 0.0 => "inf".into(),
        None => "-inf".into(),
    }
}

fn reread(number: &Number) -> Option<u64> {
    number.to_string().parse::<Number>().ok()?.as_f64().map(f64::to_bits)
}

/// What is wrong, with the way to it from the inside out.
struct Fault {
    path: Vec<String>,
    problem: String,
}

impl Fault {
    fn new(problem: impl Into<String>) -> Self {
        Self { path: Vec::new(), problem: problem.into() }
    }

    fn expected(what: &str, found: &Json) -> Self {
        let found = match found {
            Json::Null => "null".to_owned(),
            Json::Bool(value) => value.to_string(),
            Json::Number(number) => number.to_string(),
            Json::String(text) => format!("the text {:?}", text.chars().take(40).collect::<String>()),
            Json::Array(items) => format!("an array of {}", items.len()),
            Json::Object(fields) => format!("an object with {} fields", fields.len()),
        };
        Self::new(format!("expected {what}, found {found}"))
    }

    fn within(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }
}

fn read(json: &Json, ty: &Type, depth: usize) -> Result<Val, Fault> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Fault::new(format!("nested deeper than {DEPTH}")));
    };
    match ty {
        Type::Bool => json.as_bool().map(Val::Bool).ok_or_else(|| Fault::expected("true or false", json)),
        Type::S8 => integer(json, "an s8").map(Val::S8),
        Type::U8 => integer(json, "a u8").map(Val::U8),
        Type::S16 => integer(json, "an s16").map(Val::S16),
        Type::U16 => integer(json, "a u16").map(Val::U16),
        Type::S32 => integer(json, "an s32").map(Val::S32),
        Type::U32 => integer(json, "a u32").map(Val::U32),
        Type::S64 => integer(json, "an s64").map(Val::S64),
        Type::U64 => integer(json, "a u64").map(Val::U64),
        Type::Float32 => {
            let value = number(json)?;
            #[allow(clippy::cast_possible_truncation, reason = "rounding is meant; what it makes infinite is refused")]
            let single = value as f32;
            match single.is_infinite() && value.is_finite() {
                true => Err(Fault::expected("an f32", json)),
                false => Ok(Val::Float32(single)),
            }
        }
        Type::Float64 => number(json).map(Val::Float64),
        Type::Char => {
            let mut chars = text(json)?.chars();
            match (chars.next(), chars.next()) {
                (Some(only), None) => Ok(Val::Char(only)),
                _ => Err(Fault::expected("a text of one character", json)),
            }
        }
        Type::String => text(json).map(|text| Val::String(text.to_owned())),
        Type::Enum(names) => known(text(json)?, names.names(), json).map(Val::Enum),
        Type::List(list) => items(json, &list.ty(), depth).map(Val::List),
        Type::FixedLengthList(list) => {
            let items = items(json, &list.ty(), depth)?;
            match items.len() as u64 == u64::from(list.len()) {
                true => Ok(Val::FixedLengthList(items)),
                false => Err(Fault::expected(&format!("an array of {}", list.len()), json)),
            }
        }
        Type::Tuple(tuple) => {
            let types = tuple.types();
            let items = array(json)?;
            if items.len() != types.len() {
                return Err(Fault::expected(&format!("an array of {}", types.len()), json));
            }
            let pairs = items.iter().zip(types).enumerate();
            pairs.map(|(at, (item, ty))| element(item, &ty, depth, at)).collect::<Result<_, _>>().map(Val::Tuple)
        }
        Type::Map(map) => {
            let (key, value) = (map.key(), map.value());
            let pair = |(at, pair): (usize, &Json)| match array(pair).map(Vec::as_slice) {
                Ok([a, b]) => {
                    let pair = element(a, &key, depth, 0).and_then(|a| Ok((a, element(b, &value, depth, 1)?)));
                    pair.map_err(|fault| fault.within(format!("[{at}]")))
                }
                _ => Err(Fault::expected("a pair", pair).within(format!("[{at}]"))),
            };
            array(json)?.iter().enumerate().map(pair).collect::<Result<_, _>>().map(Val::Map)
        }
        Type::Record(record) => {
            let Json::Object(found) = json else { return Err(Fault::expected("an object", json)) };
            let mut fields = Vec::with_capacity(record.fields().len());
            for field in record.fields() {
                let value = found.get(field.name).ok_or_else(|| Fault::new(format!("lacks `{}`", field.name)))?;
                let value = read(value, &field.ty, depth).map_err(|fault| fault.within(format!(".{}", field.name)))?;
                fields.push((field.name.to_owned(), value));
            }
            match found.keys().find(|name| record.fields().all(|field| field.name != name.as_str())) {
                Some(name) => Err(Fault::new(format!("has a field {name:?}, which the type doesn't"))),
                None => Ok(Val::Record(fields)),
            }
        }
        Type::Flags(flags) => {
            let mut set: Vec<String> = Vec::new();
            for name in array(json)? {
                let name = known(text(name)?, flags.names(), name)?;
                if set.contains(&name) {
                    return Err(Fault::new(format!("has the flag {name:?} twice")));
                }
                set.push(name);
            }
            Ok(Val::Flags(set))
        }
        Type::Variant(variant) => {
            let (name, payload) = match json {
                Json::String(name) => (name, None),
                _ => single(json).map(|(name, payload)| (name, Some(payload)))?,
            };
            let case = variant.cases().find(|case| case.name == name);
            let case = case.ok_or_else(|| Fault::new(format!("{name:?} is no case of the variant")))?;
            let value = match (case.ty, payload) {
                (None, None) => None,
                (Some(ty), Some(payload)) => {
                    let value = read(payload, &ty, depth).map_err(|fault| fault.within(format!(".{name}")))?;
                    Some(Box::new(value))
                }
                (Some(_), None) => return Err(Fault::new(format!("the case {name:?} lacks its payload"))),
                (None, Some(_)) => return Err(Fault::new(format!("the case {name:?} has no payload"))),
            };
            Ok(Val::Variant(name.clone(), value))
        }
        Type::Result(result) => {
            let (name, json) = single(json)?;
            let payload = |ty: Option<Type>| match ty {
                Some(ty) => {
                    let value = read(json, &ty, depth).map_err(|fault| fault.within(format!(".{name}")))?;
                    Ok(Some(Box::new(value)))
                }
                None if json.is_null() => Ok(None),
                None => Err(Fault::expected("null", json).within(format!(".{name}"))),
            };
            match name.as_str() {
                "ok" => Ok(Val::Result(Ok(payload(result.ok())?))),
                "error" => Ok(Val::Result(Err(payload(result.err())?))),
                _ => Err(Fault::new(format!("{name:?} is neither \"ok\" nor \"error\""))),
            }
        }
        Type::Option(option) => {
            let inner = option.ty();
            let value = match json {
                Json::Null => None,
                _ if matches!(inner, Type::Option(_)) => match single(json)? {
                    (name, json) if name == "some" => Some(json),
                    (name, _) => return Err(Fault::new(format!("expected null or \"some\", found {name:?}"))),
                },
                json => Some(json),
            };
            let value = value.map(|json| read(json, &inner, depth)).transpose()?;
            Ok(Val::Option(value.map(Box::new)))
        }
        Type::Own(_) | Type::Borrow(_) | Type::Future(_) | Type::Stream(_) | Type::ErrorContext => {
            Err(Fault::new("a handle can't be read from a record"))
        }
    }
}

/// An integer as a number, or as a text of its digits.
fn integer<N: TryFrom<i128>>(json: &Json, what: &str) -> Result<N, Fault> {
    let value = match json {
        Json::Number(number) => number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from)),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    value.and_then(|value| N::try_from(value).ok()).ok_or_else(|| Fault::expected(what, json))
}

fn number(json: &Json) -> Result<f64, Fault> {
    let value = match json {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => match text.as_str() {
            "nan" => Some(f64::NAN),
            "inf" => Some(f64::INFINITY),
            "-inf" => Some(f64::NEG_INFINITY),
            text => text.parse().ok().filter(|value: &f64| value.is_finite()),
        },
        _ => None,
    };
    value.ok_or_else(|| Fault::expected("a number", json))
}

fn text(json: &Json) -> Result<&str, Fault> {
    json.as_str().ok_or_else(|| Fault::expected("a text", json))
}

fn array(json: &Json) -> Result<&Vec<Json>, Fault> {
    json.as_array().ok_or_else(|| Fault::expected("an array", json))
}

fn items(json: &Json, ty: &Type, depth: usize) -> Result<Vec<Val>, Fault> {
    array(json)?.iter().enumerate().map(|(at, item)| element(item, ty, depth, at)).collect()
}

fn element(json: &Json, ty: &Type, depth: usize, at: usize) -> Result<Val, Fault> {
    read(json, ty, depth).map_err(|fault| fault.within(format!("[{at}]")))
}

/// An object's only field.
fn single(json: &Json) -> Result<(&String, &Json), Fault> {
    match json {
        Json::Object(fields) if fields.len() == 1 => fields.iter().next(),
        _ => None,
    }
    .ok_or_else(|| Fault::expected("an object with one field", json))
}

fn known<'a>(name: &str, mut names: impl Iterator<Item = &'a str>, json: &Json) -> Result<String, Fault> {
    match names.any(|known| known == name) {
        true => Ok(name.to_owned()),
        false => Err(Fault::expected("a name of the type", json)),
    }
}
