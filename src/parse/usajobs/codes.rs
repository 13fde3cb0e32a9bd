//! The API's short code lists (`/api/codelist/positionscheduletypes`, `positionofferingtypes`, read
//! 2024-07-01). The `Name` beside a code is free text and may say anything at all, so a known code
//! speaks for itself.

/// `PositionSchedule` codes.
pub(super) const SCHEDULES: [(&str, &str); 6] = [
    ("1", "Full-time"),
    ("2", "Part-time"),
    ("3", "Shift work"),
    ("4", "Intermittent"),
    ("5", "Job sharing"),
    ("6", "Multiple Schedules"),
];

/// `PositionOfferingType` codes.
pub(super) const OFFERINGS: [(&str, &str); 15] = [
    ("15317", "Permanent"),
    ("15318", "Temporary"),
    ("15319", "Term"),
    ("15320", "Detail"),
    ("15321", "Temporary Promotion"),
    ("15322", "Seasonal"),
    ("15323", "Summer"),
    ("15324", "Presidential Management Fellows"),
    ("15326", "Recent Graduates"),
    ("15327", "Multiple Appointment Types"),
    ("15328", "Internships"),
    ("15522", "Intermittent"),
    ("15667", "ICTAP Only"),
    ("15668", "Agency Employees Only"),
    ("15669", "Telework"),
];

/// Gives the list's name for a code.
pub(super) fn name_of(list: &[(&'static str, &'static str)], code: &str) -> Option<&'static str> {
    list.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}
