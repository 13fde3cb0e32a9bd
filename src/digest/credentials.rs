//! The credentials a job asks for, in one line.

use crate::model::{CredentialDemand, DemandLevel};

use super::clean::short_line;

/// So many credentials are named for one level; others are counted.
const NAMED: usize = 8;

/// Says what is asked for: `RHIT, RHIA or CCS required; CHDA preferred`; `None` when nothing is.
pub(super) fn asks(demands: &[CredentialDemand]) -> Option<String> {
    let levels = [DemandLevel::Required, DemandLevel::Eligible, DemandLevel::Preferred];
    let said: Vec<String> = levels.into_iter().filter_map(|level| of_level(demands, level)).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

fn of_level(demands: &[CredentialDemand], level: DemandLevel) -> Option<String> {
    let mut groups: Vec<(Option<u32>, Vec<String>)> = Vec::new();
    let mut months = None;
    let (mut named, mut unnamed) = (Vec::new(), 0);
    for demand in demands.iter().filter(|demand| demand.level == level) {
        let code = short_line(&demand.code, 20);
        if code.is_empty() || named.contains(&code) {
            continue;
        }
        if named.len() == NAMED {
            unnamed += 1;
            continue;
        }
        months = months.max(demand.within_months);
        named.push(code.clone());
        match groups.iter_mut().find(|(group, _)| group.is_some() && *group == demand.one_of) {
            Some((_, codes)) => codes.push(code),
            None => groups.push((demand.one_of, vec![code])),
        }
    }
    if groups.is_empty() {
        return None;
    }
    let groups: Vec<String> = groups.iter().map(|(_, codes)| alternatives(codes)).collect();
    let more = if unnamed == 0 { String::new() } else { format!(" and {unnamed} more") };
    let how = match (level, months) {
        (DemandLevel::Required, _) => "required".to_owned(),
        (DemandLevel::Preferred, _) => "preferred".to_owned(),
        (DemandLevel::Eligible, Some(1)) => "to be got within a month".to_owned(),
        (DemandLevel::Eligible, Some(months)) => format!("to be got within {months} months"),
        (DemandLevel::Eligible, None) => "to be got in time".to_owned(),
    };
    Some(format!("{}{more} {how}", groups.join(" and ")))
}

/// Writes `RHIT, RHIA or CCS`.
fn alternatives(codes: &[String]) -> String {
    match codes.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demand(code: &str, level: DemandLevel, one_of: Option<u32>) -> CredentialDemand {
        CredentialDemand {
            id: format!("ahima:{}", code.to_lowercase()),
            code: code.into(),
            level,
            within_months: None,
            one_of,
            evidence: String::new(),
        }
    }

    #[test]
    fn alternatives_are_told_from_what_is_asked_for_together() {
        let mut eligible = demand("CPC", DemandLevel::Eligible, None);
        eligible.within_months = Some(12);
        let demands = [
            demand("CHDA", DemandLevel::Preferred, None),
            demand("RHIT", DemandLevel::Required, Some(1)),
            demand("RHIA", DemandLevel::Required, Some(1)),
            demand("CCS", DemandLevel::Required, Some(1)),
            demand("CTR", DemandLevel::Required, None),
            eligible,
        ];
        assert_eq!(
            asks(&demands).unwrap(),
            "RHIT, RHIA or CCS and CTR required; CPC to be got within 12 months; CHDA preferred"
        );
        assert_eq!(asks(&[]), None);
    }

    #[test]
    fn a_long_list_is_counted() {
        let many: Vec<_> = (0..30).map(|n| demand(&format!("C{n}"), DemandLevel::Preferred, Some(1))).collect();
        assert_eq!(asks(&many).unwrap(), "C0, C1, C2, C3, C4, C5, C6 or C7 and 22 more preferred");
    }
}
