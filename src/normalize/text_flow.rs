//! Lays out plain text: holds back blanks and line breaks until a word shows that they matter.

/// A gap between two words. A greater one swallows a lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// A blank.
    Space,
    /// The edge of a block: at least one line break.
    Line,
    /// A line break that was asked for; two of them make a blank line.
    Break,
    /// A blank line.
    Paragraph,
}

/// Text being laid out.
pub(super) struct Flow {
    out: String,
    space: bool,
    lines: u8,
    bullet: bool,
}

impl Flow {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes), space: false, lines: 0, bullet: false }
    }

    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// Writes a run of letters.
    pub(super) fn word(&mut self, word: &str) {
        self.settle();
        self.out.push_str(word);
    }

    /// Writes one visible character.
    pub(super) fn character(&mut self, c: char) {
        self.settle();
        self.out.push(c);
    }

    /// Asks for a gap before the next word.
    pub(super) fn gap(&mut self, gap: Gap) {
        // Nothing may come between a bullet and its first word.
        if self.bullet {
            return;
        }
        match gap {
            Gap::Space => self.space = true,
            Gap::Line => self.lines = self.lines.max(1),
            Gap::Break => self.lines = (self.lines + 1).min(2),
            Gap::Paragraph => self.lines = 2,
        }
    }

    /// Begins a list item on a line of its own.
    pub(super) fn item(&mut self) {
        self.lines = self.lines.max(1);
        self.bullet = true;
    }

    fn settle(&mut self) {
        if self.out.is_empty() {
            self.lines = 0;
            self.space = false;
        }
        match self.lines {
            0 if self.space => self.out.push(' '),
            0 => {}
            1 => self.out.push('\n'),
            _ => self.out.push_str("\n\n"),
        }
        if self.bullet {
            self.out.push_str("- ");
        }
        self.space = false;
        self.lines = 0;
        self.bullet = false;
    }

    /// Gives the text, cut to `limit` bytes on a character.
    pub(super) fn finish(mut self, limit: usize) -> String {
        if self.out.len() > limit {
            self.out.truncate(self.out.floor_char_boundary(limit));
            self.out.truncate(self.out.trim_end().len());
        }
        self.out
    }
}
