//! `usher accounts`: who may operate a running server's shop.

use super::client::{Client, ServerArgs, path_part, query};
use super::serve::runtime;
use super::terminal::plain_line;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use usher_agent::accounts;

/// Without a command: everybody.
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  usher accounts\n  usher accounts add ben@shop.example.com --role agent\n  \
                  usher accounts role ben manager\n  usher accounts password ben\n  usher accounts disable ben\n\n\
                  An owner who can't sign in any more: whoever has the machine has the owner's token, `admin-token` in \
                  the data folder (it is there for its own user only, as the keys are, so that this gives nobody more than \
                  they have). On that machine, `usher accounts password NAME --token-file DATA/admin-token` prints a link \
                  with which NAME chooses a new password; it works once, for a day, and the audit has a line about it. \
                  Where the second factor is lost too, add `--without-second-factor`."
)]
pub(super) struct AccountsCommand {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    list: List,
}

#[derive(Subcommand)]
enum Command {
    /// Everybody: role, state, second factor, sessions, tokens; and who is invited.
    List(List),
    /// What each role may do.
    Roles(List),
    /// Invite somebody: prints the link with which they make their account.
    Add(Add),
    /// Take an invitation back.
    Withdraw(Withdraw),
    /// Print a link with which somebody chooses a new password.
    Password(Password),
    /// Give somebody another role; their sessions end.
    Role(Role),
    /// Switch an account off: its sessions end, and its tokens are worth nothing.
    Disable(One),
    /// Switch an account on again.
    Enable(One),
    /// Remove an account for good. Its name is never given to another one.
    Remove(One),
    /// End all sessions of an account.
    SignOut(One),
    /// The tokens of somebody's programs; with `--end`, ends one.
    Tokens(Tokens),
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    server: ServerArgs,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct Add {
    /// Their e-mail address.
    email: String,
    /// owner, admin, manager, agent, analyst or reviewer.
    #[arg(long)]
    role: accounts::Role,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Withdraw {
    /// The e-mail address that was invited.
    email: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Password {
    /// The account's name.
    name: String,
    /// The second factor is switched off when the link is used.
    #[arg(long)]
    without_second_factor: bool,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Role {
    /// The account's name.
    name: String,
    /// owner, admin, manager, agent, analyst or reviewer.
    role: accounts::Role,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct One {
    /// The account's name.
    name: String,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Args)]
struct Tokens {
    /// The account's name.
    name: String,
    /// End the token with this label.
    #[arg(long, value_name = "LABEL")]
    end: Option<String>,
    #[command(flatten)]
    server: ServerArgs,
}

impl AccountsCommand {
    pub(super) fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(async {
            match self.command {
                None => self.list.everybody().await,
                Some(Command::List(list)) => list.everybody().await,
                Some(Command::Roles(list)) => list.roles().await,
                Some(Command::Add(add)) => add.run().await,
                Some(Command::Withdraw(withdraw)) => withdraw.run().await,
                Some(Command::Password(password)) => password.run().await,
                Some(Command::Role(role)) => change(&role.server, &role.name, json!({ "role": role.role })).await,
                Some(Command::Disable(one)) => change(&one.server, &one.name, json!({ "state": "disabled" })).await,
                Some(Command::Enable(one)) => change(&one.server, &one.name, json!({ "state": "active" })).await,
                Some(Command::Remove(one)) => {
                    Client::new(&one.server)?.delete(&format!("accounts/{}", path_part(&one.name))).await?;
                    println!("`{}` is removed.", plain_line(&one.name));
                    Ok(())
                }
                Some(Command::SignOut(one)) => {
                    let path = format!("accounts/{}/sessions", path_part(&one.name));
                    Client::new(&one.server)?.delete(&path).await?;
                    println!("`{}` is signed in nowhere any more.", plain_line(&one.name));
                    Ok(())
                }
                Some(Command::Tokens(tokens)) => tokens.run().await,
            }
        })
    }
}

impl List {
    async fn everybody(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let (accounts, invited) = (client.get("accounts").await?, client.get("invitations").await?);
        if self.json {
            let both = json!({
                "accounts": accounts["accounts"], "configured": accounts["configured"],
                "invitations": invited["invitations"],
            });
            println!("{}", serde_json::to_string_pretty(&both)?);
        } else {
            print!("{}", table(&accounts, &invited));
        }
        Ok(())
    }

    async fn roles(self) -> anyhow::Result<()> {
        let roles = Client::new(&self.server)?.get("roles").await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&roles)?);
            return Ok(());
        }
        for role in entries(&roles["roles"]) {
            let may: Vec<_> = entries(&role["permissions"]).iter().map(text).collect();
            println!("{:<9} {}\n          {}", text(&role["role"]), text(&role["about"]), may.join(", "));
        }
        Ok(())
    }
}

impl Add {
    async fn run(self) -> anyhow::Result<()> {
        let body = json!({ "email": self.email, "role": self.role });
        print!("{}", told(&Client::new(&self.server)?.post("invitations", Some(body)).await?));
        Ok(())
    }
}

impl Withdraw {
    async fn run(self) -> anyhow::Result<()> {
        Client::new(&self.server)?.delete(&format!("invitations/{}", path_part(&self.email))).await?;
        println!("The link for {} is worth nothing any more.", plain_line(&self.email));
        Ok(())
    }
}

