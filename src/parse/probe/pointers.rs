//! JSON Pointers guessed from an answer of an unknown API: the longest array of objects that have
//! titles, and the members whose names say what they hold. A guess, as selectors are.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::board::JsonRules;

/// How deep an array of postings may stand.
const DEPTH: usize = 3;
/// Fields with the members that may hold them, as single names or `object/name`.
const MEMBERS: [(&str, &[&str]); 8] = [
    ("id", &["id", "jobId", "job_id", "reqId", "requisitionId", "uuid", "slug"]),
    ("title", &["title", "jobTitle", "job_title", "positionTitle", "name", "text"]),
    ("url", &["url", "link", "absolute_url", "hostedUrl", "applyUrl", "jobUrl"]),
    ("employer", &["company/name", "employer/name", "company", "employer", "organization", "companyName"]),
    ("place", &["location/name", "location", "city", "place", "jobLocation"]),
    ("date_posted", &["datePosted", "date_posted", "postedDate", "posted_date", "posted", "publishedAt", "created_at"]),
    ("employment_type", &["employmentType", "employment_type", "jobType", "type"]),
    ("description", &["description", "descriptionHtml", "summary", "content"]),
];

/// Guesses the pointers of an answer.
pub(super) fn guess(body: &[u8]) -> Option<JsonRules> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let mut found: Vec<(usize, String, &Vec<Value>)> = Vec::new();
    collect(&value, String::new(), 0, &mut found);
    let (_, items, rows) = found.into_iter().max_by_key(|(count, path, _)| (*count, std::cmp::Reverse(path.len())))?;
    let first = rows.iter().find_map(Value::as_object)?;
    let fields: BTreeMap<String, String> = MEMBERS
        .iter()
        .filter_map(|(field, names)| Some(((*field).to_owned(), format!("/{}", member(first, names)?))))
        .collect();
    let identified = fields.contains_key("title") && (fields.contains_key("id") || fields.contains_key("url"));
    identified.then(|| JsonRules { items: Some(items).filter(|path| !path.is_empty()), fields, ..JsonRules::default() })
}

/// Collects arrays whose objects have titles.
fn collect<'v>(value: &'v Value, path: String, depth: usize, found: &mut Vec<(usize, String, &'v Vec<Value>)>) {
    match value {
        Value::Array(rows) => {
            let titled = rows.iter().filter_map(Value::as_object).filter(|row| member(row, MEMBERS[1].1).is_some());
            let count = titled.count();
            if count > 0 {
                found.push((count, path, rows));
            }
        }
        Value::Object(members) if depth < DEPTH => {
            for (name, inner) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                collect(inner, format!("{path}/{name}"), depth + 1, found);
            }
        }
        _ => {}
    }
}

fn member<'n>(row: &Map<String, Value>, names: &[&'n str]) -> Option<&'n str> {
    let holds = |value: &Value| matches!(value, Value::String(text) if !text.is_empty()) || value.is_number();
    names.iter().copied().find(|name| match name.split_once('/') {
        Some((outer, inner)) => row.get(outer).and_then(|value| value.get(inner)).is_some_and(holds),
        None => row.get(*name).is_some_and(holds),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_array_with_titles_is_taken() {
        let body = r#"{"menu":[{"name":"Home"}],"result":{"jobs":[
            {"jobId":7,"jobTitle":"Coder","company":{"name":"Lakes"},"location":"Columbus, OH"},{"jobId":8,"jobTitle":"Registrar"}]}}"#;
        let rules = guess(body.as_bytes()).unwrap();
        assert_eq!(rules.items.as_deref(), Some("/result/jobs"));
        assert_eq!((rules.fields["id"].as_str(), rules.fields["employer"].as_str()), ("/jobId", "/company/name"));
        assert!(guess(b"{\"status\":\"ok\"}").is_none() && guess(b"<html>").is_none());
        assert_eq!(guess(br#"[{"id":1,"title":"Coder"}]"#).unwrap().items, None);
    }
}
