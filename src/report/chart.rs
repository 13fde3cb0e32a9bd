//! What a picture shows, before anybody knows how it is drawn.

/// A picture of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Its caption.
    pub title: String,
    /// What it shows, for those who do not see it.
    pub description: String,
    /// Its figures.
    pub figures: Figures,
}

/// The figures of a picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Figures {
    /// Lying bars, the longest first.
    Bars(Vec<Bar>),
    /// Lines over weeks.
    Lines {
        /// What stands under the points.
        labels: Vec<String>,
        /// The lines.
        series: Vec<Series>,
    },
    /// Ranges with a middle.
    Ranges(Vec<Range>),
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// How long it is.
    pub value: u64,
    /// What is written at its end.
    pub text: String,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// What it is of.
    pub name: String,
    /// Its points.
    pub values: Vec<u64>,
}

/// The middle half of some values.
#[derive(Clone, Debug, PartialEq)]
pub struct Range {
    /// What it is of.
    pub label: String,
    /// A quarter is below.
    pub low: f64,
    /// Half is below.
    pub middle: f64,
    /// Three quarters are below.
    pub high: f64,
    /// A figure of others to compare the middle with.
    pub compared: Option<f64>,
}

/// How many bars a picture has at most; the table beside it has all.
const MOST_BARS: usize = 12;

impl Chart {
    /// Makes bars of counts; `None` where there is nothing to compare.
    pub(super) fn bars(title: &str, counts: impl Iterator<Item = (String, u64)>) -> Option<Self> {
        let bars: Vec<Bar> = counts
            .filter(|(_, value)| *value > 0)
            .take(MOST_BARS)
            .map(|(label, value)| Bar { label, value, text: super::numbers::grouped(value) })
            .collect();
        if bars.len() < 2 {
            return None;
        }
        let said = bars.iter().map(|bar| format!("{} {}", bar.label, bar.text)).collect::<Vec<_>>().join(", ");
        let description = format!("Bars, longest first: {said}.");
        Some(Self { title: title.to_owned(), description, figures: Figures::Bars(bars) })
    }
}