impl Password {
    async fn run(self) -> anyhow::Result<()> {
        let without = self.without_second_factor.then(|| "true".to_owned());
        let query = query([("without_second_factor", without)]);
        let path = format!("accounts/{}/password-link{query}", path_part(&self.name));
        print!("{}", told(&Client::new(&self.server)?.post(&path, None).await?));
        Ok(())
    }
}

impl Tokens {
    async fn run(self) -> anyhow::Result<()> {
        let client = Client::new(&self.server)?;
        let path = format!("accounts/{}/tokens", path_part(&self.name));
        if let Some(label) = &self.end {
            client.delete(&format!("{path}/{}", path_part(label))).await?;
            println!("The token `{}` is worth nothing any more.", plain_line(label));
            return Ok(());
        }
        let listed = client.get(&path).await?;
        let tokens = entries(&listed["tokens"]);
        if tokens.is_empty() {
            println!("`{}` has no tokens; they are made on one's own page of the console.", plain_line(&self.name));
        }
        for token in tokens {
            let may: Vec<_> = entries(&token["scopes"]).iter().map(text).collect();
            let used =
                token["used_at"].as_str().map_or("never used".to_owned(), |at| format!("used {}", plain_line(at)));
            let end = match (token["expired"] == true, token["expires_at"].as_str()) {
                (true, _) => ", over".to_owned(),
                (false, Some(at)) => format!(", until {}", plain_line(at)),
                (false, None) => String::new(),
            };
            println!("{:<24} {} ({used}{end})", text(&token["label"]), may.join(", "));
        }
        Ok(())
    }
}

async fn change(server: &ServerArgs, name: &str, change: Value) -> anyhow::Result<()> {
    let account = Client::new(server)?.patch(&format!("accounts/{}", path_part(name)), change).await?;
    println!("`{}` is {}, {}.", text(&account["name"]), text(&account["role"]), text(&account["state"]));
    Ok(())
}

/// A link that was made.
fn told(link: &Value) -> String {
    let way = if link["mailed"] == true { "It is on its way by mail too." } else { "Pass it on: it isn't mailed." };
    format!(
        "{}\n\nThe link is for {} ({}), works once and until {}. {way}\n",
        text(&link["link"]),
        text(&link["email"]),
        text(&link["role"]),
        text(&link["expires_at"])
    )
}

fn table(accounts: &Value, invited: &Value) -> String {
    let mut out = String::new();
    for account in entries(&accounts["accounts"]) {
        let mut notes = Vec::new();
        if account["state"] != "active" {
            notes.push(text(&account["state"]));
        }
        notes.push(if account["second_factor"] == true { "second factor" } else { "no second factor" }.to_owned());
        for (field, one, many) in [("sessions", "session", "sessions"), ("tokens", "token", "tokens")] {
            match account[field].as_u64().unwrap_or(0) {
                0 => {}
                1 => notes.push(format!("1 {one}")),
                count => notes.push(format!("{count} {many}")),
            }
        }
        let (name, role, email) = (text(&account["name"]), text(&account["role"]), text(&account["email"]));
        out.push_str(&format!("{name:<20} {role:<9} {email} ({})\n", notes.join(", ")));
    }
    if out.is_empty() {
        out.push_str("There are no accounts yet. The server's log names the page where the owner's is made.\n");
    }
    for operator in entries(&accounts["configured"]) {
        let (name, role) = (text(&operator["name"]), text(&operator["role"]));
        out.push_str(&format!("{name:<20} {role:<9} a token of the configuration\n"));
    }
    for invitation in entries(&invited["invitations"]) {
        let what = match (invitation["expired"] == true, invitation["account"].is_null()) {
            (true, _) => "the link's time is over",
            (false, true) => "invited",
            (false, false) => "may choose a new password",
        };
        out.push_str(&format!("{:<20} {:<9} {what}\n", text(&invitation["email"]), text(&invitation["role"])));
    }
    out
}

fn text(value: &Value) -> String {
    plain_line(value.as_str().unwrap_or_default())
}

fn entries(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_listed_with_what_matters() {
        let account = json!({
            "name": "ben", "email": "ben@shop.example", "role": "agent", "state": "disabled", "second_factor": false,
            "sessions": 0, "tokens": 2,
        });
        let accounts = json!({ "accounts": [account], "configured": [{ "name": "admin", "role": "owner" }] });
        let invited = json!({ "invitations": [
            { "email": "cleo@shop.example", "role": "analyst", "account": null, "expired": false },
        ] });
        assert_eq!(
            table(&accounts, &invited),
            "ben                  agent     ben@shop.example (disabled, no second factor, 2 tokens)\n\
             admin                owner     a token of the configuration\n\
             cleo@shop.example    analyst   invited\n"
        );
        assert!(table(&json!({}), &json!({})).contains("The server's log names the page"));
    }

    #[test]
    fn a_link_says_whether_it_is_mailed() {
        let link = |mailed| json!({ "link": "http://x/#token=1", "email": "a@b.c", "role": "agent", "mailed": mailed, "expires_at": "t" });
        assert!(told(&link(false)).contains("Pass it on") && told(&link(true)).contains("by mail"));
        assert!(told(&link(true)).starts_with("http://x/#token=1\n"));
    }
}
