use std::collections::HashMap;

use graphql_parser::query::{
    Definition, Directive, Document, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
    TypeCondition, VariableDefinition,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    GraphqlError, Object, coerce,
    schema::{Field as FieldDefinition, Schema},
};

/// The body of a request.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Payload {
    #[serde(default)]
    pub(crate) query: Option<String>,
    #[serde(default)]
    pub(crate) variables: Option<Object>,
    #[serde(default, rename = "operationName")]
    pub(crate) operation_name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OperationKind {
    Query,
    Mutation,
}

impl OperationKind {
    pub(crate) fn root(self) -> &'static str {
        match self {
            Self::Query => "QueryRoot",
            Self::Mutation => "Mutation",
        }
    }
}

pub(super) type Set = SelectionSet<'static, String>;
pub(super) type Selected = Field<'static, String>;

/// The operation of a document that shall run, with its variables' values.
#[derive(Debug)]
pub(crate) struct Operation<'d> {
    pub(crate) kind: OperationKind,
    pub(super) name: Option<&'d str>,
    pub(super) schema: &'d Schema,
    pub(super) set: &'d Set,
    pub(super) declared: &'d [VariableDefinition<'static, String>],
    pub(super) variables: Object,
    pub(super) fragments: HashMap<&'d str, &'d FragmentDefinition<'static, String>>,
}

pub(crate) fn parse(query: &str) -> Result<Document<'static, String>, GraphqlError> {
    match graphql_parser::parse_query::<String>(query) {
        Ok(document) => Ok(document.into_static()),
        Err(error) => {
            let text = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
            Err(GraphqlError::new(format!("syntax error: {text}"), None, Vec::new(), Value::Null))
        }
    }
}

impl<'d> Operation<'d> {
    pub(crate) fn select(
        schema: &'d Schema,
        document: &'d Document<'static, String>,
        name: Option<&str>,
        variables: Object,
    ) -> Result<Self, GraphqlError> {
        let mut fragments = HashMap::new();
        let mut operations = Vec::new();
        for definition in &document.definitions {
            match definition {
                Definition::Fragment(f) => {
                    fragments.insert(f.name.as_str(), f);
                }
                Definition::Operation(o) => operations.push(o),
            }
        }
        let bare = |message: &str| GraphqlError::new(message, None, Vec::new(), Value::Null);
        let chosen = match name {
            Some(name) => operations.iter().find(|o| operation_name(o) == Some(name)),
            None if operations.len() > 1 => return Err(bare("An operation name is required")),
            None => operations.first(),
        };
        let Some(chosen) = chosen else { return Err(bare("No operation with this name is in the document")) };
        let (kind, set, declared): (_, _, &[_]) = match chosen {
            OperationDefinition::SelectionSet(set) => (OperationKind::Query, set, &[]),
            OperationDefinition::Query(q) => (OperationKind::Query, &q.selection_set, &q.variable_definitions),
            OperationDefinition::Mutation(m) => (OperationKind::Mutation, &m.selection_set, &m.variable_definitions),
            OperationDefinition::Subscription(_) => {
                return Err(bare("Schema is not configured for subscriptions"));
            }
        };
        let name = operation_name(chosen);
        let variables = coerced(schema, declared, variables)?;
        Ok(Self { kind, name, schema, set, declared, variables, fragments })
    }

    /// A field's arguments with variables, defaults and types applied.
    pub(super) fn arguments(&self, on: &FieldDefinition, field: &Selected) -> Result<Object, String> {
        let mut arguments = Object::new();
        for (name, input) in &on.arguments {
            let given = field.arguments.iter().find(|(n, _)| n == name);
            let given = given
                .and_then(|(_, v)| coerce::literal(v, &self.variables))
                .or_else(|| coerce::literal(input.default.as_ref()?, &Object::new()));
            if let Some(given) = given {
                let value = coerce::value(self.schema, &input.ty, given).map_err(|p| p.explanation)?;
                arguments.insert(name.clone(), value);
            }
        }
        Ok(arguments)
    }

