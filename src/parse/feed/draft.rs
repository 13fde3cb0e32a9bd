//! One item while it is being read: collects what its elements say, then settles which of them
//! speak for the posting.

use std::borrow::Cow;

use super::links::{Links, looks_like_address};
use super::slots::Slot;
use super::wording::completeness;
use crate::model::{Problem, ProblemKind, RawPlace, RawPosting, RawSalary};

/// How many elements of a board's own one item may keep.
const MOST_EXTRAS: usize = 40;
/// How long such an element's text may be, in bytes; a longer one is no simple field.
const LONGEST_EXTRA: usize = 2000;
/// How many values a member that is a list may keep.
const MOST_VALUES: usize = 100;

/// An item's elements so far.
#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    /// The item's place in the feed, counted from 1.
    pub(super) number: usize,
    /// The item's own `xml:base`.
    pub(super) base: Option<Cow<'a, str>>,
    posting: RawPosting,
    link: Ranked<'a>,
    text: Ranked<'a>,
    date: Ranked<'a>,
    id: Option<Cow<'a, str>>,
    /// Whether the id may stand for the link (RSS `isPermaLink`).
    id_is_link: bool,
    place: RawPlace,
    salary: RawSalary,
}

/// The best of several candidates.
#[derive(Debug, Default)]
struct Ranked<'a> {
    rank: u8,
    value: Option<Cow<'a, str>>,
}

impl<'a> Ranked<'a> {
    /// Takes a candidate of a higher rank; the first of equals stays.
    fn offer(&mut self, rank: u8, value: Cow<'a, str>) {
        if rank > self.rank && !value.trim().is_empty() {
            *self = Self { rank, value: Some(value) };
        }
    }

    /// Takes a candidate of a higher rank, or of the same rank and longer.
    fn offer_longer(&mut self, rank: u8, value: Cow<'a, str>) {
        let fuller = rank == self.rank && self.value.as_ref().is_some_and(|held| value.len() > held.len());
        if fuller {
            self.value = Some(value);
        } else {
            self.offer(rank, value);
        }
    }
}

impl<'a> Draft<'a> {
    pub(super) fn new(number: usize) -> Self {
        Self { number, ..Self::default() }
    }

    /// Offers a link; the highest rank wins.
    pub(super) fn offer_link(&mut self, rank: u8, link: Cow<'a, str>) {
        self.link.offer(rank, link);
    }

    /// Takes the feed's own id for the item.
    pub(super) fn set_id(&mut self, id: Cow<'a, str>, may_be_link: bool) {
        if self.id.is_none() && !id.trim().is_empty() {
            self.id = Some(id);
            self.id_is_link = may_be_link;
        }
    }

    /// Tells whether enough was read to keep an item that the answer's end cut off between elements.
    pub(super) fn is_whole_enough(&self) -> bool {
        self.posting.title.is_some() && self.link.value.is_some() && self.text.value.is_some()
    }

