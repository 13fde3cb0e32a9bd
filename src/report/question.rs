//! What a row and a column ask for: criteria made narrower, so that each figure has its own search.

use crate::model::{BoardId, Criteria, KnownField, PayFloor, PayUnit, StatusFilter};

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Roles.
    Role,
    /// States.
    State,
    /// Settings.
    Setting,
    /// Steps of the career ladder.
    Level,
    /// Credentials.
    Credential,
    /// Employers by identity.
    Employer,
    /// Boards.
    Board,
}

impl Dimension {
    /// Gives the word that stands in the place of a row's own in the pattern of a search.
    pub(super) fn placeholder(self) -> &'static str {
        match self {
            Self::Role => "ROLE",
            Self::State => "STATE",
            Self::Setting => "SETTING",
            Self::Level => "LEVEL",
            Self::Credential => "CREDENTIAL",
            Self::Employer => "id:EMPLOYER",
            // Capitals could be no board's id.
            Self::Board => "board-id",
        }
    }

    fn list(self, criteria: &mut Criteria) -> Option<&mut Vec<String>> {
        Some(match self {
            Self::Role => &mut criteria.roles,
            Self::State => &mut criteria.states,
            Self::Setting => &mut criteria.settings,
            Self::Level => &mut criteria.levels,
            Self::Credential => &mut criteria.credentials,
            Self::Employer => &mut criteria.employers,
            Self::Board => return None,
        })
    }

    /// Gives the values that the filters already ask for: rows of others could not be searched for,
    /// since one filter repeated means any of them.
    pub(super) fn asked(self, criteria: &Criteria) -> Vec<String> {
        let mut criteria = criteria.clone();
        match self.list(&mut criteria) {
            Some(list) => list.clone(),
            None => criteria.boards.iter().map(ToString::to_string).collect(),
        }
    }

    /// Narrows criteria down to one value.
    pub(super) fn only(self, criteria: &Criteria, value: &str) -> Criteria {
        let mut narrowed = criteria.clone();
        match self.list(&mut narrowed) {
            Some(list) => *list = vec![value.to_owned()],
            None => narrowed.boards = BoardId::new(value).into_iter().collect(),
        }
        narrowed
    }
}

/// What a column counts of a row's jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrowing {
    /// All of them.
    Every,
    /// Remote work.
    Remote,
    /// Those that take beginners.
    EntryLevel,
    /// Those that require the credential.
    Required,
    /// Those whose pay is known.
    PayKnown,
    /// Those whose pay a year is known.
    AnnualPay,
    /// By status, whatever the filters say.
    Status(StatusFilter),
}

impl Narrowing {
    /// Narrows criteria down.
    pub(super) fn of(self, criteria: &Criteria) -> Criteria {
        let mut narrowed = criteria.clone();
        match self {
            Self::Every => {}
            Self::Remote => narrowed.remote = true,
            Self::EntryLevel => narrowed.entry_level = true,
            Self::Required => narrowed.credential_required = true,
            Self::PayKnown if narrowed.known.contains(&KnownField::Pay) => {}
            Self::PayKnown => narrowed.known.push(KnownField::Pay),
            // A job passes a floor of nothing when, and only when, it says what a year pays. A floor
            // that is asked for already lets only such jobs pass that may be compared with it.
            Self::AnnualPay if narrowed.pay_at_least.is_some() => {}
            Self::AnnualPay => narrowed.pay_at_least = Some(PayFloor { amount: 0.0, unit: PayUnit::Year }),
            Self::Status(status) => narrowed.status = status,
        }
        narrowed
    }

    /// Tells whether the search counts exactly what a column of this kind counts.
    pub(super) fn is_exact(self, criteria: &Criteria) -> bool {
        self != Self::AnnualPay || criteria.pay_at_least.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_replaces_what_was_asked_and_a_column_adds_to_it() {
        let base = Criteria { roles: vec!["cdi".into(), "scribe".into()], ..Criteria::default() };
        assert_eq!(Dimension::Role.asked(&base), ["cdi", "scribe"]);
        let row = Dimension::Role.only(&base, "cdi");
        assert_eq!((row.roles.as_slice(), Narrowing::Remote.of(&row).remote), (&["cdi".to_owned()][..], true));
        assert_eq!(Dimension::Board.only(&base, "ahima").boards.len(), 1);
    }
}
