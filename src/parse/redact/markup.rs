//! Private things that only markup marks: hidden fields, inline scripts, and names of contacts.

use std::sync::LazyLock;

use super::names::{is_opaque, is_secret_name};
use super::{Pattern, Redactor, is_redacted, part, pattern};

static FIELD: Pattern = LazyLock::new(|| pattern(r"(?i)<(?:input|meta)\b[^>]+>"));
static FIELD_NAME: Pattern = LazyLock::new(|| pattern(r#"(?i)\b(?:name|id|property)\s*=\s*["']?([^"'\s>]+)"#));
static FIELD_VALUE: Pattern =
    LazyLock::new(|| pattern(r#"(?i)(\b(?:value|content)\s*=\s*)(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))"#));
static SCRIPT: Pattern = LazyLock::new(|| pattern(r"(?is)(<script\b([^>]*)>)(.*?)(</script)"));
static RUN: Pattern = LazyLock::new(|| pattern(r"[A-Za-z0-9+_=-]{32,}"));
/// A label, perhaps tags, and a name of two to four words.
static LABELLED: Pattern = LazyLock::new(|| {
    pattern(
        r"((?i:\b(?:contact|recruiter|hiring manager|attn|attention)(?:\s+(?:name|person))?)\s{0,3}:\s{0,20}(?:</?[A-Za-z][^>]*>\s{0,20}){0,4})(\p{Lu}[\p{L}.'\u{2019}-]*(?:[ \u{a0}]\p{Lu}[\p{L}.'\u{2019}-]*){1,3})",
    )
});
static CLASSED: Pattern = LazyLock::new(|| {
    pattern(
        r#"(?i)(<\w+[^>]*\b(?:class|itemprop|id)\s*=\s*["'][^"']*(?:contact|recruiter)[-_ ]?(?:name|person)[^>]*>\s*)([^<>]{3,80})"#,
    )
});
/// schema.org's contact of a posting, in one object.
static CONTACT_POINT: Pattern =
    LazyLock::new(|| pattern(r#"("(?:applicationContact|contactPoint)"\s*:\s*\{)([^{}]*)(\})"#));
static NAME_MEMBER: Pattern = LazyLock::new(|| pattern(r#"("name"\s*:\s*")([^"\n]+)"#));

impl Redactor {
    /// Redacts hidden fields and inline scripts, which hold what a page remembers its reader by.
    /// JSON-LD is no such script: readers take postings from it.
    pub(super) fn tags_and_scripts(&mut self, text: &str) -> String {
        let text = self.replaced(&FIELD, text, |this, found| this.field(part(found, 0)));
        let text = self.replaced(&SCRIPT, &text, |this, found| {
            let (open, head, body, close) = (part(found, 1), part(found, 2), part(found, 3), part(found, 4));
            if head.to_ascii_lowercase().contains("ld+json") {
                return None;
            }
            let body = this.replaced(&RUN, body, |this, found| {
                let run = part(found, 0);
                is_opaque(run).then(|| this.stand_in("token", run))
            });
            Some(format!("{open}{body}{close}"))
        });
        text.into_owned()
    }

    /// Redacts a field's value if its name says that it is a secret, or if it is hidden and opaque.
    fn field(&mut self, tag: &str) -> Option<String> {
        let name = FIELD_NAME.as_ref()?.captures_iter(tag).any(|found| is_secret_name(part(&found, 1)));
        let hidden = tag.to_ascii_lowercase().contains("hidden");
        let changed = self.replaced(&FIELD_VALUE, tag, |this, found| {
            let value = [2, 3, 4].map(|at| part(found, at)).concat();
            let secret = name || (hidden && is_opaque(&value));
            secret.then(|| format!("{}\"{}\"", part(found, 1), this.stand_in("token", &value)))
        });
        Some(changed.into_owned())
    }

    /// Takes out names that are marked as those of people to turn to.
    pub(super) fn contacts(&mut self, text: &str) -> String {
        let named = |this: &mut Self, found: &regex::Captures<'_>| {
            let name = part(found, 2);
            (!is_redacted(name)).then(|| format!("{}{}", part(found, 1), this.stand_in("name", name)))
        };
        let text = self.replaced(&LABELLED, text, named);
        let text = self.replaced(&CLASSED, &text, named).into_owned();
        let text = self.replaced(&CONTACT_POINT, &text, |this, found| {
            let inner = this.replaced(&NAME_MEMBER, part(found, 2), |this, found| {
                let name = part(found, 2);
                (!is_redacted(name)).then(|| format!("{}{}", part(found, 1), this.stand_in("name", name)))
            });
            Some(format!("{}{inner}{}", part(found, 1), part(found, 3)))
        });
        text.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_can_be_compiled() {
        for pattern in
            [&FIELD, &FIELD_NAME, &FIELD_VALUE, &SCRIPT, &RUN, &LABELLED, &CLASSED, &CONTACT_POINT, &NAME_MEMBER]
        {
            assert!(pattern.is_some());
        }
    }
}
