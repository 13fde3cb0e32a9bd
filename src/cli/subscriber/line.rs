//! One subscription as one line of a file: what `export` prints and `import` reads.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::add::{misplaced, named};
use super::cadence::Typed;
use crate::matching::SavedFilters;
use crate::model::{Consent, Every, MailAddress, SavedSearch, Subscriber, SubscriberState};
use crate::store::{NewSearch, Seed};

use super::words::weekday;

/// The columns that are not filters, in the order in which they are printed. `state` is a filter, so that how
/// somebody stands is called otherwise.
pub(super) const COLUMNS: [&str; 16] = [
    "email",
    "name",
    "filters",
    "every",
    "at",
    "tz",
    "weekday",
    "day",
    "heartbeat",
    "standing",
    "search_standing",
    "paused_until",
    "confirmed_at",
    "consent_at",
    "consent_by",
    "consent_basis",
];

/// A subscription as it is printed.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    email: String,
    name: Option<String>,
    filters: String,
    every: &'static str,
    at: Option<String>,
    tz: &'static str,
    weekday: Option<&'static str>,
    day: Option<u8>,
    heartbeat: bool,
    standing: &'static str,
    search_standing: &'static str,
    paused_until: Option<DateTime<Utc>>,
    confirmed_at: Option<DateTime<Utc>>,
    consent_at: Option<DateTime<Utc>>,
    consent_by: Option<String>,
    consent_basis: Option<String>,
}

impl Line {
    pub(super) fn of(known: &Subscriber, search: &SavedSearch, consent: Option<&Consent>) -> Self {
        let cadence = &search.cadence;
        Self {
            email: known.address.as_str().to_owned(),
            name: search.name.clone(),
            filters: search.filters.clone(),
            every: cadence.every.as_str(),
            at: (cadence.every != Every::Instant).then(|| cadence.at.format("%H:%M").to_string()),
            tz: cadence.zone.name(),
            weekday: (cadence.every == Every::Weekly).then(|| weekday(cadence.weekday)),
            day: (cadence.every == Every::Monthly).then_some(cadence.day),
            heartbeat: search.heartbeat,
            standing: known.state.as_str(),
            search_standing: search.state.as_str(),
            paused_until: known.paused_until,
            confirmed_at: known.confirmed_at,
            consent_at: consent.map(|consent| consent.at),
            consent_by: consent.map(|consent| consent.who.clone()),
            consent_basis: consent.map(|consent| consent.basis.clone()),
        }
    }

    /// Gives the cells in the order of [`COLUMNS`].
    pub(super) fn cells(self) -> [String; 16] {
        [
            self.email,
            self.name.unwrap_or_default(),
            self.filters,
            self.every.to_owned(),
            self.at.unwrap_or_default(),
            self.tz.to_owned(),
            self.weekday.unwrap_or_default().to_owned(),
            self.day.map(|day| day.to_string()).unwrap_or_default(),
            self.heartbeat.to_string(),
            self.standing.to_owned(),
            self.search_standing.to_owned(),
            time(self.paused_until),
            time(self.confirmed_at),
            time(self.consent_at),
            self.consent_by.unwrap_or_default(),
            self.consent_basis.unwrap_or_default(),
        ]
    }
}

fn time(at: Option<DateTime<Utc>>) -> String {
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)).unwrap_or_default()
}

/// A line of a file, read.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) address: MailAddress,
    pub(super) search: NewSearch,
    /// What the line itself says of consent.
    pub(super) consent: Option<Consent>,
    /// Whether the subscriber, and whether the search alone, is to be paused, and until when.
    pub(super) paused: bool,
    pub(super) paused_until: Option<DateTime<Utc>>,
    pub(super) search_paused: bool,
}

