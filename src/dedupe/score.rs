//! The evidence of two sketches, point by point, on the scale of log-odds.
//!
//! The weights were set by hand after those of a logistic model of labelled pairs, and rounded; a change
//! of any is a new model and gets a new name.

use super::employer::{NameMatch, compare_names};
use super::pieces::shared;
use super::title::{DUTIES, TitleMatch, compare_titles};
use crate::model::{Sketch, WorkMode, miles_between};

/// What two postings share or where they differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Point {
    Start,
    Title(TitleMatch),
    Ranks,
    Grades,
    OneGrade,
    /// Percent of the shorter text that stands in the longer one.
    Text(u8),
    NoText,
    TextsDiffer(u8),
    SameNumber,
    OtherNumber,
    OtherKindOfNumber,
    SamePage,
    SameApply,
    OtherApply,
    /// Miles.
    Near(u16),
    Far(u16),
    SameRegion,
    OtherTown,
    OtherRegion,
    BothRemote,
    OtherMode,
    SameEmployer,
    LikeEmployer,
    OtherEmployer,
    Agency,
    ExactPay,
    SamePay,
    OtherPay,
    OtherShift,
    OneShift,
    OtherEmployment,
    OtherCredentials,
    SameRole,
    OtherRole,
    /// How many coded facts agree, of how many.
    Facts(u8, u8),
    DaysApart(u16),
}

/// The sum of the evidence.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) sum: f64,
    pub(super) veto: bool,
    pub(super) points: Vec<(f64, Point, bool)>,
}

impl Tally {
    fn add(&mut self, points: f64, point: Point) {
        self.sum += points;
        self.points.push((points, point, false));
    }

    fn forbid(&mut self, points: f64, point: Point) {
        self.sum += points;
        self.veto = true;
        self.points.push((points, point, true));
    }

    /// The probability that the sum stands for.
    pub(super) fn probability(&self) -> f64 {
        1.0 / (1.0 + (-self.sum).exp())
    }
}

const START: f64 = -9.0;
/// Below this sum no text can make two postings even possibly the same.
const HOPELESS: f64 = -5.0;
/// From a sum below this nothing that could follow would lead to a doubtful pair.
const UNREACHABLE: f64 = -10.2;
/// Two texts of so many words are taken for whole ones.
const WHOLE_TEXT: u32 = 120;
const KM_PER_MILE: f64 = 1.609_344;
/// How roughly the name of an area tells where a place is, in kilometres.
const AREA_SLACK: f64 = 25.0;

/// Weighs two sketches. With `whole`, every point is named even where the sum is hopeless.
pub(super) fn weigh(a: &Sketch, b: &Sketch, whole: bool) -> Tally {
    let mut tally = Tally { points: Vec::with_capacity(16), ..Tally::default() };
    tally.add(START, Point::Start);
    let titles = title(&mut tally, a, b);
    numbers(&mut tally, a, b);
    if !whole && tally.sum < UNREACHABLE {
        return tally;
    }
    employer(&mut tally, a, b);
    place(&mut tally, a, b);
    terms(&mut tally, a, b);
    days(&mut tally, a, b);
    if whole || tally.sum > HOPELESS {
        text(&mut tally, a, b);
        role(&mut tally, a, b, titles);
    }
    tally
}

fn title(tally: &mut Tally, a: &Sketch, b: &Sketch) -> TitleMatch {
    let found = compare_titles((&a.words, &a.names), (&b.words, &b.names));
    let equal = if found.equal { 0.5 } else { 0.0 };
    tally.add(4.5 * found.contained + 3.5 * found.jaccard + equal, Point::Title(found));
    let differing = a.ranks ^ b.ranks;
    let (steps, duties) = ((differing & !DUTIES).count_ones(), (differing & DUTIES).count_ones());
    if differing > 0 {
        tally.add(-5.0 * f64::from(steps.min(2)) - 2.0 * f64::from(duties.min(2)), Point::Ranks);
    }
    // Bands and grades (`g5`) are one kind, numerals another: each is compared with its own.
    for is_band in [true, false] {
        let mut x = a.grades.iter().filter(|grade| grade.starts_with('g') == is_band).peekable();
        let mut y = b.grades.iter().filter(|grade| grade.starts_with('g') == is_band).peekable();
        match (x.peek().is_some(), y.peek().is_some()) {
            (true, true) => {
                if !x.any(|grade| b.grades.contains(grade)) {
                    tally.forbid(-5.0, Point::Grades);
                }
            }
            (false, false) => {}
            _ => tally.add(if is_band { -0.8 } else { -2.5 }, Point::OneGrade),
        }
    }
    found
}

