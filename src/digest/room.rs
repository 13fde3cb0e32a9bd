//! What fits into a digest: in full, in one line, or not this time.

use std::collections::HashMap;

use super::choose::{Found, FoundPart};
use super::request::Limits;

/// Jobs of one employer in one section that are told in one line each, beyond those told in full.
const BRIEFS_OF_ONE_EMPLOYER: usize = 10;

/// How a job is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// With everything that is said of it.
    Full,
    /// In one line.
    Brief,
    /// Not this time.
    Held,
}

/// What telling one job takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    /// The most that may be told of it.
    form: Form,
    /// Bytes in full.
    full: usize,
    /// Bytes in one line.
    brief: usize,
}

/// Finds how much of each job of the part may be told, section by section, as far as its employer goes.
pub(super) fn wishes(part: &FoundPart<'_>, limits: Limits, size: impl Fn(&Found<'_>) -> (usize, usize)) -> Vec<Wish> {
    let most = limits.per_employer.max(1);
    let mut wishes = Vec::new();
    for section in &part.sections {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for found in &section.jobs {
            let count = found.words.employer_key.as_deref().map_or(1, |employer| {
                let count = counts.entry(employer).or_default();
                *count += 1;
                *count
            });
            let form = match count {
                n if n <= most => Form::Full,
                n if n <= most + BRIEFS_OF_ONE_EMPLOYER => Form::Brief,
                _ => Form::Held,
            };
            let (full, brief) = size(found);
            wishes.push(Wish { form, full, brief });
        }
    }
    wishes
}

/// Decides how each job is told, so that the limits hold and no part crowds out the others.
///
/// Each part gets an even share of jobs in full and of bytes; what it does not need goes to the
/// others. Within a part the best come in full, as long as there is room to name the others in one
/// line each, for which up to half of the part's room is kept; what then does not fit is held.
pub(super) fn decide(parts: &[Vec<Wish>], jobs: usize, bytes: usize) -> Vec<Vec<Form>> {
    let in_full = |wishes: &[Wish]| wishes.iter().filter(|wish| wish.form == Form::Full).count();
    let jobs = shared_out(jobs, &parts.iter().map(|wishes| in_full(wishes)).collect::<Vec<_>>());
    let needs: Vec<usize> = parts.iter().zip(&jobs).map(|(wishes, jobs)| need(wishes, *jobs)).collect();
    let bytes = shared_out(bytes, &needs);
    parts.iter().zip(jobs.iter().zip(&bytes)).map(|(wishes, (jobs, bytes))| laid_out(wishes, *jobs, *bytes)).collect()
}

/// Finds the bytes that a part would take if nothing but the number of jobs in full were limited.
fn need(wishes: &[Wish], mut jobs: usize) -> usize {
    let mut bytes = 0;
    for wish in wishes {
        match wish.form {
            Form::Full if jobs > 0 => {
                jobs -= 1;
                bytes += wish.full;
            }
            Form::Full | Form::Brief => bytes += wish.brief,
            Form::Held => {}
        }
    }
    bytes
}

/// Shares a whole out by needs: whoever needs less than an even share gets that, and the others
/// share the rest evenly.
fn shared_out(whole: usize, needs: &[usize]) -> Vec<usize> {
    let mut shares = vec![0; needs.len()];
    let mut by_need: Vec<usize> = (0..needs.len()).collect();
    by_need.sort_by_key(|at| needs.get(*at));
    let mut left = whole;
    for (done, at) in by_need.iter().enumerate() {
        let even = left / (needs.len() - done);
        if let (Some(share), Some(need)) = (shares.get_mut(*at), needs.get(*at)) {
            *share = even.min(*need);
            left -= *share;
        }
    }
    shares
}

fn laid_out(wishes: &[Wish], mut jobs: usize, mut bytes: usize) -> Vec<Form> {
    let half = bytes / 2;
    let mut others: usize = wishes.iter().filter(|wish| wish.form != Form::Held).map(|wish| wish.brief).sum();
    let mut form = Form::Full;
    let lay = |wish: &Wish| {
        if wish.form == Form::Held {
            return Form::Held;
        }
        others -= wish.brief;
        if wish.form == Form::Full && form == Form::Full {
            if jobs > 0 && wish.full + others.min(half) <= bytes {
                jobs -= 1;
                bytes -= wish.full;
                return Form::Full;
            }
            // What comes later is less good, and must not be told at greater length.
            form = Form::Brief;
        }
        if form != Form::Held && wish.brief <= bytes {
            bytes -= wish.brief;
            return Form::Brief;
        }
        form = Form::Held;
        Form::Held
    };
    wishes.iter().map(lay).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(form: Form) -> Wish {
        Wish { form, full: 1_000, brief: 100 }
    }

    fn alone(jobs: usize, bytes: usize) -> [usize; 3] {
        count(&decide(&[vec![wish(Form::Full); 50]], jobs, bytes)[0])
    }

    fn count(forms: &[Form]) -> [usize; 3] {
        [Form::Full, Form::Brief, Form::Held].map(|form| forms.iter().filter(|one| **one == form).count())
    }

    #[test]
    fn a_whole_is_shared_out_by_need() {
        assert_eq!(shared_out(100, &[10, 80, 80]), [10, 45, 45]);
        assert_eq!(shared_out(100, &[200]), [100]);
        assert_eq!(shared_out(100, &[10, 20]), [10, 20]);
        assert_eq!(shared_out(0, &[1, 1]), [0, 0]);
        assert!(shared_out(1, &[]).is_empty());
    }

    #[test]
    fn the_best_come_in_full_and_as_many_others_as_fit_in_a_line() {
        assert_eq!(alone(40, 100_000), [40, 10, 0]);
        // 20,000 bytes: 16 in full leave room for 34 lines.
        assert_eq!(alone(40, 20_000), [16, 34, 0]);
        // 3,000: half is kept for lines.
        assert_eq!(alone(40, 3_000), [1, 20, 29]);
        assert_eq!(alone(40, 0), [0, 0, 50]);
    }

    #[test]
    fn no_part_crowds_out_another() {
        let parts = [vec![wish(Form::Full); 500], vec![wish(Form::Full); 3], vec![wish(Form::Brief); 4]];
        let forms = decide(&parts, 40, 80_000);
        assert_eq!(count(&forms[1]), [3, 0, 0]);
        assert_eq!(count(&forms[2]), [0, 4, 0]);
        assert_eq!(count(&forms[0])[0], 37);
    }
}
