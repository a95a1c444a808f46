//! Amounts as Shopify writes them.

use serde::Deserialize;
use usher_sdk::connector::{Error, Money};

/// `MoneyV2`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MoneyV2 {
    amount: String,
    currency_code: String,
}

impl MoneyV2 {
    pub(crate) fn read(&self) -> Result<Money, Error> {
        Money::parse(&self.amount, &self.currency_code)
    }
}

/// `MoneyBag`, of which the currency that the customer paid in is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MoneyBag {
    presentment_money: MoneyV2,
}

impl MoneyBag {
    pub(crate) fn read(&self) -> Result<Money, Error> {
        self.presentment_money.read()
    }
}
