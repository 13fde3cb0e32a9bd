//! What the work is: role and occupation, step of the ladder, setting, education, experience, shift.

// In reading order.
mod cues;
mod title;

mod kinds;
mod roles;
mod rules;

mod ladder;
mod numbers;

mod clock;
mod education;
mod experience;
mod hours;
mod level;
mod schedule;
mod setting;

use cues::{Cues, by_sentence};
use ladder::Ladder;
use level::Sources;
use roles::Roles;
use setting::Settings;

use super::reading::Reading;
use super::vocabulary::{VocabularyError, VocabularyFiles};
use crate::model::{Codes, Posting};

const FILE_OF_ROLES: &str = "roles.toml";
const FILE_OF_LADDER: &str = "ladder.toml";
const FILE_OF_SETTINGS: &str = "settings.toml";

/// The part of the vocabulary that tells what the work is.
#[derive(Debug)]
pub(super) struct Work {
    roles: Roles,
    ladder: Ladder,
    settings: Settings,
    cues: Cues,
}

impl Work {
    /// Builds it from the files.
    pub(super) fn new(files: &VocabularyFiles) -> Result<Self, VocabularyError> {
        let (roles, ladder, settings) = (Roles::new(files)?, Ladder::new(files)?, Settings::new(files)?);
        let cues = Cues::new(roles.cues().chain(ladder.cues()).chain(settings.cues()));
        Ok(Self { roles, ladder, settings, cues })
    }

    /// Codes a posting.
    pub(super) fn code(&self, posting: &Posting, title: &Reading<'_>, body: &Reading<'_>, codes: &mut Codes) {
        let title_hits = self.cues.scan(title);
        let title_heard = by_sentence(title, &title_hits);
        let hits = self.cues.scan(body);
        let heard = by_sentence(body, &hits);
        self.roles.code(posting, (title, body), &heard, codes);
        self.settings.code(posting, body, &heard, codes);
        education::code(posting, &self.cues, body, &heard, codes);
        experience::code(posting, &self.cues, body, &heard, codes);
        schedule::code((&self.ladder, &self.cues), posting, [(title, &title_heard), (body, &heard)], codes);
        let words = &self.roles.spell_out(title);
        let sources = Sources { posting, title, words, title_heard: &title_heard, body, heard: &heard };
        level::code(&self.ladder, &sources, codes);
    }
}

