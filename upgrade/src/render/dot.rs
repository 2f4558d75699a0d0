//! The plan as a graph for Graphviz: a cluster for each bundle, an edge where a step waits for another.

use super::words::{expected_words, operation_words};
use crate::plan::{Phase, Plan};

/// The plan in the DOT language.
pub fn dot(plan: &Plan) -> String {
    let mut text = String::from("digraph plan {\n  rankdir=LR;\n  node [shape=box, fontname=\"Helvetica\"];\n");
    for bundle in plan.bundles() {
        text.push_str(&format!(
            "  subgraph {} {{\n    label={};\n",
            quote(&format!("cluster_{}", bundle.id)),
            quote(&format!("{}{}", bundle.id, below(expected_words(&bundle.expected))))
        ));
        for step in &bundle.steps {
            let node = step.operation.node.as_ref().map(|node| format!("\n{node}")).unwrap_or_default();
            let takes = below(step.expected_seconds.map(|seconds| format!("{seconds} s")));
            let label = format!("{}\n{}{node}{takes}", step.id, operation_words(&step.operation));
            let style = match step.phase {
                Phase::Validate => "style=dashed",
                Phase::Down => "style=filled, fillcolor=\"#f4d6d2\"",
                Phase::Set => "style=filled, fillcolor=\"#e8e8e8\", penwidth=2",
                Phase::Up => "style=filled, fillcolor=\"#d5ebd8\"",
            };
            text.push_str(&format!("    {} [label={}, {style}];\n", quote(&step.id), quote(&label)));
        }
        text.push_str("  }\n");
        for step in &bundle.steps {
            step.after.iter().for_each(|before| {
                text.push_str(&format!("  {} -> {};\n", quote(before), quote(&step.id)));
            });
        }
    }
    text.push_str("}\n");
    text
}

/// Words on a line of their own.
fn below(words: Option<String>) -> String {
    words.map(|words| format!("\n{words}")).unwrap_or_default()
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
