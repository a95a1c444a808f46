//! The customer hub's pages: what is a customer's own at the shop's providers, read for that customer alone.
//!
//! section → the providers' objects, whose owners are compared as for a skill → cards and lines in the customer's language.

mod sections;
mod words;

use crate::agent::Agent;
use crate::conversation::Identity;
use crate::texts::Language;
use usher_host::skill::{HubSection, Reply};
use usher_host::{Customer, ToolError};

/// A page without anything on it.
#[must_use]
pub fn nothing() -> Reply {
    sections::reply(String::new(), Vec::new())
}

/// Most objects of a page.
const LIMIT: u32 = 20;

impl Agent {
    /// One section of a signed-in customer's hub: cards, and what no card is made for in the text. Empty where the customer
    /// has nothing there.
    ///
    /// # Errors
    /// Where no connected provider has it, or the provider doesn't answer.
    pub async fn hub_section(
        &self,
        section: HubSection,
        customer: &Identity,
        language: Language,
    ) -> Result<Reply, ToolError> {
        let customer = Customer {
            id: customer.customer_id.clone(),
            email: customer.email.clone(),
            phone: customer.phone.clone(),
            first_name: customer.first_name.clone(),
        };
        let visit = sections::Visit { host: self.host(), customer: &customer, words: words::of(language) };
        match section {
            HubSection::Orders => visit.orders(LIMIT).await,
            HubSection::Returns => visit.returns().await,
            HubSection::Subscriptions => visit.subscriptions().await,
            HubSection::Loyalty => visit.loyalty().await,
            HubSection::Coupons => visit.coupons().await,
        }
    }
}
