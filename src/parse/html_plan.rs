//! A board's selectors, compiled, and the reading of fields by them.

use scraper::{ElementRef, Selector};
use url::Url;

use super::address::resolved;
use super::dom::words_of;
use super::json_ld::meaningful;
use crate::board::{Board, FieldRule, FieldSelector};
use crate::model::{RawPlace, RawPosting, RawSalary};

/// At most this many elements are read for one field.
const MAX_VALUES: usize = 100;
/// The longest value of a field other than a description, in bytes.
const LONGEST_VALUE: usize = 32 << 10;
/// Fields that may have several values on one posting.
const MANY: [&str; 5] = ["place", "work_mode", "employment_type", "category", "requisition"];

/// One rule with its selector; `None` stands for the item itself.
pub(super) struct CompiledRule {
    selector: Option<Selector>,
    rule: FieldRule,
}

/// Compiled selectors of a list or of details.
pub(super) struct CompiledFields(Vec<(String, Vec<CompiledRule>)>);

/// Checks every selector of a board's file.
///
/// # Errors
/// Returns a sentence with the key, the selector and the parser's complaint.
pub fn check_selectors(board: &Board) -> Result<(), String> {
    if let Some(item) = &board.html.item {
        compiled("html.item", item)?;
    }
    if let Some(next) = &board.html.next {
        compiled_rule("html.next", next)?;
    }
    CompiledFields::of("html.fields", &board.html.fields)?;
    CompiledFields::of("html.detail", &board.html.detail).map(|_| ())
}

/// Compiles one selector.
pub(super) fn compiled(key: &str, text: &str) -> Result<Selector, String> {
    Selector::parse(text).map_err(|error| {
        // Some of the library's complaints only ask to report them; those help nobody here.
        let complaint = error.to_string();
        let complaint =
            complaint.lines().next().filter(|line| !line.contains("report this")).unwrap_or("it does not parse");
        format!("`{key}`: `{text}` is not a CSS selector: {complaint}")
    })
}

/// Compiles one rule.
pub(super) fn compiled_rule(key: &str, rule: &FieldRule) -> Result<CompiledRule, String> {
    let selector = if rule.place.is_empty() { None } else { Some(compiled(key, &rule.place)?) };
    Ok(CompiledRule { selector, rule: rule.clone() })
}

impl CompiledFields {
    /// Compiles a table of fields.
    pub(super) fn of(prefix: &str, fields: &[FieldSelector]) -> Result<Self, String> {
        let compile = |field: &FieldSelector| {
            let key = format!("{prefix}.{}", field.field);
            let rules = field.rules.iter().map(|rule| compiled_rule(&key, rule)).collect::<Result<Vec<_>, _>>()?;
            Ok((field.field.clone(), rules))
        };
        fields.iter().map(compile).collect::<Result<Vec<_>, String>>().map(Self)
    }

    /// Reads a posting's fields out of an element.
    pub(super) fn read(&self, scope: ElementRef<'_>, base: &Url) -> RawPosting {
        let mut raw = RawPosting::default();
        for (field, rules) in &self.0 {
            let values = rules.iter().map(|rule| rule.values(scope, field)).find(|values| !values.is_empty());
            for value in values.into_iter().flatten() {
                put(&mut raw, field, &value, base);
            }
        }
        raw
    }
}

impl CompiledRule {
    /// Gives the values that the rule finds, in the page's order; one, unless the field takes many.
    pub(super) fn values(&self, scope: ElementRef<'_>, field: &str) -> Vec<String> {
        let many = MANY.contains(&field);
        let value = |element: ElementRef<'_>| self.value(element, field);
        match &self.selector {
            None => value(scope).into_iter().collect(),
            Some(selector) => {
                let found = scope.select(selector).take(MAX_VALUES).filter_map(value);
                found.take(if many { MAX_VALUES } else { 1 }).collect()
            }
        }
    }

    fn value(&self, element: ElementRef<'_>, field: &str) -> Option<String> {
        let is_address = matches!(field, "url" | "apply_url" | "next");
        let text = match &self.rule.attribute {
            Some(name) => element.attr(name)?.to_owned(),
            None if is_address && element.attr("href").is_some() => element.attr("href")?.to_owned(),
            // A description keeps its markup unless a filter asks for its words.
            None if field == "description" && self.rule.filters.is_empty() => element.inner_html(),
            None => words_of(element)?,
        };
        let most = if field == "description" { text.len() } else { text.floor_char_boundary(LONGEST_VALUE) };
        self.rule.filtered(text.get(..most)?)
    }
}

/// Puts a value where the field belongs. The names are those of `board::settle`.
fn put(raw: &mut RawPosting, field: &str, value: &str, base: &Url) {
    let Some(value) = meaningful(value).map(str::to_owned) else { return };
    let address = |value: &str| resolved(base, value).map(|url| url.to_string());
    match field {
        "id" => raw.posting_id = Some(value),
        "url" => raw.url = address(&value),
        "apply_url" => raw.apply_url = address(&value),
        "title" => raw.title = Some(value),
        "employer" => raw.hiring_organization = Some(value),
        "department" => raw.department = Some(value),
        "place" => raw.job_location.push(RawPlace { text: Some(value), ..RawPlace::default() }),
        "work_mode" => raw.work_mode.push(value),
        "date_posted" => raw.date_posted = Some(value),
        "valid_through" => raw.valid_through = Some(value),
        "employment_type" => raw.employment_type.extend(value.split(',').filter_map(meaningful).map(str::to_owned)),
        "salary" => raw.base_salary.get_or_insert_with(RawSalary::default).text = Some(value),
        "salary_unit" => raw.base_salary.get_or_insert_with(RawSalary::default).unit = Some(value),
        "description" => raw.description = Some(value),
        "education" => raw.education = Some(value),
        "experience" => raw.experience = Some(value),
        "category" => raw.categories.push(value),
        "requisition" => raw.requisition_ids.push(value),
        "status" => raw.status = Some(value),
        _ => {}
    }
}
