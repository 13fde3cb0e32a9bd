//! Which field stands where: the selectors of engine `html` and the pointers of engine `json`, checked.

use std::collections::BTreeMap;

use super::file::{HtmlRules, JsonRules};
use super::rules::FieldRule;
use super::settle::BoardError;
use crate::model::BoardId;

/// Field names that a rule may fill, in the order messages list them.
const FIELDS: [&str; 19] = [
    "id",
    "url",
    "apply_url",
    "title",
    "employer",
    "department",
    "place",
    "work_mode",
    "date_posted",
    "valid_through",
    "employment_type",
    "salary",
    "salary_unit",
    "description",
    "education",
    "experience",
    "category",
    "requisition",
    "status",
];

/// One field with the places to look for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSelector {
    /// A known field's name: `title`, `place`, …
    pub field: String,
    /// Alternatives in order.
    pub rules: Vec<FieldRule>,
}

/// Checked selectors of engine `html`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HtmlPlan {
    /// One element for each posting.
    pub item: Option<String>,
    /// The next page.
    pub next: Option<FieldRule>,
    /// The board's own words for "none".
    pub empty_text: Option<String>,
    /// Fields of a list row.
    pub fields: Vec<FieldSelector>,
    /// Fields of a detail page.
    pub detail: Vec<FieldSelector>,
}

/// Checked pointers of engine `json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JsonPlan {
    /// The array of postings; empty means the whole answer.
    pub items: String,
    /// The next page's address.
    pub next: Option<String>,
    /// The total.
    pub total: Option<String>,
    /// Fields of an item.
    pub fields: Vec<FieldSelector>,
    /// The posting inside a detail answer.
    pub detail_item: String,
    /// Fields of a detail.
    pub detail: Vec<FieldSelector>,
}

fn selectors(id: &BoardId, prefix: &str, table: BTreeMap<String, String>) -> Result<Vec<FieldSelector>, BoardError> {
    table
        .into_iter()
        .map(|(field, rule)| {
            let key = format!("{prefix}.{field}");
            if !FIELDS.contains(&field.as_str()) {
                let why = format!("is not a field; known fields are {}", FIELDS.join(", "));
                return Err(BoardError::Value { board: id.clone(), key, why });
            }
            let rules = FieldRule::parse_alternatives(&rule).map_err(|source| BoardError::Rule {
                board: id.clone(),
                key,
                source,
            })?;
            Ok(FieldSelector { field, rules })
        })
        .collect()
}

pub(super) fn html_plan(id: &BoardId, rules: HtmlRules) -> Result<HtmlPlan, BoardError> {
    let next = match rules.next {
        Some(text) => FieldRule::parse_alternatives(&text)
            .map_err(|source| BoardError::Rule { board: id.clone(), key: "html.next".into(), source })?
            .into_iter()
            .next(),
        None => None,
    };
    Ok(HtmlPlan {
        item: rules.item,
        next,
        empty_text: rules.empty_text,
        fields: selectors(id, "html.fields", rules.fields)?,
        detail: selectors(id, "html.detail", rules.detail)?,
    })
}

pub(super) fn json_plan(id: &BoardId, rules: JsonRules) -> Result<JsonPlan, BoardError> {
    let pointers = [
        ("json.items", &rules.items),
        ("json.next", &rules.next),
        ("json.total", &rules.total),
        ("json.detail_item", &rules.detail_item),
    ];
    for (key, pointer) in pointers {
        if let Some(pointer) = pointer.as_deref().filter(|text| !text.is_empty() && !text.starts_with('/')) {
            let why = format!("`{pointer}` is not a JSON Pointer: it begins with `/`, such as `/data`");
            return Err(BoardError::Value { board: id.clone(), key: key.into(), why });
        }
    }
    Ok(JsonPlan {
        items: rules.items.unwrap_or_default(),
        next: rules.next,
        total: rules.total,
        fields: pointers_of(id, "json.fields", rules.fields)?,
        detail_item: rules.detail_item.unwrap_or_default(),
        detail: pointers_of(id, "json.detail", rules.detail)?,
    })
}

/// Reads rules whose places are JSON Pointers (RFC 6901), or a lone name for a key of the item.
fn pointers_of(id: &BoardId, prefix: &str, table: BTreeMap<String, String>) -> Result<Vec<FieldSelector>, BoardError> {
    let found = selectors(id, prefix, table)?;
    for selector in &found {
        let no_pointer = |place: &&str| place.contains('/') && !place.starts_with('/');
        if let Some(place) = selector.rules.iter().map(|rule| rule.place.as_str()).find(no_pointer) {
            let key = format!("{prefix}.{}", selector.field);
            let why = format!("`{place}` is not a JSON Pointer: it begins with `/`, such as `/{place}`");
            return Err(BoardError::Value { board: id.clone(), key, why });
        }
    }
    Ok(found)
}
