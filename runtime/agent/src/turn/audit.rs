//! What a turn leaves for the audit: which plugins ran, what they called and what was decided, all of it without a word
//! that anybody said; and beside it the recording that the turn can be run again from, which can be erased.

use super::consent::ConsentRecord;
use super::record::outcome;
use crate::ids::ConversationId;
use crate::store::{Ending, PluginUse, TurnAudit, UseEnded};
use serde_json::{Value, json};
use usher_host::{CallFailure, CallResult, Handled, Recording, Subject, ToolCall};
use usher_manifest::PluginId;

/// Collected while the turn runs.
#[derive(Debug, Default)]
pub(super) struct Trail {
    skills: Vec<Value>,
    recordings: Vec<Recording>,
    uses: Vec<PluginUse>,
}

/// What holds for the turn as a whole.
pub(super) struct Frame<'a> {
    pub(super) generation: u64,
    pub(super) conversation: ConversationId,
    pub(super) ending: Ending,
    pub(super) consent: &'a ConsentRecord,
}

impl Trail {
    /// Notes one asking of a skill, and takes its recording.
    pub(super) fn asked(&mut self, skill: &PluginId, handled: &mut Handled) {
        let took_us = u64::try_from(handled.took.as_micros()).unwrap_or(u64::MAX);
        self.skills.push(json!({
            "skill": skill,
            "digest": handled.digest,
            "outcome": outcome(handled),
            "failure": handled.outcome.as_ref().err().and_then(failure),
            "fuel": handled.fuel,
            "took_us": took_us,
            "calls": handled.calls.iter().map(call).collect::<Vec<_>>(),
        }));
        self.recordings.extend(handled.recording.take().map(|recording| *recording));
        // One that wasn't asked at all has no digest here.
        if let Some(digest) = handled.digest {
            let ended = match &handled.outcome {
                Ok(_) | Err(CallFailure::AwaitsConsent) => UseEnded::Well,
                Err(CallFailure::Trap(_)) => UseEnded::Trapped,
                Err(_) => UseEnded::Failed,
            };
            let functions = handled.calls.iter();
            let functions = functions.map(|call| {
                (call.function.clone(), call.provider.is_none() && matches!(call.result, CallResult::Denied(_)))
            });
            let functions = functions.collect();
            self.uses.push(PluginUse { plugin: skill.clone(), digest, ended, took_us, functions });
        }
        self.uses.extend(handled.calls.iter().filter_map(provider_use));
    }

    pub(super) fn finish(self, subject: Subject, frame: &Frame<'_>) -> TurnAudit {
        let mut detail = json!({
            "generation": frame.generation,
            "conversation": frame.conversation,
            "ending": frame.ending,
            "skills": self.skills,
        });
        if !frame.consent.is_empty() {
            detail["consent"] = json!(frame.consent);
        }
        let recording = match self.recordings.as_slice() {
            [] => None,
            recordings => serde_json::to_vec(recordings)
                .inspect_err(|error| tracing::error!(%error, "a turn can't be recorded; it can't be replayed"))
                .ok(),
        };
        TurnAudit { subject, detail, recording, uses: self.uses }
    }
}

/// A tool call without what was said: a note may hold a provider's own words.
fn call(call: &ToolCall) -> Value {
    json!({
        "function": call.function,
        "provider": call.provider,
        "provider_digest": call.provider_digest,
        "result": call.result,
        "took_us": call.took_us,
    })
}

/// The kind of failure, without its text: that of a trap is the plugin's own.
fn failure(failure: &CallFailure) -> Option<Value> {
    Some(match failure {
        CallFailure::Limit(hit) => json!({ "limit": hit }),
        CallFailure::Trap(_) => json!("trap"),
        CallFailure::Runtime(_) => json!("runtime"),
        CallFailure::Busy => json!("busy"),
        CallFailure::NoProvider(interface) => json!({ "no_provider": interface }),
        // The outcome's word says it all.
        _ => return None,
    })
}

