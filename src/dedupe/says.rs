//! Points in words that somebody without our source can check.

use super::score::Point;
use crate::model::Sketch;

/// The words of the point that every comparison starts from; it speaks of no posting.
pub const START_WORDS: &str = "what two postings that meet here start from";

/// Puts a point into words.
pub(super) fn says(point: Point, a: &Sketch, b: &Sketch) -> String {
    match point {
        Point::Start => START_WORDS.to_owned(),
        Point::Title(found) if found.equal => format!("same title once spelled out: {}", core(a)),
        Point::Title(found) if found.contained < 0.05 => format!("titles share nothing: {} / {}", a.title, b.title),
        Point::Title(found) => {
            format!("titles share {:.0} % of the shorter one: {} / {}", found.contained * 100.0, a.title, b.title)
        }
        Point::Ranks => format!("rank differs: {} / {}", a.title, b.title),
        Point::Grades => format!("grade differs: {} / {}", grades(a), grades(b)),
        Point::OneGrade => {
            format!("only one names a grade: {}", if a.grades.is_empty() { grades(b) } else { grades(a) })
        }
        Point::Text(percent) => {
            let of = if a.key.board == b.key.board { id } else { name };
            format!("{percent} % of the {} text stands in the {} one", of(shorter(a, b)), of(longer(a, b)))
        }
        Point::NoText => "the texts share no five words in a row".to_owned(),
        Point::TextsDiffer(percent) => format!("two whole texts, and only {percent} % of one stands in the other"),
        Point::SameNumber => format!("same requisition number {}", shared_numbers(a, b)),
        Point::OtherNumber => format!("requisition {} / {}", a.numbers.join(", "), b.numbers.join(", ")),
        Point::OtherKindOfNumber => {
            format!("numbers of two kinds: {} / {}", a.numbers.join(", "), b.numbers.join(", "))
        }
        Point::SamePage => "same page and title".to_owned(),
        Point::SameApply => "one applies at the same address".to_owned(),
        Point::OtherApply => "one applies at two addresses of one host".to_owned(),
        Point::Near(0) => format!("same place: {}", place(a)),
        Point::Near(miles) | Point::Far(miles) => format!("{} and {} lie {miles} miles apart", place(a), place(b)),
        Point::SameRegion => format!("same state: {} / {}", place(a), place(b)),
        Point::OtherTown => format!("two towns of one state: {} / {}", place(a), place(b)),
        Point::OtherRegion => format!("states differ: {} / {}", place(a), place(b)),
        Point::BothRemote => "both are remote".to_owned(),
        Point::OtherMode => "one is remote, the other is not".to_owned(),
        Point::SameEmployer => format!("same employer: {}", a.employer),
        Point::LikeEmployer => format!("employers' names agree in part: {} / {}", a.employer, b.employer),
        Point::OtherEmployer => format!("employers differ: {} / {}", a.employer, b.employer),
        Point::Agency => {
            format!("employers differ, and one is an agency or kept secret: {} / {}", a.employer, b.employer)
        }
        Point::ExactPay => format!("the very same pay: {} / {}", pay(a), pay(b)),
        Point::SamePay => format!("pay within 3 %: {} / {}", pay(a), pay(b)),
        Point::OtherPay => format!("pay differs by more than 9 %: {} / {}", pay(a), pay(b)),
        Point::OtherShift => format!("shift differs: {} / {}", a.title, b.title),
        Point::OneShift => format!("only one is for a shift: {} / {}", a.title, b.title),
        Point::OtherEmployment => "employment types differ".to_owned(),
        Point::OtherCredentials => {
            format!("other credentials required: {} / {}", a.credentials.join(", "), b.credentials.join(", "))
        }
        Point::SameRole => format!("both are coded as {}", a.role.as_deref().unwrap_or("one role")),
        Point::OtherRole => {
            let role = |sketch: &Sketch| sketch.role.clone().unwrap_or_default();
            format!("coded as {} / {}", role(a), role(b))
        }
        Point::Facts(alike, of) => {
            format!("{alike} of {of} coded facts agree (credentials, software, specialties, years)")
        }
        Point::DaysApart(days) => format!("posted {days} days apart"),
    }
}

fn shared_numbers(a: &Sketch, b: &Sketch) -> String {
    let shared = a.numbers.iter().filter(|number| b.numbers.contains(number));
    shared.map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn core(sketch: &Sketch) -> String {
    sketch.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn grades(sketch: &Sketch) -> String {
    let shown: Vec<&str> = sketch.grades.iter().map(|grade| grade.trim_start_matches('g')).collect();
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

fn name(sketch: &Sketch) -> String {
    sketch.key.board.to_string()
}

fn id(sketch: &Sketch) -> String {
    sketch.key.to_string()
}

fn shorter<'a>(a: &'a Sketch, b: &'a Sketch) -> &'a Sketch {
    if a.pieces.len() <= b.pieces.len() { a } else { b }
}

fn longer<'a>(a: &'a Sketch, b: &'a Sketch) -> &'a Sketch {
    if a.pieces.len() <= b.pieces.len() { b } else { a }
}

fn place(sketch: &Sketch) -> String {
    match sketch.places.as_slice() {
        [] => "not stated".to_owned(),
        [only] => only.name.clone(),
        [first, rest @ ..] => format!("{} and {} more", first.name, rest.len()),
    }
}

fn pay(sketch: &Sketch) -> String {
    match sketch.pay {
        None => "not stated".to_owned(),
        Some((amount, true)) => format!("{amount:.2} an hour"),
        Some((amount, false)) => format!("{amount:.0} a year"),
    }
}
