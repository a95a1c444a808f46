use graphql_parser::Pos;
use serde_json::{Value, json};

use super::{
    FieldError, GraphqlError, Object, Page, Sorted, cost,
    operation::{Operation, OperationKind, Selected, Set},
    schema::{Type, named},
};

/// One field as it is asked for.
pub(crate) struct Call<'a> {
    /// Its name in the answer: the alias, where there is one.
    pub(crate) key: &'a str,
    pub(crate) name: &'a str,
    pub(crate) args: &'a Object,
}

impl Call<'_> {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.args.get(name)?.as_str()
    }

    /// The entries of a list of texts.
    pub(crate) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.args.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.args.get(name).and_then(Value::as_bool).unwrap_or(false)
    }
}

/// An object whose fields are worked out when they are asked for.
pub(crate) trait Resolve {
    fn type_name(&self) -> &str;
    fn field(&self, call: &Call<'_>) -> Result<Node<'_>, FieldError>;
}

/// A field's value before its selection is applied.
pub(crate) enum Node<'a> {
    /// Plain data. An object answers its own keys, and must have all that the schema lists; `__typename` names its type where
    /// the field's type leaves that open. An array serves as a connection too.
    Json(Value),
    Object(Box<dyn Resolve + 'a>),
    List(Vec<Node<'a>>),
    Page(Page<'a>),
}

impl<'a> Node<'a> {
    pub(crate) fn null() -> Self {
        Node::Json(Value::Null)
    }

    pub(crate) fn of(object: impl Resolve + 'a) -> Self {
        Node::Object(Box::new(object))
    }

    pub(crate) fn maybe(object: Option<impl Resolve + 'a>) -> Self {
        object.map_or_else(Node::null, Node::of)
    }
}

/// What came of an operation.
pub(crate) struct Execution {
    pub(crate) data: Value,
    pub(crate) errors: Vec<GraphqlError>,
    pub(crate) actual_cost: u64,
}

pub(crate) fn execute(operation: &Operation<'_>, root: &dyn Resolve) -> Execution {
    let mut run = Run { operation, errors: Vec::new(), cost: 0 };
    let data = run.object(Source::Resolve(root), &[operation.set], &[]).unwrap_or(Value::Null);
    Execution { data, errors: run.errors, actual_cost: run.cost }
}

/// The operation's root fields in order: key, name and arguments. For mutations, which take effect before any is answered.
pub(crate) fn root_calls(operation: &Operation<'_>) -> Vec<(String, String, Object)> {
    let root = operation.kind.root();
    let calls = operation.collect(root, &[operation.set]).into_iter().filter_map(|(key, fields)| {
        let field = fields.first()?;
        let definition = operation.schema.field(root, &field.name)?;
        let args = operation.arguments(definition, field).ok()?;
        Some((key.to_owned(), field.name.clone(), args))
    });
    calls.collect()
}

enum Source<'x> {
    Resolve(&'x dyn Resolve),
    Json(&'x Object, &'x str),
    Page(&'x Page<'x>, &'x str),
}

/// A field that must not be null has no value, so that the object around it has none either.
struct Nulled;

struct Run<'d> {
    operation: &'d Operation<'d>,
    errors: Vec<GraphqlError>,
    cost: u64,
}

impl Run<'_> {
    fn object(&mut self, source: Source<'_>, sets: &[&Set], path: &[Value]) -> Result<Value, Nulled> {
        let operation = self.operation;
        let ty = match &source {
            Source::Resolve(object) => object.type_name(),
            Source::Json(object, declared) => object.get("__typename").and_then(Value::as_str).unwrap_or(declared),
            Source::Page(_, declared) => declared,
        }
        .to_owned();
        let mut answer = Object::new();
        for (key, fields) in operation.collect(&ty, sets) {
            let Some(field) = fields.first() else { continue };
            if field.name == "__typename" {
                answer.insert(key.to_owned(), Value::from(ty.as_str()));
                continue;
            }
            let path: Vec<Value> = path.iter().cloned().chain([Value::from(key)]).collect();
            let value = self.field(&source, &ty, key, &fields, &path)?;
            answer.insert(key.to_owned(), value);
        }
        Ok(Value::Object(answer))
    }

    fn field(
        &mut self,
        source: &Source<'_>,
        on: &str,
        key: &str,
        fields: &[&Selected],
        path: &[Value],
    ) -> Result<Value, Nulled> {
        let operation = self.operation;
        let Some(field) = fields.first() else { return Ok(Value::Null) };
        let Some(definition) = operation.schema.field(on, &field.name) else { return Ok(Value::Null) };
        let optional = !matches!(definition.ty, Type::NonNullType(_));
        let args = match operation.arguments(definition, field) {
            Ok(args) => args,
            Err(message) => return self.fail(FieldError::new(message), field.position, path, optional),
        };
        let sets: Vec<&Set> = fields.iter().map(|f| &f.selection_set).collect();
        let at = At { position: field.position, args: &args, sets: &sets };
        let unserved = || FieldError::unserved(on, &field.name);
        if on == OperationKind::Mutation.root() {
            self.cost += cost::MUTATION;
        }
        let value = match source {
            Source::Resolve(object) => match object.field(&Call { key, name: &field.name, args: &args }) {
                Ok(node) => self.complete(&node, &definition.ty, &at, path),
                Err(error) => return self.fail(error, field.position, path, optional),
            },
            Source::Json(object, _) => match object.get(&field.name) {
                Some(value) => self.complete(&Node::Json(value.clone()), &definition.ty, &at, path),
                None => return self.fail(unserved(), field.position, path, optional),
            },
            Source::Page(page, _) => self.page_field(page, &field.name, &definition.ty, &at, path),
        };
        match value {
            Err(Nulled) if optional => Ok(Value::Null),
            other => other,
        }
    }

    fn page_field(
        &mut self,
        page: &Page<'_>,
        name: &str,
        ty: &Type,
        at: &At<'_>,
        path: &[Value],
    ) -> Result<Value, Nulled> {
        match name {
            "pageInfo" => self.complete(&Node::Json(page.info()), ty, at, path),
            "nodes" => {
                let nodes = page.edges.iter().enumerate();
                let inner = item(ty);
                nodes.map(|(i, (_, node))| self.complete(node, inner, at, &extended(path, i))).collect()
            }
            "edges" => {
                let edge = named(ty).to_owned();
                let edges = page.edges.iter().enumerate();
                edges.map(|(i, (cursor, node))| self.edge(&edge, cursor, node, at, &extended(path, i))).collect()
            }
            other => self.fail(FieldError::unserved("connection", other), at.position, path, true),
        }
    }

    fn edge(&mut self, ty: &str, cursor: &str, node: &Node<'_>, at: &At<'_>, path: &[Value]) -> Result<Value, Nulled> {
        let operation = self.operation;
        let mut answer = Object::new();
        for (key, fields) in operation.collect(ty, at.sets) {
            let Some(field) = fields.first() else { continue };
            let value = match (field.name.as_str(), operation.schema.field(ty, &field.name)) {
                ("__typename", _) => Value::from(ty),
                ("cursor", _) => Value::from(cursor),
                (_, Some(definition)) => {
                    let sets: Vec<&Set> = fields.iter().map(|f| &f.selection_set).collect();
                    let at = At { position: field.position, args: at.args, sets: &sets };
                    let path: Vec<Value> = path.iter().cloned().chain([Value::from(key)]).collect();
                    self.complete(node, &definition.ty, &at, &path)?
                }
                _ => Value::Null,
            };
            answer.insert(key.to_owned(), value);
        }
        Ok(Value::Object(answer))
    }

    fn complete(&mut self, node: &Node<'_>, ty: &Type, at: &At<'_>, path: &[Value]) -> Result<Value, Nulled> {
        match (ty, node) {
            (Type::NonNullType(inner), _) => {
                let value = self.complete(node, inner, at, path)?;
                if value.is_null() {
                    let message = "Cannot return null for non-nullable field".to_owned();
                    let error = FieldError { message, code: Some("INTERNAL_SERVER_ERROR") };
                    self.fail(error, at.position, path, false)?;
                }
                Ok(value)
            }
            (_, Node::Json(Value::Null)) => Ok(Value::Null),
            (Type::ListType(inner), Node::List(items)) => {
                items.iter().enumerate().map(|(i, n)| self.complete(n, inner, at, &extended(path, i))).collect()
            }
            (Type::ListType(inner), Node::Json(Value::Array(items))) => {
                let items = items.iter().cloned().map(Node::Json).enumerate();
                items.map(|(i, n)| self.complete(&n, inner, at, &extended(path, i))).collect()
            }
            (Type::NamedType(name), Node::Json(Value::Array(items))) if name.ends_with("Connection") => {
                match Sorted::as_given(items.clone()).page(at.args, Node::Json) {
                    Ok(page) => self.object(Source::Page(&page, name), at.sets, path),
                    Err(error) => self.fail(error, at.position, path, false),
                }
            }
            (Type::NamedType(name), Node::Json(value)) if !self.operation.schema.is_composite(name) => {
                Ok(value.clone())
            }
            (Type::NamedType(name), Node::Json(Value::Object(object))) => {
                self.charge(name);
                self.object(Source::Json(object, name), at.sets, path)
            }
            (Type::NamedType(name), Node::Object(object)) => {
                self.charge(name);
                self.object(Source::Resolve(object.as_ref()), at.sets, path)
            }
            (Type::NamedType(name), Node::Page(page)) => self.object(Source::Page(page, name), at.sets, path),
            _ => {
                let message = format!("the stand-in served a value that doesn't fit {ty}");
                let error = FieldError { message, code: Some("INTERNAL_SERVER_ERROR") };
                self.fail(error, at.position, path, true)
            }
        }
    }

    fn charge(&mut self, ty: &str) {
        if ty != "PageInfo" {
            self.cost += 1;
        }
    }

    fn fail(&mut self, error: FieldError, at: Pos, path: &[Value], optional: bool) -> Result<Value, Nulled> {
        let extensions = error.code.map_or(Value::Null, |code| json!({ "code": code }));
        self.errors.push(GraphqlError::new(error.message, Some(at), path.to_vec(), extensions));
        if optional { Ok(Value::Null) } else { Err(Nulled) }
    }
}

/// Where a value is asked for, and with what.
struct At<'a> {
    position: Pos,
    args: &'a Object,
    sets: &'a [&'a Set],
}

fn item(ty: &Type) -> &Type {
    match ty {
        Type::NonNullType(inner) => item(inner),
        Type::ListType(inner) => inner,
        named => named,
    }
}

fn extended(path: &[Value], step: usize) -> Vec<Value> {
    path.iter().cloned().chain([Value::from(step)]).collect()
}
