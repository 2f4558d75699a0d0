//! A plan for people and for other tools: text, DOT, SVG, a shell script. Maps without choices; every sentence of a plan was
//! written where it was found.

mod dot;
mod emit;
mod svg;
mod text;
mod words;

pub use dot::dot;
pub use emit::{Dialect, emit};
pub use svg::svg;
pub use text::{simulated, text};
pub use words::operation_words;
