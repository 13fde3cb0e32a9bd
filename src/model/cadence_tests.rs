//! Holds cadences to the minutes of the zones' clocks, counted one by one.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::{Cadence, Every};

/// Zones of every habit: northern, southern, half hours, changes at midnight and in the evening, no
/// changes at all, winter time instead of summer time, two changes a year for Ramadan.
const ZONES: &str = "America/New_York America/Chicago America/Denver America/Phoenix America/Los_Angeles
    America/Anchorage America/Adak Pacific/Honolulu America/Puerto_Rico Pacific/Guam America/Boise
    America/Indiana/Indianapolis America/Halifax America/St_Johns America/Havana America/Santiago
    America/Asuncion America/Sao_Paulo America/Nuuk America/Scoresbysund America/Miquelon America/Tijuana
    America/Mexico_City America/Port-au-Prince Atlantic/Azores Europe/London Europe/Dublin Europe/Berlin
    Europe/Athens Europe/Chisinau Europe/Volgograd Africa/Cairo Africa/Casablanca Africa/El_Aaiun
    Africa/Juba Asia/Beirut Asia/Jerusalem Asia/Gaza Asia/Hebron Asia/Amman Asia/Damascus Asia/Tehran
    Asia/Almaty Asia/Kolkata Asia/Kathmandu Asia/Tokyo Australia/Sydney Australia/Adelaide
    Australia/Lord_Howe Pacific/Auckland Pacific/Chatham Pacific/Norfolk Pacific/Fiji Pacific/Apia
    Antarctica/Troll Antarctica/Casey";

fn zones() -> Vec<Tz> {
    ZONES.split_whitespace().map(|name| name.parse().unwrap()).collect()
}

fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn local(moment: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    moment.with_timezone(&zone).naive_local()
}

/// Gives the slots after one moment and until another, and holds that both questions give the same.
fn slots(cadence: &Cadence, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    let mut found: Vec<DateTime<Utc>> = Vec::new();
    let mut moment = from;
    while let Some(next) = cadence.next_after(moment).filter(|next| *next <= until) {
        assert!(next > moment, "{cadence:?}: {next} is not after {moment}");
        assert_eq!(cadence.latest_until(next), Some(next), "{cadence:?}");
        let before = cadence.latest_until(next - TimeDelta::seconds(1));
        assert!(before.is_some_and(|before| before < next), "{cadence:?}");
        if let Some(last) = found.last() {
            assert_eq!(before, Some(*last), "{cadence:?}");
        }
        found.push(next);
        moment = next;
    }
    found
}

/// A stretch of minutes with the zone's clock at each, and the latest that it has shown until then.
struct Minutes {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    latest: Vec<NaiveDateTime>,
    dates: Vec<NaiveDate>,
}

impl Minutes {
    fn around(change: DateTime<Utc>, zone: Tz) -> Self {
        let (from, until) = (change - TimeDelta::hours(30), change + TimeDelta::hours(30));
        let count = (until - from).num_minutes();
        let (mut latest, mut dates): (Vec<NaiveDateTime>, Vec<NaiveDate>) = (Vec::new(), Vec::new());
        for minute in 0..=count {
            let shown = local(from + TimeDelta::minutes(minute), zone);
            if !dates.contains(&shown.date()) {
                dates.push(shown.date());
            }
            latest.push(latest.last().map_or(shown, |before| shown.max(*before)));
        }
        Self { from, until, latest, dates }
    }

    /// Gives the first minute at which the clock shows a time or has passed it, for each date that it shows.
    fn slots(&self, at: NaiveTime) -> Vec<DateTime<Utc>> {
        let first = |date: &NaiveDate| self.latest.partition_point(|shown| *shown < date.and_time(at));
        let inside = self.dates.iter().map(first).filter(|found| (1..self.latest.len()).contains(found));
        inside.map(|found| self.from + TimeDelta::minutes(i64::try_from(found).unwrap())).collect()
    }
}

