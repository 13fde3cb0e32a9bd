//! Joins the parts of an announcement into one text with headings. The parts are plain text with
//! entities (`&rsquo;`) and line breaks; entities stay as they are, so that they are decoded once,
//! later.

use memchr::memchr2;

/// A text that grows by sections.
#[derive(Debug, Default)]
pub(super) struct Sections {
    html: String,
}

impl Sections {
    /// Begins a text that will hold about so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { html: String::with_capacity(bytes) }
    }

    /// Adds a section; without parts it leaves no heading behind.
    pub(super) fn add<'a>(&mut self, heading: &str, parts: impl Iterator<Item = &'a str>) {
        let mut begun = false;
        for part in parts {
            if !begun {
                begun = true;
                for piece in ["<h3>", heading, "</h3>\n"] {
                    self.html.push_str(piece);
                }
            }
            self.html.push_str("<p>");
            self.add_lines(part);
            self.html.push_str("</p>\n");
        }
    }

    /// Gives the text, or nothing when no section had parts.
    pub(super) fn into_html(self) -> Option<String> {
        (!self.html.is_empty()).then_some(self.html)
    }

    /// Adds a part, its line breaks as `<br>`. A backslash with an `n` is a line break that was escaped twice.
    fn add_lines(&mut self, part: &str) {
        let mut rest = part;
        while let Some(at) = memchr2(b'\n', b'\\', rest.as_bytes()) {
            let (before, after) = rest.split_at(at);
            self.html.push_str(before);
            let length = if after.starts_with("\\n") { 2 } else { 1 };
            let (mark, after) = after.split_at(length);
            self.html.push_str(if mark == "\\" { mark } else { "<br>" });
            rest = after;
        }
        self.html.push_str(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_stay_and_line_breaks_are_kept() {
        let mut sections = Sections::default();
        sections.add("Duties", ["Codes\nrecords", "Here&rsquo;s A&amp;B &#39;x&#39; \\n c:\\d"].into_iter());
        sections.add("Education", std::iter::empty());
        assert_eq!(
            sections.into_html().unwrap(),
            "<h3>Duties</h3>\n<p>Codes<br>records</p>\n<p>Here&rsquo;s A&amp;B &#39;x&#39; <br> c:\\d</p>\n"
        );
        assert_eq!(Sections::default().into_html(), None);
    }
}
