//! When to ask again: `Retry-After`, how long an answer stays fresh, and short jittered pauses.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

/// How often a request that failed fleetingly is tried again within one call.
pub(super) const RETRIES: u32 = 2;

/// How long a host is left alone after a refusal that names no time itself.
pub(super) const UNASKED_PAUSE: TimeDelta = TimeDelta::minutes(10);

/// The longest time taken from a header; beyond it lie mistakes and overflows, not wishes.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// The longest that an answer is taken to stay fresh, whatever the server says.
const LONGEST_FRESHNESS: TimeDelta = TimeDelta::hours(24);

/// Reads a `Retry-After` (RFC 9110 section 10.2.3), seconds or a date; never shortens it.
pub(super) fn retry_after(value: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return now.checked_add_signed(whole_seconds(value).min(LONGEST));
    }
    let date = http_date(value)?;
    Some(date.min(now.checked_add_signed(LONGEST)?))
}

/// Reads until when an answer need not be asked for again (RFC 9111 section 5), at most a day.
pub(super) fn fresh_until(
    cache_control: &str,
    expires: Option<&str>,
    age: Option<&str>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let mut directives = cache_control.split(',').map(|directive| directive.trim().to_ascii_lowercase());
    let mut max_age = None;
    if directives.any(|directive| {
        if let Some(seconds) = directive.strip_prefix("max-age=") {
            max_age = max_age.or(Some(whole_seconds(seconds.trim_matches('"'))));
        }
        directive == "no-cache" || directive == "no-store"
    }) {
        return None;
    }
    let freshness = match max_age {
        Some(max_age) => max_age - age.map_or(TimeDelta::zero(), |age| whole_seconds(age.trim())),
        None => http_date(expires?.trim())? - now,
    };
    (freshness > TimeDelta::zero()).then(|| now.checked_add_signed(freshness.min(LONGEST_FRESHNESS)))?
}

/// Gives a random pause up to the base, doubled with each attempt ("full jitter").
pub(super) fn jittered(base: Duration, attempt: u32) -> Duration {
    let ceiling = base.saturating_mul(1 << attempt.min(6)).as_millis().min(u128::from(u32::MAX));
    // Each `RandomState` is seeded afresh, which is all the randomness that a pause needs.
    let random = u128::from(RandomState::new().hash_one(attempt));
    Duration::from_millis(u64::try_from(random % (ceiling + 1)).unwrap_or_default())
}

/// Reads digits as seconds; what is no number counts as none, what is too long as the longest time.
fn whole_seconds(digits: &str) -> TimeDelta {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return TimeDelta::zero();
    }
    digits.parse().ok().and_then(TimeDelta::try_seconds).map_or(LONGEST, |seconds| seconds.min(LONGEST))
}

/// Reads a date in any of HTTP's three forms.
fn http_date(value: &str) -> Option<DateTime<Utc>> {
    httpdate::parse_http_date(value).ok().map(DateTime::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn at(text: &str) -> Option<DateTime<Utc>> {
        text.parse().ok()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after("120", now()), at("2026-11-22T12:02:00Z"));
        assert_eq!(retry_after(" 2592000 ", now()), at("2026-12-22T12:00:00Z"));
        assert_eq!(retry_after("Sun, 22 Nov 2026 13:00:00 GMT", now()), at("2026-11-22T13:00:00Z"));
        for bad in ["", "soon", "-5", "1.5"] {
            assert_eq!(retry_after(bad, now()), None, "{bad}");
        }
    }

    #[test]
    fn absurd_waits_do_not_overflow() {
        let longest = now().checked_add_signed(LONGEST);
        assert_eq!(retry_after("99999999999999999999999", now()), longest);
        assert_eq!(retry_after("9223372036854775807", now()), longest);
        assert_eq!(retry_after("Fri, 31 Dec 9999 23:59:59 GMT", now()), longest);
    }

    #[test]
    fn freshness_is_bounded_and_no_cache_wins() {
        assert_eq!(fresh_until("public, max-age=3600", None, None, now()), at("2026-11-22T13:00:00Z"));
        assert_eq!(fresh_until("max-age=3600", None, Some("600"), now()), at("2026-11-22T12:50:00Z"));
        assert_eq!(fresh_until("max-age=99999999", None, None, now()), at("2026-11-23T12:00:00Z"));
        assert_eq!(fresh_until("", Some("Sun, 22 Nov 2026 12:30:00 GMT"), None, now()), at("2026-11-22T12:30:00Z"));
        for stale in ["no-cache, max-age=3600", "max-age=3600, no-store", "max-age=0", "max-age=x", "private"] {
            assert_eq!(fresh_until(stale, None, None, now()), None, "{stale}");
        }
        assert_eq!(fresh_until("", Some("0"), None, now()), None);
    }

    #[test]
    fn pauses_stay_below_their_ceiling() {
        for attempt in 0..4 {
            assert!(jittered(Duration::from_millis(10), attempt) <= Duration::from_millis(10 << attempt));
        }
        assert_eq!(jittered(Duration::ZERO, 1), Duration::ZERO);
    }
}
