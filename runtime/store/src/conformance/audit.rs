//! The audit: numbered without a gap, found again, erased and verified.

use crate::conformance::scene::{
    answer, begin, conversation, customer, entry, holds, lines, minutes, now, recorded, say, skill, there, visitor,
};
use crate::conformance::{Engine, Outcome};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::task::JoinSet;
use usher_agent::conversation::Owner;
use usher_agent::ids::TurnId;
use usher_agent::store::{
    AuditFilter, AuditHead, FinishedTurn, FunctionUsage, PluginUsage, PluginUse, StoreError, TurnAudit, UseEnded,
};
use usher_host::{Action, Digest, Entry};

pub async fn lines_are_numbered_and_read_both_ways(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    assert_eq!(lines(&*store).await?, []);
    let began = now();
    let entries = [
        entry("operator:ada", Action::ReleaseApproved, "acme/returns"),
        recorded(customer("id:1"), b"said"),
        entry("policy", Action::ReleasePublished, "acme/returns"),
    ];
    for entry in entries.clone() {
        store.append_audit(entry).await?;
    }
    let all = lines(&*store).await?;
    assert_eq!(all.iter().map(|line| line.seq).collect::<Vec<_>>(), [1, 2, 3]);
    for (line, entry) in all.iter().zip(&entries) {
        assert_eq!((&line.actor, line.action, &line.object), (&entry.actor, entry.action, &entry.object));
        assert_eq!(line.detail, entry.detail);
        assert_eq!(line.subject, entry.subject.as_ref().map(|subject| store.pseudonym(subject)));
        assert_eq!((line.recording.is_some(), line.readable), (entry.recording.is_some(), entry.recording.is_some()));
        assert!(line.at >= began && line.at <= now(), "{}", line.at);
        assert_eq!(line.hash.len(), 64);
    }

    let any = AuditFilter::default;
    assert_eq!(store.audit(any(), 1, 1).await?, all[1..2]);
    assert_eq!(store.audit(any(), 3, 10).await?, []);
    let backwards: Vec<_> = all.iter().rev().cloned().collect();
    assert_eq!(store.latest_audit(any(), None, 10).await?, backwards);
    assert_eq!(store.latest_audit(any(), None, 2).await?, backwards[..2]);
    assert_eq!(store.latest_audit(any(), Some(3), 1).await?, backwards[1..2]);
    assert_eq!(holds(&*store).await?.lines, 3);
    Ok(())
}

pub async fn lines_are_found_by_what_is_asked_for(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    store.append_audit(entry("operator:ada", Action::ReleaseApproved, "acme/returns")).await?;
    store.append_audit(entry("operator:bo", Action::ReleaseApproved, "acme/loop")).await?;
    store.append_audit(recorded(customer("id:1"), b"said")).await?;
    say(&*store, id, "a").await?;
    let turn = begin(&*store, id).await?;
    store.finish_turn(answer(&turn.message)).await?;

    let all = lines(&*store).await?;
    let (first, last) = (all[0].at, all[3].at);
    let any = AuditFilter::default;
    let wanted: [(AuditFilter, &[u64]); 10] = [
        (any(), &[1, 2, 3, 4]),
        (AuditFilter { action: Some(Action::ReleaseApproved), ..any() }, &[1, 2]),
        (AuditFilter { action: Some(Action::TurnHandled), ..any() }, &[4]),
        (AuditFilter { action: Some(Action::PolicyChanged), ..any() }, &[]),
        (AuditFilter { object: Some("acme/loop".to_owned()), ..any() }, &[2]),
        (AuditFilter { object: Some(id.to_string()), ..any() }, &[4]),
        (AuditFilter { actor: Some("operator:ada".to_owned()), ..any() }, &[1]),
        (AuditFilter { subject: Some(store.pseudonym(&customer("id:1"))), ..any() }, &[3]),
        (AuditFilter { from: Some(first), to: Some(last), ..any() }, &[1, 2, 3]),
        (AuditFilter { from: Some(last), object: Some("acme/loop".to_owned()), ..any() }, &[]),
    ];
    for (filter, expected) in wanted {
        // Lines that were written within a microsecond have the same time.
        let expected: Vec<u64> = match filter.to {
            Some(to) => all.iter().filter(|line| line.at < to).map(|line| line.seq).collect(),
            None if filter.from.is_some() => continue,
            None => expected.to_vec(),
        };
        let found = store.audit(filter.clone(), 0, 10).await?;
        assert_eq!(found.iter().map(|line| line.seq).collect::<Vec<_>>(), expected, "{filter:?}");
        let newest = store.latest_audit(filter.clone(), None, 10).await?;
        assert!(newest.iter().eq(found.iter().rev()), "{filter:?}");
    }
    let late = AuditFilter { from: Some(minutes(1)), ..any() };
    assert_eq!(store.audit(late, 0, 10).await?, []);
    Ok(())
}

