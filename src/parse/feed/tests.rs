//! Whole feeds, good and broken, through the same door as the pipeline's.

use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::board::BoardFile;
use crate::model::{BoardId, Completeness};

fn board(engine: &str, title_split: Option<TitleSplit>) -> Board {
    let file = BoardFile {
        engine: Some(engine.to_owned()),
        base_url: Some("https://jobs.example.org".to_owned()),
        title_split,
        ..BoardFile::default()
    };
    Board::settle(BoardId::new("sample").unwrap(), file, None).unwrap()
}

fn page(body: impl Into<Vec<u8>>) -> Page {
    let url = Url::parse("https://jobs.example.org/feed.xml").unwrap();
    Page::saved(url, "application/rss+xml", body.into(), DateTime::UNIX_EPOCH)
}

fn read(body: impl Into<Vec<u8>>) -> Parsed {
    parse_feed(&board("rss", None), Engine::Rss, &page(body))
}

fn fixture(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/boards/feeds").join(name);
    std::fs::read(path).unwrap()
}

fn in_rss(items: &str) -> String {
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Jobs</title>{items}</channel></rss>")
}

fn item(number: usize) -> String {
    format!(
        "<item><title>Coder {number} &amp; Auditor</title><link>https://jobs.example.org/job/{number}</link>\
         <guid isPermaLink=\"false\">id-{number}</guid><description><![CDATA[<p>Text {number}</p>]]></description></item>"
    )
}

fn titles(parsed: &Parsed) -> Vec<&str> {
    parsed.postings.iter().map(|posting| posting.title.as_deref().unwrap_or("-")).collect()
}

fn kinds(parsed: &Parsed) -> Vec<ProblemKind> {
    parsed.problems.iter().map(|problem| problem.kind).collect()
}

/// Reads one item's inside and gives its posting.
fn only(inside: &str) -> RawPosting {
    let mut parsed = read(in_rss(&format!("<item><title>T</title>{inside}</item>")));
    assert_eq!(parsed.postings.len(), 1, "{inside}");
    parsed.postings.remove(0)
}

#[test]
fn rss_fills_a_posting() {
    let parsed = read(fixture("good.rss"));
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.finding, Finding::Readable);
    let first = &parsed.postings[0];
    assert_eq!(first.title.as_deref(), Some("Inpatient Coder & Auditor"));
    assert_eq!(first.url.as_deref(), Some("https://jobs.lakeshore.example/jobs/4411/inpatient-coder?ref=rss&v=2"));
    assert_eq!(first.posting_id.as_deref(), Some("lakeshore-4411"));
    assert_eq!(first.hiring_organization.as_deref(), Some("Lakeshore Regional Health"));
    assert_eq!(first.date_posted.as_deref(), Some("Mon, 02 Nov 2026 08:00:00 EST"));
    assert_eq!(first.valid_through.as_deref(), Some("2026-12-01"));
    assert_eq!(first.employment_type, ["Full Time"]);
    assert_eq!(first.categories, ["Coding", "Remote"]);
    let place = &first.job_location[0];
    assert_eq!((place.text.as_deref(), place.latitude), (Some("Toledo, OH"), Some(41.65)));
    assert_eq!(first.base_salary.as_ref().unwrap().text.as_deref(), Some("$28.00 - $36.50 per hour"));
    assert!(first.description.as_deref().unwrap().starts_with("<p>Lakeshore Regional Health codes"));
    assert_eq!(first.completeness, Completeness::Full);
    assert_eq!(first.extra.get("author").map(String::as_str), Some("HIM Recruiting"));
    assert_eq!(first.extra.get("ex:shift").map(String::as_str), Some("Days"));
    assert_eq!(first.position.as_deref(), Some("item 1"));
    assert_eq!(first.source_url.as_deref(), Some("https://jobs.example.org/feed.xml"));
    assert_eq!(parsed.postings[1].completeness, Completeness::Teaser);
    assert_eq!(parsed.postings[1].posting_id, parsed.postings[1].url);
}

