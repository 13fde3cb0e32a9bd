//! What a digest tells, what it holds over, and that nothing is lost between the two.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::digest::{Candidate, CatchUp, CatchUpCause, Limits, Links, Part, Prepared, Section, sample};
use crate::model::{Job, JobStatus};

fn jobs(count: usize, employer: impl Fn(usize) -> String) -> Vec<Job> {
    (0..count).map(|n| sample::job(&n.to_string(), &format!("Coder {n}"), &employer(n))).collect()
}

fn new(jobs: &[Job]) -> Digest {
    sample::compose(&sample::request(vec![Section::new(SectionKind::New, jobs)]))
}

#[test]
fn each_job_is_told_once_and_never_after_its_close() {
    let open = sample::job("1", "Coder", "Mercy Health");
    let mut closed = sample::job("2", "Auditor", "Mercy Health");
    closed.status = JobStatus::Closed;
    let mut past = sample::job("3", "Clerk", "Mercy Health");
    past.valid_through = Some(sample::closing("2026-11-24T05:59:59-06:00"));
    let digest = sample::compose(&sample::request(vec![
        Section::new(SectionKind::MayMatch, [&open]),
        Section::new(SectionKind::New, [&closed, &open, &past, &open]),
    ]));
    assert_eq!(digest.job_ids().collect::<Vec<_>>(), [&open.id]);
    assert_eq!(digest.told().next().unwrap(), Told { job: &open.id, kind: SectionKind::New, part: 0 });
    assert_eq!((digest.held_over().count(), digest.closed_ids().count()), (0, 0));
}

#[test]
fn an_employer_with_many_jobs_does_not_crowd_out_the_others() {
    let many = jobs(21, |n| if n == 20 { "Lakeside Clinic".into() } else { "Mercy Health".into() });
    let digest = new(&many);
    let section = &digest.parts[0].sections[0];
    assert_eq!((section.total, section.items.len(), section.briefs.len(), section.held.len()), (21, 6, 10, 5));
}

#[test]
fn five_hundred_jobs_stay_under_the_size_that_mailers_clip_at() {
    let mut many = jobs(500, |n| format!("Clinic {n}"));
    for job in &mut many {
        job.title = Some("<&\"é".repeat(100));
        job.description_text = Some("<b>\"&'".repeat(2_000));
        sample::also_on(job, "usajobs", "1");
    }
    let changed = |job| Candidate { changes: Some("\"<&>'".repeat(100)), ..Candidate::new(job) };
    let mut request = sample::request(vec![
        Section::new(SectionKind::New, &many[..400]),
        Section { kind: SectionKind::Updated, jobs: many[400..].iter().map(changed).collect() },
    ]);
    request.parts[0].more_url = Some(format!("https://jobs.example.edu/?q={}", "&a=b".repeat(200)));
    for limit in [0, 40, 400] {
        request.limits.jobs = limit;
        let digest = sample::compose(&request);
        let html = html::mail_html(&digest);
        assert!(html.len() <= 90_000, "{}", html.len());
        assert!(html.len() > 60_000, "room is used: {}", html.len());
        let mut all: Vec<_> = digest.told().chain(digest.held_over()).map(|told| told.job).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 500);
        assert_eq!(digest.told().count() + digest.held_over().count(), 500);
        assert!(html.contains("more follow in your next mail"));
    }
}

#[test]
fn many_searches_share_a_mail_and_none_is_lost() {
    let many = jobs(300, |n| format!("Clinic {n}"));
    let parts: Vec<_> = many
        .chunks(10)
        .enumerate()
        .map(|(n, jobs)| sample::part(&format!("Search {n}"), vec![Section::new(SectionKind::New, jobs)]))
        .collect();
    let digest = sample::compose(&sample::request_of(parts));
    let html = html::mail_html(&digest);
    assert!(html.len() <= 90_000, "{}", html.len());
    assert_eq!(digest.parts.len(), PARTS_TOLD);
    assert!(digest.parts.iter().all(|part| !part.sections[0].items.is_empty()), "each search has something in full");
    assert_eq!(digest.told().count() + digest.held_over().count(), 300);
    assert!(html.contains("6 more of your searches found jobs"));
}

#[test]
fn a_part_says_what_else_it_found() {
    let both = jobs(3, |n| format!("Clinic {n}"));
    let mut second = sample::part("Second", vec![Section::new(SectionKind::New, &both[1..])]);
    (second.already_told, second.left_out) = (1, 4);
    let parts = vec![
        sample::part("First", vec![Section::new(SectionKind::New, &both)]),
        second,
        sample::part("Third", Vec::new()),
    ];
    let digest = sample::compose(&sample::request_of(parts));
    assert_eq!(
        digest.parts[1].notes,
        [
            "2 more match here too and stand above.",
            "1 more matches; you were told of it before.",
            "4 more match but do not state all that you want stated.",
        ]
    );
    assert_eq!(digest.quiet, ["Third"]);
    assert_eq!((digest.parts[1].index, digest.parts[1].name.as_deref()), (1, Some("Second")));
}

