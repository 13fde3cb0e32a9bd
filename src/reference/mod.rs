//! Reference data that is compiled in: where places in the US are, and what occupations earn there.
//!
//! Everything here is pure: no I/O, no clock, no network. The data lie in `config/places/` and
//! `config/wages/`, each with a description of its sources and licences; `NOTICE` names them too.
//!
//! Unknown beats wrong: a look-up that could mean two places gives none, and a wage is ranked only
//! between percentiles that were released.

pub mod places;
pub mod states;
pub mod wages;