pub async fn lines_are_found_by_plugin_tool_and_conversation(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let get = "usher:tools/orders.get";
    store.append_audit(entry("operator:ada", Action::ReleaseApproved, "orders")).await?;
    store.append_audit(entry("operator:ada", Action::SettingChanged, "orders")).await?;
    let acting = serde_json::json!({ "function": "usher:tools/order-actions.cancel" });
    store.append_audit(Entry::new("skill:editing", Action::ActingIntended, id, acting)).await?;
    let read = serde_json::json!({ "conversation": id });
    store.append_audit(Entry::new("operator:bo", Action::CustomerRead, "7", read)).await?;
    for (client_id, calls) in [
        ("a", serde_json::json!([])),
        ("b", serde_json::json!([{ "function": get, "provider": "shop" }, { "function": get, "provider": "shop" }])),
    ] {
        say(&*store, id, client_id).await?;
        let turn = begin(&*store, id).await?;
        let finished = answer(&turn.message);
        let detail = serde_json::json!({ "conversation": id, "skills": [{ "skill": "orders", "calls": calls }] });
        let audit = TurnAudit { detail, ..finished.audit.clone() };
        store.finish_turn(FinishedTurn { audit, ..finished }).await?;
    }

    let any = AuditFilter::default;
    let named = |name: &str| Some(name.to_owned());
    let wanted: [(AuditFilter, &[u64]); 9] = [
        (AuditFilter { plugin: named("orders"), ..any() }, &[1, 5, 6]),
        (AuditFilter { plugin: named("editing"), ..any() }, &[3]),
        (AuditFilter { plugin: named("shop"), ..any() }, &[6]),
        (AuditFilter { tool: named(get), ..any() }, &[6]),
        (AuditFilter { tool: named(get), plugin: named("orders"), ..any() }, &[6]),
        (AuditFilter { tool: named(get), plugin: named("editing"), ..any() }, &[]),
        (AuditFilter { plugin: named("orders"), actor: named("operator:ada"), ..any() }, &[1]),
        (AuditFilter { conversation: Some(id.to_string()), ..any() }, &[3, 4, 5, 6]),
        (AuditFilter { conversation: Some(id.to_string()), actor: named("runtime"), ..any() }, &[5, 6]),
    ];
    for (filter, expected) in wanted {
        let found = store.audit(filter.clone(), 0, 10).await?;
        assert_eq!(found.iter().map(|line| line.seq).collect::<Vec<_>>(), expected, "{filter:?}");
        let newest = store.latest_audit(filter.clone(), None, 10).await?;
        assert!(newest.iter().eq(found.iter().rev()), "{filter:?}");
        if let [first, second, ..] = expected {
            let one = store.audit(filter.clone(), *first, 1).await?;
            assert_eq!(one.iter().map(|line| line.seq).collect::<Vec<_>>(), [*second], "{filter:?}");
        }
    }

    let names = store.audit_names().await?;
    assert_eq!(names.actors, ["operator:ada", "operator:bo", "skill:editing"]);
    assert_eq!(names.plugins, ["editing", "orders", "shop"]);
    assert_eq!(names.tools, ["usher:tools/order-actions.cancel", get]);
    assert!(names.actions.contains(&Action::TurnHandled) && names.actions.contains(&Action::CustomerRead));
    assert_eq!(names.actions.len(), 5, "{:?}", names.actions);
    Ok(())
}

