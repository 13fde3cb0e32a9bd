//! Names that tell what a value is: a secret, a telephone number, a person; and values that tell it
//! themselves.

/// Parts of a name that make its value a secret, wherever it stands.
const SECRET_PARTS: [&str; 23] = [
    "token",
    "secret",
    "passw",
    "csrf",
    "xsrf",
    "sessionid",
    "session_id",
    "session-id",
    "sessid",
    "apikey",
    "licensekey",
    "api_key",
    "api-key",
    "accesskey",
    "access_key",
    "authorization",
    "signature",
    "credential",
    "nonce",
    "requestverification",
    "viewstate",
    "eventvalidation",
    "cookie",
];

/// Tells whether a member or attribute of this name holds a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_PARTS.iter().any(|part| name.contains(part))
        || ["session", "sid", "auth", "pwd", "cfid", "visitorid", "visitor_id"].contains(&name.as_str())
}

/// Tells whether a parameter of this name holds a secret. `key` and `sig` are words in pages, but
/// credentials in addresses.
pub(in crate::parse) fn is_secret_parameter(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let parts = lower.split(['_', '-', '.']);
    is_secret_name(name)
        || parts.into_iter().any(|part| ["key", "sig", "auth", "sid", "session", "email", "otp"].contains(&part))
}

/// Tells whether a member of this name holds a telephone number.
pub(super) fn is_phone_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["phone", "fax", "mobile"].iter().any(|part| name.contains(part)) || name == "tel"
}

/// Tells whether a member of this name holds the name of a person to turn to.
pub(super) fn is_contact_name(name: &str) -> bool {
    let name: String = name.to_ascii_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    let person = ["contactname", "contactperson", "recruitername", "hiringmanager", "postername", "postedbyname"];
    person.iter().any(|known| name.contains(known)) || ["recruiter", "contact", "postedby"].contains(&name.as_str())
}

/// Tells whether a value was made by a machine to mean nothing to anyone else: long, and hexadecimal
/// or mixed of large and small letters and digits.
pub(super) fn is_opaque(value: &str) -> bool {
    let count = |is: fn(&u8) -> bool| value.bytes().filter(is).count();
    let (digits, upper, lower) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    let hex = value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    let is_mixed = upper >= 3 && lower >= 3 && digits >= 2;
    value.len() >= 20 && digits > 0 && upper + lower > 0 && (hex || is_mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_secrets_from_words() {
        for secret in ["csrfToken", "__RequestVerificationToken", "PHPSESSID", "api-key", "sid", "Set-Cookie"] {
            assert!(is_secret_name(secret), "{secret}");
        }
        for plain in ["title", "author", "description", "side", "state", "key", "keywords", "jobid"] {
            assert!(!is_secret_name(plain), "{plain}");
        }
        assert!(is_secret_parameter("sub_key") && is_secret_parameter("key") && !is_secret_parameter("keywords"));
        assert!(is_contact_name("contact_name") && is_contact_name("hiringManager") && !is_contact_name("contactUrl"));
        assert!(is_phone_name("telephone") && is_phone_name("AgencyContactPhone") && !is_phone_name("telework"));
    }

    #[test]
    fn opaque_values_are_told_from_slugs() {
        for opaque in ["0123456789abcdef0123", "6f1b2c3d-0000-4a5b-8c7d-1234567890ab", "AbCdEf0123GhIjKl4567Mn"] {
            assert!(is_opaque(opaque), "{opaque}");
        }
        for plain in ["inpatient-coder-ii-columbus-oh-440011", "40000001", "facade", "CancerRegistrarCertified"] {
            assert!(!is_opaque(plain), "{plain}");
        }
    }
}
