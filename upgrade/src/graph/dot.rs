//! The graph in the language of Graphviz, dot(1). What no line of a file says is dotted.

use std::fmt::Write;

use super::report::{GraphReport, name};

/// The graph as a `digraph`.
pub fn render(graph: &GraphReport) -> String {
    let mut dot = String::new();
    line(&mut dot, &format!("digraph {} {{", quoted(&graph.base)));
    line(&mut dot, "  rankdir=LR;");
    line(&mut dot, "  node [shape=box, style=rounded, fontname=\"sans-serif\"];");
    line(&mut dot, "  edge [fontname=\"sans-serif\", fontsize=10];");
    for version in &graph.versions {
        let closed = if version.upgrade_aware { "" } else { ", peripheries=2" };
        let (node, tooltip) = (quoted(name(version.version.as_deref())), quoted(&version.name));
        line(&mut dot, &format!("  {node} [tooltip={tooltip}{closed}];"));
    }
    for edge in &graph.edges {
        let style = if edge.listed { "" } else { ", style=dotted" };
        let (from, to) = (quoted(name(edge.from.as_deref())), quoted(name(edge.to.as_deref())));
        line(&mut dot, &format!("  {from} -> {to} [label={}{style}];", quoted(&edge.tunability)));
    }
    line(&mut dot, "}");
    dot
}

/// A quoted identifier of dot(1): only quotes need a backslash; one at the end of a word would take the quote with it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn line(text: &mut String, content: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{content}");
}
