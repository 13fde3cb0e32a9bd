//! The first judge: joins on exact agreement, refuses on any stated difference.

use super::keys::{employer_core, folded, keys, place_core};
use crate::model::{Evidence, Judge, LinkKind, Posting, Verdict};

/// Joins postings that agree exactly; names its points so that a person can follow.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExactJudge;

impl Judge for ExactJudge {
    fn model(&self) -> &'static str {
        "exact-1"
    }

    fn keys(&self, posting: &Posting) -> Vec<i64> {
        keys(posting)
    }

    fn compare(&self, a: &Posting, b: &Posting) -> Verdict {
        if let Some(says) = same_advertisement(a, b) {
            return Verdict { kind: LinkKind::Exact, probability: 0.999, evidence: vec![point(12.0, says)] };
        }
        // An id made of words may stand for the other's advertisement, so the words decide.
        if a.key.board == b.key.board && !a.key.is_of_words() && !b.key.is_of_words() {
            let says = format!("two ids on one board: {} and {}", a.key.posting_id, b.key.posting_id);
            return apart(says);
        }
        if let Some(says) = contradiction(a, b) {
            return apart(says);
        }
        agreement(a, b)
    }
}

fn point(points: f64, says: String) -> Evidence {
    Evidence { points, says, veto: false }
}

fn apart(says: String) -> Verdict {
    Verdict {
        kind: LinkKind::Different,
        probability: 0.01,
        evidence: vec![Evidence { points: -8.0, says, veto: true }],
    }
}

/// Finds an id or address that both share.
fn same_advertisement(a: &Posting, b: &Posting) -> Option<String> {
    if let (Some(id), Some(other)) = (&a.network_id, &b.network_id) {
        if id == other {
            return Some(format!("same id `{id}` in the boards' network"));
        }
        // Two ids of one network are two advertisements, whatever addresses they share.
        if id.split(':').next() == other.split(':').next() {
            return None;
        }
    }
    if a.key.board == b.key.board {
        return None;
    }
    // Employers send several openings to one careers page, so the titles must agree as well.
    let title = |posting: &Posting| posting.title.value.as_deref().map(folded);
    if title(a).is_none() || title(a) != title(b) || contradiction(a, b).is_some() {
        return None;
    }
    let page = a.url.value.as_deref().filter(|url| Some(*url) == b.url.value.as_deref());
    page.map(|url| format!("same page {url}"))
}

/// Finds a stated difference that forbids joining.
fn contradiction(a: &Posting, b: &Posting) -> Option<String> {
    if !a.requisition_ids.is_empty() && !b.requisition_ids.is_empty() {
        let shared = a.requisition_ids.iter().any(|id| b.requisition_ids.contains(id));
        if !shared {
            return Some(format!(
                "requisition {} against {}",
                a.requisition_ids.join(", "),
                b.requisition_ids.join(", ")
            ));
        }
    }
    if let (Some(mode), Some(other)) = (a.work_mode.value, b.work_mode.value)
        && mode != other
    {
        return Some(format!("{} against {}", mode.as_str(), other.as_str()));
    }
    if let (Some(types), Some(others)) = (&a.employment_type.value, &b.employment_type.value)
        && !types.is_empty()
        && !others.is_empty()
        && !types.iter().any(|kind| others.contains(kind))
    {
        return Some("employment types differ".into());
    }
    pay_differs(a, b)
}

/// Compares annual pay where both state it: more than 9 % apart is another job (measured, see the
/// deduplication notes in ARCHITECTURE.md).
fn pay_differs(a: &Posting, b: &Posting) -> Option<String> {
    let top = |posting: &Posting| {
        let salary = posting.base_salary.value.as_ref()?;
        salary.annual_max.or(salary.annual_min).filter(|_| salary.implausible.is_none())
    };
    let (pay, other) = (top(a)?, top(b)?);
    ((pay - other).abs() > 0.09 * pay.max(other)).then(|| format!("pay {pay:.0} against {other:.0} a year"))
}

