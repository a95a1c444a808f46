use std::collections::{BTreeMap, HashMap};

use graphql_parser::{
    query,
    schema::{self, Definition, TypeDefinition},
};

use crate::Error;

pub(crate) type Type = schema::Type<'static, String>;
pub(crate) type Literal = query::Value<'static, String>;

#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) ty: Type,
    pub(crate) default: Option<Literal>,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) ty: Type,
    pub(crate) arguments: BTreeMap<String, Input>,
}

#[derive(Debug)]
pub(crate) enum Definitions {
    Scalar,
    Enum(Vec<String>),
    /// An object or an interface.
    Fields {
        fields: BTreeMap<String, Field>,
        interfaces: Vec<String>,
    },
    Union(Vec<String>),
    Input(BTreeMap<String, Input>),
}

/// The type system, read from schema text.
#[derive(Debug)]
pub(crate) struct Schema(HashMap<String, Definitions>);

impl Schema {
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let document = graphql_parser::parse_schema::<String>(text).map_err(|e| Error::Schema(e.to_string()))?;
        let mut types = HashMap::new();
        for name in ["ID", "String", "Int", "Float", "Boolean"] {
            types.insert(name.to_owned(), Definitions::Scalar);
        }
        for definition in document.into_static().definitions {
            let Definition::TypeDefinition(definition) = definition else { continue };
            let (name, definition) = match definition {
                TypeDefinition::Scalar(t) => (t.name, Definitions::Scalar),
                TypeDefinition::Enum(t) => (t.name, Definitions::Enum(t.values.into_iter().map(|v| v.name).collect())),
                TypeDefinition::Object(t) => {
                    (t.name, Definitions::Fields { fields: fields(t.fields), interfaces: t.implements_interfaces })
                }
                TypeDefinition::Interface(t) => {
                    (t.name, Definitions::Fields { fields: fields(t.fields), interfaces: Vec::new() })
                }
                TypeDefinition::Union(t) => (t.name, Definitions::Union(t.types)),
                TypeDefinition::InputObject(t) => (t.name, Definitions::Input(inputs(t.fields))),
            };
            types.insert(name, definition);
        }
        let schema = Self(types);
        schema.check()?;
        Ok(schema)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Definitions> {
        self.0.get(name)
    }

    pub(crate) fn field(&self, on: &str, name: &str) -> Option<&Field> {
        match self.get(on)? {
            Definitions::Fields { fields, .. } => fields.get(name),
            _ => None,
        }
    }

    /// Has a selection set of its own.
    pub(crate) fn is_composite(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Definitions::Fields { .. } | Definitions::Union(_)))
    }

    /// The object types that a value of this type can have.
    pub(crate) fn possible<'s>(&'s self, name: &'s str) -> Vec<&'s str> {
        if let Some(Definitions::Union(members)) = self.get(name) {
            return members.iter().map(String::as_str).collect();
        }
        let implementing: Vec<&str> = self
            .0
            .iter()
            .filter(
                |(_, d)| matches!(d, Definitions::Fields { interfaces, .. } if interfaces.iter().any(|i| i == name)),
            )
            .map(|(n, _)| n.as_str())
            .collect();
        if implementing.is_empty() { vec![name] } else { implementing }
    }

    /// Whether an object of type `object` fits a fragment on `condition`.
    pub(crate) fn fits(&self, object: &str, condition: &str) -> bool {
        object == condition || self.possible(condition).contains(&object)
    }

    /// Object types with their fields, for a check that all are served.
    #[cfg(test)]
    pub(crate) fn objects(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, Field>)> {
        self.0.iter().filter_map(|(name, d)| match d {
            Definitions::Fields { fields, .. } => Some((name.as_str(), fields)),
            _ => None,
        })
    }

    fn check(&self) -> Result<(), Error> {
        let known = |ty: &Type| match self.get(named(ty)) {
            Some(_) => Ok(()),
            None => Err(Error::Schema(format!("it uses the type {} without defining it", named(ty)))),
        };
        for definition in self.0.values() {
            match definition {
                Definitions::Fields { fields, .. } => {
                    for field in fields.values() {
                        known(&field.ty)?;
                        field.arguments.values().try_for_each(|a| known(&a.ty))?;
                    }
                }
                Definitions::Input(inputs) => inputs.values().try_for_each(|i| known(&i.ty))?,
                Definitions::Union(members) => {
                    members.iter().try_for_each(|m| known(&Type::NamedType(m.clone())))?;
                }
                Definitions::Scalar | Definitions::Enum(_) => {}
            }
        }
        Ok(())
    }
}

fn fields(fields: Vec<schema::Field<'static, String>>) -> BTreeMap<String, Field> {
    fields.into_iter().map(|f| (f.name, Field { ty: f.field_type, arguments: inputs(f.arguments) })).collect()
}

fn inputs(inputs: Vec<schema::InputValue<'static, String>>) -> BTreeMap<String, Input> {
    inputs.into_iter().map(|i| (i.name, Input { ty: i.value_type, default: i.default_value })).collect()
}

/// The type inside lists and non-null marks.
pub(crate) fn named(ty: &Type) -> &str {
    match ty {
        Type::NamedType(name) => name,
        Type::ListType(inner) | Type::NonNullType(inner) => named(inner),
    }
}
