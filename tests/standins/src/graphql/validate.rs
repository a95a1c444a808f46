use std::collections::HashSet;

use graphql_parser::{
    Pos,
    query::{Directive, Selection, TypeCondition},
};
use serde_json::{Value, json};

use super::{
    GraphqlError, coerce,
    operation::{Operation, OperationKind, Selected, Set},
    schema::{Definitions, Field, Literal, Type, named},
};

/// What the schema doesn't allow; empty where the operation may run.
pub(crate) fn validate(operation: &Operation<'_>) -> Vec<GraphqlError> {
    let mut check = Check { operation, errors: Vec::new(), fragments: HashSet::new(), variables: HashSet::new() };
    let word = match operation.kind {
        OperationKind::Query => "query",
        OperationKind::Mutation => "mutation",
    };
    let place = operation.name.map_or_else(|| word.to_owned(), |name| format!("{word} {name}"));
    check.set(operation.kind.root(), operation.set, &[Value::from(place.as_str())]);
    for fragment in operation.fragments.values() {
        let TypeCondition::On(on) = &fragment.type_condition;
        let path = [Value::from(format!("fragment {}", fragment.name))];
        if check.condition(on, fragment.position, &path) {
            check.set(on, &fragment.selection_set, &path);
        }
        if check.endless(&fragment.name, &fragment.selection_set, &mut HashSet::new()) {
            check.errors.push(GraphqlError::new(
                format!("Fragment {} contains an infinite loop", fragment.name),
                Some(fragment.position),
                path.to_vec(),
                json!({ "code": "infiniteLoop", "fragmentName": fragment.name }),
            ));
        }
    }
    check.used(&place);
    check.errors
}

struct Check<'d> {
    operation: &'d Operation<'d>,
    errors: Vec<GraphqlError>,
    fragments: HashSet<&'d str>,
    variables: HashSet<&'d str>,
}

impl<'d> Check<'d> {
    fn set(&mut self, on: &str, set: &'d Set, path: &[Value]) {
        for selection in &set.items {
            match selection {
                Selection::Field(field) => self.field(on, field, path),
                Selection::InlineFragment(f) => {
                    self.directives(&f.directives);
                    match &f.type_condition {
                        None => self.set(on, &f.selection_set, path),
                        Some(TypeCondition::On(condition)) => {
                            let path = extended(path, &format!("... on {condition}"));
                            if self.condition(condition, f.position, &path) {
                                self.set(condition, &f.selection_set, &path);
                            }
                        }
                    }
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    let name = spread.fragment_name.as_str();
                    self.fragments.insert(name);
                    if !self.operation.fragments.contains_key(name) {
                        self.errors.push(GraphqlError::new(
                            format!("Fragment {name} was used, but not defined"),
                            Some(spread.position),
                            extended(path, &format!("... {name}")),
                            json!({ "code": "useAndDefineFragment", "fragmentName": name }),
                        ));
                    }
                }
            }
        }
    }

    fn field(&mut self, on: &str, field: &'d Selected, path: &[Value]) {
        self.directives(&field.directives);
        if field.name == "__typename" {
            return;
        }
        let path = extended(path, field.alias.as_deref().unwrap_or(&field.name));
        let Some(definition) = self.operation.schema.field(on, &field.name) else {
            self.errors.push(GraphqlError::new(
                format!("Field '{}' doesn't exist on type '{on}'", field.name),
                Some(field.position),
                path,
                json!({ "code": "undefinedField", "typeName": on, "fieldName": field.name }),
            ));
            return;
        };
        self.arguments(definition, field, &path);
        let ty = named(&definition.ty);
        let composite = self.operation.schema.is_composite(ty);
        if composite && field.selection_set.items.is_empty() {
            self.errors.push(GraphqlError::new(
                format!("Field must have selections (field '{0}' returns {ty} but has no selections. Did you mean '{0} {{ ... }}'?)", field.name),
                Some(field.position),
                path,
                json!({ "code": "selectionMismatch", "nodeName": format!("field '{}'", field.name), "typeName": ty }),
            ));
        } else if !composite && !field.selection_set.items.is_empty() {
            self.errors.push(GraphqlError::new(
                format!("Selections can't be made on scalars (field '{}' returns {ty} but has selections)", field.name),
                Some(field.position),
                path,
                json!({ "code": "selectionMismatch", "nodeName": format!("field '{}'", field.name), "typeName": ty }),
            ));
        } else {
            self.set(ty, &field.selection_set, &path);
        }
    }

