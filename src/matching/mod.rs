//! The filter language: query words to a tree, filter values as people type them, and a set of
//! filters in words or as text. Pure.

mod describe;
mod query;
mod saved;
mod saved_criteria;
mod values;

pub use describe::in_words;
pub use query::parse_query;
pub use saved::{FilterError, SavedFilters};
pub use values::{
    ValueError, parse_amount, parse_education, parse_employment_type, parse_known, parse_length_of_time, parse_level,
    parse_miles, parse_near, parse_soc, parse_sort, parse_state, parse_status,
};