/// Complains of an entry.
fn entry_error(file: &str, entry: &str, why: String) -> VocabularyError {
    VocabularyError::Entry { file: file.to_owned(), entry: entry.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    static WORK: LazyLock<Work> = LazyLock::new(|| Work::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap());

    /// Codes a posting of a title and a text.
    pub(super) fn coded(title: &str, text: &str) -> Codes {
        coded_at("", title, text)
    }

    /// Codes a posting of a named employer.
    pub(super) fn coded_at(employer: &str, title: &str, text: &str) -> Codes {
        let stated = |words: &str| json!({"raw": words, "value": words});
        let posting: Posting = serde_json::from_value(json!({
            "key": {"board": "example", "posting_id": "1"}, "url": {}, "title": stated(title),
            "hiring_organization": stated(employer), "evergreen": false, "description_text": text, "raw": {},
        }))
        .unwrap();
        let mut codes = Codes::default();
        WORK.code(&posting, &Reading::of(title), &Reading::of(text), &mut codes);
        codes
    }

    fn role(title: &str, text: &str) -> String {
        coded(title, text).role.value.unwrap_or_default()
    }

    #[test]
    fn noisy_titles_are_read() {
        for (title, wanted) in [
            ("Supv MRT (Coder)", "coding-management"),
            ("MED RECORDS TECH (CODER)  Auditor - Inpatient", "coding-audit"),
            ("Med Rec Tech (CDIS Outpat)", "cdi"),
            ("Medical Records Admintrator Spec", "him-management"),
            ("MRT (Coder-OP)", "coding-outpatient"),
            ("Med Rec Tech (Coder IP/OP)", "coding-other"),
            ("Supv Med Rec Tech (OA)", "him-management"),
            ("MRT (ROI)", "release-of-information"),
            ("Now Hiring: Remote HCC Coder - $5,000 Sign-On Bonus!", "coding-risk-adjustment"),
            ("Medical Biller/Coder", "billing"),
            ("Coder/Biller", "coding-other"),
            ("Lead Coder", "coding-management"),
            ("Director, Revenue Integrity", "revenue-integrity"),
            ("Trauma Registrar", "registry-other"),
            ("ODS-C Cancer Data Abstractor", "cancer-registry"),
            ("HEDIS Abstractor", "quality"),
            ("Pro-Fee Coder II", "coding-profee"),
            ("Assistant Professor, Health Information Management", "education"),
        ] {
            assert_eq!(role(title, ""), wanted, "{title}");
        }
    }

    #[test]
    fn words_of_other_trades_are_no_him_work() {
        for title in [
            "Python Coder",
            "CNC Coder",
            "CDI Specialist - Diabetes Education",
            "Associate Registrar, Lakeview College",
            "Police Records Clerk",
            "Oil and Gas Title Abstractor",
            "Vinyl Records Specialist",
            "Court Transcriptionist",
        ] {
            assert_eq!(role(title, ""), "other", "{title}");
        }
        assert_eq!(role("Coder", "You write Python and JavaScript."), "other");
    }

    #[test]
    fn the_body_decides_where_the_title_is_open() {
        assert_eq!(
            role("Medical Coder", "Codes inpatient charts and assigns DRGs. Inpatient coding only."),
            "coding-inpatient"
        );
        assert_eq!(
            role("Coder II", "You code professional fee encounters for our physician practices."),
            "coding-profee"
        );
        assert_eq!(role("Medical Coder", "Codes inpatient and outpatient records."), "coding-other");
        assert_eq!(role("Medical Coder", "Experience with inpatient coding preferred."), "coding-other");
        let codes = coded("Medical Coder", "Our team is kind.\nCodes outpatient surgery and ED charts.");
        assert_eq!(codes.role.evidence.as_deref(), Some("Codes outpatient surgery and ED charts."));
        assert_eq!((codes.soc.value.as_deref(), &codes.series[..]), (Some("29-2072"), &["0675".to_owned()][..]));
    }

    #[test]
    fn faults_of_an_operators_file_name_the_entry() {
        let refused = |file: &str, text: &str| {
            let files = VocabularyFiles::with_overrides(&[(file.to_owned(), text.to_owned())]).unwrap();
            Work::new(&files).unwrap_err().to_string()
        };
        let title = "[[title]]\nid = \"Chart Wizard\"\nrole = \"wizard\"\nsource = \"usage\"\n";
        let error = refused("roles.toml", title);
        assert!(error.contains("entry `Chart Wizard`: role `wizard` is none of billing, cancer-registry"), "{error}");
        let degree = "[[degree]]\nid = \"x\"\nlevel = \"high\"\nwords = [\"x\"]\nsource = \"usage\"\n";
        assert!(refused("ladder.toml", degree).contains("`level` is one of high-school"));
        let body = "[[body]]\nid = \"x\"\nsetting = \"moon\"\nwords = [\"x\"]\nsource = \"usage\"\n";
        assert!(refused("settings.toml", body).contains("setting `moon` is none of hospital"));
    }

    proptest! {
        #[test]
        fn any_posting_is_coded_without_panic(
            title in "\\PC{0,60}|(coder|MRT|[0-9]{1,2}|GS|-|/|hrs| ){0,12}",
            text in "\\PC{0,200}|((one|2|3\\.5|years|months|to|or|degree|associate|required|preferred|hours per week|FTE|am|pm|8|:|30|monday-friday|no|weekends|gs|,|\\.|\n) ?){0,40}",
        ) {
            coded(&title, &text);
        }
    }
}