/// Gives the hours before which a zone's clock was changed.
fn changes(zone: Tz, from: i32, until: i32) -> Vec<DateTime<Utc>> {
    let start = NaiveDate::from_ymd_opt(from, 1, 1).unwrap().and_time(NaiveTime::MIN).and_utc();
    let end = NaiveDate::from_ymd_opt(until, 12, 31).unwrap().and_time(NaiveTime::MIN).and_utc();
    let hours = (0..(end - start).num_hours()).map(|hour| start + TimeDelta::hours(hour));
    let offset = |moment: DateTime<Utc>| local(moment, zone) - moment.naive_utc();
    hours.filter(|hour| offset(*hour) != offset(*hour - TimeDelta::hours(1))).collect()
}

#[test]
fn around_every_change_of_eleven_years_each_slot_is_the_first_minute_that_shows_or_passes_its_time() {
    let mut count = 0;
    for zone in zones() {
        for change in changes(zone, 2020, 2030) {
            count += 1;
            let minutes = Minutes::around(change, zone);
            // Each quarter of an hour of evening and night, when clocks are changed, and some of the day.
            for time in (0..5 * 4).chain([28, 48, 72]).chain(22 * 4..24 * 4) {
                let cadence = Cadence::new(Every::Daily, at(time / 4, time % 4 * 15), zone);
                let found = slots(&cadence, minutes.from, minutes.until);
                assert_eq!(found, minutes.slots(cadence.at), "{zone} {change} {}", cadence.at);
            }
        }
    }
    assert!(count > 700, "only {count} changes of clocks were found");
}

#[test]
fn ten_years_of_days_have_one_slot_each() {
    let (from, until) = (NaiveDate::from_ymd_opt(2020, 1, 1).unwrap(), NaiveDate::from_ymd_opt(2030, 1, 1).unwrap());
    for zone in zones().into_iter().step_by(3) {
        // An hour that no change touches tells the days apart.
        let cadence = Cadence::new(Every::Daily, at(7, 0), zone);
        let start = from.and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(2);
        let end = until.and_time(NaiveTime::MIN).and_utc() + TimeDelta::days(2);
        let days: Vec<NaiveDateTime> = slots(&cadence, start, end).into_iter().map(|slot| local(slot, zone)).collect();
        let days: Vec<NaiveDateTime> = days.into_iter().filter(|day| (from..until).contains(&day.date())).collect();
        let expected = from.iter_days().take_while(|day| *day < until).map(|day| day.and_time(at(7, 0)));
        assert!(days.iter().copied().eq(expected), "{zone}");
    }
}