#[test]
fn rdf_atom_and_json_feed_give_the_same_posting() {
    let readings: Vec<Parsed> = ["good.rdf", "good.atom", "good.json"].map(|name| read(fixture(name))).into();
    for parsed in &readings {
        assert_eq!(parsed.problems, []);
        let posting = &parsed.postings[0];
        assert_eq!(posting.title.as_deref(), Some("Cancer Registrar <ODS>"));
        assert_eq!(posting.url.as_deref(), Some("https://jobs.example.org/jobs/77"));
        assert_eq!(posting.date_posted.as_deref(), Some("2026-11-03T09:30:00Z"));
        assert_eq!(posting.description.as_deref(), Some("<p>Abstract cases.</p>"));
        assert_eq!(posting.categories, ["Registry"]);
        assert_eq!(parsed.postings.len(), 2);
    }
    for parsed in &readings[1..] {
        assert_eq!(parsed.next, [Wanted::list(Url::parse("https://jobs.example.org/feed?page=2").unwrap())]);
    }
}

#[test]
fn bti_gives_number_employer_and_place() {
    let parsed = parse_feed(&board("bti", None), Engine::Bti, &page(fixture("bti.xml")));
    assert_eq!(parsed.problems, []);
    let first = &parsed.postings[0];
    assert_eq!(first.title.as_deref(), Some("Coder | Inpatient"));
    assert_eq!(first.hiring_organization.as_deref(), Some("Great Plains Health"));
    assert_eq!(first.url.as_deref(), Some("https://careers.example.org/jobs/30010001/coder-inpatient"));
    assert_eq!(first.network_id.as_deref(), Some("bti:30010001"));
    assert_eq!(first.job_location[0].locality.as_deref(), Some("North Platte"));
    assert_eq!(first.description.as_deref(), Some("Great Plains Health is looking for an inpatient coder."));
    assert_eq!(parsed.postings[1].posting_id.as_deref(), Some("30010002"));
    assert_eq!(parsed.postings[1].job_location, []);
}

#[test]
fn the_title_is_split_as_the_board_says() {
    let feed = in_rss("<item><title>Mercy: Coder</title><link>https://a.example/1</link></item>");
    let parsed = parse_feed(&board("rss", Some(TitleSplit::Colon)), Engine::Rss, &page(feed));
    assert_eq!(parsed.postings[0].hiring_organization.as_deref(), Some("Mercy"));
}

#[test]
fn bare_ampersands_and_names_of_html_cost_nothing() {
    let parsed =
        read(in_rss("<item><title>R&D &mdash; HIM & Coding</title><link>https://a.example/?a=1&b=2</link></item>"));
    assert_eq!(titles(&parsed), ["R&D — HIM & Coding"]);
    assert_eq!(parsed.postings[0].url.as_deref(), Some("https://a.example/?a=1&b=2"));
    assert_eq!(kinds(&parsed), [ProblemKind::Repaired, ProblemKind::Repaired]);
    assert!(parsed.problems[0].message.contains("bare `&`"), "{:?}", parsed.problems);
}

#[test]
fn a_carrier_is_decoded_once() {
    assert_eq!(only("").title.as_deref(), Some("T"));
    let parsed = read(in_rss("<item><title>A &amp;amp; B</title><guid>1</guid></item>"));
    assert_eq!(titles(&parsed), ["A &amp; B"]);
    let parsed = read(in_rss("<item><title><![CDATA[A &amp; B]]></title><guid>1</guid></item>"));
    assert_eq!(titles(&parsed), ["A &amp; B"]);
}

