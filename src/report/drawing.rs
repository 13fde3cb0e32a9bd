//! Pictures as marks with places. Across, everything is in per cent of the picture's width and texts
//! keep their size, so that a picture is as readable on a telephone as on paper.

use super::chart::{Bar, Chart, Figures, Range, Series};
use super::numbers::{dollars, figure};

/// A picture, ready to be written.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) height: u32,
    pub(super) boxes: Vec<Block>,
    pub(super) lines: Vec<Line>,
    pub(super) dots: Vec<Dot>,
    pub(super) texts: Vec<Label>,
    /// Says what the signs mean, under the picture.
    pub(super) key: &'static str,
}

/// A rectangle.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) class: &'static str,
    pub(super) x: String,
    pub(super) y: u32,
    pub(super) width: String,
    pub(super) height: u32,
}

/// A line through points, within the plot.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) class: &'static str,
    pub(super) points: String,
}

/// One point of a line.
#[derive(Debug)]
pub(super) struct Dot {
    pub(super) class: &'static str,
    pub(super) x: String,
    pub(super) y: String,
}

/// A text; `dx` are pixels beside its place.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) class: &'static str,
    pub(super) x: String,
    pub(super) dx: i32,
    pub(super) y: u32,
    pub(super) text: String,
}

/// How long a label may be on a telephone.
const LABEL: usize = 36;
/// How high a bar's row is, and the bar in it.
const BAR_ROW: u32 = 30;
const BAR: u32 = 25;
/// How high a range's row is.
const RANGE_ROW: u32 = 56;
/// Where the plot of lines stands.
pub(super) const PLOT_TOP: u32 = 40;
pub(super) const PLOT_HEIGHT: u32 = 150;
pub(super) const PLOT_LEFT: f64 = 7.0;
pub(super) const PLOT_WIDTH: f64 = 91.0;

/// Draws a picture.
pub(super) fn draw(chart: &Chart) -> Drawing {
    match &chart.figures {
        Figures::Bars(bars) => draw_bars(bars),
        Figures::Lines { labels, series } => draw_lines(labels, series),
        Figures::Ranges(ranges) => draw_ranges(ranges),
    }
}

fn per_cent(value: f64) -> String {
    format!("{:.2}%", value.clamp(0.0, 100.0))
}

fn row(at: usize, height: u32) -> u32 {
    u32::try_from(at).unwrap_or_default().saturating_mul(height)
}

fn cut(label: &str) -> String {
    if label.chars().count() <= LABEL {
        label.to_owned()
    } else {
        label.chars().take(LABEL - 1).chain(['…']).collect()
    }
}

fn draw_bars(bars: &[Bar]) -> Drawing {
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(1).max(1);
    let mut drawing = Drawing { height: row(bars.len(), BAR_ROW), ..Drawing::default() };
    for (at, bar) in bars.iter().enumerate() {
        let top = row(at, BAR_ROW);
        let width = per_cent(100.0 * figure(bar.value) / figure(most));
        drawing.boxes.push(Block { class: "track", x: "0".into(), y: top, width: "100%".into(), height: BAR });
        drawing.boxes.push(Block { class: "bar", x: "0".into(), y: top, width, height: BAR });
        drawing.texts.push(Label { class: "", x: "0".into(), dx: 8, y: top + 17, text: cut(&bar.label) });
        drawing.texts.push(Label { class: "end", x: "100%".into(), dx: -8, y: top + 17, text: bar.text.clone() });
    }
    drawing
}

/// Rounds up to a figure that halves well.
fn ceiling(most: u64) -> u64 {
    let mut step = 2_u64;
    while step.saturating_mul(10) < most {
        step = step.saturating_mul(10);
    }
    let halves = [step, step * 2, step * 3, step * 4, step * 5];
    halves.into_iter().find(|ceiling| *ceiling >= most).unwrap_or(most.div_ceil(step) * step)
}