#[test]
fn a_time_left_out_comes_right_after_the_gap_and_a_time_that_comes_twice_counts_once() {
    let next = |zone: &str, time: (u32, u32), after: &str| {
        Cadence::new(Every::Daily, at(time.0, time.1), zone.parse().unwrap()).next_after(utc(after)).unwrap()
    };
    let cases = [
        // Chicago, 2027-03-14: 2:00 becomes 3:00; 2027-11-07: 2:00 becomes 1:00.
        ("America/Chicago", (2, 30), "2027-03-13T20:00:00Z", "2027-03-14T08:00:00Z"),
        ("America/Chicago", (2, 30), "2027-03-14T08:00:00Z", "2027-03-15T07:30:00Z"),
        ("America/Chicago", (1, 30), "2027-11-06T20:00:00Z", "2027-11-07T06:30:00Z"),
        ("America/Chicago", (1, 30), "2027-11-07T06:30:00Z", "2027-11-08T07:30:00Z"),
        ("America/Chicago", (7, 0), "2027-03-14T00:00:00Z", "2027-03-14T12:00:00Z"),
        ("America/Chicago", (7, 0), "2027-11-07T00:00:00Z", "2027-11-07T13:00:00Z"),
        // Lord Howe, 2026-10-04: 2:00 becomes 2:30.
        ("Australia/Lord_Howe", (2, 15), "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z"),
        // Lord Howe, 2026-04-05: 2:00 becomes 1:30.
        ("Australia/Lord_Howe", (1, 45), "2026-04-04T12:00:00Z", "2026-04-04T14:45:00Z"),
        ("Australia/Lord_Howe", (1, 45), "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"),
        // Troll, 2026-03-29: 1:00 becomes 3:00.
        ("Antarctica/Troll", (2, 59), "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
        // Nuuk, 2027-03-27: 23:00 becomes midnight of the next day.
        ("America/Nuuk", (23, 30), "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"),
        ("America/Nuuk", (23, 30), "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"),
        // Cairo, 2027-04-30: midnight becomes 1:00.
        ("Africa/Cairo", (0, 0), "2027-04-29T12:00:00Z", "2027-04-29T22:00:00Z"),
        // Apia had no 2011-12-30.
        ("Pacific/Apia", (7, 0), "2011-12-29T12:00:00Z", "2011-12-29T17:00:00Z"),
        ("Pacific/Apia", (7, 0), "2011-12-29T17:00:00Z", "2011-12-30T17:00:00Z"),
        // Kwajalein had no 1993-08-21.
        ("Pacific/Kwajalein", (7, 0), "1993-08-20T19:00:00Z", "1993-08-21T19:00:00Z"),
        // St. John's, 2010-11-07: 0:01 becomes 23:01 of the day before, so that midnight comes twice.
        ("America/St_Johns", (0, 0), "2010-11-06T12:00:00Z", "2010-11-07T02:30:00Z"),
        ("America/St_Johns", (0, 0), "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z"),
    ];
    for (zone, time, after, expected) in cases {
        assert_eq!(next(zone, time, after), utc(expected), "{zone} {time:?} after {after}");
    }
}

#[test]
fn a_week_whose_day_was_skipped_still_has_its_mail() {
    let friday = Cadence { weekday: Weekday::Fri, ..Cadence::new(Every::Weekly, at(7, 0), Tz::Pacific__Apia) };
    // Saturday, 2011-12-31, begins.
    assert_eq!(friday.next_after(utc("2011-12-29T12:00:00Z")), Some(utc("2011-12-30T10:00:00Z")));
    assert_eq!(friday.next_after(utc("2011-12-30T10:00:00Z")), Some(utc("2012-01-05T17:00:00Z")));
    let thirtieth = Cadence { day: 30, ..Cadence::new(Every::Monthly, at(7, 0), Tz::Pacific__Apia) };
    assert_eq!(thirtieth.next_after(utc("2011-12-29T12:00:00Z")), Some(utc("2011-12-30T10:00:00Z")));
}

#[test]
fn a_month_that_is_shorter_has_its_mail_on_its_last_day() {
    let days = |day: u8| {
        let cadence = Cadence { day, ..Cadence::new(Every::Monthly, at(7, 0), Tz::America__Chicago) };
        let found = slots(&cadence, utc("2027-12-31T20:00:00Z"), utc("2028-06-30T20:00:00Z"));
        found.into_iter().map(|slot| local(slot, Tz::America__Chicago).day()).collect::<Vec<_>>()
    };
    assert_eq!(days(31), [31, 29, 31, 30, 31, 30]);
    assert_eq!(days(30), [30, 29, 30, 30, 30, 30]);
    assert_eq!(days(1), [1, 1, 1, 1, 1, 1]);
    // What no month has is taken for the nearest that one has.
    assert_eq!((days(0), days(255)), (days(1), days(31)));
}

#[test]
fn instant_has_no_slots_and_neither_have_the_ends_of_time() {
    let instant = Cadence::new(Every::Instant, at(7, 0), Tz::UTC);
    let now = utc("2027-01-01T00:00:00Z");
    assert_eq!((instant.next_after(now), instant.latest_until(now)), (None, None));
    for every in Every::ALL {
        let cadence = Cadence::new(every, at(23, 59), Tz::Pacific__Kiritimati);
        for moment in [DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC] {
            assert_eq!((cadence.next_after(moment), cadence.latest_until(moment)), (None, None));
        }
        for moment in ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"] {
            let _no_panic = (cadence.next_after(utc(moment)), cadence.latest_until(utc(moment)));
        }
    }
}

