//! What can be wrong with a table of wages.

/// A table of wages that cannot be used, with the line to mend.
#[derive(Debug, thiserror::Error)]
#[error("wages, line {line}: {trouble}")]
pub struct WageError {
    /// The line, counted from one.
    pub line: u64,
    /// What is wrong with it.
    pub trouble: Trouble,
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The first line does not name a column.
    #[error("there is no column `{0}`; the table needs {needed}", needed = NEEDED.join(", "))]
    NoColumn(&'static str),
    /// The line is no csv, or has too few values.
    #[error("cannot be read as csv")]
    Csv(#[source] csv::Error),
    /// A kind of area that is none.
    #[error("`areatype` is `{0}`; write `N` for the nation, `S` for a state or `M` for an area")]
    AreaType(String),
    /// An area's code that is none.
    #[error("`area_code` is `{0}`; write BLS's seven digits: `0018140`")]
    AreaCode(String),
    /// An occupation's code that is none.
    #[error("`soc` is `{0}`; write the code as `29-2072`")]
    Soc(String),
    /// A wage that is none.
    #[error("`{column}` is `{value}`; write whole dollars, or `-` where none was released")]
    Wage {
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
    },
    /// Percentiles that fall.
    #[error("`{column}` is less than the percentile before it")]
    Falling {
        /// The column.
        column: &'static str,
    },
    /// An area and occupation for the second time.
    #[error("area `{area}` has occupation `{soc}` a second time")]
    Repeated {
        /// The area's code.
        area: String,
        /// The occupation's code.
        soc: String,
    },
    /// Another release than the lines before.
    #[error("`release` is `{0}`, which is not that of the lines before")]
    Release(String),
    /// A table without a single row.
    #[error("the table has no rows")]
    Empty,
    /// More rows than a release has.
    #[error("the table has more than {0} rows")]
    TooMany(usize),
}

/// The columns that a table must have; others are allowed.
pub(super) const NEEDED: [&str; 10] =
    ["areatype", "area_code", "area_name", "soc", "soc_title", "a_p10", "a_p25", "a_median", "a_p75", "a_p90"];
