//! The filter language: query words to a tree, filter values as people type them, a set of filters in
//! words or as text, and what filters say of jobs. Pure.

mod asked_words;
mod demands;
mod describe;
mod evaluate;
mod explain;
mod query;
mod saved;
mod saved_criteria;
mod search_index;
mod values;

pub use describe::in_words;
pub use evaluate::{Answer, AskedCriteria, Verdict, evaluate};
pub use explain::{CriterionAnswer, explain};
pub use query::parse_query;
pub use saved::{FilterError, SavedFilters};
pub use search_index::{Matcher, SearchIndex};
pub use values::{
    ValueError, parse_amount, parse_education, parse_employment_type, parse_known, parse_length_of_time, parse_level,
    parse_miles, parse_near, parse_soc, parse_sort, parse_state, parse_status,
};