#[test]
fn bytes_that_are_not_utf_8_are_repaired_once() {
    let mut body = in_rss("<item><title>R\u{1}sum\u{1}</title><guid>1</guid></item>").into_bytes();
    for byte in &mut body {
        if *byte == 1 {
            *byte = 0xE9;
        }
    }
    let parsed = read(body);
    assert_eq!(titles(&parsed), ["Résumé"]);
    assert_eq!(kinds(&parsed), [ProblemKind::Repaired]);
}

#[test]
fn control_characters_are_removed() {
    let parsed = read(in_rss("<item><title>Co\0der\u{8}</title><guid>1</guid></item>"));
    assert_eq!(titles(&parsed), ["Coder"]);
    assert_eq!(parsed.problems[0].message, "2 control characters removed");
}

#[test]
fn a_truncated_feed_keeps_its_whole_items() {
    let whole = in_rss(&format!("{}{}{}", item(1), item(2), item(3)));
    let cut = whole.find("Text 3").unwrap();
    let parsed = read(&whole.as_bytes()[..cut]);
    assert_eq!(parsed.postings.len(), 2);
    assert!(parsed.truncated);
    assert_eq!(kinds(&parsed).last(), Some(&ProblemKind::Incomplete));
    assert!(parsed.problems.last().unwrap().message.contains("item 3"));
    let parsed = read(&whole.as_bytes()[..whole.len() - 16]);
    assert_eq!((parsed.postings.len(), parsed.truncated), (3, true));
}

#[test]
fn unescaped_html_is_text() {
    let posting =
        only("<guid>1</guid><description>One<br>two <p>three &amp; <b>four</description><pubDate>d</pubDate>");
    assert_eq!(posting.description.as_deref(), Some("One<br>two <p>three &amp; <b>four"));
    assert_eq!(posting.date_posted.as_deref(), Some("d"));
}

#[test]
fn elements_left_open_end_where_the_next_begins() {
    let parsed =
        read(in_rss("<item><title>One<link>https://a.example/1</link><item><title>Two</titel><guid>2</guid></item>"));
    assert_eq!(titles(&parsed), ["One", "Two"]);
    assert_eq!(parsed.postings[0].url.as_deref(), Some("https://a.example/1"));
    assert!(kinds(&parsed).iter().all(|kind| *kind == ProblemKind::Repaired));
}

#[test]
fn an_open_cdata_section_costs_one_element() {
    let open = "<item><title>A</title><guid>1</guid><description><![CDATA[<p>a</p></description></item>";
    let parsed = read(in_rss(&format!("{open}{}", item(2))));
    assert_eq!(titles(&parsed), ["A", "Coder 2 & Auditor"]);
    assert_eq!(parsed.postings[0].description.as_deref(), Some("<p>a</p>"));
    let parsed = read(in_rss(open));
    assert_eq!(titles(&parsed), ["A"]);
    assert_eq!(parsed.problems.len(), 1);
}

#[test]
fn one_broken_item_costs_one_item_and_says_where() {
    let parsed = read(in_rss(&format!("{}<item><foo/></item>{}", item(1), item(3))));
    assert_eq!(parsed.postings.len(), 2);
    assert_eq!(kinds(&parsed), [ProblemKind::BrokenItem]);
    assert_eq!(parsed.problems[0].field.as_deref(), Some("item 2"));
    assert_eq!(parsed.postings[1].position.as_deref(), Some("item 3"));
}

#[test]
fn junk_before_the_feed_is_skipped() {
    for junk in ["\n \t", "\u{feff}", "Notice: x in y\n", "<br />\n<b>Warning</b>: x<br />\n"] {
        let parsed = read(format!("{junk}{}", in_rss(&item(1))));
        assert_eq!(titles(&parsed), ["Coder 1 & Auditor"], "{junk:?}");
    }
    assert_eq!(read(in_rss(&item(1)).replace(" version=\"2.0\"", "")).problems, []);
}

