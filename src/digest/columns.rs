//! Text that grows by whole lines, in columns that a terminal shows.

/// Columns of the text.
pub(super) const WIDTH: usize = 72;

/// Text that grows by whole lines.
#[derive(Debug, Default)]
pub(super) struct Text(pub(super) String);

impl Text {
    /// Adds a blank line, never two.
    pub(super) fn blank(&mut self) {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.0.push('\n');
        }
    }

    /// Adds a line of one sign.
    pub(super) fn rule(&mut self, with: char) {
        self.0.extend(std::iter::repeat_n(with, WIDTH));
        self.0.push('\n');
    }

    /// Adds lines as they are.
    pub(super) fn raw(&mut self, lines: &str) {
        self.0.push_str(lines);
    }

    /// Adds a line that must not be broken.
    pub(super) fn own_line(&mut self, indent: &str, whole: &str) {
        self.0.push_str(indent);
        self.0.push_str(whole);
        self.0.push('\n');
    }

    /// Adds words, each line behind the indent.
    pub(super) fn wrapped(&mut self, indent: &str, words: &str) {
        self.hanging(indent, indent, words);
    }

    /// Adds words, the first line behind `first`, further ones behind `further`.
    pub(super) fn hanging(&mut self, first: &str, further: &str, words: &str) {
        if words.is_empty() {
            return;
        }
        self.0.push_str(first);
        self.flow(first.chars().count(), further, words);
    }

    /// Adds words where the first line already holds so many columns.
    pub(super) fn flow(&mut self, mut column: usize, further: &str, words: &str) {
        let mut at_start = true;
        for word in words.split(' ') {
            let width = word.chars().count();
            if !at_start && column + 1 + width > WIDTH {
                self.0.push('\n');
                self.0.push_str(further);
                column = further.chars().count();
                at_start = true;
            }
            if !at_start {
                self.0.push(' ');
                column += 1;
            }
            self.0.push_str(word);
            column += width;
            at_start = false;
        }
        self.0.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_flow_within_the_columns_and_long_ones_stay_whole() {
        let mut text = Text::default();
        text.hanging(" 1. ", "    ", &"coder ".repeat(30));
        let long = "x".repeat(100);
        text.wrapped("", &format!("a {long} b"));
        for line in text.0.lines().filter(|line| !line.contains(&long)) {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        assert!(text.0.contains(&format!("a\n{long}\nb\n")));
        text.blank();
        text.blank();
        assert!(text.0.ends_with("b\n\n") && !text.0.ends_with("\n\n\n"));
    }
}
