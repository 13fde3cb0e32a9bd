//! What somebody has entered: the filters of a search and when its mail is wanted, kept as typed so that
//! a page can show them again.

use chrono::Weekday;

use super::form::{Errors, Pairs};
use super::zones;
use crate::board::Board;
use crate::coding::Coder;
use crate::matching::{FilterError, SavedFilters};
use crate::model::{Cadence, Every};
use crate::pipeline::criteria_of;

/// Filters that have a field of their own in the form. The others are carried along.
const FIELDS: &str = "q state near within remote role credential entry-level pay-at-least";
/// Filters that a subscription has no use for: it is told of open jobs as they come.
const UNUSED: &str = "status sort limit offset posted-within";

/// The filters as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FilterFields {
    pub(super) q: String,
    pub(super) state: String,
    pub(super) near: String,
    pub(super) within: String,
    pub(super) remote: bool,
    pub(super) role: String,
    pub(super) credential: String,
    pub(super) entry_level: bool,
    pub(super) pay: String,
    pub(super) pay_unit: String,
    /// Filters without a field, by name and value.
    pub(super) others: Vec<(String, String)>,
}

impl FilterFields {
    /// Takes them from a form, or from an address with filters by their long names.
    pub(super) fn of(pairs: &Pairs) -> Self {
        let joined = |name: &str| pairs.all(name).collect::<Vec<_>>().join(", ");
        let mut roles = pairs.all("role").flat_map(|roles| roles.split(',')).map(str::trim);
        let role = roles.next().unwrap_or_default().to_owned();
        let own = |name: &str| FIELDS.split(' ').chain(UNUSED.split(' ')).any(|known| known == name);
        let others =
            pairs.iter().filter(|(name, value)| !own(name) && !value.is_empty() && SavedFilters::is_filter(name));
        let mut others: Vec<(String, String)> =
            others.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        others.extend(roles.map(|role| ("role".to_owned(), role.to_owned())));
        others.dedup();
        let (pay, unit) = match pairs.get("pay-at-least").split_once('/') {
            Some((pay, unit)) => (pay.trim(), unit.trim()),
            None => (pairs.get("pay"), pairs.get("pay-unit")),
        };
        Self {
            q: pairs.get("q").to_owned(),
            state: joined("state"),
            near: pairs.get("near").to_owned(),
            within: pairs.get("within").to_owned(),
            remote: pairs.is_on("remote"),
            role,
            credential: joined("credential"),
            entry_level: pairs.is_on("entry-level"),
            pay: pay.to_owned(),
            pay_unit: if unit.eq_ignore_ascii_case("year") { "year" } else { "hour" }.to_owned(),
            others,
        }
    }

