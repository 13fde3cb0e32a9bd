//! Whole texts through the demands' coder.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::model::CredentialDemand;

/// A posting with nothing but a title and a text.
pub(super) fn posting(title: &str, text: &str) -> Posting {
    let empty = serde_json::json!({
        "key": {"board": "test", "posting_id": "1"}, "url": {"raw": "https://example.org/1"},
        "title": {"raw": title, "value": title}, "description_text": text, "raw": {}
    });
    serde_json::from_value(empty).unwrap()
}

/// Codes a title and a text.
pub(super) fn codes(title: &str, text: &str) -> Codes {
    coded(&posting(title, text))
}

/// Codes a posting.
pub(super) fn coded(posting: &Posting) -> Codes {
    static DEMANDS: LazyLock<Demands> =
        LazyLock::new(|| Demands::new(&VocabularyFiles::with_overrides(&[]).unwrap()).unwrap());
    let title = Reading::of(posting.title.get().map_or("", String::as_str));
    let body = Reading::of(posting.description_text.as_deref().unwrap_or_default());
    let mut codes = Codes::default();
    DEMANDS.code(posting, &title, &body, &mut codes);
    codes
}

/// Gives the credentials asked for.
pub(super) fn demands(title: &str, text: &str) -> Vec<CredentialDemand> {
    codes(title, text).credentials
}

/// Gives their ids.
pub(super) fn credential_ids(demands: &[CredentialDemand]) -> Vec<String> {
    demands.iter().map(|demand| demand.id.clone()).collect()
}

