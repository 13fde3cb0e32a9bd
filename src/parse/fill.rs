//! Joins what a list row and a fuller answer say of one posting.

use crate::model::RawPosting;

/// Fills a list row from a fuller answer about the same posting.
///
/// What the detail states wins; what it leaves out stays as the row had it, lists likewise. Both
/// keep their `extra`, the detail's word winning. The row's id stays, because the posting is known
/// by it, and a whole text never gives way to a cut one.
#[must_use]
pub fn fill(row: RawPosting, detail: RawPosting) -> RawPosting {
    let description = if detail.completeness < row.completeness {
        row.description.or(detail.description)
    } else {
        detail.description.or(row.description)
    };
    let mut extra = row.extra;
    extra.extend(detail.extra);
    RawPosting {
        posting_id: row.posting_id.or(detail.posting_id),
        network_id: detail.network_id.or(row.network_id),
        url: detail.url.or(row.url),
        apply_url: detail.apply_url.or(row.apply_url),
        title: detail.title.or(row.title),
        hiring_organization: detail.hiring_organization.or(row.hiring_organization),
        department: detail.department.or(row.department),
        job_location: stated(detail.job_location, row.job_location),
        location_summary: detail.location_summary.or(row.location_summary),
        work_mode: stated(detail.work_mode, row.work_mode),
        date_posted: detail.date_posted.or(row.date_posted),
        valid_through: detail.valid_through.or(row.valid_through),
        employment_type: stated(detail.employment_type, row.employment_type),
        base_salary: detail.base_salary.or(row.base_salary),
        description,
        education: detail.education.or(row.education),
        experience: detail.experience.or(row.experience),
        categories: stated(detail.categories, row.categories),
        series: stated(detail.series, row.series),
        hiring_paths: stated(detail.hiring_paths, row.hiring_paths),
        requisition_ids: stated(detail.requisition_ids, row.requisition_ids),
        status: detail.status.or(row.status),
        extra,
        source_url: detail.source_url.or(row.source_url),
        position: detail.position.or(row.position),
        completeness: detail.completeness.max(row.completeness),
    }
}

/// Keeps what a posting stated before and a new reading of it leaves out: what lasts as long as the
/// posting does. What may be withdrawn without a word (its end, its state, that it is remote) is not
/// kept, for a date that stands no more would close a posting that is open.
#[must_use]
pub fn keep_stated(row: RawPosting, known: RawPosting) -> RawPosting {
    RawPosting {
        url: row.url.or(known.url),
        title: row.title.or(known.title),
        hiring_organization: row.hiring_organization.or(known.hiring_organization),
        department: row.department.or(known.department),
        location_summary: row
            .location_summary
            .or_else(|| known.location_summary.filter(|_| row.job_location.is_empty())),
        job_location: stated(row.job_location, known.job_location),
        date_posted: row.date_posted.or(known.date_posted),
        employment_type: stated(row.employment_type, known.employment_type),
        base_salary: row.base_salary.or(known.base_salary),
        description: row.description.or(known.description),
        ..row
    }
}

/// Takes the detail's list unless it is empty.
fn stated<T>(detail: Vec<T>, row: Vec<T>) -> Vec<T> {
    if detail.is_empty() { row } else { detail }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Completeness;

    fn posting(id: &str, text: Option<&str>, completeness: Completeness) -> RawPosting {
        RawPosting {
            posting_id: Some(id.to_owned()),
            description: text.map(str::to_owned),
            completeness,
            ..RawPosting::default()
        }
    }

    #[test]
    fn the_detail_wins_where_it_speaks() {
        let mut row = posting("7", Some("cut…"), Completeness::Teaser);
        row.title = Some("Coder".into());
        row.date_posted = Some("July 12".into());
        row.series = vec!["0675".into()];
        row.extra.insert("LowGrade".into(), "07".into());
        let mut detail = posting("007", Some("whole"), Completeness::Full);
        detail.date_posted = Some("June 24".into());
        detail.extra.insert("ServiceType".into(), "02".into());
        let filled = fill(row, detail);
        assert_eq!(filled.posting_id.as_deref(), Some("7"));
        assert_eq!(filled.title.as_deref(), Some("Coder"));
        assert_eq!(filled.date_posted.as_deref(), Some("June 24"));
        assert_eq!(filled.description.as_deref(), Some("whole"));
        assert_eq!(filled.series, ["0675"]);
        assert_eq!(filled.extra.len(), 2);
        assert_eq!(filled.completeness, Completeness::Full);
    }

    #[test]
    fn a_whole_text_never_gives_way_to_a_cut_one() {
        let row = posting("7", Some("whole"), Completeness::Full);
        let filled = fill(row, posting("7", Some("cut…"), Completeness::Teaser));
        assert_eq!(filled.description.as_deref(), Some("whole"));
        assert_eq!(filled.completeness, Completeness::Full);
    }

    #[test]
    fn a_row_that_lacks_what_lasts_keeps_it_and_not_what_may_be_withdrawn() {
        let mut known = posting("7", None, Completeness::ListRow);
        known.hiring_organization = Some("Mercy".into());
        known.title = Some("Coder".into());
        known.valid_through = Some("2026-12-01".into());
        known.work_mode = vec!["remote".into()];
        let mut row = posting("7", None, Completeness::ListRow);
        row.title = Some("Senior Coder".into());
        let kept = keep_stated(row, known);
        assert_eq!((kept.title.as_deref(), kept.hiring_organization.as_deref()), (Some("Senior Coder"), Some("Mercy")));
        assert_eq!((kept.valid_through, kept.work_mode.is_empty()), (None, true));
    }

    #[test]
    fn filling_with_nothing_changes_nothing() {
        let row = posting("7", Some("whole"), Completeness::Full);
        assert_eq!(fill(row.clone(), RawPosting::default()), row);
    }
}
