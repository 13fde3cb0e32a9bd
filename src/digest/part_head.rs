//! What a part of a digest says besides its open jobs: its name, what closed, and what it found and
//! does not tell.

use crate::model::Job;

use super::choose::{FoundPart, FoundSection};
use super::clean::{short_line, web_link};
use super::compose::{Closed, DigestPart, DigestSection};
use super::entry::{closed_because, employer, title};
use super::request::Part;

/// Filters are shown up to so many characters where few parts share the mail, and where many do.
const LONGEST_FILTERS: [usize; 2] = [400, 120];

/// Makes a part with its sections' headings, and without their jobs.
pub(super) fn head(
    index: usize,
    part: &Part<'_>,
    found: &FoundPart<'_>,
    parts: usize,
    to_name: &mut usize,
) -> DigestPart {
    let [few, many] = LONGEST_FILTERS;
    let heading = |section: &FoundSection<'_>| DigestSection {
        kind: section.kind,
        title: section.title.clone(),
        total: section.jobs.len(),
        items: Vec::new(),
        briefs: Vec::new(),
        held: Vec::new(),
    };
    DigestPart {
        index,
        name: (parts > 1).then(|| short_line(&part.name, 80)),
        filters: short_line(&part.filters_in_words, if parts > 8 { many } else { few }),
        sections: found.sections.iter().map(heading).collect(),
        closed: closed(&found.closed, to_name),
        notes: notes(part, found),
        more_url: part.more_url.as_deref().and_then(web_link),
    }
}

fn closed(jobs: &[&Job], to_name: &mut usize) -> Option<Closed> {
    let say = |job: &&Job| {
        let employer = employer(job).map_or(String::new(), |employer| format!(", {}", short_line(&employer, 60)));
        let reason = closed_because(job).map_or(String::new(), |reason| format!(": {reason}"));
        format!("{}{employer}{reason}", short_line(&title(job), 110))
    };
    let named: Vec<String> = jobs.iter().take(*to_name).map(say).collect();
    *to_name -= named.len();
    (!jobs.is_empty()).then(|| Closed { named, jobs: jobs.iter().map(|job| job.id.clone()).collect() })
}

/// Says what a part found and does not tell.
fn notes(part: &Part<'_>, found: &FoundPart<'_>) -> Vec<String> {
    let verb = |count: u64, one: &str, many: &str| format!("{count} more {}", if count == 1 { one } else { many });
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let said = [
        (count(found.above), "matches here too and stands above.", "match here too and stand above."),
        (count(found.below), "matches here too and stands below.", "match here too and stand below."),
        (count(part.already_told), "matches; you were told of it before.", "match; you were told of them before."),
        (
            part.left_out,
            "matches but does not state all that you want stated.",
            "match but do not state all that you want stated.",
        ),
    ];
    said.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| verb(n, one, many)).collect()
}
