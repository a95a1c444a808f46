//! Tables for spreadsheets (RFC 4180).

/// What stands in a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// Words.
    Text(String),
    /// A whole number.
    Number(u64),
    /// A share from 0 to 1; none: there is nothing to divide by.
    Share(Option<f64>),
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Field {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

/// A table on its way.
#[derive(Clone, Debug, Default)]
pub struct Csv {
    text: String,
}

impl Csv {
    /// A table with these columns.
    #[must_use]
    pub fn new(columns: &[&str]) -> Self {
        let mut csv = Self::default();
        csv.line(columns.iter().map(|column| Field::from(*column)));
        csv
    }

    /// Adds a line.
    pub fn line(&mut self, fields: impl IntoIterator<Item = Field>) {
        for (place, field) in fields.into_iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            match field {
                Field::Text(text) => self.put(&text),
                Field::Number(number) => self.text.push_str(&number.to_string()),
                Field::Share(Some(share)) => self.text.push_str(&format!("{share:.4}")),
                Field::Share(None) => {}
            }
        }
        self.text.push_str("\r\n");
    }

    /// The table.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }

    fn put(&mut self, text: &str) {
        // A spreadsheet takes what begins with one of these for a formula.
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        let quoted = formula || text.contains(['"', ',', '\n', '\r']);
        if !quoted {
            return self.text.push_str(text);
        }
        self.text.push('"');
        if formula {
            self.text.push('\'');
        }
        self.text.push_str(&text.replace('"', "\"\""));
        self.text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_is_quoted() {
        let mut csv = Csv::new(&["day", "what"]);
        csv.line([Field::Number(7), "a \"b\", c".into()]);
        csv.line([Field::Share(Some(0.5)), "=cmd()".into()]);
        csv.line([Field::Share(None), "plain".into()]);
        let told = "day,what\r\n7,\"a \"\"b\"\", c\"\r\n0.5000,\"'=cmd()\"\r\n,plain\r\n";
        assert_eq!(csv.finish(), told);
    }
}
