//! How old something is, in words, from two times that the caller gives. Reads no clock.

/// The time between two times in RFC 3339 with `Z`, in words: `3 days`, `less than a minute`. None if one of them is no
/// such time or the first is later.
///
/// ```
/// use rtreg_registry::import::age;
/// assert_eq!(age("2026-02-27T23:00:00Z", "2026-03-01T00:30:00.500Z").as_deref(), Some("1 day"));
/// assert_eq!(age("2026-03-01T00:00:00Z", "2026-02-27T00:00:00Z"), None);
/// ```
pub fn age(from: &str, to: &str) -> Option<String> {
    let seconds = seconds(to)?.checked_sub(seconds(from)?).filter(|seconds| *seconds >= 0)?;
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let found = units.into_iter().find(|(unit, _)| seconds >= *unit);
    Some(match found {
        None => "less than a minute".to_owned(),
        Some((unit, word)) => {
            let count = seconds / unit;
            format!("{count} {word}{}", if count == 1 { "" } else { "s" })
        }
    })
}

/// Seconds since the start of the year 0; parts of a second are left out.
fn seconds(time: &str) -> Option<i64> {
    let (date, clock) = time.strip_suffix('Z')?.split_once('T')?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut clock = clock.split('.').next()?.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let is_time = (0..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !is_time || !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..=60).contains(&second) {
        return None;
    }
    Some(((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

/// Days since the start of the year 0 of the Gregorian calendar; years start with March, so that the leap day is the last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 306 + 5) / 10 + day
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn words() {
        for (from, to, expected) in [
            ("2026-01-01T00:00:00Z", "2026-01-01T00:00:59Z", Some("less than a minute")),
            ("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z", Some("1 minute")),
            ("2025-12-31T23:00:00Z", "2026-01-01T01:59:59Z", Some("2 hours")),
            ("2024-02-28T00:00:00Z", "2024-03-01T00:00:00Z", Some("2 days")),
            ("2023-02-28T00:00:00Z", "2023-03-01T00:00:00Z", Some("1 day")),
            ("2000-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z", Some("9497 days")),
            ("2026-01-01T00:00:01Z", "2026-01-01T00:00:00Z", None),
            ("yesterday", "2026-01-01T00:00:00Z", None),
            ("2026-13-01T00:00:00Z", "2027-01-01T00:00:00Z", None),
            ("2026-01-01T00:00:00+01:00", "2027-01-01T00:00:00Z", None),
        ] {
            assert_eq!(age(from, to).as_deref(), expected, "{from} {to}");
        }
    }
}
