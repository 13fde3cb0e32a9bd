//! From filters as text to [`Criteria`]: the one way that the command line, the web and subscriptions
//! share.

use std::fmt::Display;

use super::query::parse_query;
use super::saved::{FilterError, SavedFilters, WORDS};
use super::values::{
    parse_amount, parse_education, parse_employment_type, parse_figure, parse_hiring_path, parse_known,
    parse_length_of_time, parse_level, parse_miles, parse_near, parse_number, parse_soc, parse_sort, parse_state,
    parse_status,
};
use crate::model::{BoardId, CodeKind, CodeNames, Criteria, Near, QueryNode, SortOrder};

/// How near is near where nothing else is said, in miles.
const NEAR: f64 = 25.0;

/// Filters whose values are names of the vocabulary.
const CODED: [(&str, CodeKind); 8] = [
    ("role", CodeKind::Role),
    ("credential", CodeKind::Credential),
    ("setting", CodeKind::Setting),
    ("shift", CodeKind::Shift),
    ("coding-system", CodeKind::CodingSystem),
    ("software", CodeKind::Software),
    ("specialty", CodeKind::Specialty),
    ("benefit", CodeKind::Benefit),
];

impl SavedFilters {
    /// Tells whether any filter names what only a vocabulary knows, so that one must be made ready.
    #[must_use]
    pub fn name_codes(&self) -> bool {
        self.pairs().any(|(name, _)| {
            name == "employer" || name == "not-employer" || CODED.iter().any(|(coded, _)| *coded == name)
        })
    }

    /// Reads the values. Codes are looked up in `codes`; it may be `None` where
    /// [`SavedFilters::name_codes`] says that none is named. Without a limit there is none.
    ///
    /// # Errors
    /// Names the first filter whose value cannot be used, and what would be right.
    pub fn criteria(&self, codes: Option<&dyn CodeNames>) -> Result<Criteria, FilterError> {
        let query_text = self.one(WORDS, |text| Ok::<_, String>(text.to_owned()))?;
        let by_name = |filter: &'static str, kind: CodeKind| {
            self.each(filter, |text| match codes {
                Some(codes) => codes.code(kind, text),
                None => Err("the vocabulary is not at hand".to_owned()),
            })
        };
        let mut criteria = Criteria {
            query: query(query_text.as_deref())?,
            query_text,
            boards: self.each("board", BoardId::new)?,
            employers: self.employers("employer", codes),
            not_employers: self.employers("not-employer", codes),
            states: self.each("state", parse_state)?,
            remote: self.is_on("remote"),
            employment_types: self.each("employment-type", parse_employment_type)?,
            pay_at_least: self.one("pay-at-least", parse_amount)?,
            posted_within: self.one("posted-within", parse_length_of_time)?,
            closing_within: self.one("closing-within", parse_length_of_time)?,
            open_to: self.each("open-to", parse_hiring_path)?,
            roles: by_name("role", CodeKind::Role)?,
            socs: self.each("soc", parse_soc)?,
            credentials: by_name("credential", CodeKind::Credential)?,
            credential_required: self.is_on("credential-required"),
            entry_level: self.is_on("entry-level"),
            settings: by_name("setting", CodeKind::Setting)?,
            levels: self.each("level", parse_level)?,
            shifts: by_name("shift", CodeKind::Shift)?,
            educations: self.each("education", parse_education)?,
            coding_systems: by_name("coding-system", CodeKind::CodingSystem)?,
            software: by_name("software", CodeKind::Software)?,
            specialties: by_name("specialty", CodeKind::Specialty)?,
            benefits: by_name("benefit", CodeKind::Benefit)?,
            experience_at_most: self.one("experience-at-most", parse_figure)?,
            hours_at_least: self.one("hours-at-least", parse_figure)?,
            hours_at_most: self.one("hours-at-most", parse_figure)?,
            direct: self.is_on("direct"),
            no_warnings: self.is_on("no-warnings"),
            near: self.near()?,
            status: self.one("status", parse_status)?.unwrap_or_default(),
            known: Vec::new(),
            sort: self.one("sort", parse_sort)?.unwrap_or_default(),
            limit: self.one("limit", parse_number)?,
            offset: self.one("offset", parse_number)?.unwrap_or_default(),
        };
        if criteria.sort == SortOrder::Distance && criteria.near.is_none() {
            return Err(FilterError::Needs { filter: "sort distance", other: "near" });
        }
        let known = self.values("known").collect::<Vec<_>>().join(",");
        if !known.is_empty() {
            let known = parse_known(&known, &criteria.asked_fields());
            criteria.known = known.map_err(|error| refused("known", &error))?;
        }
        Ok(criteria)
    }

    /// Adds to employers as typed the names that the alias table knows them by: `VHA` asks for the
    /// Veterans Health Administration as well, however a board spells it.
    fn employers(&self, filter: &'static str, codes: Option<&dyn CodeNames>) -> Vec<String> {
        let mut names: Vec<String> = self.values(filter).map(str::to_owned).collect();
        if let Some(codes) = codes {
            names.extend(self.values(filter).filter_map(|text| codes.known_employer(text)).map(str::to_owned));
        }
        names
    }

    fn near(&self) -> Result<Option<Near>, FilterError> {
        let miles = self.one("within", parse_miles)?.unwrap_or(NEAR);
        self.one("near", |text| parse_near(text, miles))
    }

    fn is_on(&self, filter: &'static str) -> bool {
        self.values(filter).next().is_some()
    }

    fn one<T, E: Display>(
        &self,
        filter: &'static str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, FilterError> {
        self.values(filter).next().map(|text| read(text).map_err(|error| refused(filter, &error))).transpose()
    }

    fn each<T, E: Display>(
        &self,
        filter: &'static str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, FilterError> {
        self.values(filter).map(|text| read(text).map_err(|error| refused(filter, &error))).collect()
    }
}

