//! The loyalty programme: accounts with points, rewards that points buy, and what was bought. One ledger; each provider's
//! stand-in shows it in its own format.

use jiff::{Timestamp, ToSpan};

use super::{Shop, people::DaysAsHours, people::FIRST_CUSTOMER};
use crate::Error;

/// What customers know the programme as.
pub const LOYALTY_PROGRAM: &str = "Lumen Circle";

/// What somebody is to the programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoyaltyStanding {
    Member,
    /// Has bought something and never joined.
    NotJoined,
    /// Bought without an account in the shop.
    Guest,
    /// Shut out by the merchant.
    Disabled,
}

/// What a reward costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RewardPrice {
    Fixed(u64),
    /// Any multiple of `step` from `min` to `max`; each step is worth one euro.
    Variable {
        step: u64,
        min: u64,
        max: u64,
    },
}

#[derive(Clone, Debug)]
pub struct LoyaltyReward {
    pub id: u64,
    pub title: String,
    pub price: RewardPrice,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PointsChange {
    pub id: u64,
    /// Negative where points were spent or taken.
    pub change: i64,
    pub description: String,
    /// For the merchant's eyes only.
    pub internal_note: Option<String>,
    pub at: Timestamp,
}

/// A reward that points were spent on.
#[derive(Clone, Debug, PartialEq)]
pub struct Redemption {
    pub id: u64,
    pub reward_id: u64,
    pub title: String,
    pub points: u64,
    pub code: String,
    pub used: bool,
    pub at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub struct LoyaltyAccount {
    /// The shop's own id of the customer.
    pub customer_id: u64,
    pub first_name: String,
    pub email: String,
    pub standing: LoyaltyStanding,
    /// Points that can be spent.
    pub points: u64,
    /// Points that will be approved later, or not.
    pub pending: u64,
    /// Place in [`LOYALTY_TIERS`].
    pub tier: Option<usize>,
    /// Oldest first, as `redemptions`.
    pub history: Vec<PointsChange>,
    pub redemptions: Vec<Redemption>,
    pub created_at: Timestamp,
}

/// Names of the tiers with the points that lead there.
pub const LOYALTY_TIERS: [(&str, u64); 3] = [("Bronze", 0), ("Silver", 500), ("Gold", 1500)];

/// How points are earned: what for, and how many, in words.
pub(crate) const EARNING: [(&str, Earning); 4] = [
    ("Place an order", Earning::PerEuro(2)),
    ("Join the programme", Earning::Once(100)),
    ("Celebrate a birthday", Earning::Once(150)),
    ("Refer a friend", Earning::Once(250)),
];

#[derive(Clone, Copy, Debug)]
pub(crate) enum Earning {
    PerEuro(u64),
    Once(u64),
}

/// Why points can't be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RedeemRefusal {
    NoSuchReward,
    NotAMember,
    TooFewPoints,
    /// A variable price outside of its bounds, or none given.
    NoSuchAmount,
}

/// The programme's books.
#[derive(Clone, Debug)]
pub(super) struct Loyalty {
    accounts: Vec<LoyaltyAccount>,
    rewards: Vec<LoyaltyReward>,
    next_id: u64,
}

/// Place among the demo's customers, standing, points, pending points, tier.
const MEMBERS: [(u64, LoyaltyStanding, u64, u64, Option<usize>); 8] = [
    (0, LoyaltyStanding::Member, 320, 0, Some(0)),
    (1, LoyaltyStanding::Member, 1250, 0, Some(2)),
    (2, LoyaltyStanding::NotJoined, 0, 0, None),
    (3, LoyaltyStanding::Member, 180, 90, Some(1)),
    (5, LoyaltyStanding::Member, 640, 0, Some(1)),
    (6, LoyaltyStanding::Disabled, 900, 0, None),
    (7, LoyaltyStanding::Guest, 0, 0, None),
    (8, LoyaltyStanding::Member, 0, 0, Some(0)),
];

impl Loyalty {
    pub(super) fn generate(customers: &[super::Customer], now: Timestamp) -> Self {
        let reward = |id, title: &str, price| LoyaltyReward { id, title: title.to_owned(), price };
        let rewards = vec![
            reward(1, "Free shipping", RewardPrice::Fixed(350)),
            reward(2, "5 € off", RewardPrice::Fixed(500)),
            reward(3, "15 € off", RewardPrice::Fixed(1200)),
            reward(4, "Money off", RewardPrice::Variable { step: 100, min: 600, max: 5000 }),
        ];
        let mut loyalty = Loyalty { accounts: Vec::new(), rewards, next_id: 700_001 };
        // An address that the first demo customer's is a part of. It was there first, so that lists begin with it.
        let mut susana = loyalty.account(0, LoyaltyStanding::Member, 9000, now);
        (susana.customer_id, susana.first_name) = (9901, "Susana".to_owned());
        susana.email = "susana@example.net".to_owned();
        loyalty.accounts.push(susana);
        for (place, standing, points, pending, tier) in MEMBERS {
            let Some(customer) = customers.iter().find(|c| c.id == FIRST_CUSTOMER + place) else { continue };
            let mut account = loyalty.account(customer.id, standing, points, now);
            (account.first_name, account.email) = (customer.first_name.clone(), customer.email.clone());
            (account.pending, account.tier) = (pending, tier);
            loyalty.accounts.push(account);
        }
        // Ben has bought two rewards before: one that he used, and one whose code still waits.
        for (days, used) in [(40, true), (12, false)] {
            let (id, change_id) = (loyalty.take_id(), loyalty.take_id());
            let at = now - i64::from(days).days_as_hours();
            let Some(ben) = loyalty.accounts.iter_mut().find(|a| a.customer_id == FIRST_CUSTOMER + 1) else { continue };
            let expires_at = Some(at + 90.days_as_hours());
            let redemption = Redemption {
                id,
                reward_id: 2,
                title: "5 € off".to_owned(),
                points: 500,
                code: format!("5off-{id:x}"),
                used,
                at,
                expires_at,
            };
            ben.history.push(spent(change_id, &redemption));
            ben.redemptions.push(redemption);
        }
        loyalty
    }

