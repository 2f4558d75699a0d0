//! Conditions of commits, and the checksum of a key. Never reads a value to check a condition, and never a whole range.

use rtreg_registry::{Condition, KeyRange, Revision, Stored};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};

use super::{number, revision};

/// Rows read of the range and of the newer keys before the other is tried again with more.
const ROWS_FIRST: usize = 64;

/// What [`newer`] found, and how many rows it read for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Newer {
    pub(super) found: bool,
    pub(super) rows: usize,
}

/// Whether the condition holds. To be called in a transaction.
pub(super) fn holds(connection: &Connection, condition: &Condition) -> rusqlite::Result<bool> {
    match condition {
        Condition::Unchanged { key, modified } => Ok(modified_of(connection, key)? == Some(*modified)),
        Condition::Absent { key } => Ok(modified_of(connection, key)?.is_none()),
        Condition::RangeEmpty { range } => {
            let mut statement = connection.prepare_cached("SELECT 1 FROM kv WHERE key >= ?1 AND key < ?2 LIMIT 1")?;
            Ok(!statement.exists(params![range.start, end(range)])?)
        }
        Condition::RangeUnchanged { range, since } => Ok(!newer(connection, range, *since)?.found),
    }
}

fn modified_of(connection: &Connection, key: &str) -> rusqlite::Result<Option<Revision>> {
    let mut statement = connection.prepare_cached("SELECT modified FROM kv WHERE key = ?1")?;
    statement.query_row([key], |row| revision(row, 0)).optional()
}

/// The end of a range as a parameter of `key < ?`. In SQLite's order a blob stands behind all text.
pub(super) fn end(range: &KeyRange) -> Value {
    range.end.clone().map_or(Value::Blob(Vec::new()), Value::Text)
}

/// Whether a key in the range was created or modified after `since`. Either the range is small or few keys are newer;
/// which of the two is not known beforehand, so both are read in turn, each time further, until one is at its end.
pub(super) fn newer(connection: &Connection, range: &KeyRange, since: Revision) -> rusqlite::Result<Newer> {
    let mut of_range =
        connection.prepare_cached("SELECT modified FROM kv WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3")?;
    let mut of_newer = connection
        .prepare_cached("SELECT key FROM kv INDEXED BY kv_modified WHERE modified > ?1 ORDER BY modified LIMIT ?2")?;
    let mut most = ROWS_FIRST;
    let mut rows_read = 0;
    loop {
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let mut count = 0;
        let mut rows = of_newer.query(params![number(since), limit])?;
        while let Some(row) = rows.next()? {
            count += 1;
            let key: String = row.get(0)?;
            if range.contains(&key) {
                return Ok(Newer { found: true, rows: rows_read + count });
            }
        }
        rows_read += count;
        if count < most {
            return Ok(Newer { found: false, rows: rows_read });
        }
        count = 0;
        let mut rows = of_range.query(params![range.start, end(range), limit])?;
        while let Some(row) = rows.next()? {
            count += 1;
            if revision(row, 0)? > since {
                return Ok(Newer { found: true, rows: rows_read + count });
            }
        }
        rows_read += count;
        if count < most {
            return Ok(Newer { found: false, rows: rows_read });
        }
        most = most.saturating_mul(4);
    }
}

pub(super) fn sum(stored: &Stored) -> i64 {
    sum_of(&stored.key, stored.created, stored.modified, &stored.value)
}

/// FNV-1a, 64 bits, of the key, a byte that no key has, the two revisions and the value.
pub(super) fn sum_of(key: &str, created: Revision, modified: Revision, value: &[u8]) -> i64 {
    let parts = [key.as_bytes(), &[0xff], &created.to_le_bytes(), &modified.to_le_bytes(), value];
    let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.into_iter().flatten() {
        sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    sum.cast_signed()
}

#[cfg(test)]
mod tests {
    use rtreg_registry::KeyRange;
    use rusqlite::{Connection, params};

    use super::{Newer, newer, sum_of};
    use crate::embedded::create::SCHEMA;

    /// Ten keys `few/…` of revision 1, 100,000 keys `many/…` of revision 2, and `other` of revision 3.
    fn many() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        let transaction = connection.unchecked_transaction().unwrap();
        let put = |key: String, modified: i64| {
            let mut statement = transaction.prepare_cached("INSERT INTO kv VALUES (?1, ?2, ?2, 0, x'')").unwrap();
            statement.execute(params![key, modified]).unwrap();
        };
        (0..10).for_each(|index| put(format!("few/{index}"), 1));
        (0..100_000).for_each(|index| put(format!("many/{index:06}"), 2));
        put("other".to_owned(), 3);
        transaction.commit().unwrap();
        connection
    }

    #[test]
    fn neither_a_large_range_nor_many_newer_keys_are_read_in_full() {
        let connection = many();
        let look = |prefix: &str, since| newer(&connection, &KeyRange::prefix(prefix), since).unwrap();
        assert_eq!(look("many/", 2), Newer { found: false, rows: 1 }, "a large range, one newer key");
        assert_eq!(look("few/", 1), Newer { found: false, rows: 74 }, "a small range, many newer keys");
        assert_eq!(look("none/", 0), Newer { found: false, rows: 64 }, "an empty range, all keys newer");
        assert_eq!(look("other", 1), Newer { found: true, rows: 65 }, "behind many newer keys");
        assert_eq!(look("other", 2), Newer { found: true, rows: 1 });
        assert_eq!(look("", 3), Newer { found: false, rows: 0 });
        assert_eq!(look("", 2), Newer { found: true, rows: 1 });
    }

    #[test]
    fn the_sum_covers_every_part() {
        // By an implementation of its own, which gives the published 0xaf63dc4c8601ec8c for "a" alone.
        assert_eq!(sum_of("k", 1, 2, b"v"), -5_694_173_583_498_717_618);
        let sum = sum_of("k", 1, 2, b"v");
        for other in [sum_of("K", 1, 2, b"v"), sum_of("k", 2, 2, b"v"), sum_of("k", 1, 1, b"v"), sum_of("k", 1, 2, b"")]
        {
            assert_ne!(sum, other);
        }
    }
}
