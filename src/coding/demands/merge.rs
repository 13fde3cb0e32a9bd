//! Makes one demand of every credential, however often and variously a posting names it.
//!
//! Which statement wins: words of the sentence itself before the heading it stands under, and that
//! before a bare naming. Among words, `eligible` wins (whoever may get it later may be hired without
//! it), then `required`, then `preferred`; so that a sentence that only wishes for what another one
//! demands takes nothing away.

use crate::model::{CredentialDemand, DemandLevel};

use super::super::reading::Reading;
use super::asked::{Asked, Ground};
use super::credential_list::CredentialList;

/// What one text asks for, with the text that it is quoted from.
pub(super) struct TextAsked<'a> {
    /// The text.
    pub(super) reading: &'a Reading<'a>,
    /// What it asks for, in order.
    pub(super) asked: Vec<Asked>,
}

/// One credential with its winning statement.
struct Merged {
    asked: Asked,
    evidence: String,
    groups: Vec<(u32, DemandLevel)>,
}

/// Merges what title and body ask for; in order of appearance, groups numbered likewise.
pub(super) fn merge(list: &CredentialList, texts: &[TextAsked<'_>]) -> Vec<CredentialDemand> {
    let mut merged: Vec<Merged> = Vec::new();
    for text in texts {
        for asked in &text.asked {
            take(&mut merged, asked, text.reading);
        }
    }
    let roots = united(&merged);
    let groups: Vec<Option<u32>> = merged.iter().map(|one| group_of(one, &roots)).collect();
    let mut numbers: Vec<u32> = Vec::new();
    let mut demands = Vec::with_capacity(merged.len());
    for (one, group) in merged.into_iter().zip(&groups) {
        let shared = group.filter(|group| groups.iter().filter(|other| **other == Some(*group)).count() > 1);
        let one_of = shared.map(|group| number(&mut numbers, group));
        let Some(credential) = list.credential(one.asked.credential) else { continue };
        demands.push(CredentialDemand {
            id: credential.id.clone(),
            code: credential.code.clone(),
            level: one.asked.level,
            within_months: one.asked.months,
            one_of,
            evidence: one.evidence,
        });
    }
    demands
}

fn take(merged: &mut Vec<Merged>, asked: &Asked, reading: &Reading<'_>) {
    let own = asked.group.map(|group| (group, asked.level));
    let Some(known) = merged.iter_mut().find(|one| one.asked.credential == asked.credential) else {
        let groups = own.into_iter().collect();
        merged.push(Merged { asked: *asked, evidence: reading.evidence(asked.start), groups });
        return;
    };
    known.groups.extend(own);
    if weight(asked) > weight(&known.asked) {
        known.asked = *asked;
        known.evidence = reading.evidence(asked.start);
    }
}

fn weight(asked: &Asked) -> (Ground, u8) {
    let level = match asked.level {
        DemandLevel::Eligible => 3,
        DemandLevel::Required => 2,
        DemandLevel::Preferred => 1,
    };
    (asked.ground, level)
}

/// Lists of alternatives that share a credential at one level are one list, repeated.
fn united(merged: &[Merged]) -> Vec<(u32, u32)> {
    let mut roots: Vec<(u32, u32)> = Vec::new();
    let all = merged.iter().flat_map(|one| one.groups.iter());
    for (group, _) in all {
        if root(&roots, *group).is_none() {
            roots.push((*group, *group));
        }
    }
    for one in merged {
        let mut own = one.groups.iter().filter(|(_, level)| *level == one.asked.level).map(|(group, _)| *group);
        let Some(first) = own.next() else { continue };
        for other in own {
            let (Some(to), Some(from)) = (root(&roots, first), root(&roots, other)) else { continue };
            for (_, target) in roots.iter_mut().filter(|(_, target)| *target == from) {
                *target = to;
            }
        }
    }
    roots
}

fn root(roots: &[(u32, u32)], group: u32) -> Option<u32> {
    roots.iter().find(|(known, _)| *known == group).map(|(_, target)| *target)
}

/// The list of the winning statement, or of another one at its level.
fn group_of(one: &Merged, roots: &[(u32, u32)]) -> Option<u32> {
    let group = one
        .asked
        .group
        .or_else(|| one.groups.iter().find(|(_, level)| *level == one.asked.level).map(|(group, _)| *group))?;
    root(roots, group)
}

fn number(numbers: &mut Vec<u32>, group: u32) -> u32 {
    let at = numbers.iter().position(|known| *known == group).unwrap_or_else(|| {
        numbers.push(group);
        numbers.len() - 1
    });
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}
