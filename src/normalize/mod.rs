//! From strings as shown to what they mean. Pure; takes the clock.
//!
//! Every field keeps the board's words beside the value, the ground the value stands on, and the
//! evidence. Unknown beats wrong: what cannot be read stays unread, and the posting is kept.

// In reading order.
mod assemble;

mod entity;
mod line;
mod notes;
mod plain_text;
mod safe_html;
mod sentences;
mod text_flow;
mod words;

mod identity;
mod url;

mod mode_sentence;
mod mode_text;
mod mode_words;
mod place;
mod place_in_text;
mod place_spelling;
mod place_text;
mod regions;
mod remote_scope;
mod work_mode;

mod federal;
mod pay_annual;
mod pay_choice;
mod pay_clause;
mod pay_in_description;
mod pay_number;
mod pay_text;
mod pay_unit;
mod pay_unit_near;
mod salary;

mod calendar;
mod dates;

mod eligibility;
mod employment;
mod employment_in_text;
mod requisition;

mod fingerprint;

#[cfg(test)]
mod test_board;

pub use assemble::normalize;
pub use fingerprint::content_fingerprint;
pub use pay_annual::annualized_by_hours;
pub use plain_text::plain_text;
pub use safe_html::safe_html;
pub use url::canonical_url;
