//! Reference data that is compiled in: where places in the US are.
//!
//! Everything here is pure: no I/O, no clock, no network. The data lie in `config/places/` with a
//! description of its sources and licences.
//!
//! Unknown beats wrong: a look-up that could mean two places gives none.

pub mod places;
pub mod states;
