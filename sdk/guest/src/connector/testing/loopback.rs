//! A provider that is a local server.

use std::io::{Error, Read, Write};
use std::net::TcpStream;

use super::{Header, HttpError, Method, Request, Response};

/// Sends requests over plain HTTP to where their address says, for tests against a stand-in that listens on loopback.
/// `secrets` are headers that the runtime would add.
pub fn over_loopback(secrets: &[(&str, &str)]) -> impl FnMut(&Request) -> Result<Response, HttpError> + 'static {
    let secrets: Vec<(String, String)> =
        secrets.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    move |request| {
        let rest = request.url.strip_prefix("http://").ok_or_else(|| HttpError::Denied("not plain HTTP".to_owned()))?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let unreachable = |error: Error| HttpError::Unreachable(error.to_string());
        let mut stream = TcpStream::connect(host).map_err(unreachable)?;
        stream.write_all(head(request, host, path, &secrets).as_bytes()).map_err(unreachable)?;
        stream.write_all(request.body.as_deref().unwrap_or_default().as_bytes()).map_err(unreachable)?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).map_err(unreachable)?;
        let text = String::from_utf8(bytes).map_err(|_| HttpError::NotText)?;
        read(&text).ok_or_else(|| HttpError::Unreachable("the answer was cut off".to_owned()))
    }
}

fn head(request: &Request, host: &str, path: &str, secrets: &[(String, String)]) -> String {
    let method = match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    };
    let length = request.body.as_deref().map_or(0, str::len);
    let mut head =
        format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n");
    let own = request.headers.iter().map(|header| (&header.name, &header.value));
    for (name, value) in own.chain(secrets.iter().map(|(name, value)| (name, value))) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head + "\r\n"
}

/// None for an answer that isn't whole. Bodies have a length, as those of small servers do.
fn read(text: &str) -> Option<Response> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some(Header { name: name.to_owned(), value: value.trim().to_owned() })
    };
    let headers: Vec<Header> = lines.filter_map(header).collect();
    let length = headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    if length.is_some_and(|header| header.value.parse() != Ok(body.len())) {
        return None;
    }
    Some(Response { status, headers, body: body.to_owned() })
}
