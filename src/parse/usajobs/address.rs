//! Identity and addresses: everything is built from the control number, whatever form of link an
//! answer carries. An announcement number names several jobs and is no identity.

use url::Url;

use super::super::lenient::Text;

/// Gives the control number: 1 to 20 letters or digits, stated as text or number.
pub(super) fn control_number(stated: &Text<'_>) -> Option<String> {
    let text = stated.get()?;
    let text = text.strip_suffix(".0").unwrap_or(text);
    let shaped = (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    shaped.then(|| text.to_owned())
}

/// Gives the announcement's page for people.
pub(super) fn canonical(control_number: &str) -> String {
    format!("https://www.usajobs.gov/job/{control_number}")
}

/// Gives the id that Search and `HistoricJoa` share.
pub(super) fn network_id(control_number: &str) -> String {
    format!("usajobs:{control_number}")
}

/// Gives a link if it stands on usajobs.gov, without the needless `:443`.
pub(super) fn on_usajobs(link: &str) -> Option<String> {
    // Nearly every link has one of these beginnings; the slash ends the host, so nothing can hide in it.
    for beginning in ["https://www.usajobs.gov:443/", "https://www.usajobs.gov/"] {
        if let Some(rest) = link.strip_prefix(beginning) {
            return Some(format!("https://www.usajobs.gov/{rest}"));
        }
    }
    let url = Url::parse(link).ok()?;
    let host = url.host_str()?;
    let ours = host == "usajobs.gov" || host.ends_with(".usajobs.gov");
    let plain = url.username().is_empty() && url.password().is_none() && matches!(url.scheme(), "http" | "https");
    (ours && plain).then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_link_are_ours_and_lose_the_port() {
        let kept = |link: &str| on_usajobs(link);
        assert_eq!(
            kept("https://www.usajobs.gov:443/GetJob/ViewDetails/793682000").as_deref(),
            Some("https://www.usajobs.gov/GetJob/ViewDetails/793682000")
        );
        assert_eq!(
            kept("https://www.usajobs.gov:443/job/793682000").as_deref(),
            Some("https://www.usajobs.gov/job/793682000")
        );
        assert!(kept("https://WWW.USAJOBS.GOV/job/1").is_some());
    }

    #[test]
    fn a_link_elsewhere_is_not_ours() {
        for link in [
            "https://www.usajobs.gov.evil.example/job/1",
            "https://www.usajobs.gov:443@evil.example/job/1",
            "https://notusajobs.gov/job/1",
            "https://user@www.usajobs.gov/job/1",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(on_usajobs(link), None, "{link}");
        }
    }

    #[test]
    fn a_control_number_is_plain() {
        let number = |text: &str| control_number(&Text::Words(text.to_owned().into()));
        assert_eq!(number("793682000").as_deref(), Some("793682000"));
        assert_eq!(number("793682000.0").as_deref(), Some("793682000"));
        assert_eq!(number("../../x"), None);
        assert_eq!(number(&"9".repeat(40)), None);
        assert_eq!(canonical("793682000"), "https://www.usajobs.gov/job/793682000");
    }
}