    fn arguments(&mut self, definition: &Field, field: &'d Selected, path: &[Value]) {
        for (name, value) in &field.arguments {
            self.note(value);
            match definition.arguments.get(name) {
                None => self.errors.push(GraphqlError::new(
                    format!("Field '{}' doesn't accept argument '{name}'", field.name),
                    Some(field.position),
                    extended(path, name),
                    json!({ "code": "argumentNotAccepted", "name": field.name, "typeName": "Field", "argumentName": name }),
                )),
                Some(input) => self.argument(&input.ty, name, value, field, path),
            }
        }
        let missing: Vec<&str> = definition
            .arguments
            .iter()
            .filter(|(_, input)| matches!(input.ty, Type::NonNullType(_)) && input.default.is_none())
            .map(|(name, _)| name.as_str())
            .filter(|name| !field.arguments.iter().any(|(given, _)| given == name))
            .collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            self.errors.push(GraphqlError::new(
                format!("Field '{}' is missing required arguments: {missing}", field.name),
                Some(field.position),
                path.to_vec(),
                json!({ "code": "missingRequiredArguments", "className": "Field", "name": field.name, "arguments": missing }),
            ));
        }
    }

    fn argument(&mut self, ty: &Type, name: &str, value: &Literal, field: &Selected, path: &[Value]) {
        if let Literal::Variable(variable) = value {
            let declared = self.operation.declared.iter().find(|v| v.name == *variable);
            if let Some(declared) = declared
                && !assignable(&declared.var_type, declared.default_value.is_some(), ty)
            {
                self.errors.push(GraphqlError::new(
                    format!("Type mismatch on variable ${variable} and argument {name} ({} / {ty})", declared.var_type),
                    Some(field.position),
                    extended(path, name),
                    json!({ "code": "variableMismatch", "variableName": variable, "typeName": declared.var_type.to_string(),
                        "argumentName": name, "errorMessage": "Type mismatch" }),
                ));
            }
            return;
        }
        let schema = self.operation.schema;
        let Some(given) = coerce::literal(value, &self.operation.variables) else { return };
        if let Err(problem) = coerce::value(schema, ty, given) {
            let literal = value.to_string();
            let inside = problem.path.last().and_then(Value::as_str);
            let undefined = problem.explanation.strip_prefix("Field is not defined on ");
            let error = match (inside, undefined) {
                (Some(key), Some(input)) => GraphqlError::new(
                    format!("InputObject '{input}' doesn't accept argument '{key}'"),
                    Some(field.position),
                    extended(path, name),
                    json!({ "code": "argumentNotAccepted", "name": input, "typeName": "InputObject", "argumentName": key }),
                ),
                _ => GraphqlError::new(
                    format!(
                        "Argument '{name}' on Field '{}' has an invalid value ({literal}). Expected type '{ty}'.",
                        field.name
                    ),
                    Some(field.position),
                    extended(path, name),
                    json!({ "code": "argumentLiteralsIncompatible", "typeName": "Field", "argumentName": name }),
                ),
            };
            self.errors.push(error);
        }
    }

    fn directives(&mut self, directives: &'d [Directive<'static, String>]) {
        for (_, value) in directives.iter().flat_map(|d| &d.arguments) {
            self.note(value);
        }
    }

    /// Notes the variables inside a value.
    fn note(&mut self, value: &'d Literal) {
        match value {
            Literal::Variable(name) => {
                self.variables.insert(name);
            }
            Literal::List(items) => items.iter().for_each(|v| self.note(v)),
            Literal::Object(fields) => fields.values().for_each(|v| self.note(v)),
            _ => {}
        }
    }

    fn condition(&mut self, on: &str, at: Pos, path: &[Value]) -> bool {
        let known = matches!(self.operation.schema.get(on), Some(Definitions::Fields { .. } | Definitions::Union(_)));
        if !known {
            self.errors.push(GraphqlError::new(
                format!("No such type {on}, so it can't be a fragment condition"),
                Some(at),
                path.to_vec(),
                json!({ "code": "undefinedType", "typeName": on }),
            ));
        }
        known
    }

    fn endless(&self, start: &str, set: &'d Set, seen: &mut HashSet<&'d str>) -> bool {
        set.items.iter().any(|selection| match selection {
            Selection::Field(f) => self.endless(start, &f.selection_set, seen),
            Selection::InlineFragment(f) => self.endless(start, &f.selection_set, seen),
            Selection::FragmentSpread(f) => {
                f.fragment_name == start
                    || (seen.insert(&f.fragment_name)
                        && self
                            .operation
                            .fragments
                            .get(f.fragment_name.as_str())
                            .is_some_and(|f| self.endless(start, &f.selection_set, seen)))
            }
        })
    }

    /// Everything that is defined must be used, and the other way round.
    fn used(&mut self, place: &str) {
        let operation = self.operation;
        let whole = operation.name.unwrap_or("anonymous query");
        for fragment in operation.fragments.values().filter(|f| !self.fragments.contains(f.name.as_str())) {
            self.errors.push(GraphqlError::new(
                format!("Fragment {} was defined, but not used", fragment.name),
                Some(fragment.position),
                vec![Value::from(format!("fragment {}", fragment.name))],
                json!({ "code": "useAndDefineFragment", "fragmentName": fragment.name }),
            ));
        }
        for variable in operation.declared.iter().filter(|v| !self.variables.contains(v.name.as_str())) {
            self.errors.push(GraphqlError::new(
                format!("Variable ${} is declared by {whole} but not used", variable.name),
                Some(variable.position),
                vec![Value::from(place)],
                json!({ "code": "variableNotUsed", "variableName": variable.name }),
            ));
        }
        let mut undeclared: Vec<&str> =
            self.variables.iter().filter(|v| !operation.declared.iter().any(|d| d.name == **v)).copied().collect();
        undeclared.sort_unstable();
        for name in undeclared {
            self.errors.push(GraphqlError::new(
                format!("Variable ${name} is used by {whole} but not declared"),
                None,
                vec![Value::from(place)],
                json!({ "code": "variableNotDefined", "variableName": name }),
            ));
        }
    }
}

/// Whether a variable of one type may stand where another is wanted.
fn assignable(variable: &Type, has_default: bool, wanted: &Type) -> bool {
    match (variable, wanted) {
        (Type::NonNullType(variable), Type::NonNullType(wanted)) => assignable(variable, false, wanted),
        (Type::NonNullType(variable), wanted) => assignable(variable, false, wanted),
        (variable, Type::NonNullType(wanted)) => has_default && assignable(variable, false, wanted),
        (Type::ListType(variable), Type::ListType(wanted)) => assignable(variable, false, wanted),
        (Type::NamedType(variable), Type::NamedType(wanted)) => variable == wanted,
        _ => false,
    }
}

fn extended(path: &[Value], step: &str) -> Vec<Value> {
    let mut path = path.to_vec();
    path.push(Value::from(step));
    path
}
