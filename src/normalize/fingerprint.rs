//! Tells whether a posting says something new to people.

use serde::Serialize;

use crate::model::{Basis, Field, Posting};

/// Hashes what a posting says to people. Two readings of an unchanged posting give the same hash,
/// whenever they are made: dates counted back from the time of reading (`15 days ago`) are left
/// out, and so are grounds, evidence and raw words.
#[must_use]
pub fn content_fingerprint(posting: &Posting) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"jobrounds posting 1\0");
    let mut add = |name: &str, bytes: &[u8]| {
        hasher.update(name.as_bytes());
        hasher.update(&u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(bytes);
    };
    add("url", text(&posting.url));
    add("apply", text(&posting.apply_url));
    add("title", text(&posting.title));
    add("employer", text(&posting.hiring_organization));
    add("department", text(&posting.department));
    add("text", posting.description_text.as_deref().unwrap_or_default().as_bytes());
    add("places", &json(&posting.job_location.value));
    add("mode", &json(&(&posting.work_mode.value, &posting.remote_scope.value)));
    add("types", &json(&posting.employment_type.value));
    add("pay", &json(&posting.base_salary.value));
    add("posted", &json(&lasting(&posting.date_posted)));
    add("closes", &json(&lasting(&posting.valid_through)));
    add("codes", &json(&(&posting.series.value, &posting.open_to.value, &posting.requisition_ids)));
    add("state", &json(&(&posting.closed_by_board, posting.evergreen, posting.applicant_cap, posting.completeness())));
    let mut short = [0; 16];
    hasher.finalize_xof().fill(&mut short);
    short
}

fn text(field: &Field<String>) -> &[u8] {
    field.value.as_deref().unwrap_or_default().as_bytes()
}

/// Gives a date unless it was counted from the moment of reading.
fn lasting<T>(field: &Field<T>) -> Option<&T> {
    field.value.as_ref().filter(|_| field.basis == Basis::Stated)
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::normalize;
    use super::super::test_board::{board, him_posting};
    use super::*;
    use crate::model::RawPosting;

    fn fingerprint(raw: RawPosting, seen_at: &str) -> [u8; 16] {
        content_fingerprint(&normalize(raw, &board("ahima"), seen_at.parse().unwrap()).unwrap().0)
    }

    #[test]
    fn a_relative_date_that_moves_is_no_change() {
        let row = |date: &str| RawPosting { date_posted: Some(date.to_owned()), ..him_posting() };
        let first = fingerprint(row("2 days ago"), "2026-03-10T12:00:00Z");
        assert_eq!(first, fingerprint(row("3 days ago"), "2026-03-11T12:00:00Z"));
        assert_ne!(first, fingerprint(row("2026-03-08"), "2026-03-10T12:00:00Z"));
    }

    #[test]
    fn every_change_that_people_would_see_changes_it() {
        let at = "2026-03-10T12:00:00Z";
        let base = fingerprint(him_posting(), at);
        let word = |text: &str| Some(text.to_owned());
        for changed in [
            RawPosting { title: word("Inpatient Coder III"), ..him_posting() },
            RawPosting { valid_through: word("2026-04-01"), ..him_posting() },
            RawPosting { description: word("Codes charts."), ..him_posting() },
            RawPosting { status: word("Job closed"), ..him_posting() },
            RawPosting { work_mode: vec!["(remote)".to_owned()], ..him_posting() },
        ] {
            assert_ne!(base, fingerprint(changed, at));
        }
        let respaced = RawPosting { title: word("  Inpatient  Coder II "), ..him_posting() };
        assert_eq!(base, fingerprint(respaced, at));
    }
}
