//! Jobs on their way out: the safe HTML is made when it is shown, so that a better sanitizer also
//! serves what was stored before it.

use crate::coding::without_contacts;
use crate::model::{Job, Posting, RawPosting};
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

/// Gives a job as it may be shown to everybody: without the persons that its texts name.
#[must_use]
pub fn public(mut job: Job) -> Job {
    let persons = std::mem::take(&mut job.contacts);
    let clean = |text: &mut Option<String>| {
        if let Some(text) = text {
            *text = without_contacts(text, &persons);
        }
    };
    clean(&mut job.description_text);
    clean(&mut job.description_html);
    for posting in &mut job.postings {
        posting.fields = None;
        clean(&mut posting.raw.description);
    }
    job
}

/// Takes the persons out of a stored posting, whose time is over.
pub(super) fn erase_persons(posting: &mut Posting) {
    let persons = std::mem::take(&mut posting.codes.contacts);
    let clean = |text: &mut Option<String>| {
        if let Some(text) = text {
            *text = without_contacts(text, &persons);
        }
    };
    clean(&mut posting.description_text);
    let RawPosting { description, education, experience, extra, .. } = &mut posting.raw;
    [description, education, experience].into_iter().for_each(clean);
    for value in extra.values_mut() {
        *value = without_contacts(value, &persons);
    }
}
