//! Values of arguments and variables, checked against their types.

use serde_json::Value;

use super::{
    Object,
    schema::{Definitions, Literal, Schema, Type},
};

/// What is wrong with a value, and where inside of it.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) path: Vec<Value>,
    pub(super) explanation: String,
}

fn problem(explanation: impl Into<String>) -> Problem {
    Problem { path: Vec::new(), explanation: explanation.into() }
}

/// A literal as JSON, with the variables' values put in. A variable that has no value is left out of lists and objects.
pub(super) fn literal(value: &Literal, variables: &Object) -> Option<Value> {
    Some(match value {
        Literal::Variable(name) => return variables.get(name).cloned(),
        Literal::Int(n) => n.as_i64().map_or(Value::Null, Value::from),
        Literal::Float(n) => Value::from(*n),
        Literal::String(text) | Literal::Enum(text) => Value::from(text.as_str()),
        Literal::Boolean(b) => Value::from(*b),
        Literal::Null => Value::Null,
        Literal::List(items) => items.iter().filter_map(|i| literal(i, variables)).collect(),
        Literal::Object(fields) => {
            Value::Object(fields.iter().filter_map(|(k, v)| Some((k.clone(), literal(v, variables)?))).collect())
        }
    })
}

/// Checks a value against its type and fills in defaults of inputs.
pub(super) fn value(schema: &Schema, ty: &Type, given: Value) -> Result<Value, Problem> {
    match ty {
        Type::NonNullType(_) if given.is_null() => Err(problem("Expected value to not be null")),
        Type::NonNullType(inner) => value(schema, inner, given),
        _ if given.is_null() => Ok(Value::Null),
        Type::ListType(inner) => match given {
            Value::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(i, item)| value(schema, inner, item).map_err(|p| within(Value::from(i), p)))
                .collect(),
            single => Ok(Value::Array(vec![value(schema, inner, single)?])),
        },
        Type::NamedType(name) => match schema.get(name) {
            Some(Definitions::Enum(values)) => match given.as_str() {
                Some(text) if values.iter().any(|v| v == text) => Ok(given),
                _ => Err(problem(format!("Expected {given} to be one of: {}", values.join(", ")))),
            },
            Some(Definitions::Input(_)) => input(schema, name, given),
            _ => scalar(name, given),
        },
    }
}

fn input(schema: &Schema, name: &str, given: Value) -> Result<Value, Problem> {
    let Some(Definitions::Input(inputs)) = schema.get(name) else { return Err(problem("not an input")) };
    let Value::Object(mut given) = given else {
        return Err(problem(format!("Expected {given} to be a key-value object")));
    };
    if let Some(key) = given.keys().find(|k| !inputs.contains_key(*k)) {
        let explanation = format!("Field is not defined on {name}");
        return Err(within(Value::from(key.as_str()), problem(explanation)));
    }
    let mut checked = Object::new();
    for (key, input) in inputs {
        let set = given.remove(key).or_else(|| literal(input.default.as_ref()?, &Object::new()));
        match set {
            Some(set) => {
                let set = value(schema, &input.ty, set).map_err(|p| within(Value::from(key.as_str()), p))?;
                checked.insert(key.clone(), set);
            }
            None if matches!(input.ty, Type::NonNullType(_)) => {
                return Err(within(Value::from(key.as_str()), problem("Expected value to not be null")));
            }
            None => {}
        }
    }
    Ok(Value::Object(checked))
}

fn scalar(name: &str, given: Value) -> Result<Value, Problem> {
    let fits = match name {
        "ID" => given.is_string() || given.is_i64() || given.is_u64(),
        "String" => given.is_string(),
        "Int" => given.as_i64().is_some_and(|n| i32::try_from(n).is_ok()),
        "Float" => given.is_number(),
        "Boolean" => given.is_boolean(),
        "DateTime" | "URL" => given.is_string(),
        _ => true,
    };
    match given {
        _ if !fits => Err(problem(format!("Could not coerce value {given} to {name}"))),
        Value::Number(n) if name == "ID" => Ok(Value::from(n.to_string())),
        _ => Ok(given),
    }
}

fn within(step: Value, mut problem: Problem) -> Problem {
    problem.path.insert(0, step);
    problem
}