pub async fn how_far_the_audit_was_read_and_signed_is_told(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    assert_eq!(store.audit_head().await?, AuditHead::default());
    store.append_audit(entry("operator:ada", Action::ReleaseApproved, "orders")).await?;
    store.checkpoint().await?;
    store.append_audit(entry("operator:ada", Action::ReleaseRevoked, "orders")).await?;
    let head = store.audit_head().await?;
    let all = lines(&*store).await?;
    assert_eq!((head.last, head.hash.as_ref()), (2, Some(&all[1].hash)));
    assert_eq!((head.signed_through, head.signed_at.is_some()), (Some(1), true));
    let read = Arc::new(AtomicU64::new(0));
    let check = store.verify_audit_counting(Vec::new(), Arc::clone(&read)).await?;
    assert_eq!((check.lines, read.load(Ordering::Relaxed)), (2, 2));
    Ok(())
}

pub async fn many_writers_leave_no_gap(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let mut tasks = JoinSet::new();
    for number in 0..120 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let visitor = visitor(&(number % 7).to_string());
            match number % 3 {
                0 => store.append_audit(recorded(visitor, b"said")).await.map_err(|error| error.to_string()),
                1 => {
                    let entry = entry("operator:ada", Action::PluginReturned, &number.to_string());
                    store.record(Vec::new(), vec![entry.clone(), entry]).await.map_err(|error| error.to_string())
                }
                // Nothing is known of this one: it is refused among the others, and leaves nothing.
                _ => match store.erase_subject("c_unknown", "operator:ada").await {
                    Err(StoreError::NotFound(_)) => Ok(()),
                    other => Err(format!("{other:?}")),
                },
            }
        });
    }
    for outcome in tasks.join_all().await {
        outcome?;
    }
    let all = lines(&*store).await?;
    assert_eq!(all.iter().map(|line| line.seq).collect::<Vec<_>>(), (1..=120).collect::<Vec<_>>());
    assert_eq!(holds(&*store).await?.lines, 120);
    Ok(())
}

pub async fn a_turn_leaves_its_line_and_its_recording(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let mut expected = Vec::new();
    for (client_id, recording) in [("a", Some(b"first".to_vec())), ("b", None), ("c", Some(vec![0; 100_000]))] {
        say(&*store, id, client_id).await?;
        let turn = begin(&*store, id).await?;
        let finished = FinishedTurn {
            audit: TurnAudit {
                subject: visitor("v"),
                detail: serde_json::json!({ "generation": 7 }),
                recording: recording.clone(),
                uses: Vec::new(),
            },
            ..answer(&turn.message)
        };
        expected.push((finished.id, recording));
        store.finish_turn(finished).await?;
    }
    let all = lines(&*store).await?;
    assert_eq!(all.len(), 3);
    for (line, (turn, recording)) in all.iter().zip(&expected) {
        assert_eq!((line.action, &line.object), (Action::TurnHandled, &id.to_string()));
        assert_eq!(line.subject, Some(store.pseudonym(&visitor("v"))));
        assert_eq!(line.detail["generation"], 7);
        let stored = there(line.stored.as_ref(), "what was stored with the line")?;
        assert_eq!(stored["turn"], turn.to_string());
        assert_eq!(line.readable, recording.is_some());
    }
    let recordings = store.recordings_of(id).await?;
    assert_eq!(recordings.iter().map(|kept| kept.seq).collect::<Vec<_>>(), [1, 2, 3]);
    let recordings: Vec<_> = recordings.into_iter().map(|kept| (kept.turn, kept.recording)).collect();
    assert_eq!(recordings, expected);
    assert!(store.recordings_of(conversation(&*store).await?).await?.is_empty());
    assert_eq!(holds(&*store).await?.unreadable, 0);
    Ok(())
}