#[test]
fn links_are_absolute_and_of_the_web() {
    assert_eq!(only("<link>/job/1</link>").url.as_deref(), Some("https://jobs.example.org/job/1"));
    assert_eq!(only("<guid>https://a.example/2</guid>").url.as_deref(), Some("https://a.example/2"));
    let tracked =
        only("<link>https://t.example/1</link><feedburner:origLink>https://a.example/1</feedburner:origLink>");
    assert_eq!(tracked.url.as_deref(), Some("https://a.example/1"));
    let parsed = read(in_rss("<item><title>T</title><link>javascript:alert(1)</link></item>"));
    assert_eq!(parsed.postings[0].url, None);
    assert_eq!(kinds(&parsed), [ProblemKind::UnreadField]);
}

#[test]
fn the_fuller_text_wins_and_encoded_content_before_all() {
    let both =
        only("<content:encoded>short</content:encoded><description>much longer text</description><guid>1</guid>");
    assert_eq!(both.description.as_deref(), Some("short"));
    let atom = "<feed><entry><title type='html'>&lt;b&gt;A&lt;/b&gt; &amp;amp; B</title><id>1</id><summary>s</summary>\
                <content type='xhtml'><div>long <b>text</b></div></content></entry></feed>";
    let parsed = read(atom);
    assert_eq!(parsed.postings[0].description.as_deref(), Some("<div>long <b>text</b></div>"));
    assert_eq!((titles(&parsed), parsed.problems.len()), (vec!["A & B"], 0));
}

#[test]
fn a_guid_that_all_items_share_is_no_identity() {
    let twice = "<item><title>T</title><guid isPermaLink='false'>0</guid><link>https://a.example/1</link></item>\
                 <item><title>T</title><guid isPermaLink='false'>0</guid><link>https://a.example/2</link></item>";
    let parsed = read(in_rss(twice));
    let ids: Vec<_> = parsed.postings.iter().filter_map(|posting| posting.posting_id.as_deref()).collect();
    assert_eq!(ids, ["https://a.example/1", "https://a.example/2"]);
}

#[test]
fn job_xml_is_read_like_a_feed() {
    let parsed = read(
        "<source><publisher>X</publisher><job><title>Coder</title><url>https://a.example/1</url><date>2026-11-01</date>\
         <referencenumber>R-1</referencenumber><company><name>Mercy</name></company><city>Akron</city><state>OH</state>\
         <country>US</country><postalcode>44301</postalcode><salary><min>20</min><max>30</max></salary></job></source>",
    );
    let posting = &parsed.postings[0];
    assert_eq!(posting.hiring_organization.as_deref(), Some("Mercy"));
    assert_eq!(posting.job_location[0].postal_code.as_deref(), Some("44301"));
    assert_eq!(posting.base_salary.as_ref().and_then(|pay| pay.max.as_deref()), Some("30"));
    assert_eq!(posting.requisition_ids, ["R-1"]);
}

#[test]
fn a_feed_without_items_is_empty_and_a_broken_one_is_not() {
    assert_eq!(read(in_rss("")).finding, Finding::Empty);
    assert_eq!(read("<feed xmlns='http://www.w3.org/2005/Atom'/>").finding, Finding::Empty);
    assert_eq!(read("{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[]}").finding, Finding::Empty);
    assert_eq!(read("<rss><channel><title>Jo").finding, Finding::Readable);
    assert_eq!(read(in_rss("<item/>")).finding, Finding::Readable);
}

#[test]
fn what_is_no_feed_is_named() {
    let mut html = page("<!DOCTYPE html><html><body><item>x</item></body></html>");
    html.media_type = "text/html".to_owned();
    let seen = parse_feed(&board("rss", None), Engine::Rss, &html).finding;
    assert_eq!(seen, Finding::Foreign("expected a feed, saw 55 bytes of text/html; did the site change?".to_owned()));
    for body in ["", "   ", "{\"error\":\"no\"}", "[1]", "<urlset><url><loc>x</loc></url></urlset>", "plain"] {
        assert!(matches!(read(body).finding, Finding::Foreign(_)), "{body}");
    }
}

