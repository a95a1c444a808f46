//! The templates, and what they can say.

use super::{address, browsers, chart, files, words, zones};
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, Value};

/// All templates of the console.
pub(crate) struct Templates(Environment<'static>);

impl Templates {
    pub(crate) fn new() -> Self {
        Self(environment())
    }

    /// The page that a template makes of these values.
    pub(super) fn render(&self, name: &str, filled: Value) -> Result<String, Error> {
        if files::change() {
            return environment().get_template(name)?.render(filled).inspect_err(|error| {
                tracing::error!("{}", error.display_debug_info());
            });
        }
        self.0.get_template(name)?.render(filled)
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_loader(|name| Ok(files::named(name).map(std::borrow::Cow::into_owned)));
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    words::add_to(&mut environment);
    environment.add_function("may", may);
    environment.add_filter("browser", browsers::browser);
    environment.add_function("zones", zones::zones);
    environment.add_function("link", address::link);
    environment.add_function("here", address::here);
    environment.add_function("chart", chart::chart);
    environment.add_function("sparkline", chart::sparkline);
    environment
}

/// Whether who looks may do something: `may("connect")`.
fn may(state: &State<'_, '_>, permission: &str) -> Result<bool, Error> {
    let known = state
        .lookup("all_permissions")
        .is_some_and(|all| all.try_iter().is_ok_and(|mut all| all.any(|one| one.as_str() == Some(permission))));
    if !known {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("there is no permission `{permission}`")));
    }
    let mine = state.lookup("me").and_then(|me| me.get_attr("permissions").ok());
    Ok(mine.is_some_and(|mine| mine.try_iter().is_ok_and(|mut mine| mine.any(|one| one.as_str() == Some(permission)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_can_be_read() {
        let environment = environment();
        for name in files::names().filter(|name| name.ends_with(".html")) {
            if let Err(error) = environment.get_template(name) {
                panic!("{}", error.display_debug_info());
            }
        }
    }

    #[test]
    fn values_are_escaped() {
        let mut environment = environment();
        environment.add_template("one.html", "{{ it }}").unwrap();
        let page = environment.get_template("one.html").unwrap();
        let made = page.render(minijinja::context! { it => "<script>alert(1)</script>\"'" }).unwrap();
        assert!(!made.contains('<') && !made.contains('"'), "{made}");
        environment.add_template("two.html", "<p data-body=\"{{ {'it': it}|tojson }}\">").unwrap();
        let page = environment.get_template("two.html").unwrap();
        let made = page.render(minijinja::context! { it => "\"><script>" }).unwrap();
        assert_eq!((made.matches('"').count(), made.matches('<').count()), (2, 1), "{made}");
    }
}