fn text(tally: &mut Tally, a: &Sketch, b: &Sketch) {
    let (both, of) = shared((&a.pieces, a.density), (&b.pieces, b.density));
    let share = f64::from(both) / f64::from(of.max(1));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
    let percent = (share * 100.0).round() as u8;
    let are_whole = a.length >= WHOLE_TEXT && b.length >= WHOLE_TEXT;
    let agency = a.agency || b.agency;
    if of > 0 && share < 0.02 {
        tally.add(if are_whole && !agency { -2.0 } else { -0.7 }, Point::NoText);
    } else if of > 0 {
        tally.add(3.0 * share + if share > 0.6 { 0.5 } else { 0.0 }, Point::Text(percent));
    }
    if of > 0 && share < 0.25 && are_whole {
        tally.add(if agency { -2.0 } else { -3.0 }, Point::TextsDiffer(percent));
    }
    // What the texts were coded with says the same as the texts where those are shared.
    let (alike, least) = (common(&a.facts, &b.facts), a.facts.len().min(b.facts.len()));
    let unsaid = (1.0 - 2.5 * share).max(0.0);
    if least > 1 && unsaid > 0.0 {
        let share = f64::from(u32::try_from(alike).unwrap_or(0)) / f64::from(u32::try_from(least).unwrap_or(1));
        let count = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
        tally.add(2.0 * unsaid * share, Point::Facts(count(alike), count(least)));
    }
}

/// Counts what two ascending lists share.
fn common(a: &[u32], b: &[u32]) -> usize {
    a.iter().filter(|fact| b.binary_search(fact).is_ok()).count()
}

fn numbers(tally: &mut Tally, a: &Sketch, b: &Sketch) {
    if !a.numbers.is_empty() && !b.numbers.is_empty() {
        if a.numbers.iter().any(|number| b.numbers.contains(number)) {
            tally.add(5.0, Point::SameNumber);
        } else if !a.numbers.iter().any(|number| b.numbers.iter().any(|other| same_shape(number, other))) {
            tally.add(-1.0, Point::OtherKindOfNumber);
        } else if a.key.board == b.key.board {
            // Whether it was advertised again under another number is told by when they stood.
            tally.add(-1.0, Point::OtherNumber);
        } else {
            tally.forbid(-8.0, Point::OtherNumber);
        }
    }
    if same_page(a, b) {
        tally.add(4.0, Point::SamePage);
    }
    match (a.apply, b.apply) {
        (Some(x), Some(y)) if x == y => tally.add(4.0, Point::SameApply),
        (Some(_), Some(_)) if a.apply_host == b.apply_host => tally.add(-3.0, Point::OtherApply),
        _ => {}
    }
}

/// Employers send several openings to one careers page, so the titles must agree as well.
fn same_page(a: &Sketch, b: &Sketch) -> bool {
    a.key.board != b.key.board && a.page.is_some() && a.page == b.page && !a.words.is_empty() && a.words == b.words
}

/// Tells whether two numbers come from one numbering: letters and digits stand at the same places.
fn same_shape(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).all(|(x, y)| x.is_ascii_digit() == y.is_ascii_digit())
}

fn employer(tally: &mut Tally, a: &Sketch, b: &Sketch) {
    let found = compare_names(
        (&a.employer, &a.employer_core, a.employer_id.as_deref()),
        (&b.employer, &b.employer_core, b.employer_id.as_deref()),
    );
    match found {
        NameMatch::Same => tally.add(0.4, Point::SameEmployer),
        NameMatch::Partly => tally.add(0.2, Point::LikeEmployer),
        NameMatch::Different if !a.agency && !b.agency => tally.add(-2.5, Point::OtherEmployer),
        NameMatch::Different => tally.add(-1.0, Point::Agency),
        NameMatch::Unknown => {}
    }
}

fn place(tally: &mut Tally, a: &Sketch, b: &Sketch) {
    let remote = |sketch: &Sketch| sketch.work_mode == Some(WorkMode::Remote);
    let both_remote = remote(a) && remote(b);
    if a.work_mode.is_some() && b.work_mode.is_some() && remote(a) != remote(b) {
        tally.add(-2.0, Point::OtherMode);
    }
    let mut towns = a.places.iter().filter(|place| !place.is_area);
    if towns.any(|town| b.places.iter().any(|place| !place.is_area && place.name == town.name)) {
        return tally.add(2.0, Point::Near(0));
    }
    if let Some((km, beyond)) = nearest(a, b) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most half the earth's girth")]
        let miles = (km / KM_PER_MILE).round() as u16;
        let points = match beyond {
            beyond if beyond <= 12.0 => return tally.add(2.0, Point::Near(miles)),
            // A remote opening is listed at the employer's seat, or wherever the board likes.
            _ if both_remote => -2.5,
            beyond if beyond > 75.0 => -6.0,
            beyond if beyond > 35.0 => -2.0,
            _ => 0.0,
        };
        return tally.add(points, Point::Far(miles));
    }
    if both_remote {
        tally.add(0.5, Point::BothRemote);
    }
    let mut here = a.places.iter().filter_map(|place| place.region.as_deref()).peekable();
    let there = || b.places.iter().filter_map(|place| place.region.as_deref());
    if here.peek().is_some() && there().next().is_some() {
        if here.any(|region| there().any(|other| other == region)) {
            // Two towns that no table knows lie somewhere in one state.
            let named = |sketch: &Sketch| sketch.places.iter().all(|place| !place.is_area);
            if named(a) && named(b) {
                tally.add(-2.0, Point::OtherTown);
            } else {
                tally.add(0.5, Point::SameRegion);
            }
        } else if !both_remote {
            tally.add(-4.5, Point::OtherRegion);
        }
    }
}