pub async fn a_turn_that_isnt_stored_leaves_no_line(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let spoken = |finished: FinishedTurn| FinishedTurn {
        audit: TurnAudit { recording: Some(b"said".to_vec()), uses: vec![used(1)], ..finished.audit.clone() },
        ..finished
    };
    say(&*store, id, "a").await?;
    let first = answer(&begin(&*store, id).await?.message);
    store.finish_turn(first.clone()).await?;
    say(&*store, id, "b").await?;
    let turn = begin(&*store, id).await?;
    // Two turns can't have one name.
    let failed = store.finish_turn(spoken(FinishedTurn { id: first.id, ..answer(&turn.message) })).await;
    assert!(matches!(failed, Err(StoreError::Engine(_))), "{failed:?}");
    store.set_owner(id, Owner::Human).await?;
    let silenced = store.finish_turn(spoken(answer(&turn.message))).await;
    assert!(matches!(silenced, Err(StoreError::NotOwner)), "{silenced:?}");
    let unclaimed = store.finish_turn(spoken(FinishedTurn { id: TurnId::new(), ..answer(&turn.message) })).await;
    assert!(matches!(unclaimed, Err(StoreError::ClaimLost)), "{unclaimed:?}");

    assert_eq!(lines(&*store).await?.len(), 1);
    assert!(store.plugin_usage(jiff::civil::Date::MIN).await?.is_empty(), "a turn that isn't there was counted");
    store.append_audit(recorded(visitor("v"), b"said")).await?;
    assert_eq!(lines(&*store).await?[1].seq, 2, "a turn that isn't there has used a number up");
    assert_eq!(holds(&*store).await?.unreadable, 0);
    Ok(())
}

pub async fn an_erased_subject_is_unreadable_and_the_audit_holds(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let (gone, stays) = (customer("id:1"), customer("id:2"));
    for (client_id, subject) in [("a", &gone), ("b", &stays), ("c", &gone)] {
        say(&*store, id, client_id).await?;
        let finished = answer(&begin(&*store, id).await?.message);
        let audit = TurnAudit {
            subject: subject.clone(),
            recording: Some(client_id.as_bytes().to_vec()),
            ..finished.audit.clone()
        };
        store.finish_turn(FinishedTurn { audit, ..finished }).await?;
    }
    let unknown = store.erase_subject(&store.pseudonym(&customer("id:3")), "operator:ada").await;
    assert!(matches!(unknown, Err(StoreError::NotFound(_))), "{unknown:?}");

    let pseudonym = store.pseudonym(&gone);
    assert_eq!(store.erase_subject(&pseudonym, "operator:ada").await?, 2);
    let kept: Vec<_> = store.recordings_of(id).await?.into_iter().map(|kept| kept.recording).collect();
    assert_eq!(kept, [None, Some(b"b".to_vec()), None]);
    let all = lines(&*store).await?;
    assert_eq!(all.iter().map(|line| line.readable).collect::<Vec<_>>(), [false, true, false, false]);
    let last = &all[3];
    assert_eq!((last.action, last.actor.as_str()), (Action::SubjectErased, "operator:ada"));
    assert_eq!((last.object.as_str(), last.subject.as_deref()), (pseudonym.as_str(), Some(pseudonym.as_str())));
    assert_eq!(holds(&*store).await?.unreadable, 2);

    // What comes later is recorded anew, and can be erased again.
    say(&*store, id, "d").await?;
    let finished = answer(&begin(&*store, id).await?.message);
    let audit = TurnAudit { subject: gone, recording: Some(b"d".to_vec()), ..finished.audit.clone() };
    store.finish_turn(FinishedTurn { audit, ..finished }).await?;
    let kept: Vec<_> = store.recordings_of(id).await?.into_iter().map(|kept| kept.recording).collect();
    assert_eq!(kept, [None, Some(b"b".to_vec()), None, Some(b"d".to_vec())]);
    assert_eq!(store.erase_subject(&pseudonym, "operator:ada").await?, 1);
    assert_eq!(store.erase_subject(&pseudonym, "operator:ada").await?, 0);
    assert_eq!(holds(&*store).await?.unreadable, 3);
    Ok(())
}

/// Engines keep recordings for 90 days unless they are told otherwise.
pub async fn recordings_end_with_their_time(engine: &dyn Engine) -> Outcome {
    const DAY: i64 = 24 * 60;
    let store = engine.open().await?;
    for number in 0..3 {
        store.append_audit(recorded(visitor(&number.to_string()), b"said")).await?;
    }
    store.sweep(minutes(89 * DAY)).await?;
    assert!(lines(&*store).await?.iter().all(|line| line.readable));
    store.sweep(minutes(91 * DAY)).await?;
    let all = lines(&*store).await?;
    assert!(all.len() == 3 && all.iter().all(|line| !line.readable && line.recording.is_some()));
    assert_eq!(holds(&*store).await?.unreadable, 3);
    store.append_audit(recorded(visitor("0"), b"said again")).await?;
    assert!(lines(&*store).await?[3].readable);
    Ok(())
}