fn draw_lines(labels: &[String], series: &[Series]) -> Drawing {
    const CLASSES: [(&str, &str, &str); 2] = [("one", "one dot", "one sign"), ("two", "two dot", "two sign")];
    let top = ceiling(series.iter().flat_map(|line| &line.values).copied().max().unwrap_or(1).max(2));
    let mut drawing = Drawing { height: PLOT_TOP + PLOT_HEIGHT + 26, ..Drawing::default() };
    for (part, value) in [(0, top), (1, top / 2), (2, 0)] {
        let y = PLOT_TOP + PLOT_HEIGHT * part / 2;
        drawing.boxes.push(Block { class: "grid", x: "0".into(), y, width: "100%".into(), height: 1 });
        drawing.texts.push(Label {
            class: "small",
            x: "0".into(),
            dx: 0,
            y: y - 4,
            text: super::numbers::grouped(value),
        });
    }
    for (at, (line, (class, dot, sign))) in series.iter().zip(CLASSES).enumerate() {
        let left = 10 + 100 * i32::try_from(at).unwrap_or_default();
        drawing.dots.push(Dot { class: sign, x: left.to_string(), y: "10".into() });
        drawing.texts.push(Label { class: "", x: "0".into(), dx: left + 12, y: 15, text: line.name.clone() });
        let places = places(&line.values, top);
        let points = places.iter().map(|(x, y)| format!("{x:.2},{y:.2}")).collect::<Vec<_>>().join(" ");
        drawing.lines.push(Line { class, points });
        drawing.dots.extend(places.into_iter().map(|(x, y)| Dot {
            class: dot,
            x: per_cent(PLOT_LEFT + x * PLOT_WIDTH / 100.0),
            y: format!("{:.1}", f64::from(PLOT_TOP) + y * f64::from(PLOT_HEIGHT) / 100.0),
        }));
    }
    let under = PLOT_TOP + PLOT_HEIGHT + 18;
    let last = labels.len().saturating_sub(1);
    for (class, at) in [("small", 0), ("small middle", last / 2), ("small end", last)] {
        let x = per_cent(PLOT_LEFT + PLOT_WIDTH * figure(at as u64) / figure(last.max(1) as u64));
        drawing.texts.extend(labels.get(at).map(|text| Label { class, x, dx: 0, y: under, text: text.clone() }));
    }
    drawing
}

/// Gives the points in hundredths of the plot, y downwards.
fn places(values: &[u64], top: u64) -> Vec<(f64, f64)> {
    let last = figure(values.len().saturating_sub(1).max(1) as u64);
    let place =
        |(at, value): (usize, &u64)| (100.0 * figure(at as u64) / last, 100.0 - 100.0 * figure(*value) / figure(top));
    values.iter().enumerate().map(place).collect()
}

fn draw_ranges(ranges: &[Range]) -> Drawing {
    const STEP: f64 = 10_000.0;
    let figures = || ranges.iter().flat_map(|range| [Some(range.low), Some(range.high), range.compared]).flatten();
    let low = (figures().fold(f64::MAX, f64::min) / STEP).floor() * STEP;
    let high = ((figures().fold(0.0, f64::max) / STEP).ceil() * STEP).max(low + STEP);
    let place = |amount: f64| 100.0 * (amount - low) / (high - low);
    let bottom = row(ranges.len(), RANGE_ROW);
    let compares = ranges.iter().any(|range| range.compared.is_some());
    let mut drawing = Drawing { height: bottom + 18, ..Drawing::default() };
    for (at, range) in ranges.iter().enumerate() {
        let top = row(at, RANGE_ROW);
        let mut block = |class, from: f64, width: String, y, height| {
            drawing.boxes.push(Block { class, x: per_cent(from), y: top + y, width, height });
        };
        block("track", 0.0, "100%".into(), 21, 14);
        block("bar", place(range.low), per_cent(place(range.high) - place(range.low)), 21, 14);
        block("tick", place(range.middle), "3".into(), 19, 18);
        if let Some(compared) = range.compared {
            let (x, text) = (per_cent(place(compared)), "▲".to_owned());
            drawing.texts.push(Label { class: "other middle", x, dx: 0, y: top + 47, text });
        }
        let text = format!("median {}", dollars(range.middle));
        drawing.texts.push(Label { class: "", x: "0".into(), dx: 0, y: top + 14, text: cut(&range.label) });
        drawing.texts.push(Label { class: "end", x: "100%".into(), dx: 0, y: top + 14, text });
    }
    for (class, x, amount) in [("small", "0", low), ("small end", "100%", high)] {
        drawing.texts.push(Label { class, x: x.into(), dx: 0, y: bottom + 10, text: dollars(amount) });
    }
    drawing.key = if compares {
        "Bar: from the 25th to the 75th percentile. Upright mark: median of stated pay. ▲ BLS median."
    } else {
        "Bar: from the 25th to the 75th percentile. Upright mark: median of stated pay."
    };
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_at_a_figure_that_halves() {
        assert_eq!([2, 3, 9, 21, 99, 100, 101, 4321].map(ceiling), [2, 4, 10, 40, 100, 100, 120, 6000]);
    }

    #[test]
    fn what_is_drawn_stays_within_the_picture() {
        let bars = [("a", 10), ("b", 0)].map(|(label, value)| Bar { label: label.into(), value, text: String::new() });
        let widths: Vec<String> = draw_bars(&bars).boxes.into_iter().map(|block| block.width).collect();
        assert_eq!(widths, ["100%", "100.00%", "100%", "0.00%"]);
        assert_eq!(places(&[0, 10], 10), [(0.0, 100.0), (100.0, 0.0)]);
        assert_eq!(cut(&"x".repeat(50)).chars().count(), LABEL);
    }
}
