//! What is kept of articles beside their content, and where they come from.

use crate::conformance::scene::{entry, holds, lines};
use crate::conformance::{Engine, Outcome};
use jiff::Timestamp;
use std::collections::BTreeMap;
use usher_agent::knowledge::{
    Article, ArticleState, ArticleStatus, CrawlReport, CrawlRules, FailedPage, Fault, Format, Garbled, KnowledgeChange,
    KnowledgeSource, Origin,
};
use usher_host::{Action, Entry};

/// The same time whenever it is asked for, so that equal things are equal.
fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + 60 * minute).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn article(id: &str) -> Article {
    Article {
        id: id.to_owned(),
        title: id.to_owned(),
        body: "# Costs\nFree.".to_owned(),
        format: Format::Outline,
        topic: None,
        url: None,
        language: Some("en".to_owned()),
        questions: Vec::new(),
        updated_at: at(0),
        valid_until: None,
    }
}

fn state(id: &str, part_of: Option<&str>) -> ArticleState {
    ArticleState {
        id: id.to_owned(),
        part_of: part_of.map(str::to_owned),
        origin: Origin::Upload { file: "Q&A.csv".to_owned() },
        status: ArticleStatus::Failed { reason: "it has \"no\" text".to_owned() },
        garbled: vec![Garbled { fault: Fault::Mojibake, heading: None, passage: "cafÃ©".to_owned() }],
        notes: vec!["one".to_owned()],
        at: at(1),
    }
}

fn source(id: &str) -> KnowledgeSource {
    KnowledgeSource {
        id: id.to_owned(),
        url: "https://shop.example/help".to_owned(),
        crawl: true,
        rules: CrawlRules { pages: 7, depth: 2, delay_ms: 10 },
        topic: Some("help".to_owned()),
        stand_ins: BTreeMap::from([("shop.example".to_owned(), "http://127.0.0.1:4100".to_owned())]),
        daily: true,
        live: None,
        added_at: at(0),
        last: None,
    }
}

fn why(action: Action, object: &str) -> Entry {
    entry("operator:ada", action, object)
}

pub async fn a_change_of_the_knowledge_is_made_whole(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let change = KnowledgeChange {
        removed: vec!["never-there".to_owned()],
        articles: vec![article("faq.1"), article("faq.2"), article("other")],
        states: vec![
            state("faq", None),
            state("faq.1", Some("faq")),
            state("faq.2", Some("faq")),
            state("other", None),
        ],
        entry: None,
    };
    store.change_knowledge(change.clone()).await?;
    assert_eq!(store.articles().await?, change.articles);
    assert_eq!(store.article_states().await?, change.states);

    // What goes and comes back in one change is there, and a whole takes its parts along.
    let again = KnowledgeChange {
        removed: vec!["faq".to_owned()],
        articles: vec![Article { title: "new".to_owned(), ..article("faq.2") }],
        states: vec![ArticleState { status: ArticleStatus::Indexed, ..state("faq.2", Some("faq")) }],
        entry: Some(why(Action::ArticleChanged, "faq")),
    };
    store.change_knowledge(again.clone()).await?;
    assert_eq!(store.articles().await?, [again.articles[0].clone(), article("other")]);
    assert_eq!(store.article_states().await?, [again.states[0].clone(), state("other", None)]);

    let gone = |id: &str| why(Action::ArticleRemoved, id);
    assert!(
        store.remove_article("faq", gone("faq")).await?,
        "an upload without an article of its own is removed by its parts"
    );
    assert!(store.remove_article("other", gone("other")).await?);
    assert!(!store.remove_article("other", gone("other")).await?);
    assert_eq!((store.articles().await?, store.article_states().await?), (Vec::new(), Vec::new()));
    Ok(())
}

