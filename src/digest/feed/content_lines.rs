//! iCalendar's content lines (RFC 5545 section 3.1): escaped, folded, ended by CRLF.

/// Octets of a line without its break.
pub(super) const LONGEST_LINE: usize = 75;

/// A calendar that grows by content lines.
pub(super) struct ContentLines(String);

impl ContentLines {
    /// Begins a calendar of about so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// Gives the calendar.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// Adds lines that are known to be whole.
    pub(super) fn lines(&mut self, lines: &[&str]) {
        for line in lines {
            self.line(line);
        }
    }

    /// Adds a property of type TEXT, escaped (section 3.3.11). Other controls than a line break
    /// cannot be said in TEXT and are left out.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        let mut line = String::with_capacity(name.len() + 1 + value.len());
        line.push_str(name);
        line.push(':');
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => line.extend(['\\', c]),
                '\n' => line.push_str("\\n"),
                _ if c.is_control() => {}
                _ => line.push(c),
            }
        }
        self.line(&line);
    }

    /// Adds a content line, folded between characters.
    pub(super) fn line(&mut self, line: &str) {
        let mut column = 0;
        for c in line.chars() {
            if column + c.len_utf8() > LONGEST_LINE {
                self.0.push_str("\r\n ");
                column = 1;
            }
            self.0.push(c);
            column += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_characters_and_unfold_to_what_was_said() {
        let mut lines = ContentLines::with_capacity(0);
        let said = format!("a;b,c\\d\n\r\t{}", "é👩‍⚕".repeat(60));
        lines.text("SUMMARY", &said);
        let written = lines.into_text();
        assert!(written.split("\r\n").all(|line| line.len() <= LONGEST_LINE));
        let unfolded = written.replace("\r\n ", "");
        assert_eq!(unfolded.trim_end(), format!("SUMMARY:a\\;b\\,c\\\\d\\n{}", "é👩‍⚕".repeat(60)));
    }
}
