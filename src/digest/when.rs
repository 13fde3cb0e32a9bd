//! Dates and times as people in the United States write them.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveTime, Offset, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use crate::model::Closing;

/// Zones whose names readers know, looked through in this order.
const NAMED_ZONES: [(Tz, &str); 6] = [
    (Tz::America__New_York, "Eastern"),
    (Tz::America__Chicago, "Central"),
    (Tz::America__Denver, "Mountain"),
    (Tz::America__Los_Angeles, "Pacific"),
    (Tz::America__Anchorage, "Alaska"),
    (Tz::Pacific__Honolulu, "Hawaii"),
];

/// The moment a digest is written, and where its reader is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    /// The run's clock.
    pub instant: DateTime<Utc>,
    /// The reader's zone.
    pub zone: Tz,
}

impl Now {
    /// Gives the reader's day of a moment.
    pub(super) fn day_of(self, instant: DateTime<Utc>) -> NaiveDate {
        instant.with_timezone(&self.zone).date_naive()
    }

    /// Writes `November 20`, with the year when it is another than the reader's.
    pub(super) fn day(self, date: NaiveDate) -> String {
        let year = if date.year() == self.day_of(self.instant).year() { "" } else { ", %Y" };
        date.format(&format!("%B %-d{year}")).to_string()
    }

    /// Writes `Friday, December 4`, with the year when it is another than the reader's.
    pub(super) fn weekday(self, date: NaiveDate) -> String {
        format!("{}, {}", date.format("%A"), self.day(date))
    }

    /// Writes `November 24, 2026, 6:12 a.m. CST`.
    pub(super) fn moment(self, instant: DateTime<Utc>) -> String {
        let local = instant.with_timezone(&self.zone);
        format!("{}, {} {}", local.format("%B %-d, %Y"), clock(local.time()), local.format("%Z"))
    }

    /// Writes when a job closes: the day, and the time where the board states one.
    ///
    /// Midnight is written as the end of the day before, which is how people read it.
    pub(super) fn closing(self, closing: &Closing) -> String {
        let Some(time) = closing.time else { return self.weekday(closing.date) };
        let zone = zone_name(time);
        if time.time() == NaiveTime::MIN {
            let day = time.date_naive().pred_opt().unwrap_or(time.date_naive());
            return format!("{}, midnight {zone}", self.weekday(day));
        }
        format!("{}, {} {zone}", self.weekday(time.date_naive()), clock(time.time()))
    }

    /// Writes how far off a closing is: `today`, `tomorrow`, `in 3 days`; `None` when it is past or
    /// more than two months away.
    ///
    /// Days are counted on the closing's own calendar, in whose zone people read its day.
    pub(super) fn until(self, closing: &Closing) -> Option<String> {
        let (today, last_day) = match closing.time {
            Some(time) => {
                let midnight = time.time() == NaiveTime::MIN;
                let day = time.date_naive();
                let day = if midnight { day.pred_opt().unwrap_or(day) } else { day };
                (self.instant.with_timezone(time.offset()).date_naive(), day)
            }
            None => (self.day_of(self.instant), closing.date),
        };
        match (last_day - today).num_days() {
            0 if closing.instant > self.instant => Some("today".to_owned()),
            1 => Some("tomorrow".to_owned()),
            days @ 2..=60 => Some(format!("in {days} days")),
            _ => None,
        }
    }
}

/// Writes `11:59 p.m.`, `noon`.
fn clock(time: NaiveTime) -> String {
    if (time.hour(), time.minute()) == (12, 0) {
        return "noon".to_owned();
    }
    let (is_afternoon, hour) = time.hour12();
    format!("{hour}:{:02} {}", time.minute(), if is_afternoon { "p.m." } else { "a.m." })
}

/// Names the zone of an offset at that moment: `Eastern`, or `UTC+01:00` where no name fits.
///
/// An offset fits one zone of the list at a time; Arizona in summer reads `Pacific`, which is the
/// same time of day.
fn zone_name(time: DateTime<FixedOffset>) -> String {
    let local = |zone: Tz| zone.offset_from_utc_datetime(&time.naive_utc()).fix();
    let named = NAMED_ZONES.into_iter().find(|(zone, _)| local(*zone) == *time.offset());
    named.map_or_else(|| format!("UTC{}", time.offset()), |(_, name)| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Now {
        Now { instant: "2026-11-24T12:12:00Z".parse().unwrap(), zone: Tz::America__Chicago }
    }

    fn closing(text: &str) -> Closing {
        let time = DateTime::parse_from_rfc3339(text).unwrap();
        Closing { date: time.date_naive(), instant: time.to_utc(), time: Some(time) }
    }

    #[test]
    fn a_closing_time_names_its_zone_by_the_offset_of_that_day() {
        assert_eq!(now().closing(&closing("2026-12-04T23:59:59-05:00")), "Friday, December 4, 11:59 p.m. Eastern");
        assert_eq!(now().closing(&closing("2026-07-04T12:00:00-05:00")), "Saturday, July 4, noon Central");
        assert_eq!(now().closing(&closing("2026-12-04T17:00:00+01:00")), "Friday, December 4, 5:00 p.m. UTC+01:00");
    }

    #[test]
    fn midnight_belongs_to_the_day_that_ends() {
        assert_eq!(now().closing(&closing("2026-12-05T00:00:00-06:00")), "Friday, December 4, midnight Central");
    }

    #[test]
    fn how_far_off_a_closing_is_counts_calendar_days() {
        let until = |text: &str| now().until(&closing(text));
        assert_eq!(until("2026-12-04T23:59:59-05:00").as_deref(), Some("in 10 days"));
        assert_eq!(until("2026-11-25T00:00:00-06:00").as_deref(), Some("today"));
        assert_eq!(until("2026-11-25T00:30:00-06:00").as_deref(), Some("tomorrow"));
        assert_eq!(until("2026-11-24T05:00:00-06:00"), None);
        assert_eq!(until("2027-06-01T00:30:00-06:00"), None);
    }

    #[test]
    fn another_year_is_named() {
        let date = NaiveDate::from_ymd_opt(2027, 1, 8).unwrap();
        assert_eq!(now().weekday(date), "Friday, January 8, 2027");
        assert_eq!(now().moment(now().instant), "November 24, 2026, 6:12 a.m. CST");
    }
}
