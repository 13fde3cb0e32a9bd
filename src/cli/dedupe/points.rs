//! Verdicts and their points in words, for whoever has to believe them.

use crate::cli::job_text::labelled;
use crate::dedupe::START_WORDS;
use crate::model::{Evidence, LinkKind};
use crate::store::Comparison;

/// Writes a probability; never quite certain.
pub(in crate::cli) fn percent(probability: f64) -> String {
    if probability > 0.99 {
        "over 99 %".to_owned()
    } else if probability < 0.01 {
        "under 1 %".to_owned()
    } else {
        format!("{:.0} %", probability * 100.0)
    }
}

/// Writes what a comparison concludes.
pub(super) fn in_words(kind: LinkKind, probability: f64) -> String {
    let words = match kind {
        LinkKind::Exact => "JOIN: the same advertisement",
        LinkKind::Same => "JOIN: the same vacancy",
        LinkKind::Repost => "JOIN: the same vacancy, advertised again",
        LinkKind::Earlier => "DIFFERENT: the same position, advertised at another time",
        LinkKind::Possible => "POSSIBLY THE SAME",
        LinkKind::Different => "DIFFERENT",
    };
    format!("{words} ({})", percent(probability))
}

/// Writes the points, the strongest first and what every comparison starts from last.
pub(in crate::cli) fn points(evidence: &[Evidence]) -> String {
    let mut order: Vec<&Evidence> = evidence.iter().collect();
    order.sort_by(|x, y| {
        let last = |point: &Evidence| point.says == START_WORDS;
        last(x).cmp(&last(y)).then(y.points.abs().total_cmp(&x.points.abs()))
    });
    let lines = order.iter().map(|point| {
        let forbids = if point.veto { " (this alone forbids joining)" } else { "" };
        labelled(&format!("{:+.1}", point.points), &format!("{}{forbids}", point.says))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Says why two postings that were compared are not one job; `None` where they are.
pub(super) fn why_not(compared: &Comparison) -> Option<String> {
    if compared.jobs.0 == compared.jobs.1 {
        return None;
    }
    if compared.ruled.as_ref().is_some_and(|ruled| ruled.starts_with("ruled different")) {
        return Some("a person has said so, which outranks the points".to_owned());
    }
    let verdict = &compared.verdict;
    let against = verdict.evidence.iter().filter(|point| point.points < 0.0 && point.says != START_WORDS);
    let strongest = |x: &&Evidence, y: &&Evidence| x.points.total_cmp(&y.points);
    if let Some(veto) = verdict.evidence.iter().filter(|point| point.veto).min_by(strongest) {
        return Some(format!("{} ({:+.1}), which alone forbids joining", veto.says, veto.points));
    }
    if verdict.joins() {
        return Some(
            "by themselves they would be joined; another posting of either job, or what people said, keeps them apart"
                .to_owned(),
        );
    }
    if verdict.kind == LinkKind::Earlier {
        return Some("each was advertised in its own time, so that each is a job".to_owned());
    }
    Some(against.min_by(strongest).map_or_else(
        || "nothing speaks against it, but too little speaks for it".to_owned(),
        |point| format!("{} ({:+.1})", point.says, point.points),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Verdict;

    fn compared(evidence: &[(f64, &str, bool)], ruled: Option<&str>) -> Comparison {
        let evidence = evidence.iter().map(|(points, says, veto)| Evidence {
            points: *points,
            says: (*says).to_owned(),
            veto: *veto,
        });
        let verdict = Verdict { kind: LinkKind::Different, probability: 0.2, evidence: evidence.collect() };
        let jobs = ("j1".to_owned(), "j2".to_owned());
        Comparison { a: "a/1".into(), b: "b/2".into(), verdict, ruled: ruled.map(str::to_owned), jobs }
    }

    #[test]
    fn a_veto_comes_before_a_larger_negative_and_a_ruling_before_both() {
        let points = [(-8.0, "pay differs", false), (-5.0, "grade differs", true), (-9.5, START_WORDS, false)];
        let said = |points: &[(f64, &str, bool)], ruled| why_not(&compared(points, ruled)).unwrap();
        assert_eq!(said(&points, None), "grade differs (-5.0), which alone forbids joining");
        assert_eq!(said(&[points[0], points[2]], None), "pay differs (-8.0)");
        assert!(said(&[points[2]], None).starts_with("nothing speaks against it"));
        assert!(said(&points, Some("ruled different by jo on 2026-11-02")).starts_with("a person"));
        let mut one = compared(&points, None);
        one.jobs.1 = one.jobs.0.clone();
        assert_eq!(why_not(&one), None);
    }

    #[test]
    fn nothing_is_quite_certain() {
        assert_eq!([0.999, 0.97, 0.004].map(percent), ["over 99 %", "97 %", "under 1 %"]);
    }
}
