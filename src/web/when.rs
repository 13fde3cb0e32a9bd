//! Times in words, for pages.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

/// Says a day: `November 24, 2026`.
pub(super) fn day(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%B %-d, %Y").to_string()
}

/// Says a day and a time of it: `Tuesday, November 24, 2026, at 7:00 a.m. EST`.
pub(super) fn day_and_time(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    let (is_later, hour) = local.hour12();
    let half = if is_later { "p.m." } else { "a.m." };
    let weekday = local.format("%A, %B");
    format!(
        "{weekday} {}, {}, at {hour}:{:02} {half} {}",
        local.day(),
        local.year(),
        local.minute(),
        local.format("%Z")
    )
}

/// Says how long ago something was: `14 minutes ago`.
pub(super) fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let passed = (now - at).max(TimeDelta::zero());
    let (number, unit) = match passed {
        passed if passed < TimeDelta::minutes(2) => return "just now".to_owned(),
        passed if passed < TimeDelta::hours(2) => (passed.num_minutes(), "minutes"),
        passed if passed < TimeDelta::days(2) => (passed.num_hours(), "hours"),
        passed => (passed.num_days(), "days"),
    };
    format!("{number} {unit} ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_people_say_them() {
        let at: DateTime<Utc> = "2026-11-24T12:00:00Z".parse().unwrap();
        let zone = chrono_tz::America::New_York;
        assert_eq!(day_and_time(at, zone), "Tuesday, November 24, 2026, at 7:00 a.m. EST");
        assert_eq!(day(at, zone), "November 24, 2026");
        let said = |seconds| ago(at, at + TimeDelta::seconds(seconds));
        assert_eq!(
            [said(-5), said(119), said(120), said(7_200), said(172_800)],
            ["just now", "just now", "2 minutes ago", "2 hours ago", "2 days ago"]
        );
    }
}
