//! The narrow row of a job and the texts that are searched, both derived from its composed form.
//!
//! Filters look at every copy, not only at the one the job speaks through: a merged job hides
//! nothing. A filter's answer is yes, no or unknown, so what is unknown is a fact here, too.

use chrono::{DateTime, Utc};

use super::coded_facts::CodedFacts;
use super::folding::{EVERY_JOB, address_tag, facet, tag};
use crate::model::{Closing, Job, KnownField, Member, PayUnit, Place, Posting, Salary, UNSTATED, WorkMode, fold_name};

/// What the row of a job in the table `job` says beside its state.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct JobFacts {
    pub(super) url: Option<String>,
    pub(super) title: Option<String>,
    pub(super) employer: Option<String>,
    pub(super) place: Option<String>,
    pub(super) work_mode: Option<&'static str>,
    pub(super) pay: Option<String>,
    pub(super) employment: String,
    pub(super) date_posted: Option<String>,
    /// The end of the day it was posted, where that is stated, in milliseconds.
    pub(super) posted_at: Option<i64>,
    pub(super) closes: Option<String>,
    pub(super) closes_at: Option<i64>,
    pub(super) pay_range: PayRange,
    pub(super) boards: String,
    pub(super) facets: String,
    pub(super) employers: String,
    pub(super) unstated: i64,
    pub(super) coded: CodedFacts,
    pub(super) text: JobText,
}

/// The figures that filters and order go by; implausible and foreign ones are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct PayRange {
    pub(super) unit: Option<PayUnit>,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) annual_low: Option<f64>,
    pub(super) annual_high: Option<f64>,
}

/// What the words of a search are looked up in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct JobText {
    pub(super) title: String,
    pub(super) organization: String,
    pub(super) place: String,
    pub(super) body: String,
    pub(super) tags: String,
}

impl JobText {
    /// Gives the hash by which a change of the texts is noticed.
    pub(super) fn hash(&self) -> [u8; 16] {
        let mut hasher = blake3::Hasher::new();
        for part in [&self.title, &self.organization, &self.place, &self.body, &self.tags] {
            hasher.update(&part.len().to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let mut hash = [0; 16];
        hasher.finalize_xof().fill(&mut hash);
        hash
    }
}

impl JobFacts {
    /// Derives the row and the texts of a composed job and its postings.
    pub(super) fn of(job: &Job, members: &[Member]) -> Self {
        let postings: Vec<&Posting> = members.iter().map(|member| member.posting.as_ref()).collect();
        let known = Facets::of(job, &postings);
        let pay_range = job.base_salary.as_ref().map(pay_range).unwrap_or_default();
        let posted = job.date_posted.and_then(|date| date.and_hms_opt(23, 59, 59)).map(|end| end.and_utc());
        Self {
            url: job.url.clone(),
            title: job.title.clone(),
            employer: job.hiring_organization.clone(),
            place: place_text(job),
            work_mode: job.work_mode.map(WorkMode::as_str),
            pay: job.base_salary.as_ref().and_then(pay_text),
            employment: words(job.employment_type.iter().map(|kind| kind.as_str())),
            date_posted: job.date_posted.map(|date| date.to_string()),
            posted_at: posted.as_ref().map(DateTime::<Utc>::timestamp_millis),
            closes: job.valid_through.as_ref().map(closing_text),
            closes_at: job.valid_through.as_ref().map(|closing| closing.instant.timestamp_millis()),
            pay_range,
            boards: known.boards.clone(),
            text: job_text(job, &postings, &known),
            coded: CodedFacts::of(job, &postings),
            unstated: known.unstated,
            facets: known.values,
            employers: known.employers,
        }
    }

    /// Says what changed for somebody who means to apply, in words; `None` when nothing material did.
    /// With `only_known`, a value that is stated for the first time is no change.
    pub(super) fn changes_from(&self, before: &Shown, only_known: bool) -> Option<String> {
        let after = Shown::of(self);
        let pairs = [
            ("title", &before.title, &after.title),
            ("pay", &before.pay, &after.pay),
            ("place", &before.place, &after.place),
            ("work mode", &before.work_mode, &after.work_mode),
            ("closes", &before.closes, &after.closes),
            ("employment type", &before.employment, &after.employment),
        ];
        let changes: Vec<String> = pairs
            .into_iter()
            .filter(|(_, old, new)| old != new && !(only_known && (old.is_none() || new.is_none())))
            .map(|(name, old, new)| format!("{name}: {} → {}", stated(old.as_ref()), stated(new.as_ref())))
            .collect();
        if changes.is_empty() { None } else { Some(changes.join("; ")) }
    }
}

/// The material fields as they stood before a change.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) title: Option<String>,
    pub(super) pay: Option<String>,
    pub(super) place: Option<String>,
    pub(super) work_mode: Option<String>,
    pub(super) closes: Option<String>,
    pub(super) employment: Option<String>,
}

impl Shown {
    fn of(facts: &JobFacts) -> Self {
        Self {
            title: facts.title.clone(),
            pay: facts.pay.clone(),
            place: facts.place.clone(),
            work_mode: facts.work_mode.map(str::to_owned),
            closes: facts.closes.clone(),
            employment: Some(facts.employment.clone()).filter(|kinds| !kinds.is_empty()),
        }
    }
}

fn stated(value: Option<&String>) -> &str {
    value.map_or("not stated", String::as_str)
}

/// Facets of the row and the same as tags of the text index, with what is stated nowhere.
pub(super) struct Facets {
    boards: String,
    values: String,
    employers: String,
    tags: String,
    unstated: i64,
}

impl Facets {
    fn of(job: &Job, postings: &[&Posting]) -> Self {
        let mut known = Self {
            boards: String::from(" "),
            values: String::new(),
            employers: String::new(),
            tags: EVERY_JOB.to_owned(),
            unstated: 0,
        };
        known.add_boards(postings);
        known.add_addresses(postings);
        known.add_employers(job, postings);
        known.add_states(job, postings);
        known.add_values(job, postings);
        known.add_codes(job, postings);
        let missing = [
            (job.base_salary.as_ref().is_none_or(|pay| pay_range(pay) == PayRange::default()), KnownField::Pay),
            (job.date_posted.is_none(), KnownField::Posted),
            (job.valid_through.is_none(), KnownField::Closing),
        ];
        known.unstated |=
            missing.iter().filter(|(is_missing, _)| *is_missing).map(|(_, field)| field.bit()).sum::<i64>();
        known
    }