/// Gives how far the nearest two places lie apart, in kilometres, and how much of that is more than
/// their names leave open.
fn nearest(a: &Sketch, b: &Sketch) -> Option<(f64, f64)> {
    let mut best: Option<(f64, f64)> = None;
    for here in &a.places {
        for there in &b.places {
            let (Some(from), Some(to)) = (here.point, there.point) else { continue };
            let degrees = |point: (f32, f32)| (f64::from(point.0), f64::from(point.1));
            let km = miles_between(degrees(from), degrees(to)) * KM_PER_MILE;
            let slack = if here.is_area || there.is_area { AREA_SLACK } else { 0.0 };
            let beyond = (km - slack).max(0.0);
            if best.is_none_or(|(_, known)| beyond < known) {
                best = Some((km, beyond));
            }
        }
    }
    best
}

fn terms(tally: &mut Tally, a: &Sketch, b: &Sketch) {
    if let (Some(x), Some(y)) = (a.pay, b.pay) {
        let apart = pay_apart(x, y);
        let same_from = matches!((a.pay_from, b.pay_from), (Some(x), Some(y)) if (x - y).abs() < 0.01);
        if apart < 0.0005 && (x.1 != y.1 || same_from) {
            // Hourly pay and its very year on another board is no coincidence; a common band may be.
            tally.add(if x.1 == y.1 { 0.8 } else { 1.8 }, Point::ExactPay);
        } else if apart <= 0.03 {
            tally.add(0.5, Point::SamePay);
        } else if apart > 0.09 {
            tally.add(if x.1 == y.1 { -2.0 } else { -1.0 }, Point::OtherPay);
        }
    }
    shifts(tally, a, b);
    if a.employment != 0 && b.employment != 0 && a.employment & b.employment == 0 {
        tally.add(-1.0, Point::OtherEmployment);
    }
    if !a.credentials.is_empty()
        && !b.credentials.is_empty()
        && !a.credentials.iter().any(|id| b.credentials.contains(id))
    {
        tally.add(-2.0, Point::OtherCredentials);
    }
}

fn shifts(tally: &mut Tally, a: &Sketch, b: &Sketch) {
    match (a.shifts, b.shifts) {
        (0, 0) => {}
        (0, named) | (named, 0) => {
            let spoken = if a.shifts == 0 { a.text_shifts } else { b.text_shifts };
            if spoken & named == 0 {
                tally.add(if spoken == 0 { -2.5 } else { -3.0 }, Point::OneShift);
            }
        }
        (x, y) if x & y == 0 => tally.forbid(-6.0, Point::OtherShift),
        _ => {}
    }
}

/// Hours that a year of full-time work is taken for: 40 a week, the federal divisor (5 U.S.C. 5504),
/// and 37.5 a week.
const HOURS: [f32; 3] = [2080.0, 2087.0, 1950.0];

/// By which share of the larger one two pays differ.
fn pay_apart((x, x_by_hour): (f32, bool), (y, y_by_hour): (f32, bool)) -> f64 {
    let share = |x: f32, y: f32| f64::from((x - y).abs() / x.max(y).max(0.01));
    match (x_by_hour, y_by_hour) {
        (true, false) => HOURS.iter().map(|hours| share(x * hours, y)).fold(1.0, f64::min),
        (false, true) => HOURS.iter().map(|hours| share(x, y * hours)).fold(1.0, f64::min),
        _ => share(x, y),
    }
}

/// What both are coded as counts as far as their titles have not said it already.
fn role(tally: &mut Tally, a: &Sketch, b: &Sketch, titles: TitleMatch) {
    if let (Some(x), Some(y)) = (&a.role, &b.role) {
        if x != y {
            tally.add(-0.7, Point::OtherRole);
        } else if titles.jaccard < 0.999 {
            tally.add(1.6 * (1.0 - titles.jaccard), Point::SameRole);
        }
    }
}

fn days(tally: &mut Tally, a: &Sketch, b: &Sketch) {
    if let (Some(x), Some(y)) = (a.posted, b.posted) {
        let apart = x.abs_diff(y);
        let steps = f64::from((apart / 15).min(3));
        // One board's repeat is judged by when they stood.
        if steps > 0.0 && a.key.board != b.key.board {
            tally.add(-0.5 * steps, Point::DaysApart(u16::try_from(apart).unwrap_or(u16::MAX)));
        }
    }
}