fn provider_use(call: &ToolCall) -> Option<PluginUse> {
    Some(PluginUse {
        plugin: call.provider.clone()?,
        digest: call.provider_digest?,
        ended: match call.result {
            CallResult::Unavailable | CallResult::TooLarge => UseEnded::Failed,
            CallResult::Ok | CallResult::Denied(_) | CallResult::NotFound | CallResult::Invalid => UseEnded::Well,
        },
        took_us: call.took_us,
        functions: vec![(call.function.clone(), false)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use std::collections::{BTreeMap, BTreeSet};
    use std::time::Duration;
    use usher_host::skill::{
        Assurance, Author, Channel, Customer, Expectation, Focus, Handoff, HandoffReason, Input, Message, Outcome,
        Reply, SignIn, Turn,
    };
    use usher_host::{ConsentRequest, DenialReason, Digest, LimitHit, LogLine, RecordedCall};

    const SECRET: &str = "SOMETHING-THAT-SOMEBODY-SAID";

    fn said() -> String {
        SECRET.to_owned()
    }

    fn call_of(result: CallResult, provider: bool) -> ToolCall {
        ToolCall {
            function: "usher:tools/orders.get".parse().unwrap(),
            provider: provider.then(|| "shop".parse().unwrap()),
            provider_digest: provider.then_some(Digest([2; 32])),
            arguments: Digest([3; 32]),
            answer: Digest([4; 32]),
            result,
            note: Some(said()),
            started_at: Timestamp::UNIX_EPOCH,
            took_us: 7,
        }
    }

    /// A handled turn with a text in every place that has room for one.
    fn handled(outcome: Result<Outcome, CallFailure>, calls: Vec<ToolCall>) -> Handled {
        let turn = Turn {
            input: Input::Text(said()),
            history: vec![Message { author: Author::Customer, text: said(), sent_at: said() }],
            channel: Channel::Webchat,
            customer: Customer { assurance: Assurance::Authenticated, first_name: Some(said()) },
            focus: Focus { order_name: Some(said()), product_id: Some(said()) },
            locale: said(),
            time_zone: said(),
            now: said(),
            page_url: Some(said()),
        };
        let recording = Recording {
            skill: "clerk".parse().unwrap(),
            digest: Digest([1; 32]),
            generation: 3,
            turn,
            memory: BTreeMap::from([(said(), said())]),
            settings: BTreeMap::from([(said(), said())]),
            calls: vec![RecordedCall {
                function: "usher:tools/orders.get".parse().unwrap(),
                arguments: vec![json!(SECRET)],
                answer: json!(SECRET),
            }],
            outcome: Err(said()),
            remembered: None,
            asked: None,
        };
        Handled {
            outcome,
            memory: Some(BTreeMap::from([(said(), said())])),
            calls,
            links: BTreeSet::from([said()]),
            log: vec![LogLine { level: said(), text: said() }],
            fuel: 11,
            took: Duration::from_micros(12),
            digest: Some(Digest([1; 32])),
            consent: Some(ConsentRequest {
                skill: "clerk".parse().unwrap(),
                skill_digest: Digest([1; 32]),
                function: "usher:tools/order-actions.cancel".parse().unwrap(),
                title: said(),
                arguments: vec![json!(SECRET)],
                arguments_digest: Digest([5; 32]),
                summary: said(),
            }),
            recording: Some(Box::new(recording)),
        }
    }

    fn audit_of(mut handled: Handled) -> TurnAudit {
        let mut trail = Trail::default();
        trail.asked(&"clerk".parse().unwrap(), &mut handled);
        let frame = Frame {
            generation: 3,
            conversation: ConversationId::new(),
            ending: Ending::Answered,
            consent: &ConsentRecord::default(),
        };
        trail.finish(Subject::Session("s".into()), &frame)
    }

    fn reply() -> Reply {
        Reply {
            text: said(),
            cards: Vec::new(),
            quick_replies: Vec::new(),
            sources: vec![said()],
            expects: Expectation::Nothing,
            answered: true,
        }
    }

    #[test]
    fn nothing_that_anybody_said_is_kept_for_good() {
        let fact = usher_host::skill::Fact { name: said(), value: said() };
        let handoff = Handoff { reason: HandoffReason::Frustration, summary: said(), facts: vec![fact] };
        let outcomes = [
            Ok(Outcome::Reply(reply())),
            Ok(Outcome::SignIn(SignIn { purpose: said() })),
            Ok(Outcome::Handoff(handoff)),
            Ok(Outcome::Decline),
            Err(CallFailure::Trap(said())),
            Err(CallFailure::Runtime(said())),
            Err(CallFailure::Limit(LimitHit::Fuel)),
            Err(CallFailure::AwaitsConsent),
            Err(CallFailure::Revoked),
            Err(CallFailure::Busy),
        ];
        let results = [
            CallResult::Ok,
            CallResult::Denied(DenialReason::ConsentRequired),
            CallResult::NotFound,
            CallResult::Invalid,
            CallResult::Unavailable,
            CallResult::TooLarge,
        ];
        for outcome in outcomes {
            let calls = results.iter().flat_map(|result| [true, false].map(|by| call_of(result.clone(), by)));
            let audit = audit_of(handled(outcome.clone(), calls.collect()));
            let detail = audit.detail.to_string();
            assert!(!detail.contains(SECRET), "{detail}");
            assert!(
                !detail.contains(&Digest([3; 32]).to_string()),
                "a digest of a short text can be guessed: {detail}"
            );
            assert_eq!(audit.detail["skills"][0]["calls"].as_array().unwrap().len(), 12);
            // It is all there to run the turn again from.
            let recorded: Vec<Recording> = serde_json::from_slice(&audit.recording.unwrap()).unwrap();
            assert_eq!(recorded.len(), 1);
            assert_eq!(recorded[0].turn.input, Input::Text(said()));
            assert!(!format!("{:?}", audit.uses).contains(SECRET));
        }
    }

    #[test]
    fn what_is_kept_explains_the_turn() {
        let calls = vec![
            call_of(CallResult::Ok, true),
            call_of(CallResult::Denied(DenialReason::SignInRequired), false),
            call_of(CallResult::Unavailable, true),
        ];
        let audit = audit_of(handled(Err(CallFailure::Limit(LimitHit::Time)), calls));
        let skill = &audit.detail["skills"][0];
        assert_eq!(audit.detail["generation"], 3);
        assert_eq!((&skill["skill"], &skill["outcome"]), (&json!("clerk"), &json!("failure")));
        assert_eq!(skill["digest"], json!(Digest([1; 32])));
        assert_eq!((&skill["fuel"], &skill["took_us"]), (&json!(11), &json!(12)));
        assert_eq!(skill["failure"], json!({ "limit": "time" }));
        assert_eq!(skill["calls"][0]["provider"], "shop");
        assert_eq!(skill["calls"][0]["result"], "ok");
        assert_eq!(skill["calls"][1]["result"], json!({ "denied": "sign-in-required" }));
        let function: usher_manifest::FunctionName = "usher:tools/orders.get".parse().unwrap();
        let uses: Vec<_> =
            audit.uses.iter().map(|one| (one.plugin.as_str(), one.ended, one.functions.clone())).collect();
        assert_eq!(
            uses,
            [
                (
                    "clerk",
                    UseEnded::Failed,
                    vec![(function.clone(), false), (function.clone(), true), (function.clone(), false)]
                ),
                ("shop", UseEnded::Well, vec![(function.clone(), false)]),
                ("shop", UseEnded::Failed, vec![(function, false)]),
            ]
        );
    }

    #[test]
    fn how_a_use_ended() {
        let ended = |outcome| audit_of(handled(outcome, Vec::new())).uses[0].ended;
        assert_eq!(ended(Ok(Outcome::Decline)), UseEnded::Well);
        assert_eq!(ended(Err(CallFailure::AwaitsConsent)), UseEnded::Well);
        assert_eq!(ended(Err(CallFailure::Trap(said()))), UseEnded::Trapped);
        assert_eq!(ended(Err(CallFailure::Revoked)), UseEnded::Failed);
        let mut unasked = handled(Err(CallFailure::Quarantined("clerk".parse().unwrap(), 9)), Vec::new());
        (unasked.digest, unasked.recording) = (None, None);
        let audit = audit_of(unasked);
        assert!(audit.uses.is_empty() && audit.recording.is_none());
        assert_eq!(audit.detail["skills"][0]["outcome"], "quarantined");
    }
}