#[test]
fn closed_jobs_are_named_up_to_ten_and_all_are_accounted_for() {
    let mut many = jobs(13, |_| "Mercy Health".into());
    for job in &mut many {
        (job.status, job.closed_reason) = (JobStatus::Closed, Some("stated date passed".into()));
    }
    let digest = sample::compose(&sample::request(vec![Section::new(SectionKind::Closed, &many)]));
    let closed = digest.parts[0].closed.as_ref().unwrap();
    assert_eq!((closed.named.len(), closed.jobs.len(), digest.closed_ids().count()), (10, 13, 13));
    assert_eq!(closed.named[0], "Coder 0, Mercy Health: its closing date has passed");
    assert_eq!((digest.told().count(), digest.is_empty()), (0, false));
    assert_eq!(digest.subject, "13 jobs have closed, nothing new (Nov 24)");
}

#[test]
fn a_digest_that_makes_up_for_others_says_so() {
    let mut request = sample::request(Vec::new());
    request.catch_up =
        Some(CatchUp { from: sample::time("2026-11-15T12:00:00Z"), cause: CatchUpCause::NotRunning, not_listed: 5 });
    request.subscribed = Some(sample::time("2026-11-03T12:00:00Z"));
    request.links = Links { unsubscribe_mailto: Some("mailto:a@b.example>,<c".into()), ..Links::default() };
    let digest = sample::compose(&request);
    assert_eq!(digest.period, "This mail covers November 15 to November 24: jobrounds was not running in between.");
    assert_eq!(digest.too_old.as_deref(), Some("5 jobs from before November 15 are not listed."));
    assert_eq!(
        digest.because.as_deref(),
        Some("You get this because you subscribed on November 3 (remote or in OH; at least $25 an hour).")
    );
    assert_eq!(digest.links, Links::default(), "what is no address is left out");
}

#[test]
fn the_same_request_gives_the_same_digest_whatever_was_prepared() {
    let many = jobs(30, |n| format!("Clinic {}", n % 4));
    let request = sample::request(vec![Section::new(SectionKind::New, &many)]);
    let prepared = Prepared::new(sample::now().instant, sample::boards());
    prepared.prepare(request.zone, many.iter().rev());
    assert_eq!(html::mail_html(&compose(&request, &prepared)), html::mail_html(&sample::compose(&request)));
}

/// Forty jobs of which every fifth has closed, and the run that words them.
static SOME: LazyLock<(Vec<Job>, Prepared)> = LazyLock::new(|| {
    let mut some = jobs(40, |n| format!("Clinic {}", n % 7));
    for job in some.iter_mut().step_by(5) {
        job.status = JobStatus::Closed;
    }
    (some, sample::prepared())
});

const KINDS: [SectionKind; 7] = [
    SectionKind::New,
    SectionKind::NewlyCoded,
    SectionKind::Reopened,
    SectionKind::Updated,
    SectionKind::ClosingSoon,
    SectionKind::MayMatch,
    SectionKind::Closed,
];

/// Puts jobs into sections of parts.
fn parts(found: &[(usize, usize, usize)]) -> Vec<Part<'static>> {
    let mut sections: BTreeMap<(usize, usize), Vec<&Job>> = BTreeMap::new();
    for (part, kind, job) in found {
        sections.entry((*part, *kind)).or_default().push(&SOME.0[*job]);
    }
    let mut parts: Vec<Part<'static>> = (0..5).map(|n| sample::part(&format!("Search {n}"), Vec::new())).collect();
    for ((part, kind), jobs) in sections {
        parts[part].sections.push(Section::new(KINDS[kind], jobs));
    }
    parts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_found_each_job_is_told_or_held_once_within_the_limits(
        found in proptest::collection::vec((0..5_usize, 0..7_usize, 0..40_usize), 0..120),
        per_employer in 0..4_usize,
        most in 0..12_usize,
        html_bytes in 14_000..50_000_usize,
    ) {
        let limits = Limits { per_employer, jobs: most, html_bytes };
        let digest = compose(&DigestRequest { limits, ..sample::request_of(parts(&found)) }, &SOME.1);
        let of = |closed: bool| found.iter().filter(move |(_, kind, job)| {
            closed == (KINDS[*kind] == SectionKind::Closed) && closed == (job % 5 == 0)
        });
        let expected = |closed: bool| of(closed).map(|(_, _, job)| &SOME.0[*job].id).collect::<BTreeSet<_>>();
        let spoken: Vec<_> = digest.told().chain(digest.held_over()).map(|told| told.job).collect();
        prop_assert_eq!(spoken.len(), spoken.iter().collect::<BTreeSet<_>>().len());
        prop_assert_eq!(spoken.into_iter().collect::<BTreeSet<_>>(), expected(false));
        prop_assert_eq!(digest.closed_ids().collect::<BTreeSet<_>>(), expected(true));
        prop_assert!(digest.told_in_full().count() <= most);
        prop_assert!(digest.subject.chars().count() <= 78);
        let html = html::mail_html(&digest);
        prop_assert!(html.len() <= html_bytes, "{} bytes of {html_bytes}", html.len());
        let text = super::super::text::mail_text(&digest);
        prop_assert!(text.lines().all(|line| line.chars().count() <= 72 || line.contains("://")), "{text}");
        prop_assert!(!text.contains("\n\n\n") && !text.contains(" \n"), "{text}");
    }
}
