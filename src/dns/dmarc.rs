//! DMARC: what receivers shall do with a domain's mail that is not shown to be its own (RFC 7489).

use super::tags::{tag, tags};

/// What a domain asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DmarcAction {
    /// Nothing.
    None,
    /// To treat it as suspicious.
    Quarantine,
    /// To refuse it.
    Reject,
}

impl DmarcAction {
    /// Gives the word by which it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::None, Self::Quarantine, Self::Reject].into_iter().find(|one| text.eq_ignore_ascii_case(one.as_str()))
    }
}

/// What the records at `_dmarc.DOMAIN` come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DmarcPolicy {
    /// There is none.
    Missing,
    /// Receivers ignore it; why.
    Invalid(String),
    /// It can be used.
    Valid {
        /// What is asked for of the domain itself.
        action: DmarcAction,
        /// What is asked for of the names below it.
        below: DmarcAction,
        /// Whether reports go to anybody.
        reports: bool,
    },
}

/// Reads the texts at `_dmarc.DOMAIN`.
#[must_use]
pub fn dmarc_policy(texts: &[String]) -> DmarcPolicy {
    // RFC 7489 section 6.6.3: what does not begin with the version is none, and several are none at all.
    let is_policy = |text: &&String| {
        let version = text.split(';').next().unwrap_or_default();
        version.split_once('=').is_some_and(|(name, value)| name.trim() == "v" && value.trim() == "DMARC1")
    };
    let records: Vec<&String> = texts.iter().filter(is_policy).collect();
    let record = match records.as_slice() {
        [] => return DmarcPolicy::Missing,
        [record] => record,
        several => return DmarcPolicy::Invalid(format!("there are {} records, and there must be one", several.len())),
    };
    let Some(tags) = tags(record) else { return DmarcPolicy::Invalid("its tags cannot be read".to_owned()) };
    let reports = tag(&tags, "rua").is_some_and(|addresses| {
        addresses.split(',').any(|one| one.trim().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:")))
    });
    let action = match tag(&tags, "p").map(DmarcAction::parse) {
        Some(Some(action)) => action,
        // The same section, point 6: with an address for reports it is taken for `none`.
        _ if reports => DmarcAction::None,
        _ => return DmarcPolicy::Invalid("its `p` is missing, or none of `none`, `quarantine`, `reject`".to_owned()),
    };
    let below = tag(&tags, "sp").and_then(DmarcAction::parse).unwrap_or(action);
    DmarcPolicy::Valid { action, below, reports }
}

/// Gives the domain whose policy holds where a name has none: the one that was registered, by the public
/// suffix list (RFC 7489 section 3.2); `None` for such a domain itself. A suffix's own policy (RFC 9091)
/// is an experiment and not looked for.
#[must_use]
pub fn organizational_domain(name: &str) -> Option<&str> {
    psl::domain_str(name).filter(|domain| !domain.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(records: &[&str]) -> DmarcPolicy {
        dmarc_policy(&records.iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn policies_are_read_as_receivers_read_them() {
        use DmarcAction::{None, Quarantine, Reject};
        for (record, action, below, reports) in [
            ("v=DMARC1; p=none", None, None, false),
            ("v=DMARC1;p=Reject;sp=quarantine;rua=mailto:d@jobs.example!10m,https://x", Reject, Quarantine, true),
            ("v = DMARC1 ; rua=mailto:d@jobs.example", None, None, true),
            ("v=DMARC1; p=block; rua=mailto:d@jobs.example", None, None, true),
            ("v=DMARC1; p=quarantine; sp=odd; rua=https://x", Quarantine, Quarantine, false),
        ] {
            assert_eq!(read(&[record]), DmarcPolicy::Valid { action, below, reports }, "{record}");
        }
        assert_eq!(read(&["v=spf1 -all", "v=DMARC2; p=none", "p=none; v=DMARC1", ""]), DmarcPolicy::Missing);
        for records in [&["v=DMARC1; p=block"][..], &["v=DMARC1"], &["v=DMARC1; p"], &["v=DMARC1; p=none"; 2]] {
            assert!(matches!(read(records), DmarcPolicy::Invalid(_)), "{records:?}");
        }
    }

    #[test]
    fn the_organization_is_found_by_the_public_suffix_list() {
        assert_eq!(organizational_domain("jobs.careers.college.edu"), Some("college.edu"));
        assert_eq!(organizational_domain("jobs.college.ac.uk"), Some("college.ac.uk"));
        assert_eq!(organizational_domain("college.edu"), None);
        assert_eq!(organizational_domain("ac.uk"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(texts in proptest::collection::vec("(v=DMARC1; )?\\PC{0,80}", 0..4)) {
            let _ = dmarc_policy(&texts);
        }
    }
}