pub async fn every_change_of_an_operator_leaves_its_line(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let articles = vec![article("a")];
    let change =
        KnowledgeChange { articles, entry: Some(why(Action::ArticleChanged, "a")), ..KnowledgeChange::default() };
    store.change_knowledge(change).await?;
    // A page that is read again is nobody's decision.
    store.change_knowledge(KnowledgeChange { articles: vec![article("b")], ..KnowledgeChange::default() }).await?;
    store.put_knowledge_source(source("site"), Some(why(Action::SourceAdded, "site"))).await?;
    store.put_knowledge_source(source("site"), None).await?;
    assert!(store.remove_knowledge_source("site", why(Action::SourceRemoved, "site")).await?);
    assert!(!store.remove_knowledge_source("site", why(Action::SourceRemoved, "site")).await?);
    for dismissed in [true, true, false, false] {
        store.dismiss_conflict("c", dismissed, why(Action::ConflictDismissed, "c")).await?;
    }
    assert!(store.remove_article("a", why(Action::ArticleRemoved, "a")).await?);
    let noted: Vec<_> = lines(&*store).await?.into_iter().map(|line| (line.action, line.object)).collect();
    let expected = [
        (Action::ArticleChanged, "a"),
        (Action::SourceAdded, "site"),
        (Action::SourceRemoved, "site"),
        (Action::ConflictDismissed, "c"),
        (Action::ConflictDismissed, "c"),
        (Action::ArticleRemoved, "a"),
    ];
    assert_eq!(noted, expected.map(|(action, object)| (action, object.to_owned())));
    holds(&*store).await?;
    Ok(())
}

pub async fn uses_of_articles_are_kept_with_them(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let articles = vec![article("a"), article("b")];
    store.change_knowledge(KnowledgeChange { articles, ..KnowledgeChange::default() }).await?;
    store.articles_used(vec!["a".to_owned(), "gone".to_owned()], at(2)).await?;
    store.articles_used(vec!["a".to_owned(), "b".to_owned()], at(1)).await?;
    let uses = BTreeMap::from([("a".to_owned(), at(2)), ("b".to_owned(), at(1))]);
    assert_eq!(store.article_uses().await?, uses, "the latest use counts");
    // Changing an article keeps when it was used; removing it doesn't.
    store.put_article(Article { title: "changed".to_owned(), ..article("a") }).await?;
    assert_eq!(store.article_uses().await?, uses);
    store.remove_article("a", why(Action::ArticleRemoved, "a")).await?;
    assert_eq!(store.article_uses().await?, BTreeMap::from([("b".to_owned(), at(1))]));
    Ok(())
}

pub async fn a_source_goes_with_its_pages(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    let report = CrawlReport {
        started_at: at(0),
        finished_at: at(1),
        read: 3,
        failed: vec![FailedPage { url: "https://shop.example/x".to_owned(), reason: "HTTP 500".to_owned() }],
        ended_early: Some("stopped".to_owned()),
        ..CrawlReport::default()
    };
    let (site, other) = (source("site"), source("zoo"));
    store.put_knowledge_source(other.clone(), None).await?;
    store.put_knowledge_source(site.clone(), None).await?;
    let site = KnowledgeSource { last: Some(report), daily: false, ..site };
    store.put_knowledge_source(site.clone(), None).await?;
    assert_eq!(store.knowledge_sources().await?, [site, other.clone()]);
    let change = KnowledgeChange {
        articles: vec![article("site.a"), article("zoo.a")],
        states: vec![state("site.a", Some("site")), state("zoo.a", Some("zoo"))],
        ..KnowledgeChange::default()
    };
    store.change_knowledge(change).await?;
    assert!(store.remove_knowledge_source("site", why(Action::SourceRemoved, "site")).await?);
    assert!(!store.remove_knowledge_source("site", why(Action::SourceRemoved, "site")).await?);
    assert_eq!(store.knowledge_sources().await?, [other]);
    assert_eq!(store.articles().await?, [article("zoo.a")]);
    assert_eq!(store.article_states().await?, [state("zoo.a", Some("zoo"))]);
    Ok(())
}

pub async fn contradictions_are_hidden_and_shown_again(engine: &dyn Engine) -> Outcome {
    let store = engine.open().await?;
    for (id, dismissed) in [("b", true), ("a", true), ("a", true), ("b", false), ("never", false)] {
        store.dismiss_conflict(id, dismissed, why(Action::ConflictDismissed, id)).await?;
    }
    assert_eq!(store.dismissed_conflicts().await?, ["a"]);
    Ok(())
}
