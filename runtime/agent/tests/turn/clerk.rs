//! A skill that cancels orders, made of steps.

use usher_manifest::Kind;
use usher_probes::{Declaration, Fixture, outcome};

/// What it does, one after the other; at the end it says how the last cancelling went: "cancelled", or "refused N" with
/// the number of the error's case.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Says what the next acting call will do.
    Describe(&'static str),
    /// Cancels an order.
    Cancel(&'static str),
    /// Cancels the first order, or the second where the knowledge base can't be searched.
    CancelEither(&'static str, &'static str),
    /// Searches the knowledge base.
    Search,
    /// Traps where the knowledge base can't be searched.
    TrapUnlessFound,
    Trap,
    /// Takes nothing where the knowledge base can't be searched.
    DeclineUnlessFound,
}

/// Cancels `#1001` and says so.
pub(crate) const CANCEL: &[Step] = &[Step::Describe("Cancel order #1001 and refund € 84.90"), Step::Cancel("#1001")];

/// A clerk with these examples; another `version` is another component.
pub(crate) fn clerk(id: &str, version: u32, example: &str, steps: &[Step]) -> Fixture {
    let mut fields = format!(
        r#"(import "usher:skill/consent@0.1.0" "describe" (func $describe (param i32 i32)))
           (import "usher:tools/order-actions@0.1.0" "cancel" (func $cancel (param i32 i32 i32)))
           (import "usher:tools/knowledge@0.1.0" "search" (func $search (param i32 i32 i32 i32 i32 i32 i32)))
           (data (i32.const 512) "cancelled refused 0")
           (data (i32.const 600) "version {version}")
           (global $result (mut i32) (i32.const 2048))"#
    );
    let mut body = String::new();
    let mut next = 8192;
    let mut text = |fields: &mut String, text: &str| {
        let at = next;
        next += text.len() + 16;
        *fields += &format!("(data (i32.const {at}) \"{}\")", escaped(text));
        format!("(i32.const {at}) (i32.const {})", text.len())
    };
    let search = format!("(call $search {} (i32.const 3072))", "(i32.const 0) ".repeat(6));
    for step in steps {
        match step {
            Step::Describe(summary) => body += &format!("(call $describe {})", text(&mut fields, summary)),
            Step::Cancel(order) => body += &format!("(call $cancel {} (i32.const 2048))", text(&mut fields, order)),
            Step::CancelEither(one, other) => {
                let (one, other) = (text(&mut fields, one), text(&mut fields, other));
                body += &format!(
                    "{search} (if (i32.load8_u (i32.const 3072))
                       (then (call $cancel {other} (i32.const 2048)))
                       (else (call $cancel {one} (i32.const 2048))))"
                );
            }
            Step::Search => body += &search,
            Step::TrapUnlessFound => {
                body += &format!("{search} (if (i32.load8_u (i32.const 3072)) (then (unreachable)))");
            }
            Step::Trap => body += "(unreachable)",
            Step::DeclineUnlessFound => {
                let decline = outcome::DECLINE;
                body += &format!(
                    "{search} (if (i32.load8_u (i32.const 3072)) (then (return (block (result i32) {decline}))))"
                );
            }
        }
    }
    let said = outcome::reply("(local.get $at)", "(i32.const 9)");
    body = format!(
        "(local $at i32) {body}
         (if (i32.load8_u (i32.const 2048))
           (then
             (i32.store8 (i32.const 530) (i32.add (i32.const 48) (i32.load8_u (i32.const 2052))))
             (local.set $at (i32.const 522)))
           (else (local.set $at (i32.const 512))))
         {said}"
    );
    let tools = ["usher:tools/order-actions.cancel", "usher:tools/knowledge.search"];
    let declared: String =
        tools.iter().map(|tool| format!("[[tools]]\nfunction = \"{tool}\"\nreason = \"to cancel orders\"\n")).collect();
    let toml = format!(
        "id = \"{id}\"\nname = \"{id}\"\nversion = \"0.1.0\"\ncategory = \"custom\"\noverview = \"Cancels orders.\"\n\
         when-to-use = [\"The customer wants to {example}.\"]\nhow-to-respond = \"Briefly.\"\nchannels = [\"webchat\", \"sms\", \"whatsapp\", \"email\"]\n\
         {declared}\n[examples]\nen = [\"{example}\", \"please {example}\", \"{example} now\", \"can you {example}\", \
         \"I want to {example}\"]\n"
    );
    let imports = ["usher:skill/consent@0.1.0", "usher:tools/order-actions@0.1.0", "usher:tools/knowledge@0.1.0"];
    Fixture {
        manifest: Some(Declaration { kind: Kind::Skill, toml }),
        ..Fixture::skill(id, &imports, &tools, &fields, &body)
    }
}

/// A text as the text format of WebAssembly has it.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("\\{byte:02x}")).collect()
}
