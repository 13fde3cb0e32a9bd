//! The judge that the store asks: sketches, keys, and verdicts with their evidence in words.

use super::keys::key_weight;
use super::making::sketch;
use super::says::says;
use super::score::{Point, Tally, weigh};
use super::time::in_time;
use crate::model::{Evidence, Judge, LinkKind, Posting, Sketch, Span, Verdict};

/// From this sum on two postings are joined: a probability of 0.60.
pub(super) const JOIN_POINTS: f64 = 0.405;
/// From this sum on they are shown beside each other: 0.30.
const POSSIBLE_POINTS: f64 = -0.847;

/// Sums named points of evidence; holds vetoes.
#[derive(Clone, Copy, Debug, Default)]
pub struct PointsJudge;

impl Judge for PointsJudge {
    fn model(&self) -> &'static str {
        "points-1"
    }

    fn sketch(&self, posting: &Posting) -> (Sketch, Vec<i64>) {
        sketch(posting)
    }

    fn key_weight(&self, key: i64) -> u32 {
        key_weight(key)
    }

    fn compare(&self, a: &Sketch, b: &Sketch) -> Verdict {
        if let Some(verdict) = by_network(a, b) {
            return verdict;
        }
        let tally = weigh(a, b, false);
        let kind = kind_of(&tally);
        let mut compared = if kind == LinkKind::Different {
            // Most pairs are different, and nobody asks why: what forbids is enough.
            Verdict { kind, probability: tally.probability(), evidence: forbidding(&tally, a, b) }
        } else {
            verdict(kind, tally.probability(), &tally, a, b)
        };
        if !compared.joins() && are_of_one_board(a, b) {
            compared.evidence.push(two_ids(a, b));
        }
        compared
    }

    fn in_time(&self, verdict: Verdict, a: (&Sketch, Span), b: (&Sketch, Span)) -> Verdict {
        in_time(verdict, a, b)
    }

    fn explain(&self, a: &Sketch, b: &Sketch) -> Verdict {
        if let Some(verdict) = by_network(a, b) {
            return verdict;
        }
        let tally = weigh(a, b, true);
        let mut explained = verdict(kind_of(&tally), tally.probability(), &tally, a, b);
        let compared = self.compare(a, b);
        (explained.kind, explained.probability) = (compared.kind, compared.probability);
        if !compared.joins() && are_of_one_board(a, b) {
            explained.evidence.push(two_ids(a, b));
        }
        explained
    }
}

fn forbidding(tally: &Tally, a: &Sketch, b: &Sketch) -> Vec<Evidence> {
    let vetoes = tally.points.iter().filter(|(_, _, veto)| *veto);
    vetoes.map(|(points, point, _)| Evidence { points: *points, says: says(*point, a, b), veto: true }).collect()
}

/// Tells whether two postings have ids of one board; an id made of words may stand for any of its ids.
pub(super) fn are_of_one_board(a: &Sketch, b: &Sketch) -> bool {
    a.key.board == b.key.board && !a.key.is_of_words() && !b.key.is_of_words()
}

/// Two ids of one board are two openings unless everything speaks for one.
fn two_ids(a: &Sketch, b: &Sketch) -> Evidence {
    let says = format!("two ids on one board: {} and {}", a.key.posting_id, b.key.posting_id);
    Evidence { points: 0.0, says, veto: true }
}

fn kind_of(tally: &Tally) -> LinkKind {
    if tally.veto || tally.sum < POSSIBLE_POINTS {
        LinkKind::Different
    } else if tally.sum < JOIN_POINTS {
        LinkKind::Possible
    } else if tally.points.iter().any(|(_, point, _)| *point == Point::SamePage) {
        LinkKind::Exact
    } else {
        LinkKind::Same
    }
}

fn verdict(kind: LinkKind, probability: f64, tally: &Tally, a: &Sketch, b: &Sketch) -> Verdict {
    let points = tally.points.iter();
    let mut evidence: Vec<Evidence> = points
        .map(|(points, point, veto)| Evidence {
            points: (points * 10.0).round() / 10.0,
            says: says(*point, a, b),
            veto: *veto,
        })
        .collect();
    evidence.sort_by(|x, y| y.points.abs().total_cmp(&x.points.abs()));
    Verdict { kind, probability, evidence }
}

/// Boards of one network number their advertisements together.
fn by_network(a: &Sketch, b: &Sketch) -> Option<Verdict> {
    let (id, other) = (a.network_id.as_deref()?, b.network_id.as_deref()?);
    let (kind, probability, points, says, veto) = if id == other {
        (LinkKind::Exact, 0.999, 12.0, format!("same id `{id}` in the boards' network"), false)
    } else if id.split(':').next() == other.split(':').next() && a.key.board != b.key.board {
        (LinkKind::Different, 0.01, -8.0, format!("two ids of one network: {id} and {other}"), true)
    } else {
        return None;
    };
    Some(Verdict { kind, probability, evidence: vec![Evidence { points, says, veto }] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BoardId, PostingKey, TitleWord};

    fn titled(board: &str, id: &str, word: &str) -> Sketch {
        let key = PostingKey { board: BoardId::new(board).unwrap(), posting_id: id.to_owned() };
        let words = vec![TitleWord { text: word.to_owned(), hash: word.bytes().map(u32::from).sum(), weight: 1.0 }];
        Sketch { title: word.to_owned(), words, page: Some(7), ..Sketch::of(key) }
    }

    #[test]
    fn one_page_is_one_advertisement_where_the_titles_agree_and_the_points_say_so() {
        let (a, b) = (titled("ahima", "1", "coder"), titled("aapc", "2", "coder"));
        let verdict = PointsJudge.compare(&a, &b);
        assert_eq!(verdict.kind, LinkKind::Exact);
        let sum: f64 = PointsJudge.explain(&a, &b).evidence.iter().map(|point| point.points).sum();
        assert!((verdict.probability - 1.0 / (1.0 + (-sum).exp())).abs() < 1e-6, "the points are the verdict: {sum}");
        let other = PointsJudge.compare(&a, &titled("aapc", "2", "director"));
        assert_eq!(other.kind, LinkKind::Different, "a careers page leads to many openings");
    }

    #[test]
    fn what_is_forbidden_is_different_and_two_ids_of_one_board_forbid() {
        let (mut a, mut b) = (titled("ahima", "1", "coder"), titled("aapc", "2", "coder"));
        (a.grades, b.grades) = (vec!["2".into()], vec!["3".into()]);
        let verdict = PointsJudge.compare(&a, &b);
        assert!(verdict.kind == LinkKind::Different && verdict.vetoes());
        let same_board = PointsJudge.compare(&titled("ahima", "1", "coder"), &titled("ahima", "2", "coder"));
        assert!(same_board.vetoes() && !same_board.joins(), "{same_board:?}");
    }
}
