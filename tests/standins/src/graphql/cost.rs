//! What a query costs before it runs.
//!
//! Scalars and enums are free, an object costs 1, a mutation 10, and a connection 2 plus a share of what it may
//! return. The documents say only that this share grows with `first` or `last`; it grows less than in proportion:
//! `product{variants(first:250){nodes{inventoryItem{id}}}}` was seen to cost 25
//! (<https://community.shopify.dev/t/23101>), and 2·ln(n) rounded gives that figure.

use super::{
    Object,
    operation::{Operation, OperationKind, Selected, Set},
    schema::named,
};

pub(crate) const MUTATION: u64 = 10;

pub(crate) fn requested_cost(operation: &Operation<'_>) -> u64 {
    set(operation, operation.kind.root(), &[operation.set])
}

/// How many items of a connection are charged for.
pub(super) fn charged(items: u64) -> u64 {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let grown = (2.0 * (items.max(1) as f64).ln()).round() as u64;
    grown.clamp(1, items.max(1))
}

fn set(operation: &Operation<'_>, on: &str, sets: &[&Set]) -> u64 {
    let of_object = |object: &str| {
        operation.collect(object, sets).iter().map(|(_, fields)| field(operation, object, fields)).sum::<u64>()
    };
    operation.schema.possible(on).into_iter().map(of_object).max().unwrap_or(0)
}

fn field(operation: &Operation<'_>, on: &str, fields: &[&Selected]) -> u64 {
    let Some(first) = fields.first() else { return 0 };
    let Some(definition) = operation.schema.field(on, &first.name) else { return 0 };
    let ty = named(&definition.ty);
    if !operation.schema.is_composite(ty) {
        return 0;
    }
    let sets: Vec<&Set> = fields.iter().map(|f| &f.selection_set).collect();
    let inside = set(operation, ty, &sets);
    let arguments = operation.arguments(definition, first).unwrap_or_default();
    if ty.ends_with("Connection") {
        return 2 + charged(size(&arguments).unwrap_or(1)) * inside;
    }
    let own = match ty {
        _ if on == OperationKind::Mutation.root() => MUTATION,
        "PageInfo" => 0,
        _ if ty.ends_with("Edge") => 0,
        _ => 1,
    };
    // Objects by their ids: each is one.
    if let (None, Some(ids)) = (size(&arguments), arguments.get("ids").and_then(serde_json::Value::as_array)) {
        return ids.len() as u64 * (own + inside);
    }
    // A plain list that is cut by an argument.
    size(&arguments).map_or(1, charged) * (own + inside)
}

fn size(arguments: &Object) -> Option<u64> {
    arguments.get("first").or_else(|| arguments.get("last"))?.as_u64()
}