/// Gives the demands in short: `rhit required 1`.
fn short(title: &str, text: &str) -> String {
    let one = |demand: &CredentialDemand| {
        let code = demand.id.split(':').next_back().unwrap_or_default();
        let group = demand.one_of.map(|group| format!(" {group}")).unwrap_or_default();
        let months = demand.within_months.map(|months| format!(" in {months}")).unwrap_or_default();
        format!("{code} {}{months}{group}", demand.level.as_str())
    };
    demands(title, text).iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Compares each text's demands in short, and tells all that differ.
fn all_are(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(text, expected)| (text, expected, short("", text)))
        .filter(|(_, expected, given)| **expected != given)
        .map(|(text, expected, given)| format!("{text}\n  expected {expected}\n  given    {given}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn levels_follow_the_words_of_their_clause() {
    let cases = [
        ("RHIT required.", "rhit required"),
        ("RHIT required, CCS preferred.", "rhit required, ccs preferred"),
        ("RHIA or RHIT required; CCS preferred", "rhia required 1, rhit required 1, ccs preferred"),
        ("RHIT or RHIA, CCS preferred", "rhit required 1, rhia required 1, ccs preferred"),
        ("Must have RHIT, CCS preferred", "rhit required, ccs preferred"),
        ("Required: RHIT, preferred: CCS", "rhit required, ccs preferred"),
        ("CPC is required and CCS is a plus for coders", "cpc required, ccs preferred"),
        ("We prefer RHIT or CCS.", "rhit preferred 1, ccs preferred 1"),
        ("RHIT certification preferred but not required.", "rhit preferred"),
        ("RHIT not required but preferred.", "rhit preferred"),
        ("RHIT eligible", "rhit eligible"),
        ("RHIT or RHIT-eligible required", "rhit eligible"),
        ("RHIA, RHIT or eligible", "rhia eligible 1, rhit eligible 1"),
        ("Coders must obtain CPC within twelve (12) months of hire.", "cpc eligible in 12"),
        ("RHIT required within one (1) year.", "rhit eligible in 12"),
        ("RHIT preferred. Certification must be obtained within 90 days of hire.", "rhit eligible in 3"),
        ("Bachelor's degree preferred, RHIT required", "rhit required"),
        ("Bachelor's degree preferred, RHIT", "rhit required"),
        ("Preferred Qualifications:\n- CCS for coders\n- RHIT required", "ccs preferred, rhit required"),
        ("Coder, CPC certified, 2 years of experience preferred.", "cpc required"),
        ("Oncology Data Specialist Certification (ODS-C) or CTR required", "ods required"),
        ("Coders: CPC required, CPC-A not accepted", "cpc required"),
        ("Coders: CPC required (no CPC-A)", "cpc required"),
        ("RHIT certification required with 2 years of experience preferred", "rhit required"),
    ];
    all_are(&cases);
}

#[test]
fn alternatives_are_grouped() {
    let cases = [
        ("Must have one of the following:\n- RHIT\n- RHIA\n- CCS", "rhit required 1, rhia required 1, ccs required 1"),
        ("Requirements:\n- RHIT\n- CCS", "rhit required, ccs required"),
        ("One of the following preferred: RHIT, RHIA, CCS", "rhit preferred 1, rhia preferred 1, ccs preferred 1"),
        ("RHIT and CCS required", "rhit required, ccs required"),
        ("RHIT and either CCS or CPC required", "rhit required, ccs required 1, cpc required 1"),
        (
            "Registered Health Information Technician (RHIT), Registered Health Information Administrator (RHIA), or \
             Certified Coding Specialist (CCS) required",
            "rhit required 1, rhia required 1, ccs required 1",
        ),
        (
            "AHIMA (RHIA, RHIT) or AAPC (CPC, COC) certification required",
            "rhia required 1, rhit required 1, cpc required 1, coc required 1",
        ),
        ("Coding certification (RHIT, CCS, CPC) required", "rhit required 1, ccs required 1, cpc required 1"),
        ("RHIT, CCS or equivalent", "rhit required 1, ccs required 1"),
        ("CPC or equivalent for coders", "cpc required"),
        ("RHIT,\nor\nCCS required", "rhit required 1, ccs required 1"),
        (
            "CPC certification with at least two years of experience or CCS required for coders",
            "cpc required 1, ccs required 1",
        ),
        (
            "RHIT or RHIA required. CCS or CPC preferred.",
            "rhit required 1, rhia required 1, ccs preferred 2, cpc preferred 2",
        ),
    ];
    all_are(&cases);
}

#[test]
fn a_repeated_list_is_one() {
    assert_eq!(
        short("Coder (RHIT/CCS)", "Requirements:\nRHIT, RHIA or CCS required\nPay for CCS or RHIT coders"),
        "rhit required 1, ccs required 1, rhia required 1"
    );
    assert_eq!(short("Coder, CCS", "CCS preferred. CPC preferred."), "ccs preferred, cpc preferred");
    assert_eq!(short("Coder II, CCS", "Codes charts."), "ccs required");
    assert_eq!(short("", "RHIT required. RHIT or CCS preferred."), "rhit required, ccs preferred");
}

#[test]
fn what_is_offered_or_had_by_others_is_not_asked_for() {
    let texts = [
        "We pay for your CPC exam. Coders welcome.",
        "Benefits:\nCPC study group for coders",
        "Supervises a team of RHITs.",
        "Our coders are CCS and RHIT credentialed.",
        "No certification required.",
        "RHIT not required.",
        "Reports to the Director of HIM, RHIA",
        "Prepares students for the RHIT exam",
        "CPC-A will not be considered for this coder position",
        "About us\nWe were founded by RHIAs",
        "AHIMA or AAPC certification required",
        "Contact Jane Doe, RHIA, at 614-555-0100",
    ];
    all_are(&texts.map(|text| (text, "")));
    assert_eq!(short("", "RHIT required; we pay for your exam"), "rhit required");
    assert_eq!(short("", "Join our team as an RHIT"), "rhit required");
}

proptest! {
    #[test]
    fn any_text_is_coded_without_panic(
        title in "\\PC{0,40}",
        words in proptest::collection::vec(
            "RHIT|CCS|CPC-A|required|preferred|within|12 months|or|and|,|:|\n|\\.|;|one of the following|Jane Doe|at|\
             contact|j@gmail\\.com|614-555-0100|\\(|/|eligible|not|no|\\PC{0,6}", 0..40),
    ) {
        codes(&title, &words.join(" "));
        codes(&title, &words.concat());
    }
}

#[test]
fn headings_in_plain_words_tell_too() {
    assert_eq!(
        short("", "Text.\n\nYou must have\n- RHIA\n\nYou may also have\n- CHPS\n- Epic"),
        "rhia required, chps preferred"
    );
    assert_eq!(
        short("Coder", "Text.\n\nMust haves\n\u{2022} CPC\n\nNice to haves\n\u{2022} COSC"),
        "cpc required, cosc preferred"
    );
    assert_eq!(short("", "Plus: RHIT eligible, Spanish."), "rhit preferred");
}

#[test]
fn one_may_take_the_place_of_another() {
    let cases = [
        ("Coders: CCS required; CIC accepted in its place", "ccs required 1, cic required 1"),
        ("RHIA required; RHIT with a bachelor's degree will be considered.", "rhia required 1, rhit required 1"),
        (
            "Transcription: CMT or RMT (RHDS and CHDS fine too)",
            "cmt required 1, rmt required 1, rhds required 1, chds required 1",
        ),
        ("Coders: CPC and CPMA (CPMA may be earned within 12 months of hire)", "cpc required, cpma eligible in 12"),
        ("Coding: CCS. Candidates without it must earn it within twelve months.", "ccs eligible in 12"),
        (
            "Must be fluent, have three years of transcription and a CMT or RMT (RHDS and CHDS fine too).",
            "cmt required 1, rmt required 1, rhds required 1, chds required 1",
        ),
        ("Coders: CPC; we are open to CPC-A.", "cpc required 1, cpc-a required 1"),
        ("RHIT preferred; CCA accepted", "rhit preferred 1, cca preferred 1"),
        ("A bachelor's degree is preferred, CHDA likewise.", "chda preferred"),
        ("The coders (several of them CCS and CPC holders) are good.", ""),
        ("Many of our managers are CHPS or CPHIMS holders.", ""),
        ("Prepare students to sit for the RHIT and CCA.", ""),
    ];
    all_are(&cases);
}