    fn account(&mut self, customer_id: u64, standing: LoyaltyStanding, points: u64, now: Timestamp) -> LoyaltyAccount {
        let created_at = now - 200.days_as_hours();
        let mut history = Vec::new();
        if points > 0 {
            history.push(PointsChange {
                id: self.take_id(),
                change: i64::try_from(points).unwrap_or(i64::MAX),
                description: "Points earned from orders".to_owned(),
                internal_note: Some("imported from the old programme".to_owned()),
                at: now - 60.days_as_hours(),
            });
        }
        LoyaltyAccount {
            customer_id,
            first_name: String::new(),
            email: String::new(),
            standing,
            points,
            pending: 0,
            tier: None,
            history,
            redemptions: Vec::new(),
            created_at,
        }
    }

    fn take_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}

fn spent(id: u64, redemption: &Redemption) -> PointsChange {
    PointsChange {
        id,
        change: -i64::try_from(redemption.points).unwrap_or(i64::MAX),
        description: format!("Points spent on {}", redemption.title),
        internal_note: None,
        at: redemption.at,
    }
}

impl Shop {
    /// All accounts, in the order in which they were made.
    pub fn loyalty_accounts(&self) -> &[LoyaltyAccount] {
        &self.loyalty.accounts
    }

    pub fn loyalty_rewards(&self) -> &[LoyaltyReward] {
        &self.loyalty.rewards
    }

    /// The account of an address, compared without regard to case.
    pub fn loyalty_account(&self, email: &str) -> Option<&LoyaltyAccount> {
        self.loyalty.accounts.iter().find(|a| a.email.eq_ignore_ascii_case(email))
    }

    pub(crate) fn loyalty_account_of(&self, customer_id: u64) -> Option<&LoyaltyAccount> {
        self.loyalty.accounts.iter().find(|a| a.customer_id == customer_id)
    }

    /// Changes an account as a merchant would.
    ///
    /// # Errors
    /// The address has no account.
    pub fn edit_loyalty(&mut self, email: &str, edit: impl FnOnce(&mut LoyaltyAccount)) -> Result<(), Error> {
        let found = self.loyalty.accounts.iter_mut().find(|a| a.email.eq_ignore_ascii_case(email));
        found.map(edit).ok_or_else(|| Error::Unknown { kind: "loyalty account", name: email.to_owned() })
    }

    /// Adds rewards to the programme, for tests of long lists.
    pub fn add_loyalty_reward(&mut self, title: &str, price: RewardPrice) -> u64 {
        let id = self.loyalty.rewards.iter().map(|reward| reward.id).max().unwrap_or(0) + 1;
        self.loyalty.rewards.push(LoyaltyReward { id, title: title.to_owned(), price });
        id
    }

    /// Spends points on a reward; `amount` only counts where the price is variable.
    pub(crate) fn redeem_points(
        &mut self,
        customer_id: u64,
        reward_id: u64,
        amount: Option<u64>,
    ) -> Result<Redemption, RedeemRefusal> {
        let at = self.now();
        let reward = self.loyalty.rewards.iter().find(|r| r.id == reward_id).ok_or(RedeemRefusal::NoSuchReward)?;
        let title = reward.title.clone();
        let points = match reward.price {
            RewardPrice::Fixed(points) => points,
            RewardPrice::Variable { step, min, max } => amount
                .filter(|points| (min..=max).contains(points) && points % step == 0)
                .ok_or(RedeemRefusal::NoSuchAmount)?,
        };
        let (id, change_id) = (self.loyalty.take_id(), self.loyalty.take_id());
        let account = self.loyalty.accounts.iter_mut().find(|a| a.customer_id == customer_id);
        let account = account.filter(|a| a.standing == LoyaltyStanding::Member).ok_or(RedeemRefusal::NotAMember)?;
        account.points = account.points.checked_sub(points).ok_or(RedeemRefusal::TooFewPoints)?;
        let stem: String = title.chars().filter(char::is_ascii_alphanumeric).collect();
        let code = format!("{}-{id:x}", stem.to_lowercase());
        let expires_at = Some(at + (90 * 24).hours());
        let redemption = Redemption { id, reward_id, title, points, code, used: false, at, expires_at };
        account.history.push(spent(change_id, &redemption));
        account.redemptions.push(redemption.clone());
        Ok(redemption)
    }

    /// Adds points, or takes them; false where the balance would fall below nothing.
    pub(crate) fn adjust_points(&mut self, customer_id: u64, change: i64, description: &str, note: &str) -> bool {
        let (at, id) = (self.now(), self.loyalty.take_id());
        let Some(account) = self.loyalty.accounts.iter_mut().find(|a| a.customer_id == customer_id) else {
            return false;
        };
        let Some(points) = account.points.checked_add_signed(change) else { return false };
        account.points = points;
        let internal_note = (!note.is_empty()).then(|| note.to_owned());
        account.history.push(PointsChange { id, change, description: description.to_owned(), internal_note, at });
        true
    }
}
