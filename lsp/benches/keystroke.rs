//! A relint after a keystroke.

fn main() {}