/// Reads the words; too many are refused.
fn query(text: Option<&str>) -> Result<Option<QueryNode>, FilterError> {
    let query = text.and_then(parse_query);
    let most = QueryNode::MOST_WORDS;
    if query.as_ref().is_some_and(|query| query.word_count() > most) {
        return Err(refused(WORDS, &format!("asks for more than {most} words")));
    }
    Ok(query)
}

fn refused(filter: &'static str, error: &dyn Display) -> FilterError {
    FilterError::Value { filter, says: error.to_string() }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::model::{KnownField, PayFloor, PayUnit};

    /// A vocabulary of one credential and one employer.
    struct Two;

    impl CodeNames for Two {
        fn code(&self, _kind: CodeKind, text: &str) -> Result<String, String> {
            let known = text.eq_ignore_ascii_case("rhit");
            known.then(|| "ahima:rhit".to_owned()).ok_or_else(|| format!("`{text}` is no code"))
        }

        fn known_employer(&self, text: &str) -> Option<&str> {
            (text == "VHA").then_some("Veterans Health Administration")
        }
    }

    fn criteria(text: &str) -> Result<Criteria, String> {
        let filters = SavedFilters::parse(text).map_err(|error| error.to_string())?;
        filters.criteria(Some(&Two)).map_err(|error| error.on_command_line())
    }

    #[test]
    fn values_are_read_as_on_the_command_line() {
        let read = criteria(
            "q=coder&state=ohio&credential=RHIT&pay-at-least=25/hour&closing-within=36h&known=all&employer=VHA&limit=5",
        );
        let read = read.unwrap();
        assert_eq!((read.states, read.credentials), (vec!["OH".to_owned()], vec!["ahima:rhit".to_owned()]));
        assert_eq!(read.pay_at_least, Some(PayFloor { amount: 25.0, unit: PayUnit::Hour }));
        assert_eq!((read.closing_within, read.limit), (Some(Duration::hours(36)), Some(5)));
        assert_eq!(read.employers, ["VHA", "Veterans Health Administration"]);
        let asked =
            [KnownField::Pay, KnownField::Place, KnownField::Employer, KnownField::Closing, KnownField::Credential];
        assert_eq!(read.known, asked);
        assert_eq!(criteria(""), Ok(Criteria::default()));
    }

    #[test]
    fn what_cannot_be_used_is_told_with_its_filter() {
        assert!(criteria("state=Ohoi").unwrap_err().starts_with("--state: `Ohoi` is not a US state"));
        assert_eq!(criteria("sort=distance").unwrap_err(), "--sort distance: needs --near");
        assert_eq!(criteria("credential=XYZ").unwrap_err(), "--credential: `XYZ` is no code");
        assert_eq!(criteria("hours-at-most=-1").unwrap_err(), "--hours-at-most: `-1` is not a number from 0 to 1000");
        assert_eq!(criteria("limit=ten").unwrap_err(), "--limit: `ten` is not a whole number");
        let long = vec!["a"; 300].join("-");
        assert_eq!(criteria(&format!("q={long}")).unwrap_err(), "QUERY: asks for more than 256 words");
        let filters = SavedFilters::parse("credential=RHIT").unwrap();
        assert!(filters.name_codes() && filters.criteria(None).is_err());
        assert!(!SavedFilters::parse("state=OH&q=coder").unwrap().name_codes());
    }
}
