//! Statistics for those who run a program or an office, from narrow rows of jobs. Pure.
//!
//! Each figure knows the search whose total it is, or that lists the jobs it is computed from; what is
//! not stated is counted, never hidden.

// In reading order.
mod command;
mod numbers;
mod question;
mod table;

mod selection;

mod boards;
mod completeness;
mod credentials;
mod employers;
mod overview;
mod pay;
mod weeks;

mod chart;
mod document;
mod drawing;
mod html;
mod records;

pub use boards::boards;
pub use chart::{Bar, Chart, Figures, Range, Series};
pub use command::{command_parts, exact_search};
pub use completeness::Completeness;
pub use credentials::{CopyDemands, credentials};
pub use document::document;
pub use employers::employers;
pub use html::html;
pub use overview::overview;
pub use pay::pay;
pub use question::{Dimension, Narrowing};
pub use records::records;
pub use selection::ReportRequest;
pub use table::{Cell, Column, Origin, Report, Row, SearchLine, Table};