/// Joins when title, employer and place agree word for word.
fn agreement(a: &Posting, b: &Posting) -> Verdict {
    let same = |left: Option<String>, right: Option<String>| {
        left.filter(|text| !text.is_empty() && Some(text) == right.as_ref())
    };
    let title = same(a.title.value.as_deref().map(folded), b.title.value.as_deref().map(folded));
    let employer = same(
        a.hiring_organization.value.as_deref().map(employer_core),
        b.hiring_organization.value.as_deref().map(employer_core),
    );
    let place = same(place_core(a), place_core(b));
    let mut evidence = Vec::new();
    evidence.extend(title.as_ref().map(|text| point(6.0, format!("same title “{text}”"))));
    evidence.extend(employer.as_ref().map(|text| point(3.0, format!("same employer “{text}”"))));
    evidence.extend(place.as_ref().map(|text| point(2.0, format!("same place “{text}”"))));
    match (title, employer, place) {
        (Some(_), Some(_), Some(_)) => Verdict { kind: LinkKind::Same, probability: 0.9, evidence },
        (Some(_), Some(_), None) => Verdict { kind: LinkKind::Possible, probability: 0.4, evidence },
        _ => Verdict { kind: LinkKind::Different, probability: 0.05, evidence },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BoardId, Field, PostingKey, RawPosting, WorkMode};

    fn posting(board: &str, title: &str, url: &str) -> Posting {
        let key = PostingKey { board: BoardId::new(board).unwrap(), posting_id: format!("{board}-{title}") };
        let raw = serde_json::to_value(RawPosting::default()).unwrap();
        let text = serde_json::json!({"key": key, "url": {"value": url}, "title": {"value": title}, "raw": raw});
        serde_json::from_value(text).unwrap()
    }

    fn remote_at(mut posting: Posting, employer: &str) -> Posting {
        posting.hiring_organization = Field::stated(employer, employer.to_owned());
        posting.work_mode = Field::stated("Remote", WorkMode::Remote);
        posting
    }

    fn kind(a: &Posting, b: &Posting) -> LinkKind {
        ExactJudge.compare(a, b).kind
    }

    #[test]
    fn a_shared_careers_page_joins_only_the_same_title() {
        let page = "https://careers.mercy.example/jobs";
        let coder = posting("b1", "Inpatient Coder", page);
        assert_ne!(kind(&coder, &posting("b2", "HIM Director", page)), LinkKind::Exact);
        assert_eq!(kind(&coder, &posting("b2", "Inpatient Coder", page)), LinkKind::Exact);
    }

    #[test]
    fn word_for_word_agreement_joins_across_boards_and_never_on_one() {
        let one = remote_at(posting("b1", "Coder, Sr.", "https://a.example/1"), "St. Luke's Health, Inc.");
        let other = remote_at(posting("b2", "Coder Sr", "https://b.example/2"), "Saint Lukes Health");
        assert_eq!(kind(&one, &other), LinkKind::Same);
        let neighbor = remote_at(posting("b1", "Coder Sr", "https://a.example/3"), "Saint Lukes Health");
        assert!(ExactJudge.compare(&one, &neighbor).vetoes());
    }

    #[test]
    fn a_posting_known_by_words_alone_joins_its_own_board_s() {
        let own = remote_at(posting("b1", "Coder Sr", "https://a.example/1"), "Saint Lukes Health");
        let mut words = remote_at(posting("b1", "Coder, Sr.", ""), "St. Luke's Health");
        words.key.posting_id = PostingKey::id_of_words(&["coder sr", "saint lukes health", "remote"]);
        assert_eq!(kind(&own, &words), LinkKind::Same);
    }

    #[test]
    fn different_requisitions_keep_equal_words_apart() {
        let mut one = remote_at(posting("b1", "Coder", "https://a.example/1"), "Mercy");
        let mut other = remote_at(posting("b2", "Coder", "https://b.example/2"), "Mercy");
        assert!(ExactJudge.compare(&one, &other).joins());
        one.requisition_ids = vec!["R-1".into()];
        other.requisition_ids = vec!["R-2".into()];
        assert!(ExactJudge.compare(&one, &other).vetoes());
    }
}
