//! `HistoricJoa`'s `announcementtext`: the texts of jobs whose rows came without them. Each becomes a
//! posting with little more than id and text, to fill the stored row with.

use std::collections::HashSet;

use super::super::complaints::Complaints;
use super::super::{Finding, Parsed};
use super::address;
use super::case_blind::Record;
use super::historic::{Rowset, open, postings};
use super::sections::Sections;
use crate::model::{Completeness, Page, PageKind, RawPosting};

/// Reads the texts. None at all says nothing about the board: the rows are listed elsewhere.
pub(super) fn read(page: &Page, text: &str, mut complaints: Complaints) -> Parsed {
    let mut parsed = Parsed::readable();
    match open(page, text, &mut parsed, &mut complaints) {
        Rowset::Foreign(why) => parsed.finding = Finding::Foreign(why),
        Rowset::Nothing => {}
        Rowset::Rows(rows) => parsed.postings = postings(&rows, page, &mut complaints, filling),
    }
    for wanted in &mut parsed.next {
        wanted.kind = PageKind::Texts;
    }
    parsed.problems = complaints.into_problems();
    parsed
}

/// Makes the part of a posting that a row of texts states.
fn filling(row: &Record<'_>) -> Result<RawPosting, &'static str> {
    let id = address::control_number(row.lone("usajobscontrolnumber")).ok_or("has no usable `usajobsControlNumber`")?;
    let owned = |name: &str| row.text(name).map(str::to_owned);
    let description = description(row).ok_or("states no text")?;
    Ok(RawPosting {
        network_id: Some(address::network_id(&id)),
        url: Some(address::canonical(&id)),
        posting_id: Some(id),
        date_posted: owned("positionopendate"),
        valid_through: owned("positionclosedate"),
        requisition_ids: owned("announcementnumber").into_iter().collect(),
        description: Some(description),
        completeness: Completeness::Full,
        ..RawPosting::default()
    })
}

/// Joins the same sections as a Search answer has.
fn description(row: &Record<'_>) -> Option<String> {
    let parts = |names: &[&str]| -> Vec<String> {
        // `duties` and `majorDutiesList`, and the names of requirements, may hold the same words.
        let mut known = HashSet::new();
        let texts = names.iter().flat_map(|name| row.texts(name));
        texts.filter(|text| known.insert(text.to_owned())).map(str::to_owned).collect()
    };
    let mut sections = Sections::default();
    for (heading, names) in [
        ("Summary", &["summary"][..]),
        ("Duties", &["duties", "majordutieslist", "majorduties"]),
        ("Requirements", &["requirementsconditionsofemployment", "requirements", "keyrequirements"]),
        ("Qualifications", &["requirementsqualifications", "qualificationsummary"]),
        ("Education", &["requirementseducation", "education"]),
        ("Benefits", &["benefits"]),
        ("Additional information", &["otherinformation"]),
    ] {
        sections.add(heading, parts(names).iter().map(String::as_str));
    }
    sections.into_html()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Engine, ProblemKind};
    use crate::parse::json_samples::{board, page};
    use crate::parse::{fill, parse};

    const TEXTS: &str = include_str!("../../../tests/fixtures/boards/usajobs/announcementtext.json");
    const LIST: &str = include_str!("../../../tests/fixtures/boards/usajobs/historicjoa.json");

    fn answer(kind: &PageKind, path: &str, body: &str) -> Parsed {
        let usajobs = board("engine = \"usajobs\"\nbase_url = \"https://data.usajobs.gov\"");
        parse(&usajobs, Engine::Usajobs, kind, &page(&format!("https://data.usajobs.gov/api/historicjoa{path}"), body))
    }

    fn texts(body: &str) -> Parsed {
        answer(&PageKind::Texts, "/announcementtext?PositionSeries=0675", body)
    }

    #[test]
    fn texts_fill_the_row_that_came_without() {
        let parsed = texts(TEXTS);
        assert_eq!(parsed.postings.len(), 1);
        let text = &parsed.postings[0];
        assert_eq!(text.title, None);
        let row = answer(&PageKind::List, "?PositionSeries=0675", LIST).postings.swap_remove(0);
        let filled = fill(row.clone(), text.clone());
        assert_eq!(filled.title, row.title);
        assert_eq!(filled.completeness, Completeness::Full);
        let html = filled.description.unwrap();
        assert!(html.starts_with("<h3>Summary</h3>\n<p>Here&rsquo;s where"), "{html}");
        assert_eq!(html.matches("Assigns codes.").count(), 1, "{html}");
        assert!(html.contains("Queries providers.") && !html.contains("555-010"), "{html}");
    }

    #[test]
    fn a_row_without_text_is_left_out_and_said() {
        let problems = texts(TEXTS).problems;
        assert_eq!(problems.len(), 1);
        assert_eq!((problems[0].kind, problems[0].field.as_deref()), (ProblemKind::BrokenItem, Some("/data/1")));
    }

    #[test]
    fn no_texts_say_nothing_about_the_board() {
        assert_eq!(texts("204 No Content").finding, Finding::Readable);
        assert!(matches!(texts("<html>").finding, Finding::Foreign(_)));
    }

    #[test]
    fn a_further_page_of_texts_is_one_of_texts() {
        let more =
            TEXTS.replace("\"next\": null", "\"next\": \"/api/historicjoa/announcementtext?continuationtoken=b\"");
        assert_eq!(texts(&more).next[0].kind, PageKind::Texts);
    }
}
