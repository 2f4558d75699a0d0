//! Finding a name of a closed vocabulary in any case, in a few steps however long the vocabulary is: a table of slots made
//! by the compiler. It knows no vocabulary.

/// The slots: more than twice the names of the longest vocabulary, and a power of two.
const SLOTS: usize = 128;

/// Where the names of a vocabulary stand in it.
pub(crate) struct Lookup {
    /// The number of a name from 1; 0 is free. A name stands in the slot of its key, or in the next free one behind that.
    slots: [u8; SLOTS],
}

impl Lookup {
    /// The table of a vocabulary of ASCII names.
    pub(crate) const fn new(names: &[&str]) -> Self {
        assert!(2 * names.len() < SLOTS, "slots must be free, or a search would not end");
        let mut slots = [0; SLOTS];
        let mut number = 0;
        while number < names.len() {
            let mut slot = key(names[number].as_bytes());
            while slots[slot] != 0 {
                slot = (slot + 1) % SLOTS;
            }
            number += 1;
            slots[slot] = number as u8;
        }
        Self { slots }
    }

    /// The row of a word in any case; `name` tells the name in a row.
    pub(crate) fn find<T>(
        &self,
        rows: &'static [T],
        name: impl Fn(&T) -> &'static str,
        word: &[u8],
    ) -> Option<&'static T> {
        let mut slot = key(word);
        loop {
            let number = self.slots.get(slot).copied().map(usize::from)?;
            let row = rows.get(number.checked_sub(1)?)?;
            if name(row).as_bytes().eq_ignore_ascii_case(word) {
                return Some(row);
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

/// The slot of a word: its length and some of its letters, whose case does not count.
const fn key(word: &[u8]) -> usize {
    let length = word.len();
    if length == 0 {
        return 0;
    }
    let letters = [word[0], word[length / 2], word[length - 1]];
    let mut key = length;
    let mut at = 0;
    while at < letters.len() {
        key = key * 31 + letters[at].to_ascii_lowercase() as usize;
        at += 1;
    }
    (key ^ (key >> 7)) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case_and_nothing_else_is() {
        const NAMES: [&str; 4] = ["Start", "Stop", "S", "Start_timeout"];
        let lookup = Lookup::new(&NAMES);
        for (at, name) in NAMES.iter().enumerate() {
            for word in [(*name).to_owned(), name.to_uppercase(), name.to_lowercase()] {
                assert_eq!(lookup.find(&NAMES, |name| name, word.as_bytes()), NAMES.get(at), "{word}");
            }
        }
        for word in ["", "Star", "Starts", "St\u{e9}p", "Stoq"] {
            assert_eq!(lookup.find(&NAMES, |name| name, word.as_bytes()), None, "{word}");
        }
    }
}
