//! When mail is wanted, as it is typed.

use chrono::Weekday;
use chrono_tz::Tz;
use clap::Args;

use crate::cli::context::UsageError;
use crate::model::{Cadence, Every};

/// When mail comes where nobody says it.
const AT: &str = "07:00";
const ZONE: &str = "America/New_York";

#[derive(Debug, Args)]
#[expect(clippy::doc_markdown, reason = "these comments are printed by --help as they stand")]
pub(super) struct CadenceArguments {
    /// daily, weekly, monthly, or instant: as soon as there is something
    #[arg(long, value_name = "HOW-OFTEN", default_value = "daily")]
    every: String,
    /// The time of day: 07:00, 7am [default: 07:00]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The time zone, an IANA name: America/Chicago [default: America/New_York]
    #[arg(long = "tz", value_name = "ZONE")]
    zone: Option<String>,
    /// The day of a weekly mail [default: Monday]
    #[arg(long, value_name = "DAY")]
    weekday: Option<String>,
    /// The day of a monthly mail, 1 to 31 [default: 1]
    #[arg(long, value_name = "N")]
    day: Option<String>,
}

impl CadenceArguments {
    pub(super) fn read(&self) -> Result<Cadence, UsageError> {
        let typed = Typed {
            every: Some(&self.every),
            at: self.at.as_deref(),
            zone: self.zone.as_deref(),
            weekday: self.weekday.as_deref(),
            day: self.day.as_deref(),
        };
        typed.read().map_err(|said| UsageError(format!("--{said}")))
    }
}

/// A cadence word by word, from flags or from a line of a file.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Typed<'a> {
    pub(super) every: Option<&'a str>,
    pub(super) at: Option<&'a str>,
    pub(super) zone: Option<&'a str>,
    pub(super) weekday: Option<&'a str>,
    pub(super) day: Option<&'a str>,
}

impl Typed<'_> {
    /// Reads it, or says what is wrong, the word's name first.
    pub(super) fn read(&self) -> Result<Cadence, String> {
        let said = self.every.unwrap_or("daily");
        let every =
            Every::parse(said).ok_or_else(|| format!("every: `{said}` is none of daily, weekly, monthly, instant"))?;
        let said = self.at.unwrap_or(AT);
        let at = Cadence::parse_at(said)
            .ok_or_else(|| format!("at: `{said}` is no time of day; write it as 07:00 or 7am"))?;
        let mut cadence = Cadence::new(every, at, zone(self.zone.unwrap_or(ZONE))?);
        if let Some(said) = self.weekday {
            expect(every, Every::Weekly, "weekday")?;
            cadence.weekday = weekday(said)?;
        }
        if let Some(said) = self.day {
            expect(every, Every::Monthly, "day")?;
            let day = said.trim().parse().ok().filter(|day| (1..=31).contains(day));
            cadence.day = day.ok_or_else(|| format!("day: `{said}` is no day from 1 to 31"))?;
        }
        if self.at.is_some() && every == Every::Instant {
            return Err("at: instant mail comes whenever there is something; leave it out".to_owned());
        }
        Ok(cadence)
    }
}

fn expect(every: Every, wanted: Every, what: &str) -> Result<(), String> {
    if every == wanted { Ok(()) } else { Err(format!("{what}: only {wanted} mail has one")) }
}

fn weekday(said: &str) -> Result<Weekday, String> {
    said.trim().parse().map_err(|_| format!("weekday: `{said}` is no day of the week, such as Monday"))
}

/// Reads an IANA name, in any case, and says which may be meant.
fn zone(said: &str) -> Result<Tz, String> {
    let typed = said.trim().replace(' ', "_");
    let same = chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(&typed));
    if let Some(zone) = same {
        return Ok(*zone);
    }
    let last = |zone: &Tz| zone.name().rsplit('/').next().is_some_and(|city| city.eq_ignore_ascii_case(&typed));
    let near = chrono_tz::TZ_VARIANTS.iter().find(|zone| last(zone)).or_else(|| {
        let alike = |zone: &Tz| strsim::jaro_winkler(&zone.name().to_lowercase(), &typed.to_lowercase());
        let best = chrono_tz::TZ_VARIANTS.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)));
        best.filter(|zone| alike(zone) > 0.9)
    });
    let near = near.map_or_else(String::new, |zone| format!("; did you mean `{zone}`"));
    Err(format!("tz: `{said}` is no IANA time zone, such as America/Chicago{near}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(every: &str, at: Option<&str>, zone: Option<&str>) -> Result<String, String> {
        Typed { every: Some(every), at, zone, ..Typed::default() }.read().map(|cadence| cadence.in_words())
    }

    #[test]
    fn what_is_typed_is_read_and_what_is_wrong_is_named() {
        assert_eq!(read("daily", None, None).unwrap(), "every day at 7:00 a.m. (America/New_York)");
        assert_eq!(
            read("Weekly", Some("6pm"), Some("america/chicago")).unwrap(),
            "every Monday at 6:00 p.m. (America/Chicago)"
        );
        assert!(read("hourly", None, None).unwrap_err().starts_with("every: "));
        assert!(read("daily", Some("7"), None).unwrap_err().contains("07:00"));
        assert!(read("daily", None, Some("Chicago")).unwrap_err().ends_with("did you mean `America/Chicago`"));
        assert!(read("daily", None, Some("Amercia/Chicago")).unwrap_err().ends_with("did you mean `America/Chicago`"));
        assert!(read("instant", Some("7am"), None).unwrap_err().starts_with("at: "));
        let with = |every, weekday, day| Typed { every: Some(every), weekday, day, ..Typed::default() }.read();
        assert_eq!(with("weekly", Some("fri"), None).unwrap().weekday, Weekday::Fri);
        assert_eq!(with("monthly", None, Some("31")).unwrap().day, 31);
        for wrong in
            [with("daily", Some("Monday"), None), with("weekly", None, Some("1")), with("monthly", None, Some("0"))]
        {
            wrong.unwrap_err();
        }
    }
}
