//! Scenarios that operators keep, and what came of running them.

use crate::conformance::{Engine, Outcome};
use jiff::Timestamp;
use usher_agent::ids::{ScenarioId, ScenarioRunId};
use usher_agent::scenario::{KeptScenario, Scenario, ScenarioRun, Step, StepRun, Verdict};
use usher_host::Digest;

fn kept(name: &str, customer: Option<&str>) -> KeptScenario {
    let step = Step { say: Some("where is my order?".into()), ..Step::default() };
    let scenario =
        Scenario { name: name.into(), customer: customer.map(str::to_owned), steps: vec![step], ..Scenario::default() };
    let at = "2026-05-04T10:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH);
    KeptScenario { id: ScenarioId::new(), scenario, created_by: "ada".into(), created_at: at, changed_at: at }
}

fn run(of: &KeptScenario, release: Option<Digest>, passed: bool) -> ScenarioRun {
    let verdict = Verdict { what: "skill".into(), expected: "a".into(), got: "b".into(), ok: passed };
    let step =
        StepRun { did: "says".into(), verdicts: vec![verdict], answers: vec!["hi".into()], ..StepRun::default() };
    ScenarioRun {
        id: ScenarioRunId::new(),
        scenario: of.id,
        at: of.created_at,
        by: "ada".into(),
        release,
        generation: 7,
        passed,
        took_ms: 12,
        steps: vec![step],
    }
}

pub async fn a_scenario_is_read_back_with_its_last_run(engine: &dyn Engine) -> Outcome {
    let (mut second, first) = (kept("b", None), kept("a", Some("ana@example.net")));
    let (earlier, last) = (run(&first, None, true), run(&first, None, false));
    {
        let store = engine.open().await?;
        let store = store.scenarios();
        store.put_scenario(second.clone()).await?;
        store.put_scenario(first.clone()).await?;
        second.scenario.name = "c".into();
        store.put_scenario(second.clone()).await?;
        assert!(store.put_run(earlier, 5).await?);
        assert!(store.put_run(last.clone(), 5).await?);
        assert!(store.put_run(run(&first, Some(Digest([3; 32])), true), 5).await?);
    }
    let store = engine.open().await?;
    let store = store.scenarios();
    assert_eq!(store.scenarios().await?, [(first.clone(), Some(last)), (second.clone(), None)]);
    assert_eq!(store.scenario(second.id).await?, Some(second.clone()));
    assert!(store.remove_scenario(first.id).await?);
    assert!(!store.remove_scenario(first.id).await?);
    assert_eq!(store.scenario(first.id).await?, None);
    assert!(store.runs_of_scenario(first.id, 10).await?.is_empty());
    assert!(!store.put_run(run(&first, None, true), 5).await?);
    assert_eq!(store.scenarios().await?, [(second, None)]);
    Ok(())
}

pub async fn only_the_last_runs_are_kept(engine: &dyn Engine) -> Outcome {
    let (one, other) = (kept("one", None), kept("other", None));
    let (waiting, older) = (Digest([1; 32]), Digest([2; 32]));
    let store = engine.open().await?;
    let store = store.scenarios();
    store.put_scenario(one.clone()).await?;
    store.put_scenario(other.clone()).await?;
    let runs: Vec<_> = (0..5).map(|number| run(&one, None, number % 2 == 0)).collect();
    for run in &runs {
        store.put_run(run.clone(), 2).await?;
    }
    let on_older = run(&one, Some(older), true);
    store.put_run(on_older.clone(), 2).await?;
    store.put_run(run(&one, Some(waiting), false), 2).await?;
    let on_waiting = run(&one, Some(waiting), true);
    store.put_run(on_waiting.clone(), 2).await?;
    let others = run(&other, Some(waiting), false);
    store.put_run(others.clone(), 2).await?;

    let expected = [on_waiting.clone(), on_older.clone(), runs[4].clone(), runs[3].clone()];
    assert_eq!(store.runs_of_scenario(one.id, 10).await?, expected);
    assert_eq!(store.runs_of_scenario(one.id, 1).await?, expected[..1]);
    assert_eq!(store.runs_on_release(waiting).await?, [("one".to_owned(), on_waiting), ("other".to_owned(), others)]);
    assert_eq!(store.runs_on_release(older).await?, [("one".to_owned(), on_older)]);
    assert!(store.runs_on_release(Digest([9; 32])).await?.is_empty());
    Ok(())
}

pub async fn a_customers_scenarios_can_be_forgotten(engine: &dyn Engine) -> Outcome {
    let (anas, bens, nobodys) = (kept("a", Some("Ana@example.net")), kept("b", Some("7002")), kept("c", None));
    let mut signs_in = kept("d", None);
    signs_in.scenario.steps.push(Step { sign_in: Some("ana@example.net".into()), ..Step::default() });
    let store = engine.open().await?;
    let store = store.scenarios();
    for scenario in [&anas, &bens, &nobodys, &signs_in] {
        store.put_scenario(scenario.clone()).await?;
        store.put_run(run(scenario, None, true), 5).await?;
    }
    assert_eq!(store.forget_scenarios_of("ana@example.net").await?, 2);
    assert_eq!(store.forget_scenarios_of("ana@example.net").await?, 0);
    let left: Vec<_> = store.scenarios().await?.into_iter().map(|(kept, _)| kept.id).collect();
    assert_eq!(left, [bens.id, nobodys.id]);
    assert!(store.runs_of_scenario(anas.id, 10).await?.is_empty());
    Ok(())
}
