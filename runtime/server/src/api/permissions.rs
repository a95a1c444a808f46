//! Who may do what over HTTP: one table with a row for each operation (`table`), and [`guard`], which asks it before a
//! request reaches its handler. What has no row is refused.
//!
//! The guard finds out who asks, decides with [`authorize`], and puts the [`Operator`] where handlers find it. A handler
//! decides only what depends on the thing that is asked for: that one changes oneself or another, say.

mod table;

use super::Server;
use super::operator::{Operator, Recognised};
use crate::api::accounts::origin;
use crate::problem::{Answer, Kind, Problem};
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use usher_agent::accounts::{Permission, Role};
use utoipa::openapi::OpenApi;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, PathItem};
use utoipa::openapi::security::SecurityRequirement;

/// Whom an operation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Anybody.
    Public,
    /// A visitor of the chat with a session of theirs; the handler checks that.
    Visitor,
    /// Anybody who operates the shop, about themselves.
    SignedIn,
    /// Somebody who is signed in with an account in a browser, about themselves: no program does it in their name.
    Account,
    /// An operator with this permission.
    May(Permission),
}

impl Needs {
    fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Visitor => "visitor",
            Self::SignedIn => "signed_in",
            Self::Account => "account",
            Self::May(permission) => permission.name(),
        }
    }
}

/// One operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// In capitals.
    pub(crate) method: &'static str,
    /// As the document names it.
    pub(crate) path: &'static str,
    /// Whom it is for.
    pub(crate) needs: Needs,
    /// In a browser, the password must have been given lately: it can't be taken back, or gives a right away.
    pub(crate) confirmed: bool,
    /// It takes bytes, and not JSON.
    bytes: bool,
    /// It begins or ends a browser's session, so that no other site may have it sent.
    session: bool,
}

const fn row(method: &'static str, path: &'static str, needs: Needs) -> Row {
    Row { method, path, needs, confirmed: false, bytes: false, session: false }
}

impl Row {
    const fn confirmed(self) -> Self {
        Self { confirmed: true, ..self }
    }

    const fn bytes(self) -> Self {
        Self { bytes: true, ..self }
    }

    const fn session(self) -> Self {
        Self { session: true, ..self }
    }
}

/// The row of an operation.
fn find(method: &str, path: &str) -> Option<&'static Row> {
    table::ROWS.iter().find(|row| row.path == path && row.method == method)
}

/// Whether this operator may do what the row is for; the refusal names what is missing and who has it.
pub(crate) fn authorize(operator: &Operator, row: &Row, now: Timestamp) -> Result<(), Problem> {
    match row.needs {
        Needs::Public | Needs::Visitor | Needs::SignedIn => {}
        Needs::Account => {
            if !matches!(operator.recognised, Recognised::Session(_)) {
                return Err(Problem::new(Kind::Forbidden)
                    .detail("this is for people who are signed in with an account, not for a token")
                    .fix("sign in at the console"));
            }
        }
        Needs::May(permission) => permitted(operator, permission)?,
    }
    match &operator.recognised {
        Recognised::Session(session) if row.confirmed && !session.confirmed(now) => Err(confirmation_needed()),
        _ => Ok(()),
    }
}

/// Whether this operator has a permission.
pub(crate) fn permitted(operator: &Operator, permission: Permission) -> Result<(), Problem> {
    if operator.may(permission) {
        return Ok(());
    }
    let wanted = permission.name();
    if operator.role.may(permission) {
        return Err(Problem::new(Kind::Forbidden)
            .detail(format!("this token was made without `{wanted}`"))
            .fix("make a token that has it"));
    }
    let roles: Vec<_> = Role::ALL.into_iter().filter(|role| role.may(permission)).map(Role::name).collect();
    Err(Problem::new(Kind::Forbidden)
        .detail(format!("this needs `{wanted}`, which your role ({}) doesn't have", operator.role))
        .fix(format!("ask somebody who is {} to do it, or an owner for another role", roles.join(" or "))))
}

fn confirmation_needed() -> Problem {
    Problem::new(Kind::ConfirmationNeeded)
        .detail("this wants your password again, since you gave it more than ten minutes ago")
        .fix("send it to `POST /api/v1/confirm`, then repeat the request")
}

