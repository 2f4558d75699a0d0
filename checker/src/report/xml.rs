//! Text for XML 1.0 documents, shared by the formats that are XML. It knows none of them.

use std::fmt;

/// A value in double quotes or between tags: what XML gives a meaning is escaped, what it cannot hold is replaced.
pub(super) struct Escaped<'t>(pub(super) &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\n' | '\t' | '\r' => write!(f, "&#{};", u32::from(character))?,
                '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => f.write_str("\u{FFFD}")?,
                _ => write!(f, "{character}")?,
            }
        }
        Ok(())
    }
}