    /// Reads them, or notes at each field what is wrong with it.
    pub(super) fn read(&self, coder: &Coder, boards: &[Board], errors: &mut Errors) -> Option<SavedFilters> {
        let before = errors.iter().count();
        let pay = self.pay_at_least();
        let groups: [(&'static str, Vec<(&str, &str)>); 6] = [
            ("q", vec![("q", self.q.as_str())]),
            ("state", vec![("state", self.state.as_str())]),
            ("near", vec![("near", self.near.as_str()), ("within", self.within.as_str())]),
            ("role", vec![("role", self.role.as_str())]),
            ("credential", vec![("credential", self.credential.as_str())]),
            ("pay", vec![("pay-at-least", pay.as_str())]),
        ];
        for (field, pairs) in &groups {
            let read = SavedFilters::of(pairs.iter().copied()).and_then(|filters| criteria_of(&filters, coder));
            if let Err(error) = read {
                let is_bare = *field == "pay" && !self.pay.contains('/');
                let says = if is_bare { self.bad_pay() } else { in_plain_words(&error) };
                errors.note(field, says);
            }
        }
        let flags = [("remote", self.remote), ("entry-level", self.entry_level)];
        let flags = flags.iter().map(|(name, is_on)| (*name, if *is_on { "true" } else { "" }));
        let others = self.others.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all = groups.iter().flat_map(|(_, pairs)| pairs.iter().copied()).chain(flags).chain(others);
        let read = SavedFilters::of(all).and_then(SavedFilters::bounded);
        let read = read.and_then(|filters| criteria_of(&filters, coder).map(|criteria| (filters, criteria)));
        match read {
            Ok((filters, criteria)) => {
                if let Some(unknown) = criteria.boards.iter().find(|id| !boards.iter().any(|board| board.id == **id)) {
                    errors.note("others", format!("There is no board “{unknown}”."));
                }
                (errors.iter().count() == before).then_some(filters)
            }
            Err(error) => {
                if errors.iter().count() == before {
                    errors.note("others", in_plain_words(&error));
                }
                None
            }
        }
    }

    /// Says that what was typed is no amount; the unit was chosen beside it.
    fn bad_pay(&self) -> String {
        format!("“{}” is not an amount, such as 28 or 62000.", self.pay)
    }

    /// Writes the pay as the filter has it: `28/hour`.
    fn pay_at_least(&self) -> String {
        match self.pay.trim() {
            "" => String::new(),
            whole if whole.contains('/') => whole.to_owned(),
            amount => format!("{amount}/{}", self.pay_unit),
        }
    }
}

/// Says what is wrong with a filter to people who did not write a command line.
pub(super) fn in_plain_words(error: &FilterError) -> String {
    /// A list of what would be right is told up to this length.
    const LONGEST_LIST: usize = 160;
    let says = match error {
        FilterError::Value { says, .. } => says.clone(),
        other => other.to_string(),
    };
    let says = match says.split_once(": use one of ") {
        Some((head, list)) if list.len() > LONGEST_LIST => match head.split_once(", did you mean ") {
            Some((refused, near)) => format!("{refused}; did you mean {near}?"),
            None => format!("{head}. Is it spelled right?"),
        },
        _ => says,
    };
    let mut opened = false;
    let quoted = says.chars().map(|c| match c {
        '`' => {
            opened = !opened;
            if opened { '“' } else { '”' }
        }
        other => other,
    });
    let mut sentence: String = quoted.collect();
    if let Some(first) = sentence.get(..1).map(str::to_uppercase) {
        sentence.replace_range(..1, &first);
    }
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}

/// When mail is wanted, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CadenceFields {
    pub(super) every: String,
    pub(super) weekday: String,
    pub(super) day: String,
    pub(super) at: String,
    pub(super) zone: String,
}

/// The days of a week by number, Monday first, as forms send them.
pub(super) const WEEKDAYS: [(&str, &str); 7] = [
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
];

impl Default for CadenceFields {
    /// The zone is not guessed: a wrong one would be noticed by a mail at night.
    fn default() -> Self {
        let text = str::to_owned;
        Self { every: text("daily"), weekday: text("1"), day: text("1"), at: text("07:00"), zone: String::new() }
    }
}

impl CadenceFields {
    /// Takes them from a form; what is not named is as usual.
    pub(super) fn of(pairs: &Pairs) -> Self {
        let or = |name: &str, usual: String| {
            if pairs.all(name).next().is_some() { pairs.get(name).to_owned() } else { usual }
        };
        let usual = Self::default();
        Self {
            every: or("every", usual.every),
            weekday: or("weekday", usual.weekday),
            day: or("day", usual.day),
            at: or("at", usual.at),
            zone: or("zone", usual.zone),
        }
    }

    /// Shows what is stored.
    pub(super) fn stored(cadence: &Cadence) -> Self {
        Self {
            every: cadence.every.as_str().to_owned(),
            weekday: cadence.weekday.number_from_monday().to_string(),
            day: cadence.day.to_string(),
            at: cadence.at.format("%H:%M").to_string(),
            zone: cadence.zone.name().to_owned(),
        }
    }