pub async fn a_checkpoint_is_made_once(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let empty = store.checkpoint().await?;
    assert!(empty.contains("\n0\n"), "{empty}");
    store.append_audit(entry("operator:ada", Action::ReleaseApproved, "acme/returns")).await?;
    let first = store.checkpoint().await?;
    assert!(first.contains("\n1\n"), "{first}");
    assert_eq!(store.checkpoint().await?, first);
    store.append_audit(entry("operator:ada", Action::ReleaseRevoked, "acme/returns")).await?;
    let second = store.checkpoint().await?;
    assert_ne!(first, second);
    assert_eq!(holds(&*store).await?.checkpoints, 2);

    let check = store.verify_audit(vec![empty, first.clone(), second]).await?;
    assert_eq!((check.checkpoints, check.problems.len()), (2, 0), "{check:?}");
    let forged = first.replace("\n1\n", "\n2\n");
    let check = store.verify_audit(vec![forged]).await?;
    assert_eq!(check.problems.len(), 1, "{check:?}");
    Ok(())
}

fn used(took_us: u64) -> PluginUse {
    PluginUse {
        plugin: "order-tracking".parse().unwrap_or_else(|_| unreachable!("it is an id")),
        digest: Digest([7; 32]),
        ended: UseEnded::Well,
        took_us,
        functions: Vec::new(),
    }
}

pub async fn use_is_counted_by_plugin_and_function(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let id = conversation(&*store).await?;
    let get = || "usher:tools/orders.get".parse();
    let cancel = || "usher:tools/orders.cancel".parse();
    let before = now();
    for number in 0..100_u64 {
        say(&*store, id, &number.to_string()).await?;
        let finished = answer(&begin(&*store, id).await?.message);
        let ended = match number {
            0 => UseEnded::Trapped,
            1..=4 => UseEnded::Failed,
            _ => UseEnded::Well,
        };
        let functions = vec![(get()?, false), (get()?, false), (cancel()?, number < 10)];
        let asked = PluginUse { ended, took_us: if number < 2 { 50_000 } else { 800 }, functions, ..used(1) };
        let connector =
            PluginUse { plugin: skill("shopify")?, functions: vec![(get()?, false)], took_us: 200, ..used(1) };
        let uses = if number == 99 { vec![asked] } else { vec![asked, connector.clone(), connector] };
        let audit = TurnAudit { uses, ..finished.audit.clone() };
        store.finish_turn(FinishedTurn { audit, ..finished }).await?;
    }
    let since = jiff::tz::Offset::UTC.to_datetime(before).date();
    let usage = store.plugin_usage(since).await?;
    let [orders, shopify] = &usage[..] else { return Err(format!("{usage:?}").into()) };
    assert_eq!((orders.plugin.as_str(), orders.digest), ("order-tracking", Digest([7; 32])));
    assert_eq!((orders.uses, orders.failures, orders.traps), (100, 5, 1));
    within_a_tenth(orders.p50_us, 800);
    within_a_tenth(orders.p99_us, 50_000);
    let today = jiff::tz::Offset::UTC.to_datetime(now()).date();
    let last = orders.functions[&get()?].last;
    assert!(last == since || last == today);
    let expected = BTreeMap::from([
        (get()?, FunctionUsage { calls: 200, denied: 0, last }),
        (cancel()?, FunctionUsage { calls: 100, denied: 10, last }),
    ]);
    assert_eq!(orders.functions, expected);
    assert_eq!((shopify.uses, shopify.failures, shopify.functions[&get()?].calls), (198, 0, 198));
    within_a_tenth(shopify.p99_us, 200);

    let tomorrow = today.tomorrow()?;
    assert_eq!(store.plugin_usage(tomorrow).await?, Vec::<PluginUsage>::new());
    Ok(())
}

fn within_a_tenth(shown: u64, real: u64) {
    assert!(shown.abs_diff(real) * 10 <= real, "{real} is shown as {shown}");
}