    /// The fields that an object of type `object` is asked for, by their keys in the answer, in order.
    pub(super) fn collect<'s>(&'s self, object: &str, sets: &[&'s Set]) -> Vec<(&'s str, Vec<&'s Selected>)> {
        let mut fields: Vec<(&str, Vec<&Selected>)> = Vec::new();
        for set in sets {
            self.collect_into(object, set, &mut fields);
        }
        fields
    }

    fn collect_into<'s>(&'s self, object: &str, set: &'s Set, fields: &mut Vec<(&'s str, Vec<&'s Selected>)>) {
        for selection in &set.items {
            match selection {
                Selection::Field(field) if self.wanted(&field.directives) => {
                    let key = field.alias.as_ref().unwrap_or(&field.name).as_str();
                    match fields.iter_mut().find(|(k, _)| *k == key) {
                        Some((_, same)) => same.push(field),
                        None => fields.push((key, vec![field])),
                    }
                }
                Selection::InlineFragment(f) if self.wanted(&f.directives) => {
                    let fits = match &f.type_condition {
                        Some(TypeCondition::On(condition)) => self.schema.fits(object, condition),
                        None => true,
                    };
                    if fits {
                        self.collect_into(object, &f.selection_set, fields);
                    }
                }
                Selection::FragmentSpread(spread) if self.wanted(&spread.directives) => {
                    if let Some(f) = self.fragments.get(spread.fragment_name.as_str()) {
                        let TypeCondition::On(condition) = &f.type_condition;
                        if self.schema.fits(object, condition) {
                            self.collect_into(object, &f.selection_set, fields);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// `@include` and `@skip`.
    fn wanted(&self, directives: &[Directive<'static, String>]) -> bool {
        directives.iter().all(|d| {
            let condition = d.arguments.iter().find(|(n, _)| n == "if");
            let condition = condition.and_then(|(_, v)| coerce::literal(v, &self.variables));
            match d.name.as_str() {
                "include" => condition == Some(Value::Bool(true)),
                "skip" => condition != Some(Value::Bool(true)),
                _ => true,
            }
        })
    }
}

fn operation_name<'d>(operation: &'d OperationDefinition<'static, String>) -> Option<&'d str> {
    match operation {
        OperationDefinition::SelectionSet(_) => None,
        OperationDefinition::Query(q) => q.name.as_deref(),
        OperationDefinition::Mutation(m) => m.name.as_deref(),
        OperationDefinition::Subscription(s) => s.name.as_deref(),
    }
}

fn coerced(
    schema: &Schema,
    declared: &[VariableDefinition<'static, String>],
    mut given: Object,
) -> Result<Object, GraphqlError> {
    let mut variables = Object::new();
    for variable in declared {
        let set = given.remove(&variable.name).or_else(|| {
            let default = variable.default_value.as_ref()?;
            coerce::literal(default, &Object::new())
        });
        let required = matches!(variable.var_type, super::schema::Type::NonNullType(_));
        let Some(set) = set.or_else(|| required.then_some(Value::Null)) else { continue };
        match coerce::value(schema, &variable.var_type, set.clone()) {
            Ok(value) => {
                variables.insert(variable.name.clone(), value);
            }
            Err(problem) => {
                let inside = if problem.path.is_empty() {
                    String::new()
                } else {
                    let path: Vec<String> = problem.path.iter().map(|p| p.to_string().replace('"', "")).collect();
                    format!(" for {} ({})", path.join("."), problem.explanation)
                };
                return Err(GraphqlError::new(
                    format!(
                        "Variable ${} of type {} was provided invalid value{inside}",
                        variable.name, variable.var_type
                    ),
                    Some(variable.position),
                    Vec::new(),
                    json!({
                        "code": "INVALID_VARIABLE",
                        "value": set,
                        "problems": [{ "path": problem.path, "explanation": problem.explanation }],
                    }),
                ));
            }
        }
    }
    Ok(variables)
}
