//! Lays one reading of a posting over another: what the first does not know, the second may tell.

use crate::model::RawPosting;

/// Fills what `raw` leaves out from `other`; nothing that `raw` states is changed.
pub(super) fn fill_gaps(raw: &mut RawPosting, other: RawPosting) {
    let texts = [
        (&mut raw.posting_id, other.posting_id),
        (&mut raw.network_id, other.network_id),
        (&mut raw.url, other.url),
        (&mut raw.apply_url, other.apply_url),
        (&mut raw.title, other.title),
        (&mut raw.hiring_organization, other.hiring_organization),
        (&mut raw.department, other.department),
        (&mut raw.location_summary, other.location_summary),
        (&mut raw.date_posted, other.date_posted),
        (&mut raw.valid_through, other.valid_through),
        (&mut raw.description, other.description),
        (&mut raw.education, other.education),
        (&mut raw.experience, other.experience),
        (&mut raw.status, other.status),
    ];
    for (known, found) in texts {
        if known.is_none() {
            *known = found;
        }
    }
    let lists = [
        (&mut raw.work_mode, other.work_mode),
        (&mut raw.employment_type, other.employment_type),
        (&mut raw.categories, other.categories),
        (&mut raw.requisition_ids, other.requisition_ids),
    ];
    for (known, found) in lists {
        if known.is_empty() {
            *known = found;
        }
    }
    if raw.job_location.is_empty() {
        raw.job_location = other.job_location;
    }
    if raw.base_salary.is_none() {
        raw.base_salary = other.base_salary;
    }
    for (name, value) in other.extra {
        raw.extra.entry(name).or_insert(value);
    }
    raw.completeness = raw.completeness.max(other.completeness);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stated_stays_and_gaps_are_filled() {
        let mut raw = RawPosting { title: Some("Coder".into()), ..RawPosting::default() };
        let other = RawPosting {
            title: Some("Other".into()),
            hiring_organization: Some("Lakeside Health".into()),
            employment_type: vec!["Full-Time".into()],
            ..RawPosting::default()
        };
        fill_gaps(&mut raw, other);
        assert_eq!(raw.title.as_deref(), Some("Coder"));
        assert_eq!(raw.hiring_organization.as_deref(), Some("Lakeside Health"));
        assert_eq!(raw.employment_type, ["Full-Time"]);
    }
}
