//! SPF: which servers may send a domain's mail (RFC 7208). Only the record itself is read, nothing that
//! it includes.

/// No more names may be asked for while one mail is judged (RFC 7208 section 4.6.4).
const MOST_LOOK_UPS: usize = 10;

/// What a record says of servers that it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpfOthers {
    /// `+all`: they may send as well, all of them.
    Pass,
    /// `?all`, or nothing: nothing is said of them.
    Neutral,
    /// `~all`: they probably may not.
    SoftFail,
    /// `-all`: they may not.
    Fail,
    /// Another domain's record says it.
    Redirected,
}

/// What the records of a domain come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpfPolicy {
    /// There is none.
    Missing,
    /// Receivers take it for an error (`permerror`), whatever it means; why.
    Invalid(String),
    /// It can be used.
    Valid {
        /// The record.
        record: String,
        /// What it says of all others.
        others: SpfOthers,
    },
}

/// Reads the texts at a domain.
#[must_use]
pub fn spf_policy(texts: &[String]) -> SpfPolicy {
    // RFC 7208 section 4.5: the version ends at a space or at the record's end.
    let is_spf = |text: &&String| {
        let version = text.split(' ').next().unwrap_or_default();
        version.eq_ignore_ascii_case("v=spf1")
    };
    let records: Vec<&String> = texts.iter().filter(is_spf).collect();
    match records.as_slice() {
        [] => SpfPolicy::Missing,
        [record] => match others(record) {
            Ok(others) => SpfPolicy::Valid { record: (*record).clone(), others },
            Err(why) => SpfPolicy::Invalid(why),
        },
        several => SpfPolicy::Invalid(format!("there are {} records, and there must be one", several.len())),
    }
}

/// Reads a record's terms (RFC 7208 section 4.6.1).
fn others(record: &str) -> Result<SpfOthers, String> {
    let mut others = None;
    let mut redirect = false;
    let mut look_ups = 0;
    for term in record.split(' ').skip(1).filter(|term| !term.is_empty()) {
        if let Some((name, value)) = modifier(term) {
            if name.eq_ignore_ascii_case("redirect") {
                if redirect || value.is_empty() {
                    return Err(format!("`{}` stands twice or names nothing", shown(term)));
                }
                redirect = true;
                look_ups += 1;
            }
            continue;
        }
        let (qualifier, rest) = match term.chars().next() {
            Some(sign @ ('+' | '-' | '~' | '?')) => (sign, term.get(1..).unwrap_or_default()),
            _ => ('+', term),
        };
        let end = rest.find([':', '/']).unwrap_or(rest.len());
        let (name, value) = rest.split_at(end);
        let well = match name.to_ascii_lowercase().as_str() {
            "all" => value.is_empty(),
            "include" | "exists" => value.starts_with(':') && value.len() > 1,
            "a" | "mx" | "ptr" => value != ":",
            "ip4" => is_network(value, 32, |address| address.parse::<std::net::Ipv4Addr>().is_ok()),
            "ip6" => is_network(value, 128, |address| address.parse::<std::net::Ipv6Addr>().is_ok()),
            _ => false,
        };
        if !well {
            return Err(format!("`{}` is not understood", shown(term)));
        }
        if name.eq_ignore_ascii_case("all") {
            // What stands after it is never reached (RFC 7208 section 5.1).
            others.get_or_insert(match qualifier {
                '-' => SpfOthers::Fail,
                '~' => SpfOthers::SoftFail,
                '?' => SpfOthers::Neutral,
                _ => SpfOthers::Pass,
            });
        } else if others.is_none() && !name.to_ascii_lowercase().starts_with("ip") {
            look_ups += 1;
        }
    }
    if look_ups > MOST_LOOK_UPS {
        return Err(format!("it asks for {look_ups} names, and {MOST_LOOK_UPS} are allowed"));
    }
    Ok(others.unwrap_or(if redirect { SpfOthers::Redirected } else { SpfOthers::Neutral }))
}

/// Reads `name=value`.
fn modifier(term: &str) -> Option<(&str, &str)> {
    let (name, value) = term.split_once('=')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    is_name.then_some((name, value))
}

/// Tells whether this is `:ADDRESS` or `:ADDRESS/LENGTH`.
fn is_network(value: &str, longest: u8, is_address: impl Fn(&str) -> bool) -> bool {
    let Some(network) = value.strip_prefix(':') else { return false };
    match network.split_once('/') {
        Some((address, length)) => is_address(address) && length.parse::<u8>().is_ok_and(|length| length <= longest),
        None => is_address(network),
    }
}

/// Gives a term as it may be shown.
fn shown(term: &str) -> String {
    term.chars().filter(char::is_ascii_graphic).take(60).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(records: &[&str]) -> Result<SpfOthers, String> {
        let records: Vec<String> = records.iter().map(|&text| text.to_owned()).collect();
        match spf_policy(&records) {
            SpfPolicy::Missing => Err("missing".into()),
            SpfPolicy::Invalid(why) => Err(why),
            SpfPolicy::Valid { others, .. } => Ok(others),
        }
    }

    #[test]
    fn records_are_read_as_receivers_read_them() {
        use SpfOthers::{Fail, Neutral, Pass, Redirected, SoftFail};
        for (record, expected) in [
            ("v=spf1 -all", Fail),
            ("V=SPF1 MX A:mail.example/28 ~ALL", SoftFail),
            ("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.example ?all", Neutral),
            ("v=spf1 +all", Pass),
            ("v=spf1 all", Pass),
            ("v=spf1", Neutral),
            ("v=spf1  a  mx", Neutral),
            ("v=spf1 redirect=_spf.example", Redirected),
            ("v=spf1 -all redirect=_spf.example", Fail),
            ("v=spf1 exists:%{ir}.x.example exp=why.example odd.one=1 -all +all", Fail),
        ] {
            assert_eq!(read(&[record]), Ok(expected), "{record}");
        }
    }

    #[test]
    fn what_receivers_take_for_an_error_is_named() {
        assert_eq!(read(&["verification=1", "v=spf10 -all", "v=spf1-all"]), Err("missing".into()));
        assert!(read(&["v=spf1 -all", "v=spf1 mx -all"]).unwrap_err().starts_with("there are 2 records"));
        for record in [
            "v=spf1 -al",
            "v=spf1 ip4:192.0.2.300",
            "v=spf1 ip6:x",
            "v=spf1 include -all",
            "v=spf1 -all:x",
            "v=spf1 ip4:192.0.2.0/33",
            "v=spf1 a: -all",
            "v=spf1 redirect=a redirect=b",
            "v=spf1 ipv4:192.0.2.1",
        ] {
            assert!(read(&[record]).is_err(), "{record}");
        }
        let many = format!("v=spf1 {}-all", "include:a.example ".repeat(11));
        assert!(read(&[&many]).unwrap_err().contains("11 names"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(texts in proptest::collection::vec("(v=spf1 )?\\PC{0,80}", 0..4)) {
            let _ = spf_policy(&texts);
        }
    }
}
