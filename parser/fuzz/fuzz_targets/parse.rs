//! Any bytes: no panic, lossless tokens, spans in bounds and nested, the printed type reads as the same type. What is
//! checked is written in `rtreg_parser::invariants`, which the seeded property test uses too.
#![no_main]

libfuzzer_sys::fuzz_target!(|source: &[u8]| {
    if let Err(broken) = rtreg_parser::invariants::check(source) {
        panic!("{broken}");
    }
});