/// Lets a request through to its handler, or refuses it.
pub(super) async fn guard(State(server): State<Server>, request: Request, next: Next) -> Response {
    match admit(&server, request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn admit(server: &Server, request: Request) -> Answer<Request> {
    let (mut parts, body) = request.into_parts();
    let path = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    // Where the path is known and the method isn't, that is what the caller is told.
    let Some(row) = asked(server.openapi(), &parts.method, path)? else { return Ok(Request::from_parts(parts, body)) };
    let changes = !parts.method.is_safe();
    if matches!(row.needs, Needs::Public | Needs::Visitor) {
        if row.session {
            origin::not_from_elsewhere(&parts.headers, server.public_url())?;
        }
        return Ok(Request::from_parts(parts, body));
    }
    let operator = Operator::of(&mut parts, server).await?;
    authorize(&operator, row, server.now())?;
    if matches!(operator.recognised, Recognised::Session(_)) {
        if changes {
            origin::from_here(&parts.headers, server.public_url())?;
            origin::sent_by_script(&parts.headers, row.bytes)?;
        } else {
            origin::not_for_elsewhere(&parts.headers)?;
        }
    }
    parts.extensions.insert(operator);
    Ok(Request::from_parts(parts, body))
}

/// The row of what is asked for; none where there is no such operation. One without a row is refused.
fn asked(document: &OpenApi, method: &Method, path: &str) -> Answer<Option<&'static Row>> {
    let method = if *method == Method::HEAD { &Method::GET } else { method };
    if let Some(row) = find(method.as_str(), path) {
        return Ok(Some(row));
    }
    if operation(document, method, path).is_none() {
        return Ok(None);
    }
    Err(Problem::new(Kind::Forbidden)
        .detail(format!("{method} {path} isn't in the permission table"))
        .fix("tell whoever made this version of the program"))
}

/// Every operation of the document says what it needs: `x-permission`, and `x-confirmation` where the password must have
/// been given lately. What a program may do with a token, a browser may do with its session.
pub(super) fn describe(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let Some(row) = find(method, path) else { continue };
            let mut extensions = ExtensionsBuilder::new().add("x-permission", row.needs.name());
            if row.confirmed {
                extensions = extensions.add("x-confirmation", true);
            }
            operation.extensions.get_or_insert_default().merge(extensions.build());
            let by = |scheme: &str| SecurityRequirement::new::<_, _, String>(scheme, []);
            let (token, session) = (by("operator"), by("console"));
            if let Some(known) = operation.security.as_mut().filter(|known| known.contains(&token))
                && !known.contains(&session)
            {
                known.push(session);
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn operation<'a>(document: &'a OpenApi, method: &Method, path: &str) -> Option<&'a Operation> {
    let method = match *method {
        Method::GET => HttpMethod::Get,
        Method::PUT => HttpMethod::Put,
        Method::POST => HttpMethod::Post,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => return None,
    };
    document.paths.get_path_operation(path, method)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_has_a_row_and_every_row_an_operation() {
        let mut document = crate::api::openapi();
        let operations: BTreeSet<(String, String)> = document
            .paths
            .paths
            .iter_mut()
            .flat_map(|(path, item)| {
                operations(item).map(|(method, _)| (path.clone(), method.to_owned())).collect::<Vec<_>>()
            })
            .collect();
        let rows: Vec<_> = table::ROWS.iter().map(|row| (row.path.to_owned(), row.method.to_owned())).collect();
        let once: BTreeSet<_> = rows.iter().cloned().collect();
        assert_eq!(rows.len(), once.len(), "an operation has two rows");
        let without_row: Vec<_> = operations.difference(&once).collect();
        let without_operation: Vec<_> = once.difference(&operations).collect();
        assert!(without_row.is_empty(), "operations without a row, which nobody can call: {without_row:#?}");
        assert!(without_operation.is_empty(), "rows without an operation: {without_operation:#?}");
    }

    #[test]
    fn an_operation_without_a_row_is_refused() {
        let mut document = crate::api::openapi();
        let known = document.paths.paths.get("/api/v1/skills").expect("there").clone();
        document.paths.paths.insert("/api/v1/new".to_owned(), known);
        let row = |method, path| asked(&document, &method, path).map(|row| row.map(|row| row.needs));
        assert!(row(Method::GET, "/api/v1/new").is_err());
        assert!(row(Method::HEAD, "/api/v1/new").is_err());
        let view = Some(Needs::May(Permission::View));
        assert_eq!(row(Method::HEAD, "/api/v1/skills").expect("let through"), view);
        assert_eq!(row(Method::GET, "/api/v1/skills").expect("let through"), view);
        assert_eq!(row(Method::DELETE, "/api/v1/skills").expect("a wrong method is no secret"), None);
    }

    #[test]
    fn what_the_document_says_of_tokens_is_what_the_table_says() {
        let document = serde_json::to_value(crate::api::openapi()).expect("JSON");
        for row in table::ROWS {
            let operation = &document["paths"][row.path][row.method.to_lowercase()];
            let schemes: Vec<&str> = operation["security"]
                .as_array()
                .into_iter()
                .flatten()
                .flat_map(|need| need.as_object().into_iter().flat_map(|need| need.keys().map(String::as_str)))
                .collect();
            let expected: &[&str] = match row.needs {
                Needs::Public => &[],
                Needs::Visitor => &["session"],
                Needs::Account => &["console"],
                Needs::SignedIn | Needs::May(_) => &["operator", "console"],
            };
            assert_eq!(schemes, expected, "{} {}", row.method, row.path);
            assert_eq!(operation["x-permission"], row.needs.name(), "{} {}", row.method, row.path);
        }
    }

    #[test]
    fn reading_needs_no_confirmation_but_for_what_leaves_the_house() {
        for row in table::ROWS.iter().filter(|row| row.method == "GET" && row.confirmed) {
            assert!(row.path.ends_with("/export"), "{}", row.path);
        }
    }
}
