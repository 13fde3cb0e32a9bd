//! From one link's posting and the words near it to a row.

use super::facts::{is_furniture, sort_in, title};
use super::links::JobLink;
use crate::model::{Completeness, PostingKey, RawPosting};

/// A posting that a mail's links name, and what stands near them.
#[derive(Debug, Default)]
pub(super) struct Card {
    /// `None` where the tracker alone knows.
    pub(super) link: Option<JobLink>,
    /// What its links say, in order.
    pub(super) words: Vec<String>,
    /// The lines before the first link that stand for it alone.
    pub(super) before: Vec<String>,
    /// The lines after.
    pub(super) after: Vec<String>,
}

impl Card {
    /// Makes the row. A riddle of a link counts only where title, employer and place are all told:
    /// the three are then its identity.
    pub(super) fn row(self) -> Option<RawPosting> {
        let mut row = RawPosting { completeness: Completeness::ListRow, ..RawPosting::default() };
        let named = self.words.iter().filter(|words| !is_furniture(words) || self.link.is_some());
        row.title = named.into_iter().find_map(|words| title(words));
        let mut lines = self.after;
        if row.title.is_none() {
            // The links say `View job`: the title is the first line that stands for the posting.
            let mut before = self.before.into_iter();
            row.title = before.by_ref().find_map(|line| title(&line).filter(|_| !is_furniture(&line)));
            lines.splice(0..0, before);
        }
        sort_in(&lines, &mut row);
        match self.link {
            Some(link) => {
                row.posting_id = link.posting_id;
                row.network_id = link.network_id;
                row.url = Some(link.url.to_string());
            }
            None => row.posting_id = Some(id_of_words(&row)?),
        }
        Some(row)
    }
}

/// Makes an id of title, employer and place, spelling folded.
fn id_of_words(row: &RawPosting) -> Option<String> {
    let place = row.job_location.first().and_then(|place| place.text.as_deref());
    let remote = row.work_mode.first().map(String::as_str);
    let words = [row.title.as_deref()?, row.hiring_organization.as_deref()?, place.or(remote)?];
    let folded = words.map(|text| {
        let plain = |c: char| if c.is_alphanumeric() { c.to_lowercase().next().unwrap_or(c) } else { ' ' };
        text.chars().map(plain).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
    });
    let known = folded.iter().all(|text| !text.is_empty());
    known.then(|| PostingKey::id_of_words(&[&folded[0], &folded[1], &folded[2]]))
}
