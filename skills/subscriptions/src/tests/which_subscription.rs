use super::*;
use which::{Which, ask, pick, to_tell};

fn ids(which: Which<'_>) -> Vec<&str> {
    match which {
        Which::One(one) => vec![one.id.as_str()],
        Which::Several(several) => several.into_iter().map(|one| one.id.as_str()).collect(),
        Which::Nothing => vec![],
    }
}

#[test]
fn none_one_and_several() {
    let all = [coffee(), bulbs(), paused(), cancelled()];
    let picked = |kind, said| ids(pick(&all, Some(kind), None, None, said));
    assert_eq!(ids(pick(&[], Some(Kind::Skip), None, None, "skip")), [""; 0]);
    assert_eq!(picked(Kind::Skip, "skip my next delivery"), ["1", "2"]);
    assert_eq!(picked(Kind::Cancel, "cancel my subscription"), ["1", "2", "3"]);
    assert_eq!(picked(Kind::Resume, "resume my subscription"), ["3", "4"]);
    assert_eq!(picked(Kind::Skip, "skip the coffee one"), ["1"]);
    assert_eq!(picked(Kind::Skip, "skip the Alder delivery"), ["1", "2"]);
    assert_eq!(picked(Kind::Skip, "skip the tea"), ["3"], "to say why not");
    let odd = [Subscription { title: "The set for two".to_owned(), ..coffee() }, bulbs()];
    assert_eq!(ids(pick(&odd, Some(Kind::Skip), None, None, "skip the next one for me")), ["1", "2"]);
    assert_eq!(ids(pick(&[cancelled()], Some(Kind::Skip), None, None, "skip")), ["4"]);
    assert_eq!(ids(pick(&all, Some(Kind::Skip), Some("2"), Some("1"), "")), ["2"]);
    assert_eq!(ids(pick(&all, Some(Kind::Skip), Some("9"), None, "")), [""; 0]);
}

#[test]
fn the_one_shown_last_is_meant_and_the_other_is_the_other() {
    let all = [coffee(), bulbs(), cancelled()];
    assert_eq!(ids(pick(&all, Some(Kind::Skip), None, Some("2"), "skip it")), ["2"]);
    assert_eq!(ids(pick(&all, Some(Kind::Skip), None, Some("2"), "and the other one")), ["1"]);
    assert_eq!(ids(pick(&all, Some(Kind::Skip), None, Some("4"), "skip it")), ["4"], "pointed at");
    assert_eq!(ids(pick(&all, Some(Kind::Skip), None, Some("4"), "skip my next delivery")), ["1", "2"]);
    let told = |shown, said| to_tell(&all, shown, said).iter().map(|one| one.id.clone()).collect::<Vec<_>>();
    assert_eq!(told(None, "when is my next delivery"), ["1", "2"]);
    assert_eq!(told(Some("1"), "and the other one?"), ["2", "4"]);
    assert_eq!(told(None, "the mug subscription"), ["4"]);
    assert_eq!(to_tell(&[cancelled()], None, "my subscription").len(), 1, "also where none runs");
}

#[test]
fn the_question_has_a_button_for_each_and_is_remembered() {
    let (one, other) = (coffee(), bulbs());
    let reply = ask(&signed_in("skip"), Some(Kind::Skip), &[&one, &other]);
    assert_eq!(choices(&reply), ["skip 1", "skip 2"]);
    assert_eq!((reply.expects, WAITING.get().as_deref()), (Expectation::Choice, Some("skip")));
}