    pub(super) fn put(&mut self, kind: &str, value: &str) {
        let facet = facet(kind, value);
        if !self.values.contains(&facet) {
            self.values.push_str(&facet);
            self.tags.push(' ');
            self.tags.push_str(&tag(kind, value));
        }
    }

    pub(super) fn mark_unstated(&mut self, field: KnownField) {
        self.unstated |= field.bit();
    }

    pub(super) fn put_unknown(&mut self, kind: &str, field: KnownField) {
        self.put(kind, UNSTATED);
        self.unstated |= field.bit();
    }

    fn add_boards(&mut self, postings: &[&Posting]) {
        for posting in postings {
            let board = posting.key.board.as_str();
            if !self.boards.contains(&format!(" {board} ")) {
                self.boards.push_str(board);
                self.boards.push(' ');
                self.put("bd", board);
            }
        }
    }

    fn add_addresses(&mut self, postings: &[&Posting]) {
        let addresses = postings.iter().flat_map(|posting| [&posting.url, &posting.apply_url]);
        let tags: std::collections::BTreeSet<String> =
            addresses.filter_map(|address| address.get()).map(|address| address_tag(address)).collect();
        for tag in tags {
            self.tags.push(' ');
            self.tags.push_str(&tag);
        }
    }

    fn add_employers(&mut self, job: &Job, postings: &[&Posting]) {
        let names = postings.iter().flat_map(|posting| {
            let identity = posting.codes.employer.as_ref().map(|employer| &employer.name);
            posting.hiring_organization.get().into_iter().chain(posting.department.get()).chain(identity)
        });
        for name in names {
            let folded = fold_name(name);
            if !self.employers.contains(&folded) {
                for word in folded.split_whitespace().take(24) {
                    self.tags.push(' ');
                    self.tags.push_str(&tag("em", word));
                }
                self.employers.push_str(&folded);
                self.employers.push('|');
            }
        }
        if job.hiring_organization.is_none() {
            self.put_unknown("em", KnownField::Employer);
        }
    }

    /// Notes every state of every copy; remote work counts for the states of its scope, and for
    /// every state when it is open to the whole US.
    fn add_states(&mut self, job: &Job, postings: &[&Posting]) {
        let mut vague = false;
        let places = postings.iter().filter_map(|posting| posting.job_location.get()).flatten();
        let mut any = false;
        for place in places.take(MOST_FACETS) {
            any = true;
            match &place.region {
                Some(region) => self.put("st", region),
                None => vague |= place.country.as_deref().is_none_or(|country| country == "US"),
            }
        }
        let is_remote = job.work_mode == Some(WorkMode::Remote);
        let scopes = postings.iter().filter_map(|posting| posting.remote_scope.get()).flatten();
        let mut has_scope = false;
        for scope in scopes.filter(|_| is_remote).take(MOST_FACETS) {
            has_scope = true;
            self.put("st", scope);
        }
        let unknown = if has_scope { false } else { is_remote || vague || !any };
        if unknown {
            self.put("st", UNSTATED);
        }
        if !any && !has_scope {
            self.unstated |= KnownField::Place.bit();
        }
    }

