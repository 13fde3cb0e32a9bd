//! What one answer may come to, whatever it holds: a body within the fetcher's limits can still be
//! made to unfold, by millions of tiny items or one text shown a thousand times.

use super::Parsed;
use crate::model::{Page, Problem, ProblemKind, RawPosting};

/// The most bytes of text that the postings of one answer may have together.
const MOST_TEXT: usize = 20 << 20;
/// The longest description, in bytes; what goes beyond is no posting's text.
const LONGEST_DESCRIPTION: usize = 1 << 20;
/// The longest address, in bytes; more is no address of a posting and none that a server takes.
pub(super) const LONGEST_ADDRESS: usize = 4096;
/// How many problems of one answer are told.
const MOST_PROBLEMS: usize = 200;
/// How many values a JSON text may hold that is read into a tree.
const MOST_VALUES: usize = 500_000;

/// Tells whether a JSON text holds more values than a tree is made of. Each value stands behind one
/// of these marks or behind the colon of one; marks inside strings count too, which only makes the
/// bound a little stricter.
pub(super) fn has_too_many_values(json: &str) -> bool {
    let nested = memchr::memchr3_iter(b',', b'[', b'{', json.as_bytes());
    nested.take(MOST_VALUES + 1).count() > MOST_VALUES
}

/// Says that a JSON text holds too many values.
pub(super) fn too_many_values() -> String {
    format!("JSON with more than {MOST_VALUES} values")
}

/// Cuts what was read down to what one answer may come to, and says so.
pub(super) fn bounded(mut parsed: Parsed, page: &Page) -> Parsed {
    let mut left = MOST_TEXT;
    let mut cut_texts = 0;
    let mut kept = 0;
    for posting in &mut parsed.postings {
        cut_texts += usize::from(cut_description(posting));
        drop_long_addresses(posting);
        let Some(rest) = left.checked_sub(text_size(posting)) else { break };
        left = rest;
        kept += 1;
    }
    let about = |problem: Problem| problem.at(page.url.as_str());
    if cut_texts > 0 {
        let message = format!("{cut_texts} descriptions longer than {} KiB were cut", LONGEST_DESCRIPTION >> 10);
        parsed.problems.insert(0, about(Problem::new(ProblemKind::UnreadField, message).field("description")));
    }
    if kept < parsed.postings.len() {
        parsed.truncated = true;
        let message = format!("more than {} MiB of text in one answer; only {kept} items were read", MOST_TEXT >> 20);
        parsed.problems.insert(0, about(Problem::new(ProblemKind::Incomplete, message)));
        parsed.postings.truncate(kept);
    }
    if parsed.problems.len() > MOST_PROBLEMS {
        let message = format!("{} further problems are not listed", parsed.problems.len() - MOST_PROBLEMS);
        parsed.problems.truncate(MOST_PROBLEMS);
        parsed.problems.push(about(Problem::new(ProblemKind::BrokenItem, message)));
    }
    parsed.next.retain(|wanted| wanted.url.as_str().len() <= LONGEST_ADDRESS);
    parsed
}

fn cut_description(posting: &mut RawPosting) -> bool {
    let Some(text) = posting.description.as_mut().filter(|text| text.len() > LONGEST_DESCRIPTION) else { return false };
    text.truncate(text.floor_char_boundary(LONGEST_DESCRIPTION));
    text.shrink_to_fit();
    true
}

fn drop_long_addresses(posting: &mut RawPosting) {
    for address in [&mut posting.url, &mut posting.apply_url] {
        address.take_if(|address| address.len() > LONGEST_ADDRESS);
    }
}

/// Counts the bytes of a posting's texts.
fn text_size(posting: &RawPosting) -> usize {
    let one = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let many = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
    let singles = [
        &posting.posting_id,
        &posting.network_id,
        &posting.url,
        &posting.apply_url,
        &posting.title,
        &posting.hiring_organization,
        &posting.department,
        &posting.location_summary,
        &posting.date_posted,
        &posting.valid_through,
        &posting.description,
        &posting.education,
        &posting.experience,
        &posting.status,
        &posting.source_url,
        &posting.position,
    ];
    let lists = [
        &posting.work_mode,
        &posting.employment_type,
        &posting.categories,
        &posting.series,
        &posting.hiring_paths,
        &posting.requisition_ids,
    ];
    let places = posting.job_location.iter().map(|place| {
        let parts = [&place.text, &place.locality, &place.region, &place.postal_code, &place.country, &place.street];
        size_of_val(place) + parts.map(one).iter().sum::<usize>()
    });
    let salary = posting.base_salary.iter().map(|salary| {
        [&salary.text, &salary.currency, &salary.min, &salary.max, &salary.value, &salary.unit]
            .map(one)
            .iter()
            .sum::<usize>()
    });
    let extra = posting.extra.iter().map(|(name, text)| name.len() + text.len());
    singles.map(one).iter().sum::<usize>()
        + lists.map(|list| many(list)).iter().sum::<usize>()
        + places.sum::<usize>()
        + salary.sum::<usize>()
        + extra.sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Page {
        Page::saved("https://jobs.example.org/feed".parse().unwrap(), "", Vec::new(), chrono::DateTime::UNIX_EPOCH)
    }

    fn posting(description: String) -> RawPosting {
        RawPosting { description: Some(description), ..RawPosting::default() }
    }

    #[test]
    fn postings_beyond_the_bound_are_left_out_and_the_list_is_no_whole_one() {
        let half_a_mebibyte = "ü".repeat(256 << 10);
        let parsed = Parsed { postings: vec![posting(half_a_mebibyte); 50], ..Parsed::readable() };
        let parsed = bounded(parsed, &page());
        assert_eq!((parsed.postings.len(), parsed.truncated), (40, true));
        assert_eq!(parsed.problems[0].kind, ProblemKind::Incomplete);
    }

    #[test]
    fn a_book_is_cut_and_a_long_address_left_out() {
        let long = RawPosting { url: Some("x".repeat(5000)), ..posting("ü".repeat(2 << 20)) };
        let parsed = bounded(Parsed { postings: vec![long, posting("x".into())], ..Parsed::readable() }, &page());
        assert_eq!(parsed.postings[0].description.as_ref().map(String::len), Some(LONGEST_DESCRIPTION));
        assert_eq!(parsed.postings[0].url, None);
        assert_eq!((parsed.postings.len(), parsed.truncated, parsed.problems.len()), (2, false, 1));
    }

    #[test]
    fn a_flood_of_problems_is_cut() {
        let problems = vec![Problem::new(ProblemKind::BrokenItem, "x"); 9000];
        let parsed = bounded(Parsed { problems, ..Parsed::readable() }, &page());
        assert_eq!(parsed.problems.len(), MOST_PROBLEMS + 1);
        assert!(parsed.problems[MOST_PROBLEMS].message.starts_with("8800 further"));
    }

    #[test]
    fn values_are_counted_by_what_stands_before_them() {
        assert!(!has_too_many_values(&format!("[{}1]", "1,".repeat(MOST_VALUES - 1))));
        assert!(has_too_many_values(&format!("[{}1]", "1,".repeat(MOST_VALUES))));
        assert!(has_too_many_values(&"[".repeat(MOST_VALUES + 1)));
    }
}
