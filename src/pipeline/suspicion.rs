//! What is doubtful about rows that a board shows, measured by its own history. Pure.

use chrono::TimeDelta;

use super::health::{Evidence, Judgement};
use super::usual::{Usual, run_until, usual_fill};
use crate::model::{BoardState, FieldFill, RoundRecord, Suspicion};

/// Fewer rows than this share of the median are too few.
const FEW_PERCENT: u64 = 25;
/// Below this median a board's numbers say nothing.
const LEAST_MEDIAN: u64 = 8;
/// The same low number for this long, in so many polls, is the board's new normal.
const NORMAL_AFTER: TimeDelta = TimeDelta::days(3);
/// See [`NORMAL_AFTER`].
const NORMAL_POLLS: usize = 4;
/// A field that was stated in this share of the rows is one that the board states.
const STATED_PERCENT: u64 = 80;
/// A field that is stated in less than this share has been lost.
const LOST_PERCENT: u64 = 30;
/// Fewer rows than this prove no field lost.
const FEWEST_ROWS: u64 = 5;
/// Details are held to what at least so many earlier ones stated.
const FEWEST_DETAILS: u64 = 10;
/// Silence is noticed after this many days at the earliest.
const LEAST_SILENCE: i64 = 60;
/// And after so many times the days that usually lie between two posting dates.
const USUAL_GAPS: i64 = 5;

/// Judges a whole list that shows rows.
pub(super) fn judge_rows(evidence: &Evidence<'_>, listed: u64, fill: &FieldFill) -> Judgement {
    all_new(evidence)
        .or_else(|| few_rows(evidence, listed))
        .or_else(|| lost_fields(evidence, fill))
        .or_else(|| nothing_new(evidence))
        .unwrap_or_else(Judgement::ok)
}

/// Every id is new and none of the known postings is shown.
fn all_new(evidence: &Evidence<'_>) -> Option<Judgement> {
    let facts = &evidence.facts;
    let usual = Usual::of(evidence.history, evidence.now)?;
    let all_changed = facts.shown > 0 && facts.shown_before == 0 && facts.open_before >= LEAST_MEDIAN;
    (all_changed && usual.median >= LEAST_MEDIAN).then(|| Judgement {
        suspicion: Some(Suspicion::AllNewIds),
        is_credible: false,
        ..Judgement::of(
            BoardState::Degraded,
            format!(
                "every posting id changed at once: none of the {} known postings is among the {} listed; the board has \
                 moved to new software or new ids. Nothing is closed for it in this poll",
                facts.open_before, facts.shown
            ),
            format!(
                "compare a posting's page in a browser with `jobrounds search --board {}`; if the old addresses are \
                 dead, the old postings close by themselves with the next two whole polls",
                evidence.board
            ),
        )
    })
}

/// Far fewer rows than usual; the same for days is the new normal.
fn few_rows(evidence: &Evidence<'_>, listed: u64) -> Option<Judgement> {
    let usual = Usual::of(evidence.history, evidence.now).filter(|usual| usual.is_habit())?;
    let median = usual.median;
    let is_few = |listed: u64| listed * 100 < median * FEW_PERCENT;
    if median < LEAST_MEDIAN || !is_few(listed) {
        return None;
    }
    let run = run_until(evidence.history, evidence.now, |round| is_few(round.listed));
    let since = run.since.format("%Y-%m-%d");
    if evidence.now - run.since >= NORMAL_AFTER && run.polls >= NORMAL_POLLS {
        let why = format!(
            "lists {listed} postings since {since} where {median} were usual: after three days and {} polls that is \
             taken for the new normal",
            run.polls
        );
        return Some(Judgement { why: Some(why), ..Judgement::ok() });
    }
    Some(Judgement {
        suspicion: Some(Suspicion::FewRows),
        is_credible: false,
        ..Judgement::of(
            BoardState::Degraded,
            format!(
                "lists {} since {since}; its median of 28 days is {median}. No posting is closed for being absent",
                postings(listed)
            ),
            format!(
                "look at the board in a browser, and run `jobrounds board check {}`; if it truly has so few, nothing \
                 is to be done: after three days that is taken for normal",
                evidence.board
            ),
        )
    })
}

fn postings(count: u64) -> String {
    if count == 1 { "1 posting".to_owned() } else { format!("{count} postings") }
}

/// A field that nearly every row stated is gone from nearly all.
fn lost_fields(evidence: &Evidence<'_>, fill: &FieldFill) -> Option<Judgement> {
    let usual = usual_fill(evidence.history, evidence.now);
    let mut lost = usual.map(|usual| collapsed(&usual, fill, "rows")).unwrap_or_default();
    let (earlier, latest) = details(evidence);
    if earlier.rows >= FEWEST_DETAILS {
        lost.extend(collapsed(&earlier, &latest, "details"));
    }
    (!lost.is_empty()).then(|| Judgement {
        suspicion: Some(Suspicion::LostFields),
        ..Judgement::of(
            BoardState::Degraded,
            format!("{}: has the page's layout changed? What is known already is kept", lost.join("; ")),
            super::health::mending(evidence.board),
        )
    })
}

/// Says which fields collapsed, in words.
fn collapsed(usual: &FieldFill, now: &FieldFill, of: &str) -> Vec<String> {
    if now.rows < FEWEST_ROWS {
        return Vec::new();
    }
    let percent = |count: u64, rows: u64| count * 100 / rows.max(1);
    let pairs = usual.counts().into_iter().zip(now.counts());
    let lost = pairs.filter_map(|((field, before), (_, after))| {
        let (before, after) = (percent(before, usual.rows), percent(after, now.rows));
        (before >= STATED_PERCENT && after < LOST_PERCENT)
            .then(|| format!("{field} was read in {before} % of {of}, now in {after} %"))
    });
    lost.collect()
}

/// Divides the details of the last weeks into the latest few and those before them.
fn details(evidence: &Evidence<'_>) -> (FieldFill, FieldFill) {
    let (mut earlier, mut latest) = (FieldFill::default(), evidence.details);
    let recent = |round: &&RoundRecord| round.at >= evidence.now - super::usual::WINDOW;
    for round in evidence.history.iter().rev().take_while(recent) {
        if latest.rows < FEWEST_ROWS {
            latest.add(round.details);
        } else if round.suspicion != Some(Suspicion::LostFields) {
            earlier.add(round.details);
        }
    }
    (earlier, latest)
}

/// Nothing was posted for much longer than usual. A small board may be silent for long.
fn nothing_new(evidence: &Evidence<'_>) -> Option<Judgement> {
    let gap = evidence.facts.usual_gap?;
    // What the first round ever found was not posted then.
    let arrived = evidence.history.iter().skip(1).rev().find(|round| round.new > 0).map(|round| round.at.date_naive());
    let is_news = evidence.facts.shown > evidence.facts.shown_before && !evidence.history.is_empty();
    let latest = evidence.facts.newest.max(arrived)?;
    let silent = (evidence.now.date_naive() - latest).num_days();
    (!is_news && silent > LEAST_SILENCE.max(USUAL_GAPS * gap)).then(|| Judgement {
        suspicion: Some(Suspicion::NothingNew),
        ..Judgement {
            why: Some(format!(
                "nothing new since {latest} ({silent} days), and a posting every {gap} days was usual: the list may be \
                 an old copy"
            )),
            remedy: Some(
                "look whether the board shows newer postings in a browser; its list may have moved".to_owned(),
            ),
            ..Judgement::ok()
        }
    })
}

#[cfg(test)]
#[path = "suspicion_tests.rs"]
mod tests;
