//! Counts what had to be repaired, so that a feed with a thousand bare ampersands gives one
//! complaint and not a thousand.

use crate::model::{Problem, ProblemKind};

/// One sort of repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    /// A `&` that begins no reference.
    Ampersand,
    /// A reference to an entity that nothing defines; HTML's own are decoded nevertheless.
    UndefinedEntity,
    /// An entity that would have grown beyond the limit.
    Expansion,
    /// An end tag that closes nothing.
    Mismatch,
    /// An element without its end tag.
    Unclosed,
    /// HTML that should have been escaped.
    BareHtml,
    /// A CDATA section without its end.
    Cdata,
    /// Text before the first tag.
    Junk,
    /// Nesting beyond the limit.
    Depth,
}

impl Repair {
    const ALL: [Self; 9] = [
        Self::Ampersand,
        Self::UndefinedEntity,
        Self::Expansion,
        Self::Mismatch,
        Self::Unclosed,
        Self::BareHtml,
        Self::Cdata,
        Self::Junk,
        Self::Depth,
    ];

    fn says(self) -> &'static str {
        match self {
            Self::Ampersand => "bare `&` read as text",
            Self::UndefinedEntity => "reference to an entity that XML does not define",
            Self::Expansion => "entity left as written: it would grow beyond the limit",
            Self::Mismatch => "end tag that closes nothing skipped",
            Self::Unclosed => "element without its end tag closed",
            Self::BareHtml => "unescaped HTML read as text",
            Self::Cdata => "CDATA section without `]]>` ended before the next end tag",
            Self::Junk => "text before the first element skipped",
            Self::Depth => "element nested too deeply skipped",
        }
    }
}

/// How often each repair was made, and what it was first made on.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    counts: [Tally; Repair::ALL.len()],
    /// The item being read, counted from 1; 0 before the first.
    pub(super) item: usize,
}

#[derive(Clone, Debug, Default)]
struct Tally {
    count: usize,
    first_item: usize,
    seen: String,
}

impl Repairs {
    /// Counts one repair; `seen` is shown if it is the first of its sort.
    pub(super) fn note(&mut self, repair: Repair, seen: &str) {
        let item = self.item;
        let Some(tally) = self.counts.get_mut(repair as usize) else { return };
        tally.count += 1;
        if tally.count == 1 {
            tally.first_item = item;
            tally.seen = seen.chars().take(40).collect();
        }
    }

    /// Gives one complaint for each sort of repair.
    pub(super) fn problems(&self) -> impl Iterator<Item = Problem> {
        Repair::ALL.into_iter().zip(&self.counts).filter(|(_, tally)| tally.count > 0).map(|(repair, tally)| {
            let times = if tally.count == 1 { "once".to_owned() } else { format!("{} times", tally.count) };
            let seen = if tally.seen.is_empty() { String::new() } else { format!(": `{}`", tally.seen) };
            let problem = Problem::new(ProblemKind::Repaired, format!("{}, {times}{seen}", repair.says()));
            match tally.first_item {
                0 => problem,
                item => problem.field(format!("item {item}")),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_repairs_are_one_complaint_with_the_first_place() {
        let mut repairs = Repairs { item: 2, ..Repairs::default() };
        for _ in 0..1000 {
            repairs.note(Repair::Ampersand, "A & B");
            repairs.item += 1;
        }
        let problems: Vec<_> = repairs.problems().collect();
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].message, "bare `&` read as text, 1000 times: `A & B`");
        assert_eq!(problems[0].field.as_deref(), Some("item 2"));
    }

    #[test]
    fn every_sort_has_its_own_tally() {
        for (place, repair) in Repair::ALL.into_iter().enumerate() {
            assert_eq!(repair as usize, place);
        }
    }
}
