//! The whole API, asked with requests made of its own description: right ones, nearly right ones and nonsense. Whatever
//! is sent, the server answers in time, never with a failure of its own, and refuses with a problem document.
//!
//! `FUZZ_SEED` makes other requests than the ones that are always made, `FUZZ_ROUNDS` more of them for each operation.

mod pool;
mod request;
mod schema;

use pool::Pool;
use rand::SeedableRng;
use rand::rngs::StdRng;
use request::Operation;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use usher_scenarios::World;
use usher_standins::DemoSituation;

/// No request may take longer, on a busy machine too: components are compiled meanwhile.
const HANG: Duration = Duration::from_secs(60);
/// A machine that is busy says so; it is asked again, so often.
const PATIENCE: usize = 3;

fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_breaks_the_server() {
    let seed = from_environment("FUZZ_SEED", 1);
    let rounds = from_environment("FUZZ_ROUNDS", 20);
    let world = World::start_unthrottled().await;
    let shopper = world.signed_in(DemoSituation::InTransit).await;
    shopper.say("where is my order?").await;
    shopper.say("may I speak with a person?").await;
    let document = world.operator(reqwest::Method::GET, "openapi.json", None).await;
    let operations = Operation::all(&document);
    assert!(operations.len() > 150, "the description is there: {}", operations.len());
    // A connection each: the server closes one after a request that it didn't read to its end.
    let client = reqwest::Client::builder().no_proxy().timeout(HANG).pool_max_idle_per_host(0).build().unwrap();
    let token = std::fs::read_to_string(world.data.path().join("admin-token")).unwrap();
    let mut random = StdRng::seed_from_u64(seed);
    let mut pool = Pool::default();
    let mut wrong = Vec::new();
    let mut asked: BTreeMap<u16, u64> = BTreeMap::new();
    for round in 0..rounds {
        for operation in &operations {
            let request = operation.request(&document, &pool, &mut random);
            let mut built = client.request(request.method.clone(), format!("{}{}", world.url, request.path));
            built = match random_token(round, operation, token.trim(), shopper.token()) {
                Some(token) => built.bearer_auth(token),
                None => built,
            };
            if let Some((kind, body)) = &request.body {
                built = built.header("Content-Type", *kind).body(body.clone());
            }
            for attempt in 0..PATIENCE {
                let Some(again) = built.try_clone() else { unreachable!("bodies are in memory") };
                let (status, kind, text) = match answer(again).await {
                    Ok(answer) => answer,
                    Err(error) => {
                        wrong.push(format!("{request}: {error}"));
                        break;
                    }
                };
                if status == 503 && attempt + 1 < PATIENCE {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                }
                *asked.entry(status).or_default() += 1;
                // What a provider doesn't do is told as 502 or 503; anything else of that kind is a fault of ours.
                if status >= 500 && !(matches!(status, 502 | 503) && text.contains("urn:usher:problem:")) {
                    wrong.push(format!("{request}: {status} {text}"));
                }
                // An address that is too long never becomes a request.
                if status >= 400 && status != 431 && operation.is_api() && !kind.starts_with("application/problem+json")
                {
                    wrong.push(format!("{request}: {status} isn't a problem document but {kind}"));
                }
                if status < 300 && kind.starts_with("application/json") {
                    pool.learn(&serde_json::from_str::<Value>(&text).unwrap_or_default());
                }
                break;
            }
        }
    }
    println!("asked with seed {seed}: {asked:?}");
    assert!(wrong.is_empty(), "seed {seed}:\n{}", wrong.join("\n"));
    assert!(asked.keys().filter(|status| **status < 300).count() > 1, "something was done: {asked:?}");
    let health = world.operator(reqwest::Method::GET, "openapi.json", None).await;
    assert_eq!(health["openapi"], document["openapi"], "the server is there still");
}

/// Mostly whose token the operation is for, now and then another's or none.
fn random_token<'a>(round: u64, operation: &Operation, operator: &'a str, visitor: &'a str) -> Option<&'a str> {
    match round % 5 {
        4 => None,
        3 => Some(if operation.for_operators() { visitor } else { operator }),
        _ => Some(if operation.for_operators() { operator } else { visitor }),
    }
}

/// The status, the content type and the text; of a stream its beginning.
async fn answer(request: reqwest::RequestBuilder) -> Result<(u16, String, String), String> {
    let mut response = request.send().await.map_err(|error| format!("no answer: {error}"))?;
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.to_owned();
    if kind.starts_with("text/event-stream") {
        let _ = response.chunk().await;
        return Ok((status, kind, String::new()));
    }
    let text = response.text().await.map_err(|error| format!("{status}, and then {error}"))?;
    Ok((status, kind, text))
}