#[test]
fn times_of_day_are_read_as_people_write_them() {
    let read = |text: &str| Cadence::parse_at(text).map(|at| at.format("%H:%M").to_string());
    for (text, expected) in [
        ("07:00", "07:00"),
        ("7:05", "07:05"),
        (" 23:59 ", "23:59"),
        ("7am", "07:00"),
        ("7:30 PM", "19:30"),
        ("7 a.m.", "07:00"),
        ("12am", "00:00"),
        ("12:15 p.m.", "12:15"),
        ("Noon", "12:00"),
        ("midnight", "00:00"),
    ] {
        assert_eq!(read(text).as_deref(), Some(expected), "{text}");
    }
    for text in ["", "7", "24:00", "7:5", "13pm", "0am", "7:60", "-7:00", "+7:00", "07:00:00", "७:००", "am", "1:2:3am"]
    {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn cadences_are_said_in_words() {
    let cadence = Cadence::new(Every::Daily, at(7, 0), Tz::America__Chicago);
    assert_eq!(cadence.in_words(), "every day at 7:00 a.m. (America/Chicago)");
    let weekly = Cadence { every: Every::Weekly, at: at(12, 0), ..cadence.clone() };
    assert_eq!(weekly.in_words(), "every Monday at noon (America/Chicago)");
    let monthly = |day: u8| Cadence { every: Every::Monthly, at: at(18, 30), day, ..cadence.clone() }.in_words();
    assert_eq!(monthly(1), "on the 1st of every month at 6:30 p.m. (America/Chicago)");
    assert_eq!(monthly(22), "on the 22nd of every month at 6:30 p.m. (America/Chicago)");
    assert_eq!(monthly(13), "on the 13th of every month at 6:30 p.m. (America/Chicago)");
    assert_eq!(monthly(30), "on the 30th of every month, or its last day, at 6:30 p.m. (America/Chicago)");
    assert_eq!(monthly(31), "on the last day of every month at 6:30 p.m. (America/Chicago)");
    assert_eq!(Cadence { every: Every::Instant, ..cadence }.in_words(), "as soon as there is something");
}

#[test]
fn cadences_are_stored_as_words() {
    let cadence = Cadence { weekday: Weekday::Fri, ..Cadence::new(Every::Weekly, at(7, 0), Tz::America__Chicago) };
    let text = serde_json::to_string(&cadence).unwrap();
    assert_eq!(text, r#"{"every":"weekly","at":"07:00","zone":"America/Chicago","weekday":"Fri","day":1}"#);
    assert_eq!(serde_json::from_str::<Cadence>(&text).unwrap(), cadence);
    let short: Cadence = serde_json::from_str(r#"{"every":"daily","at":"7am","zone":"UTC"}"#).unwrap();
    assert_eq!(short, Cadence::new(Every::Daily, at(7, 0), Tz::UTC));
    assert!(serde_json::from_str::<Cadence>(r#"{"every":"daily","at":"25:00","zone":"UTC"}"#).is_err());
    assert!(Every::ALL.into_iter().all(|every| Every::parse(&every.to_string().to_uppercase()) == Some(every)));
}

proptest! {
    #[test]
    fn slots_rise_and_every_day_week_and_month_has_one(
        zone in 0..chrono_tz::TZ_VARIANTS.len(),
        time in 0_u32..24 * 60,
        start in -2_208_988_800_i64..4_102_444_800,
        every in 0_usize..3,
        weekday in 0_u8..7,
        day in 0_u8..=40,
    ) {
        let zone = chrono_tz::TZ_VARIANTS[zone];
        let weekday = Weekday::try_from(weekday).unwrap();
        let cadence = Cadence { every: Every::ALL[every], at: at(time / 60, time % 60), zone, weekday, day };
        let from = DateTime::from_timestamp(start, 0).unwrap();
        let found = slots(&cadence, from, from + TimeDelta::days(200));
        let expected = [199..=201, 28..=29, 6..=7][every].clone();
        prop_assert!(expected.contains(&found.len()), "{} slots", found.len());
        for pair in found.windows(2) {
            // A slot lies on its own day, or on the next where a gap reaches over midnight.
            let (one, two) = (local(pair[0], zone).date(), local(pair[1], zone).date());
            let apart = (two - one).num_days();
            let usual = [0..=2, 6..=8, 27..=32][every].clone();
            prop_assert!(usual.contains(&apart), "{one} {two}");
        }
        // Asking again from anywhere between two slots gives the same two.
        for pair in found.windows(2).take(5) {
            let middle = pair[0] + (pair[1] - pair[0]) / 2;
            prop_assert_eq!(cadence.next_after(middle), Some(pair[1]));
            prop_assert_eq!(cadence.latest_until(middle), Some(pair[0]));
        }
    }
}
