//! The `[fetch]` table of the configuration, and the name we go by.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The product token by which robots.txt files may address us (RFC 9309 section 2.2.1).
pub const PRODUCT_TOKEN: &str = "jobrounds";

/// The page that a site owner is pointed to when the operator names none.
const PROJECT_PAGE: &str = match env!("CARGO_PKG_REPOSITORY").as_bytes() {
    [] => "https://jobrounds.example/about",
    _ => env!("CARGO_PKG_REPOSITORY"),
};

/// How boards are asked: who we say we are, how often, how long and how much.
///
/// Durations are texts such as `"5s"`, `"250ms"`, `"2m"` or `"1h"`; sizes are bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The address in the `User-Agent`, where a site owner finds out who asks.
    pub contact: String,
    /// Lets addresses be asked that are not on the public internet; only for tests and replays.
    pub allow_private_addresses: bool,
    /// The least distance between two requests to one host; a longer `Crawl-delay` wins.
    #[serde(with = "duration_text")]
    pub min_interval: Duration,
    /// How long a connection may take to stand, name look-up and TLS included.
    #[serde(with = "duration_text")]
    pub connect_timeout: Duration,
    /// How long the head of an answer may take, the connection included.
    #[serde(with = "duration_text")]
    pub first_byte_timeout: Duration,
    /// How long a body may stand still.
    #[serde(with = "duration_text")]
    pub idle_timeout: Duration,
    /// How long one request may take in all.
    #[serde(with = "duration_text")]
    pub total_timeout: Duration,
    /// The most bytes of a body as sent.
    pub max_compressed: u64,
    /// The most bytes of a body once decompressed.
    pub max_decompressed: u64,
    /// How many times its size as sent a body beyond 1 MiB may unfold to.
    pub max_ratio: u64,
    /// How many redirects are followed.
    pub max_redirects: u32,
    /// The longest first pause before a failed request is tried again; doubled the second time.
    #[serde(with = "duration_text")]
    pub retry_pause: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            contact: PROJECT_PAGE.to_owned(),
            allow_private_addresses: false,
            min_interval: Duration::from_secs(5),
            connect_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_mins(1),
            max_compressed: 10 << 20,
            max_decompressed: 40 << 20,
            max_ratio: 100,
            max_redirects: 5,
            retry_pause: Duration::from_secs(1),
        }
    }
}

/// Gives the `User-Agent` that names us and where to complain.
#[must_use]
pub fn user_agent(contact: &str) -> String {
    format!("{PRODUCT_TOKEN}/{} (+{})", env!("CARGO_PKG_VERSION"), contact.trim())
}

/// Durations as people type them.
mod duration_text {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        let millis = duration.as_millis();
        let text = if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") };
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(deserializer)?;
        read(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is not a duration; write `5s`, `250ms` or `2m`")))
    }

    /// Reads a whole number and a unit of `ms`, `s`, `m`, `h` or `d`.
    pub(super) fn read(text: &str) -> Option<Duration> {
        let text = text.trim();
        let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at(unit_at);
        let number: u64 = number.parse().ok()?;
        let millis_per_unit = match unit.trim() {
            "ms" => 1,
            "s" => 1000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        number.checked_mul(millis_per_unit).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_type_them() {
        let read = |text: &str| duration_text::read(text).map(|duration| duration.as_millis());
        assert_eq!(read("5s"), Some(5000));
        assert_eq!(read(" 250 ms "), Some(250));
        assert_eq!(read("2m"), Some(120_000));
        assert_eq!(read("1h"), Some(3_600_000));
        for bad in ["", "5", "s", "-5s", "5 parsecs", "99999999999999999999s", "18446744073709551615d"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_table_may_name_some_keys_and_no_unknown_ones() {
        let settings: Settings = toml::from_str("min_interval = \"1s\"\nallow_private_addresses = true").unwrap();
        assert_eq!(settings.min_interval, Duration::from_secs(1));
        assert_eq!(settings.total_timeout, Duration::from_mins(1));
        assert!(toml::from_str::<Settings>("min_intervall = \"1s\"").is_err());
        assert!(toml::from_str::<Settings>("min_interval = \"soon\"").unwrap_err().to_string().contains("duration"));
    }

    #[test]
    fn settings_survive_being_written_and_read() {
        let text = toml::to_string(&Settings::default()).unwrap();
        assert_eq!(toml::from_str::<Settings>(&text).unwrap(), Settings::default());
    }

    #[test]
    fn the_user_agent_names_product_version_and_contact() {
        let agent = user_agent("https://careers.example.edu/jobs");
        assert!(agent.starts_with("jobrounds/"));
        assert!(agent.ends_with(" (+https://careers.example.edu/jobs)"));
        assert!(user_agent(&Settings::default().contact).contains("(+https://"));
    }
}