    /// Reads them, or notes at each field what is wrong with it.
    pub(super) fn read(&self, errors: &mut Errors) -> Option<Cadence> {
        let every = Every::parse(&self.every);
        if every.is_none() {
            errors.note("every", "Choose how often mail is to come.");
        }
        let at = Cadence::parse_at(&self.at);
        if at.is_none() {
            errors.note("at", "Enter a time of day, such as 7:00 am or 16:30.");
        }
        let zone = zones::read(&self.zone);
        if zone.is_none() {
            let says = if self.zone.is_empty() {
                "Choose your time zone."
            } else {
                "This is no time zone. Choose one from the list."
            };
            errors.note("zone", says);
        }
        let weekday = self.weekday.parse::<u8>().ok().filter(|day| (1..=7).contains(day));
        let day = self.day.parse::<u8>().ok().filter(|day| (1..=31).contains(day));
        if weekday.is_none() || day.is_none() {
            errors.note("every", "Choose the day from the list.");
        }
        let weekday = Weekday::try_from(weekday? - 1).ok()?;
        Some(Cadence { weekday, day: day?, ..Cadence::new(every?, at?, zone?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::tests::coder;

    fn read(text: &str) -> Result<String, Vec<(String, String)>> {
        let mut errors = Errors::default();
        let filters = FilterFields::of(&Pairs::read(text.as_bytes())).read(coder(), &[], &mut errors);
        let told = || errors.iter().map(|(field, says)| (field.to_owned(), says.to_owned())).collect();
        filters.map(|filters| filters.text()).ok_or_else(told)
    }

    #[test]
    fn a_form_and_an_address_with_filters_are_read_alike() {
        let form = "q=coder&state=OH%2C+ky&near=&within=25&role=&credential=RHIT&pay=%2428&pay-unit=hour&remote=on";
        let address = "q=coder&state=OH&state=ky&credential=RHIT&pay-at-least=%2428/hour&remote=true&utm_source=x";
        let expected = "q=coder&state=OH&state=ky&remote=true&pay-at-least=%2428%2Fhour&credential=RHIT";
        assert_eq!(read(form).as_deref(), Ok(expected));
        assert_eq!(read(address).as_deref(), Ok(expected));
        assert_eq!(read("").as_deref(), Ok(""));
    }

    #[test]
    fn what_has_no_field_is_carried_along_and_what_has_no_use_is_dropped() {
        let carried = read("benefit=tuition&role=cdi&role=cancer-registry&status=closed&sort=pay&limit=3");
        assert_eq!(carried.as_deref(), Ok("role=cdi&role=cancer-registry&benefit=tuition"));
    }

    #[test]
    fn each_field_hears_its_own_mistake_in_plain_words() {
        let told = read("state=Ohoi&near=99999&credential=RHITT&pay=much&role=wizard&q=ok").unwrap_err();
        let of = |field: &str| told.iter().find(|(known, _)| known == field).unwrap().1.clone();
        assert!(of("state").starts_with("“Ohoi” is not a US state"), "{told:?}");
        assert_eq!(of("pay"), "“much” is not an amount, such as 28 or 62000.");
        assert_eq!(of("credential"), "“RHITT” is not a credential; did you mean RHIT?");
        assert!(of("near").contains("99999") && of("role").contains("wizard"), "{told:?}");
        assert!(told.iter().all(|(_, says)| !says.contains('`') && !says.contains("--")), "{told:?}");
        assert_eq!(read("board=nowhere").unwrap_err()[0].1, "There is no board “nowhere”.");
    }

    #[test]
    fn times_are_read_as_typed_and_the_zone_is_not_guessed() {
        let cadence = |text: &str| {
            let mut errors = Errors::default();
            let read = CadenceFields::of(&Pairs::read(text.as_bytes())).read(&mut errors);
            read.map(|cadence| cadence.in_words())
                .ok_or_else(|| errors.iter().map(|(field, _)| field).collect::<Vec<_>>())
        };
        let weekly = "every=weekly&weekday=5&at=4:30+pm&zone=America/Chicago";
        assert_eq!(cadence(weekly).as_deref(), Ok("every Friday at 4:30 p.m. (America/Chicago)"));
        assert_eq!(
            cadence("every=monthly&day=31&at=noon&zone=UTC").as_deref(),
            Ok("on the last day of every month at noon (UTC)")
        );
        assert_eq!(cadence(""), Err(vec!["zone"]));
        assert_eq!(cadence("every=hourly&at=7&zone=Mars&day=0"), Err(vec!["every", "at", "zone"]));
    }
}
