//! The plan as a picture: each step stands in the column behind all that it waits for, bundles below each other.

use std::collections::BTreeMap;

use super::words::{expected_words, operation_words};
use crate::plan::{Bundle, Phase, Plan, Step};

const WIDTH: usize = 220;
const HEIGHT: usize = 46;
const GAP: usize = 36;

/// The plan as SVG.
pub fn svg(plan: &Plan) -> String {
    let (mut body, mut top, mut right) = (String::new(), GAP, 0);
    for bundle in plan.bundles() {
        let expected = expected_words(&bundle.expected).map(|words| format!(", {words}")).unwrap_or_default();
        let head = escape(&format!("{}{expected}", bundle.id));
        body.push_str(&format!("<text x=\"{GAP}\" y=\"{top}\" class=\"head\">{head}</text>\n"));
        let places = places(bundle);
        let at = |id: &str| {
            places.get(id).map(|(column, row)| (GAP + column * (WIDTH + GAP), top + 12 + row * (HEIGHT + 12)))
        };
        for step in &bundle.steps {
            let Some((x, y)) = at(&step.id) else { continue };
            for (from_x, from_y) in step.after.iter().filter_map(|before| at(before)) {
                let (from_x, from_y, y) = (from_x + WIDTH, from_y + HEIGHT / 2, y + HEIGHT / 2);
                body.push_str(&format!(
                    "<path d=\"M{from_x} {from_y} C{} {from_y} {} {y} {x} {y}\"/>\n",
                    from_x + 18,
                    x.saturating_sub(18)
                ));
            }
            body.push_str(&block(step, (x, y)));
            right = right.max(x + WIDTH + GAP);
        }
        let rows = places.values().map(|(_, row)| row + 1).max().unwrap_or(0);
        top += 12 + rows * (HEIGHT + 12) + GAP;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {right} {top}\" width=\"{right}\" height=\"{top}\">\n\
         <style>text{{font:12px sans-serif}}.head{{font-weight:bold}}path{{fill:none;stroke:#888}}rect{{stroke:#555}}</style>\n{body}</svg>\n"
    )
}

fn block(step: &Step, (x, y): (usize, usize)) -> String {
    let fill = match step.phase {
        Phase::Validate => "#ffffff",
        Phase::Down => "#f4d6d2",
        Phase::Set => "#e8e8e8",
        Phase::Up => "#d5ebd8",
    };
    let node = step.operation.node.as_deref();
    let takes = step.expected_seconds.map(|seconds| format!("{seconds} s"));
    let node = node.map(str::to_owned).into_iter().chain(takes).collect::<Vec<_>>().join(", ");
    let words: String = operation_words(&step.operation).chars().take(34).collect();
    format!(
        "<rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"4\" fill=\"{fill}\"><title>{}</title></rect>\n\
         <text x=\"{}\" y=\"{}\">{} {}</text>\n<text x=\"{}\" y=\"{}\">{}</text>\n",
        escape(&step.reason.sentence),
        x + 8,
        y + 18,
        escape(&step.id),
        escape(&node),
        x + 8,
        y + 36,
        escape(&words)
    )
}

/// Column and row of each step.
fn places(bundle: &Bundle) -> BTreeMap<&str, (usize, usize)> {
    let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
    for step in &bundle.steps {
        let before = step.after.iter().filter_map(|before| places.get(before.as_str()));
        let column = before.map(|(column, _)| column + 1).max().unwrap_or(0);
        let row = rows.entry(column).or_insert(0);
        places.insert(&step.id, (column, *row));
        *row += 1;
    }
    places
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
