//! What a joining verdict means once it is known when two postings stood on their boards: a duplicate,
//! the same vacancy advertised again, or the same position at another time.
//!
//! Sixty days and "a stated end decides" follow Lightcast, which gave up the fixed number for
//! expiration dates in 2023 (kb.lightcast.io 8317645).

use chrono::Duration;

use super::judge::are_of_one_board;
use crate::model::{Evidence, LinkKind, Sketch, Span, Verdict};

/// A gap up to this long is one vacancy that was advertised again.
const REPOST_GAP: Duration = Duration::days(60);
/// By so many points more must two ids of one board agree.
const SAME_BOARD_MORE: f64 = 2.0;

/// Settles a verdict that joins.
pub(super) fn in_time(mut verdict: Verdict, a: (&Sketch, Span), b: (&Sketch, Span)) -> Verdict {
    let ((x, x_span), (y, y_span)) = if a.1.from <= b.1.from { (a, b) } else { (b, a) };
    let is_one_board = are_of_one_board(x, y);
    let is_exact = verdict.kind == LinkKind::Exact;
    if is_one_board && !is_exact && !agrees_more(&verdict) {
        verdict.kind = LinkKind::Possible;
        verdict.evidence.push(said("two ids on one board, which must agree in more".to_owned(), true));
        return verdict;
    }
    let gone = x_span.until.filter(|until| *until <= y_span.from);
    let Some(gone) = gone else {
        if is_one_board && !is_exact {
            return both_open(verdict, x, y);
        }
        return verdict;
    };
    let gap = y_span.from - gone;
    let dates = format!("one was gone {} days before the other came", gap.num_days());
    let new_end = y.closes.is_some() && y.closes != x.closes;
    if gap > REPOST_GAP || (x_span.ended_as_stated && new_end) {
        verdict.kind = LinkKind::Earlier;
        verdict.evidence.push(said(format!("{dates}: advertised again, a vacancy of its own"), false));
    } else if is_one_board || gap > Duration::zero() {
        verdict.kind = if is_exact { LinkKind::Exact } else { LinkKind::Repost };
        verdict.evidence.push(said(format!("{dates}: advertised again"), false));
    }
    verdict
}

fn said(says: String, veto: bool) -> Evidence {
    Evidence { points: 0.0, says, veto }
}

fn agrees_more(verdict: &Verdict) -> bool {
    let p = verdict.probability.clamp(1e-9, 1.0 - 1e-9);
    (p / (1.0 - p)).ln() >= super::judge::JOIN_POINTS + SAME_BOARD_MORE
}

/// Two ids that one board shows at the same time are two openings, unless they are the public and the
/// internal announcement of one vacancy.
fn both_open(mut verdict: Verdict, x: &Sketch, y: &Sketch) -> Verdict {
    if are_twins(x, y) {
        let says = format!("announcements of one vacancy: {} and {}", paths(x), paths(y));
        verdict.evidence.push(said(says, false));
        return verdict;
    }
    verdict.kind = LinkKind::Possible;
    let says = format!("one board shows both at the same time: {} and {}", x.key.posting_id, y.key.posting_id);
    verdict.evidence.push(said(says, true));
    verdict
}

/// Tells the public and the internal announcement of one vacancy (USAJOBS: agencies post the same
/// title, organization, place, pay and closing date twice, minutes apart).
fn are_twins(x: &Sketch, y: &Sketch) -> bool {
    let places = |sketch: &Sketch| sketch.places.iter().map(|place| place.name.clone()).collect::<Vec<_>>();
    let same_words = x.words.len() == y.words.len() && x.words.iter().all(|word| y.words.contains(word));
    let other_paths = !x.open_to.is_empty() && !y.open_to.is_empty() && x.open_to != y.open_to;
    let is_public = |sketch: &Sketch| sketch.open_to.iter().any(|path| path == "public");
    let one_is_public = is_public(x) != is_public(y);
    let other_suffix = x.numbers.iter().zip(&y.numbers).any(|(one, other)| differ_in_suffix(one, other));
    same_words
        && x.closes.is_some()
        && x.closes == y.closes
        && x.pay == y.pay
        && places(x) == places(y)
        && x.posted.zip(y.posted).is_none_or(|(one, other)| one.abs_diff(other) <= 3)
        && ((other_paths && one_is_public) || other_suffix)
}

/// `CBTA1257712027RSDE` and `…RSMP`: the same but for the letters at the end that name the hiring path.
fn differ_in_suffix(one: &str, other: &str) -> bool {
    let stem = |number: &str| number.trim_end_matches(|c: char| c.is_ascii_alphabetic()).to_owned();
    one != other && stem(one) == stem(other) && stem(one).bytes().filter(u8::is_ascii_digit).count() >= 5
}

fn paths(sketch: &Sketch) -> String {
    if sketch.open_to.is_empty() { sketch.key.posting_id.clone() } else { sketch.open_to.join(", ") }
}
