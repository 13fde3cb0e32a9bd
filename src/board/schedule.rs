//! When a board is polled, checked: a five-field cron line or a distance.

/// When a board is polled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// A fixed distance, in seconds.
    Every(u64),
    /// Five-field cron in the board's zone.
    Cron(String),
}

/// The longest distance between two polls, in seconds: a year.
const LONGEST: u64 = 366 * 86_400;

/// Reads `schedule` or `every`; six hours when neither is given.
pub(super) fn schedule(cron: Option<String>, every: Option<String>) -> Result<Schedule, (&'static str, String)> {
    match (cron, every) {
        (Some(_), Some(_)) => Err(("schedule", "and `every` exclude each other".into())),
        (Some(cron), None) => match cron_fault(&cron) {
            None => Ok(Schedule::Cron(cron)),
            Some(why) => {
                Err(("schedule", format!("`{cron}` is not a five-field cron line, such as `0 */6 * * *`{why}")))
            }
        },
        (None, Some(every)) => match seconds(&every) {
            Some(length) if length < 60 => Err(("every", format!("`{every}` is too short: at least `1m`"))),
            Some(length) if length > LONGEST => Err(("every", format!("`{every}` is too long: at most `366d`"))),
            Some(length) => Ok(Schedule::Every(length)),
            None => Err(("every", format!("`{every}` is not a length of time, such as `6h` or `90m`"))),
        },
        (None, None) => Ok(Schedule::Every(6 * 3600)),
    }
}

/// Reads `90s`, `15m`, `6h`, `2d` or `1w` as seconds; `None` for anything else.
#[must_use]
pub fn seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let number: u64 = text.strip_suffix(unit)?.trim().parse().ok()?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// One field of a cron line: its name, its least and greatest number, and the words for numbers.
type CronField = (&'static str, u32, u32, &'static [&'static str]);

/// The five fields, as `crontab(5)` has them; Sunday is 0 and 7.
const CRON: [CronField; 5] = [
    ("minute", 0, 59, &[]),
    ("hour", 0, 23, &[]),
    ("day of the month", 1, 31, &[]),
    ("month", 1, 12, &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    ("day of the week", 0, 7, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

/// Says what is wrong with a cron line; nothing where it is well.
fn cron_fault(line: &str) -> Option<String> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    if fields.len() != CRON.len() {
        return Some(String::new());
    }
    let odd = fields.iter().zip(&CRON).find(|(text, field)| !text.split(',').all(|item| is_item(item, field)));
    odd.map(|(text, (name, least, most, _))| format!(": `{text}` is no {name}, which goes from {least} to {most}"))
}

/// Tells whether this is `*`, a number or a range, each perhaps with a step.
fn is_item(item: &str, field: &CronField) -> bool {
    let (range, step) = item.split_once('/').map_or((item, None), |(range, step)| (range, Some(step)));
    let steps = step.is_none_or(|step| number(step).is_some_and(|step| (1..=field.2).contains(&step)));
    let well = match range.split_once('-') {
        _ if range == "*" => true,
        Some((from, to)) => matches!((point(from, field), point(to, field)), (Some(from), Some(to)) if from <= to),
        None => point(range, field).is_some(),
    };
    steps && well
}

/// Reads one number or word within its field's bounds.
fn point(text: &str, (_, least, most, words): &CronField) -> Option<u32> {
    let named = words.iter().zip(*least..).find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, value)| value);
    named.or_else(|| number(text).filter(|value| (least..=most).contains(&value)))
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cron(line: &str) -> Result<Schedule, (&'static str, String)> {
        schedule(Some(line.to_owned()), None)
    }

    #[test]
    fn cron_lines_are_read_as_crontab_has_them() {
        for line in ["0 */6 * * *", "5,35 8-18/2 1 jan-MAR mon-fri", "0 0 31 12 7", "* * * * *"] {
            assert_eq!(cron(line), Ok(Schedule::Cron(line.to_owned())));
        }
        for line in [
            "99 99 * * *",
            "0 24 * * *",
            "0 0 0 * *",
            "0 0 * 13 *",
            "0 0 * * 8",
            "*/0 * * * *",
            "5-1 * * * *",
            "0 0 * *",
            "@daily",
            "a * * * *",
            "+1 * * * *",
            ", * * * *",
        ] {
            assert!(cron(line).is_err(), "{line}");
        }
        let (key, why) = cron("0 25 * * *").unwrap_err();
        assert!(key == "schedule" && why.ends_with("`25` is no hour, which goes from 0 to 23"), "{why}");
    }

    #[test]
    fn distances_are_neither_too_short_nor_too_long() {
        let every = |text: &str| schedule(None, Some(text.to_owned()));
        assert_eq!(every("6h"), Ok(Schedule::Every(21_600)));
        for text in ["59s", "367d", "99999999999999999d", "18446744073709551615w", "-3d", "banana"] {
            assert!(every(text).is_err(), "{text}");
        }
    }
}
