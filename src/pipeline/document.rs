//! Jobs on their way out: the safe HTML is made when it is shown, so that a better sanitizer also
//! serves what was stored before it.

use crate::model::Job;
use crate::normalize::safe_html;

/// Gives a job its safe HTML description.
#[must_use]
pub fn dressed(mut job: Job) -> Job {
    let lead = job.postings.iter().find_map(|posting| posting.raw.description.as_deref());
    job.description_html = lead.map(safe_html).filter(|html| !html.is_empty());
    job
}

/// Gives each job its safe HTML description.
#[must_use]
pub fn dressed_all(jobs: Vec<Job>) -> Vec<Job> {
    jobs.into_iter().map(dressed).collect()
}