    fn add_values(&mut self, job: &Job, postings: &[&Posting]) {
        match job.work_mode {
            Some(mode) => self.put("wm", mode.as_str()),
            None => self.put_unknown("wm", KnownField::WorkMode),
        }
        for kind in &job.employment_type {
            self.put("et", kind.as_str());
        }
        if job.employment_type.is_empty() {
            self.put_unknown("et", KnownField::EmploymentType);
        }
        for path in postings.iter().filter_map(|posting| posting.open_to.get()).flatten().take(MOST_FACETS) {
            self.put("op", path);
        }
        if job.open_to.is_empty() {
            self.put_unknown("op", KnownField::OpenTo);
        }
    }
}

/// How many facets of one kind are noted; more come from registers that name every place there is.
pub(super) const MOST_FACETS: usize = 300;

fn pay_range(pay: &Salary) -> PayRange {
    let is_foreign = pay.currency.as_deref().is_some_and(|currency| currency != "USD");
    if pay.implausible.is_some() || is_foreign {
        return PayRange::default();
    }
    let mut range = PayRange { annual_low: pay.annual_min, annual_high: pay.annual_max, ..PayRange::default() };
    if pay.unit.is_some() {
        range = PayRange { unit: pay.unit, low: pay.min, high: pay.max, ..range };
    }
    if [range.low, range.high, range.annual_low, range.annual_high].iter().all(Option::is_none) {
        return PayRange::default();
    }
    range
}

/// How pay ends that cannot be what the employer means.
pub(super) const IMPLAUSIBLE: &str = " (implausible)";

fn pay_text(pay: &Salary) -> Option<String> {
    let mark = if pay.currency.as_deref().is_none_or(|currency| currency == "USD") { "$" } else { "" };
    let amount = |figure: f64| {
        let text = if figure.fract() == 0.0 { format!("{figure:.0}") } else { format!("{figure:.2}") };
        format!("{mark}{}", grouped(&text))
    };
    let figures = match (pay.min, pay.max) {
        (Some(low), Some(high)) if low.total_cmp(&high).is_eq() => amount(low),
        (Some(low), Some(high)) => format!("{}–{}", amount(low), amount(high)),
        (Some(low), None) => format!("from {}", amount(low)),
        (None, Some(high)) => format!("up to {}", amount(high)),
        (None, None) => return Some(pay.raw.chars().take(60).collect()).filter(|raw: &String| !raw.is_empty()),
    };
    let currency = pay.currency.as_deref().filter(|currency| *currency != "USD");
    let unit = pay.unit.map(|unit| format!("/{}", unit.as_str().to_lowercase()));
    let doubt = if pay.implausible.is_some() { IMPLAUSIBLE } else { "" };
    let currency = currency.map(|code| format!("{code} ")).unwrap_or_default();
    Some(format!("{currency}{figures}{}{doubt}", unit.unwrap_or_default()))
}

/// Sets commas between thousands.
fn grouped(figure: &str) -> String {
    let (whole, rest) = figure.find('.').map_or((figure, ""), |dot| figure.split_at(dot));
    let mut text = String::with_capacity(figure.len() + 4);
    for (at, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(at);
        if at > 0 && left.is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

fn place_text(job: &Job) -> Option<String> {
    let mut places = job.job_location.iter().filter_map(one_place);
    let Some(first) = places.next() else {
        let scope = job.remote_scope.as_ref().filter(|_| job.work_mode == Some(WorkMode::Remote))?;
        return Some(scope.join(", "));
    };
    let more = places.count();
    Some(if more == 0 { first } else { format!("{first} (+{more})") })
}

fn one_place(place: &Place) -> Option<String> {
    let foreign = place.country.as_deref().filter(|country| *country != "US" || place.region.is_none());
    let parts = [place.locality.as_deref(), place.region.as_deref(), foreign];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    if text.is_empty() { place.postal_code.clone() } else { Some(text) }
}

fn closing_text(closing: &Closing) -> String {
    closing.time.map_or_else(|| closing.date.to_string(), |time| time.to_rfc3339())
}

fn words<'a>(values: impl Iterator<Item = &'a str>) -> String {
    values.collect::<Vec<_>>().join(" ")
}

fn job_text(job: &Job, postings: &[&Posting], known: &Facets) -> JobText {
    let titles = postings.iter().filter_map(|posting| posting.title.get()).map(String::as_str);
    let names = postings.iter().flat_map(|posting| [&posting.hiring_organization, &posting.department]);
    let places = job.job_location.iter().take(MOST_FACETS).filter_map(one_place).collect::<Vec<_>>();
    let said = postings.iter().filter_map(|posting| posting.job_location.raw.as_deref());
    JobText {
        title: distinct(titles),
        organization: distinct(names.filter_map(|name| name.get()).map(String::as_str)),
        place: distinct(places.iter().map(String::as_str).chain(said)),
        body: distinct(postings.iter().flat_map(|posting| body_parts(posting))),
        tags: known.tags.clone(),
    }
}

fn body_parts(posting: &Posting) -> impl Iterator<Item = &str> {
    let lists = [&posting.requisition_ids, &posting.raw.categories, &posting.raw.series];
    let texts = [posting.description_text.as_deref(), Some(posting.key.posting_id.as_str())];
    texts.into_iter().flatten().chain(lists.into_iter().flatten().map(String::as_str))
}

/// Joins texts line by line, each once.
fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut seen = std::collections::HashSet::new();
    let mut joined = String::new();
    for text in texts.filter(|text| seen.insert(*text)) {
        if !joined.is_empty() {
            joined.push('\n');
        }
        joined.push_str(text);
    }
    joined
}
