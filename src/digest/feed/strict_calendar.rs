//! Reads a calendar as strictly as RFC 5545 words it, for tests: whatever bends a rule is refused.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};

/// One event, its TEXT values as they were meant.
pub(super) type Event = BTreeMap<String, String>;

/// Reads a calendar and gives its events.
pub(super) fn events(calendar: &str) -> Result<Vec<Event>, String> {
    let lines = unfolded(calendar)?;
    let mut open: Vec<String> = Vec::new();
    let (mut of_calendar, mut event) = (Event::new(), Event::new());
    let (mut events, mut components) = (Vec::new(), 0);
    for (name, parameters, value) in lines.iter().map(|line| taken_apart(line)).collect::<Result<Vec<_>, _>>()? {
        match (name, open.last().map(String::as_str)) {
            ("BEGIN", within) => {
                let allowed = match within {
                    None => value == "VCALENDAR" && of_calendar.is_empty(),
                    Some("VCALENDAR") => matches!(value, "VEVENT" | "VTIMEZONE"),
                    Some("VTIMEZONE") => value == "STANDARD",
                    Some(_) => false,
                };
                ensure(allowed, || format!("{value} within {within:?}"))?;
                components += usize::from(within.is_some());
                event.clear();
                open.push(value.to_owned());
            }
            ("END", Some(within)) => {
                ensure(value == within, || format!("{value} ends {within}"))?;
                if within == "VEVENT" {
                    events.push(checked(std::mem::take(&mut event))?);
                }
                open.pop();
            }
            (name, Some("VCALENDAR")) => {
                ensure(components == 0, || format!("{name} after the first component"))?;
                put(&mut of_calendar, name, calendar_value(name, parameters, value)?)?;
            }
            (name, Some("VEVENT")) => put(&mut event, name, event_value(name, parameters, value)?)?,
            (_, Some(_)) => {}
            (name, None) => return Err(format!("{name} outside of a calendar")),
        }
    }
    ensure(open.is_empty() && components > 0, || "no component, or one without an end".to_owned())?;
    ensure(of_calendar.get("VERSION").is_some_and(|version| version == "2.0"), || "no VERSION:2.0".to_owned())?;
    ensure(of_calendar.contains_key("PRODID"), || "no PRODID".to_owned())?;
    let mut names: Vec<&String> = events.iter().filter_map(|event| event.get("UID")).collect();
    names.sort();
    names.dedup();
    ensure(names.len() == events.len(), || "two events of one UID".to_owned())?;
    Ok(events)
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Undoes the folding (section 3.1).
fn unfolded(calendar: &str) -> Result<Vec<String>, String> {
    let body = calendar.strip_suffix("\r\n").ok_or("the last line has no end")?;
    let mut lines: Vec<String> = Vec::new();
    for line in body.split("\r\n") {
        ensure(line.len() <= 75, || format!("{} octets: {line}", line.len()))?;
        ensure(!line.is_empty() && !line.contains(['\r', '\n']), || format!("a bare break: {line:?}"))?;
        match (line.strip_prefix(' '), lines.last_mut()) {
            (Some(more), Some(before)) => before.push_str(more),
            (Some(_), None) => return Err("a continuation of nothing".into()),
            (None, _) => lines.push(line.to_owned()),
        }
    }
    Ok(lines)
}

/// Takes a content line apart into name, parameters and value.
fn taken_apart(line: &str) -> Result<(&str, &str, &str), String> {
    let (head, value) = line.split_once(':').ok_or_else(|| format!("no value: {line}"))?;
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    ensure(!name.is_empty() && name.chars().all(is_name), || format!("no name: {line}"))?;
    ensure(!value.chars().any(|c| c.is_control() && c != '\t'), || format!("a control character: {line:?}"))?;
    Ok((name, parameters, value))
}

fn put(component: &mut Event, name: &str, value: String) -> Result<(), String> {
    let before = component.insert(name.to_owned(), value);
    ensure(before.is_none(), || format!("{name} twice"))
}

fn calendar_value(name: &str, parameters: &str, value: &str) -> Result<String, String> {
    match (name, parameters) {
        ("VERSION" | "PRODID" | "NAME" | "X-WR-CALNAME" | "DESCRIPTION", "") => text(value),
        ("CALSCALE", "") => exactly(value, &["GREGORIAN"]),
        ("REFRESH-INTERVAL", "VALUE=DURATION") | ("X-PUBLISHED-TTL", "") => exactly(value, &["PT6H"]),
        ("SOURCE", "VALUE=URI") | ("URL", "") => uri(value),
        ("LAST-MODIFIED", "") => moment(value),
        _ => Err(format!("{name};{parameters} is not expected of a calendar")),
    }
}

fn event_value(name: &str, parameters: &str, value: &str) -> Result<String, String> {
    match (name, parameters) {
        ("UID" | "SUMMARY" | "DESCRIPTION" | "LOCATION", "") => text(value),
        ("DTSTAMP" | "CREATED" | "LAST-MODIFIED" | "DTSTART", "") => moment(value),
        ("DTSTART" | "DTEND", "VALUE=DATE") => day(value).map(|day| day.to_string()),
        ("SEQUENCE", "") => value.parse::<u32>().map(|number| number.to_string()).map_err(|error| error.to_string()),
        ("STATUS", "") => exactly(value, &["CONFIRMED", "CANCELLED"]),
        ("TRANSP", "") => exactly(value, &["TRANSPARENT"]),
        ("URL", "") => uri(value),
        _ => Err(format!("{name};{parameters} is not expected of an event")),
    }
}

fn checked(event: Event) -> Result<Event, String> {
    for needed in ["UID", "DTSTAMP", "DTSTART", "SUMMARY"] {
        ensure(event.get(needed).is_some_and(|value| !value.is_empty()), || format!("no {needed}: {event:?}"))?;
    }
    if let Some(end) = event.get("DTEND") {
        ensure(*end > event["DTSTART"], || format!("ends before it starts: {event:?}"))?;
    }
    Ok(event)
}

fn exactly(value: &str, allowed: &[&str]) -> Result<String, String> {
    ensure(allowed.contains(&value), || format!("{value} is none of {allowed:?}")).map(|()| value.to_owned())
}

/// Reads TEXT (section 3.3.11).
fn text(value: &str) -> Result<String, String> {
    let mut meant = String::new();
    let mut letters = value.chars();
    while let Some(c) = letters.next() {
        match c {
            ',' | ';' => return Err(format!("{c} is not escaped: {value}")),
            '\\' => meant.push(match letters.next() {
                Some(c @ ('\\' | ';' | ',')) => c,
                Some('n' | 'N') => '\n',
                other => return Err(format!("\\ before {other:?}: {value}")),
            }),
            _ => meant.push(c),
        }
    }
    Ok(meant)
}

fn uri(value: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ";/?:@&=+$.-_!~*'()%,#[]".contains(c);
    ensure(value.chars().all(allowed) && url::Url::parse(value).is_ok(), || format!("{value} is no URI"))?;
    Ok(value.to_owned())
}

fn day(value: &str) -> Result<NaiveDate, String> {
    ensure(value.len() == 8, || format!("{value} is no day"))?;
    NaiveDate::parse_from_str(value, "%Y%m%d").map_err(|error| error.to_string())
}

fn moment(value: &str) -> Result<String, String> {
    ensure(value.len() == 16, || format!("{value} is no moment in UTC"))?;
    let moment = NaiveDateTime::parse_from_str(value, "%Y%m%dT%H%M%SZ").map_err(|error| error.to_string())?;
    Ok(moment.and_utc().to_rfc3339())
}

#[test]
fn what_bends_a_rule_is_refused() {
    let event = |lines: &str| {
        let lines = format!("UID:1@x\nDTSTAMP:20261121T120000Z\nDTSTART;VALUE=DATE:20261204\nSUMMARY:Closes\n{lines}");
        let calendar =
            format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\n{lines}END:VEVENT\nEND:VCALENDAR\n");
        events(&calendar.replace('\n', "\r\n"))
    };
    assert_eq!(event("").unwrap().len(), 1);
    assert_eq!(event("DESCRIPTION:a\\,b\\nc\n d\n").unwrap()[0]["DESCRIPTION"], "a,b\ncd");
    for bad in [
        "SUMMARY:twice\n",
        "DESCRIPTION:a,b\n",
        "DESCRIPTION:a\\xb\n",
        "DESCRIPTION:a\u{7}b\n",
        "DTEND;VALUE=DATE:20261204\n",
        "DTEND;VALUE=DATE:20261305\n",
        "URL:javascript alert\n",
        "STATUS:GONE\n",
        "BEGIN:VALARM\nEND:VALARM\n",
        "END:VCALENDAR\n",
        &format!("DESCRIPTION:{}\n", "a".repeat(64)),
    ] {
        assert!(event(bad).is_err(), "{bad}");
    }
    assert!(events("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n").is_err());
    assert!(events("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n").is_err());
}