    /// Takes one element's text; `name` is the element's own name.
    pub(super) fn put(&mut self, slot: Slot, name: &str, text: Cow<'a, str>) {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return;
        }
        match slot {
            Slot::Encoded => self.text.offer_longer(2, text),
            Slot::Content | Slot::Description => self.text.offer_longer(1, text),
            Slot::Published => self.date.offer(2, text),
            Slot::Updated => self.date.offer(1, text),
            Slot::Link => self.link.offer(3, text),
            Slot::OriginalLink => self.link.offer(4, text),
            Slot::Id => self.set_id(text, true),
            Slot::Place => {
                push(
                    &mut self.posting.job_location,
                    RawPlace { text: Some(trimmed.to_owned()), ..RawPlace::default() },
                );
            }
            Slot::Category => push(&mut self.posting.categories, trimmed.to_owned()),
            Slot::EmploymentType => push(&mut self.posting.employment_type, trimmed.to_owned()),
            Slot::WorkMode => push(&mut self.posting.work_mode, format!("{name}={trimmed}")),
            Slot::Requisition => push(&mut self.posting.requisition_ids, trimmed.to_owned()),
            Slot::Point => self.put_point(trimmed),
            Slot::Latitude => self.place.latitude = trimmed.parse().ok(),
            Slot::Longitude => self.place.longitude = trimmed.parse().ok(),
            Slot::Skip => {}
            Slot::Extra => self.put_extra(name, trimmed),
            Slot::Author => self.put_extra("author", trimmed),
            _ => self.put_single(slot, trimmed),
        }
    }

    /// Fills a member that holds one value; the first one said stays.
    fn put_single(&mut self, slot: Slot, text: &str) {
        let (posting, place, salary) = (&mut self.posting, &mut self.place, &mut self.salary);
        let member = match slot {
            Slot::Title => &mut posting.title,
            Slot::Employer => &mut posting.hiring_organization,
            Slot::Street => &mut place.street,
            Slot::City => &mut place.locality,
            Slot::Region => &mut place.region,
            Slot::PostalCode => &mut place.postal_code,
            Slot::Country => &mut place.country,
            Slot::Salary => &mut salary.text,
            Slot::SalaryMin => &mut salary.min,
            Slot::SalaryMax => &mut salary.max,
            Slot::SalaryCurrency => &mut salary.currency,
            Slot::SalaryUnit => &mut salary.unit,
            Slot::Expires => &mut posting.valid_through,
            Slot::Apply => &mut posting.apply_url,
            Slot::Education => &mut posting.education,
            Slot::Experience => &mut posting.experience,
            Slot::Department => &mut posting.department,
            Slot::Status => &mut posting.status,
            _ => return,
        };
        member.get_or_insert_with(|| text.to_owned());
    }

    /// Reads `latitude longitude`, as `GeoRSS` and GML write a point.
    fn put_point(&mut self, text: &str) {
        let mut numbers = text.split([' ', ',']).filter_map(|number| number.parse().ok());
        if let (Some(latitude), Some(longitude)) = (numbers.next(), numbers.next()) {
            self.place.latitude = Some(latitude);
            self.place.longitude = Some(longitude);
        }
    }

    fn put_extra(&mut self, name: &str, text: &str) {
        if text.len() <= LONGEST_EXTRA && name.len() <= 80 && self.posting.extra.len() < MOST_EXTRAS {
            self.posting.extra.entry(name.to_owned()).or_insert_with(|| text.to_owned());
        }
    }

    /// Makes the posting, or says why there is none.
    pub(super) fn finish(mut self, links: &Links, problems: &mut Vec<Problem>) -> Option<RawPosting> {
        let position = format!("item {}", self.number);
        let id = self.id.take().map(|id| id.trim().to_owned());
        self.posting.url = self.settle_url(id.as_deref(), links, &position, problems);
        let first_requisition = self.posting.requisition_ids.first();
        self.posting.posting_id = id.or_else(|| self.posting.url.clone()).or_else(|| first_requisition.cloned());
        if self.posting.title.is_none() && self.posting.posting_id.is_none() {
            let seen = if self.text.value.is_some() { "only a description" } else { "nothing to know it by" };
            let message = format!("{seen}: no title, no link and no id; the item is left out");
            problems.push(Problem::new(ProblemKind::BrokenItem, message).field(position));
            return None;
        }
        self.settle_apply_url(links, &position, problems);
        self.settle_parts();
        self.posting.position = Some(position);
        Some(self.posting)
    }

    /// Takes the link, else an id that is a link.
    fn settle_url(
        &self,
        id: Option<&str>,
        links: &Links,
        position: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<String> {
        let permalink = || id.filter(|id| self.id_is_link && looks_like_address(id));
        let link = self.link.value.as_deref().or_else(permalink)?;
        let url = links.resolve(link, self.base.as_deref());
        if url.is_none() {
            problems.push(refused_link(link, "link", position));
            return permalink().and_then(|id| links.resolve(id, None));
        }
        url
    }

    fn settle_apply_url(&mut self, links: &Links, position: &str, problems: &mut Vec<Problem>) {
        let Some(link) = self.posting.apply_url.take() else { return };
        self.posting.apply_url = links.resolve(&link, self.base.as_deref());
        if self.posting.apply_url.is_none() {
            problems.push(refused_link(&link, "apply link", position));
        }
    }

    /// Moves what was collected in parts into the posting.
    fn settle_parts(&mut self) {
        let trimmed = |value: Option<Cow<'a, str>>| value.map(into_trimmed);
        self.posting.date_posted = trimmed(self.date.value.take());
        self.posting.description = trimmed(self.text.value.take());
        self.posting.completeness = completeness(self.posting.description.as_deref());
        if self.salary != RawSalary::default() {
            self.posting.base_salary = Some(std::mem::take(&mut self.salary));
        }
        let parts = std::mem::take(&mut self.place);
        match self.posting.job_location.as_mut_slice() {
            _ if parts == RawPlace::default() => {}
            // One place in words and one in parts are the same place.
            [only] => *only = RawPlace { text: only.text.take(), ..parts },
            _ => self.posting.job_location.push(parts),
        }
    }
}

fn refused_link(link: &str, what: &str, position: &str) -> Problem {
    let seen: String = link.trim().chars().take(80).collect();
    Problem::new(ProblemKind::UnreadField, format!("{what} `{seen}` is not an http or https address; it is left out"))
        .field(position)
}

fn push<T>(list: &mut Vec<T>, value: T) {
    if list.len() < MOST_VALUES {
        list.push(value);
    }
}

fn into_trimmed(text: Cow<'_, str>) -> String {
    let trimmed = text.trim();
    if trimmed.len() == text.len() { text.into_owned() } else { trimmed.to_owned() }
}
