//! Who owns a host, by its name alone.

/// Names under which strangers get hosts of their own: of clouds, shop systems and hosters. Two hosts under one of
/// these may be two owners'.
const SHARED: [&str; 40] = [
    "amazonaws.com",
    "appspot.com",
    "azureedge.net",
    "azurefd.net",
    "azurewebsites.net",
    "blob.core.windows.net",
    "blogspot.com",
    "cloudapp.net",
    "cloudflare.net",
    "cloudfront.net",
    "deno.dev",
    "digitaloceanspaces.com",
    "elasticbeanstalk.com",
    "fastly.net",
    "firebaseapp.com",
    "firebaseio.com",
    "fly.dev",
    "freshdesk.com",
    "github.io",
    "gitlab.io",
    "googleapis.com",
    "herokuapp.com",
    "loca.lt",
    "myshopify.com",
    "netlify.app",
    "ngrok-free.app",
    "ngrok.app",
    "ngrok.io",
    "onrender.com",
    "pages.dev",
    "r2.dev",
    "railway.app",
    "run.app",
    "supabase.co",
    "surge.sh",
    "trycloudflare.com",
    "vercel.app",
    "web.app",
    "workers.dev",
    "zendesk.com",
];

/// What registries of countries sell names under: `co` of `co.uk`, `or` of `or.jp`.
const REGISTRY_WORDS: [&str; 20] = [
    "ac", "asn", "biz", "co", "com", "edu", "go", "gob", "gouv", "gov", "info", "ltd", "me", "ne", "net", "nom", "or",
    "org", "plc", "web",
];

/// Whether anybody can get a host under this name: it is a registry's, or one that is known to be shared.
pub(super) fn is_shared(name: &str) -> bool {
    // Below Amazon's name come its regions and services, and below those strangers again.
    is_registry(name) || SHARED.contains(&name) || under(name, "amazonaws.com")
}

/// The part of a host's name that one owner registers: `example.com` of `api.example.com`, `example.co.uk` of
/// `api.example.co.uk`, and one label more under shared names.
///
/// It goes by the form of the name and the two short lists above, and so it advises: a full list of registries is out
/// of date as soon as it is built in.
pub(super) fn registrable(host: &str) -> &str {
    if let Some(shared) = SHARED.iter().find(|shared| under(host, shared)) {
        return with_labels(host, shared.split('.').count() + 1);
    }
    let two = with_labels(host, 2);
    if is_registry(two) { with_labels(host, 3) } else { two }
}

/// `co.uk`, `com.au`.
fn is_registry(name: &str) -> bool {
    match name.split_once('.') {
        Some((second, country)) => country.len() == 2 && REGISTRY_WORDS.contains(&second),
        None => true,
    }
}

fn under(host: &str, name: &str) -> bool {
    host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
}

/// The last labels of a name; all of it where it has fewer.
fn with_labels(name: &str, labels: usize) -> &str {
    match name.rmatch_indices('.').nth(labels.saturating_sub(1)) {
        Some((dot, _)) => &name[dot + 1..],
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_shared, registrable};

    #[test]
    fn a_name_is_cut_to_what_one_owner_registers() {
        let cases = [
            ("api.example.com", "example.com"),
            ("example.com", "example.com"),
            ("a.b.c.example.shop", "example.shop"),
            ("api.example.co.uk", "example.co.uk"),
            ("api.example.com.au", "example.com.au"),
            ("example.co.uk", "example.co.uk"),
            ("co.uk", "co.uk"),
            ("one.myshopify.com", "one.myshopify.com"),
            ("x.one.myshopify.com", "one.myshopify.com"),
            ("notmyshopify.com", "notmyshopify.com"),
            ("api.foo.co", "foo.co"),
        ];
        for (host, owner) in cases {
            assert_eq!(registrable(host), owner, "{host}");
        }
    }

    #[test]
    fn what_anybody_can_have_is_known() {
        for name in ["co.uk", "com.au", "workers.dev", "amazonaws.com", "s3.eu-west-1.amazonaws.com"] {
            assert!(is_shared(name), "{name}");
        }
        for name in ["example.com", "shop.example", "one.myshopify.com", "notworkers.dev", "example.co.uk", "box.io"] {
            assert!(!is_shared(name), "{name}");
        }
    }
}
