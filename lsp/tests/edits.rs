//! Random edits of random texts, against a text that is kept as a list of characters and counted anew each time.

use gen_lsp_types::{Position, Range};
use proptest::prelude::*;
use rtreg_lsp::{Encoding, Text};

/// The place of a character in the list, as the protocol counts: lines end with `\n`, `\r\n` or `\r`.
fn position(characters: &[char], at: usize, encoding: Encoding) -> Position {
    let (mut line, mut character) = (0, 0);
    for (index, &it) in characters.iter().take(at).enumerate() {
        let ends = it == '\n' || (it == '\r' && characters.get(index + 1) != Some(&'\n'));
        let length = match encoding {
            Encoding::Utf8 => it.len_utf8(),
            Encoding::Utf16 => it.len_utf16(),
            Encoding::Utf32 => 1,
        };
        // The first byte of a line end of two has no width.
        character += if it == '\r' { 0 } else { u32::try_from(length).unwrap() };
        if ends {
            (line, character) = (line + 1, 0);
        }
    }
    Position { line, character }
}

fn texts() -> impl Strategy<Value = String> {
    let piece =
        prop_oneof![Just("\n"), Just("\r\n"), Just("\r"), Just("😀"), Just("é"), Just("a = b;"), Just("\u{2028}")];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_one_by_one_give_the_text(
        start in texts(),
        edits in prop::collection::vec((0.0..=1.0, 0.0..=1.0, texts()), 1..8),
        encoding in prop_oneof![Just(Encoding::Utf8), Just(Encoding::Utf16), Just(Encoding::Utf32)],
    ) {
        let mut characters: Vec<char> = start.chars().collect();
        let mut text = Text::new(start, encoding);
        for (from, to, new) in edits {
            let place = |part: f64| {
                let at = (part * characters.len() as f64) as usize;
                let splits = at > 0 && characters.get(at) == Some(&'\n') && characters[at - 1] == '\r';
                at - usize::from(splits)
            };
            let (from, to) = (place(from).min(place(to)), place(from).max(place(to)));
            let range = Range {
                start: position(&characters, from, encoding),
                end: position(&characters, to, encoding),
            };
            text.edit(range, &new);
            characters.splice(from..to, new.chars());
            prop_assert_eq!(text.as_str(), characters.iter().collect::<String>());
        }
    }

    #[test]
    fn positions_come_back_and_the_wildest_ones_are_in_the_text(text in texts(), line in 0..9_u32, character in 0..99_u32) {
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            let text = Text::new(text.clone(), encoding);
            let at = text.offset(Position { line, character });
            prop_assert!(text.as_str().is_char_boundary(at));
            prop_assert_eq!(text.offset(text.position(at)), at);
            for at in 0..=text.as_str().len() + 2 {
                prop_assert!(text.offset(text.position(at)) <= at);
            }
        }
    }
}