/// Reads a line's cells by their names; says what is wrong without repeating an address.
pub(super) fn read(cells: &[(String, String)]) -> Result<Wanted, String> {
    let cell = |name: &str| {
        let found = cells.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim());
        found.filter(|value| !value.is_empty())
    };
    let address = cell("email").ok_or("email: there is no address")?;
    let address = MailAddress::new(address).map_err(|error| format!("email: {error}"))?;
    let (paused, search_paused) =
        (is_paused(cell("standing"), "standing")?, is_paused(cell("search_standing"), "search_standing")?);
    let cadence =
        Typed { every: cell("every"), at: cell("at"), zone: cell("tz"), weekday: cell("weekday"), day: cell("day") };
    let search = NewSearch {
        name: named(cell("name"))?,
        filters: filters(cells)?.text(),
        cadence: cadence.read()?,
        heartbeat: is_on(cell("heartbeat"))?,
        since: None,
        seed: Seed::default(),
    };
    let time = |name: &str| {
        let read = |text: &str| DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
        cell(name)
            .map(|text| read(text).map_err(|_| format!("{name}: `{text}` is no time as RFC 3339 writes it")))
            .transpose()
    };
    let consent = match (time("consent_at")?, cell("consent_basis")) {
        (Some(at), Some(basis)) => {
            Some(Consent { at, who: cell("consent_by").unwrap_or("not stated").to_owned(), basis: basis.to_owned() })
        }
        _ => None,
    };
    Ok(Wanted { address, search, consent, paused, paused_until: time("paused_until")?, search_paused })
}

/// Takes the filters of a line: one column in their text form, others by their long names, or both.
fn filters(cells: &[(String, String)]) -> Result<SavedFilters, String> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (name, value) in cells.iter().filter(|(_, value)| !value.trim().is_empty()) {
        if name == "filters" {
            let read = SavedFilters::parse(value.trim()).map_err(|error| error.to_string())?;
            pairs.extend(read.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())));
        } else if !COLUMNS.contains(&name.as_str()) {
            pairs.push((name.clone(), value.clone()));
        }
    }
    let filters = SavedFilters::of(pairs).and_then(SavedFilters::bounded).map_err(|error| error.to_string())?;
    match misplaced(&filters) {
        Some((name, why)) => Err(format!("{name}: {why}")),
        None => Ok(filters),
    }
}

fn is_paused(state: Option<&str>, column: &str) -> Result<bool, String> {
    match state {
        None | Some("active") => Ok(false),
        Some("paused") => Ok(true),
        Some("pending") => Err(format!("{column}: its owner has never confirmed it")),
        Some("bounced") => Err(format!("{column}: mail to this address came back")),
        Some(other) => Err(format!("{column}: `{other}` is neither active nor paused")),
    }
}

fn is_on(text: Option<&str>) -> Result<bool, String> {
    match text.map(str::to_ascii_lowercase).as_deref() {
        None | Some("false" | "no" | "0") => Ok(false),
        Some("true" | "yes" | "1") => Ok(true),
        Some(_) => Err("heartbeat: write true or false".to_owned()),
    }
}

/// Tells whether a search that a line describes is to be kept out of a file: nobody has agreed to it.
pub(super) fn is_exported(known: &Subscriber, search: &SavedSearch) -> bool {
    known.state != SubscriberState::Pending && search.state != SubscriberState::Pending
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[(&str, &str)]) -> Result<Wanted, String> {
        let cells: Vec<(String, String)> =
            cells.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        read(&cells)
    }

    #[test]
    fn filters_stand_in_one_column_or_in_their_own() {
        let one = line(&[("email", "a@b.c"), ("filters", "state=OH&credential=RHIT")]).unwrap();
        let own = line(&[("email", "a@b.c"), ("credential", "RHIT"), ("state", ""), ("every", "")]);
        assert_eq!(one.search.filters, "state=OH&credential=RHIT");
        assert_eq!(own.unwrap().search.filters, "credential=RHIT");
        let both = line(&[("email", "a@b.c"), ("filters", "state=OH"), ("remote", "yes"), ("credential", "RHIT,CCS")]);
        assert_eq!(both.unwrap().search.filters, "state=OH&remote=true&credential=RHIT&credential=CCS");
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said_without_its_address() {
        for (cells, said) in [
            (&[("email", "jo example")][..], "email: not a mail address"),
            (&[("name", "x")], "email: there is no address"),
            (&[("email", "jo@b.c"), ("tz", "Mars")], "tz: "),
            (&[("email", "jo@b.c"), ("filters", "stat=OH")], "did you mean `state`"),
            (&[("email", "jo@b.c"), ("limit", "5")], "limit: a digest"),
            (&[("email", "jo@b.c"), ("standing", "bounced")], "came back"),
            (&[("email", "jo@b.c"), ("consent_at", "yesterday")], "RFC 3339"),
        ] {
            let error = line(cells).unwrap_err();
            assert!(error.contains(said) && !error.contains("jo"), "{error}");
        }
    }
}
