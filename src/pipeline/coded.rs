//! A posting coded whole: the codes, then what follows from codes and normalized fields together.

use crate::coding::Coder;
use crate::model::Posting;
use crate::normalize::annualized_by_hours;

/// Codes a normalized posting. The hours a week that were coded give hourly pay of part-time work its
/// year, and only then is the pay ranked.
pub fn code_posting(coder: &Coder, posting: &mut Posting) {
    coder.code(posting);
    if let (Some(salary), Some(hours)) = (posting.base_salary.value.as_mut(), posting.codes.hours_per_week.value) {
        annualized_by_hours(salary, posting.employment_type.value.as_deref().unwrap_or_default(), hours);
    }
    coder.rank_pay(posting);
}