#[test]
fn the_engines_own_empty_page_is_empty() {
    let body = "<html><p>Sorry, we couldn't find any jobs that match your criteria</p></html>";
    assert_eq!(parse_feed(&board("bti", None), Engine::Bti, &page(body)).finding, Finding::Empty);
    assert!(matches!(read(body).finding, Finding::Foreign(_)));
}

#[test]
fn a_broken_json_feed_keeps_what_it_can() {
    let item = |id: u8| format!("{{\"id\":\"{id}\",\"title\":\"T{id}\",\"url\":\"https://a.example/{id}\",\"x\":[1]}}");
    let text = format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[{},7,{}", item(1), item(3));
    let parsed = read(text);
    assert_eq!(titles(&parsed), ["T1", "T3"]);
    assert_eq!(kinds(&parsed), [ProblemKind::Incomplete, ProblemKind::BrokenItem]);
    assert_eq!(parsed.problems[1].field.as_deref(), Some("item 2"));
}

#[test]
fn hostile_feeds_take_linear_time() {
    let size = 5_000_000;
    let started = std::time::Instant::now();
    let openings = [
        "<a>",
        "&",
        "<",
        "<![CDATA[",
        "<!--",
        "<?",
        "<!DOCTYPE [",
        "<a b=\"",
        "<item>",
        "<item><title>",
        "</",
        "&a;",
        "<item><a ",
        "<description><![CDATA[</item>",
        "<!DOCTYPE x [<!ENTITY a '&a;&a;'>]><item><title>&a;",
    ];
    for opening in openings {
        for head in ["", "<rss><channel><item>"] {
            let mut body = head.to_owned();
            // Debug builds are slow: a tenth shows quadratic growth as well.
            body.push_str(&opening.repeat(size / 10 / opening.len()));
            let parsed = read(body);
            assert!(parsed.postings.len() <= MOST_ITEMS && parsed.problems.len() <= 2 * MOST_ITEMS + 20);
        }
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn more_items_than_the_limit_are_left_out() {
    let parsed = read(in_rss(&"<item><title>T</title><guid>1</guid></item>".repeat(MOST_ITEMS + 1)));
    assert_eq!((parsed.postings.len(), parsed.truncated), (MOST_ITEMS, true));
    assert_eq!(kinds(&parsed), [ProblemKind::Incomplete]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for engine in [Engine::Rss, Engine::Bti] {
            let _ = parse_feed(&board("bti", None), engine, &page(bytes.clone()));
        }
    }

    #[test]
    fn any_markup_is_read_without_panic(text in "(<(item|/item|title|/title|link href='a'|rss|!\\[CDATA\\[|entry|a:b|description)>?|\\]\\]>|&[a-z]{0,3};?|[ -~]|é){0,60}") {
        let _ = read(text.clone());
        let _ = parse_feed(&board("bti", None), Engine::Bti, &page(in_rss(&text)));
    }

    #[test]
    fn items_before_the_damage_survive(
        damaged in 0_usize..6,
        within in 0.0..1.0_f64,
        removed in 0_usize..40,
        inserted in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let items: Vec<String> = (1..=6).map(item).collect();
        let sound = read(in_rss(&items.concat()));
        let mut body = in_rss(&items.concat()).into_bytes();
        let start = in_rss("").find("</channel>").unwrap() + items[..damaged].concat().len();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place inside a short item")]
        let at = start + (items[damaged].len() as f64 * within) as usize;
        let end = (at + removed).min(body.len());
        body.splice(at..end, inserted);
        let parsed = read(body);
        prop_assert!(parsed.postings.len() >= damaged);
        for (kept, whole) in parsed.postings.iter().zip(&sound.postings).take(damaged) {
            prop_assert_eq!(kept, whole);
        }
    }
}
