//! The graph as a picture, SVG 1.1: the versions below each other, oldest at the top, each edge in a lane of its own:
//! those to newer versions on the right, those to older ones on the left. What no line of a file says is dotted. Nothing in
//! it is loaded from elsewhere.

use std::fmt::Write;

use super::report::{EdgeReport, GraphReport, name, strictness};

/// Colours from ANYTIME to AT_CREATION; the words say it too.
const COLOURS: [&str; 6] = ["#1b7837", "#6a8f1e", "#b8860b", "#c4560a", "#b2182b", "#6b6b6b"];
const NODE_WIDTH: usize = 150;
const LANE: usize = 20;
const PORT: usize = 12;
const GAP: usize = 100;
const MARGIN: usize = 30;

/// An edge with the places of its versions and its lane, counted from the nodes outwards.
struct Lane<'g> {
    edge: &'g EdgeReport,
    from: usize,
    to: usize,
    lane: usize,
}

impl Lane<'_> {
    fn goes_up(&self) -> bool {
        self.to < self.from
    }
}

/// The graph as SVG.
pub fn render(graph: &GraphReport) -> String {
    let lanes = lanes(graph);
    let of_side =
        |up: bool| lanes.iter().filter(|lane| lane.goes_up() == up).map(|lane| lane.lane + 1).max().unwrap_or(0);
    let (left, right) = (of_side(true), of_side(false));
    let x = MARGIN + (left + 1) * LANE;
    let width = x + NODE_WIDTH + (right + 1) * LANE + MARGIN;
    let boxes = boxes(graph, &lanes);
    let height = boxes.last().map_or(0, |(top, height)| top + height) + MARGIN;
    let mut svg = String::new();
    line(
        &mut svg,
        &format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"11\">"
        ),
    );
    line(&mut svg, &format!("<title>{}</title>", escaped(&format!("Versions of {}", graph.base))));
    markers(&mut svg);
    line(&mut svg, "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
    arrows(&mut svg, &lanes, &boxes, x);
    for (version, (top, height)) in graph.versions.iter().zip(&boxes) {
        let dash = if version.upgrade_aware { "" } else { " stroke-dasharray=\"4 3\"" };
        line(
            &mut svg,
            &format!(
                "<rect x=\"{x}\" y=\"{top}\" width=\"{NODE_WIDTH}\" height=\"{height}\" rx=\"6\" fill=\"#f4f6f8\" \
                 stroke=\"#33414e\"{dash}/>"
            ),
        );
        let (middle, base) = (x + NODE_WIDTH / 2, top + height / 2 + 5);
        let label = escaped(name(version.version.as_deref()));
        line(
            &mut svg,
            &format!("<text x=\"{middle}\" y=\"{base}\" text-anchor=\"middle\" font-size=\"14\">{label}</text>"),
        );
    }
    line(&mut svg, "</svg>");
    svg
}

/// Each edge in the innermost lane that is free over its whole length, short ones first.
fn lanes(graph: &GraphReport) -> Vec<Lane<'_>> {
    let place = |version: &Option<String>| graph.versions.iter().position(|known| known.version == *version);
    let mut edges: Vec<(usize, usize, &EdgeReport)> =
        graph.edges.iter().filter_map(|edge| Some((place(&edge.from)?, place(&edge.to)?, edge))).collect();
    edges.sort_by_key(|(from, to, _)| (from.abs_diff(*to), *from.min(to)));
    let mut lanes: Vec<Lane<'_>> = Vec::new();
    for (from, to, edge) in edges {
        let is_taken = |lane: usize| {
            lanes.iter().any(|other| {
                let (low, high) = (other.from.min(other.to), other.from.max(other.to));
                let same_side = other.goes_up() == (to < from);
                other.lane == lane && same_side && low < from.max(to) && from.min(to) < high
            })
        };
        let lane = (0..).find(|lane| !is_taken(*lane)).unwrap_or_default();
        lanes.push(Lane { edge, from, to, lane });
    }
    lanes
}

/// Top and height of each version's box: room for the ends of all its edges on the side that has more.
fn boxes(graph: &GraphReport, lanes: &[Lane<'_>]) -> Vec<(usize, usize)> {
    let mut top = MARGIN;
    let mut boxes = Vec::new();
    for at in 0..graph.versions.len() {
        let ends =
            |up: bool| lanes.iter().filter(|lane| lane.goes_up() == up && (lane.from == at || lane.to == at)).count();
        let height = ((ends(true).max(ends(false)) + 1) * PORT).max(36);
        boxes.push((top, height));
        top += height + GAP;
    }
    boxes
}

fn markers(svg: &mut String) {
    line(svg, "<defs>");
    for (at, colour) in COLOURS.iter().enumerate() {
        line(
            svg,
            &format!(
                "<marker id=\"a{at}\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" \
                 orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"{colour}\"/></marker>"
            ),
        );
    }
    line(svg, "</defs>");
}

fn arrows(svg: &mut String, lanes: &[Lane<'_>], boxes: &[(usize, usize)], x: usize) {
    for lane in lanes {
        let (Some(start), Some(end)) = (port(lanes, boxes, lane, lane.from), port(lanes, boxes, lane, lane.to)) else {
            continue;
        };
        let out = (lane.lane + 1) * LANE;
        let (side, across) =
            if lane.goes_up() { (x, x.saturating_sub(out)) } else { (x + NODE_WIDTH, x + NODE_WIDTH + out) };
        let strict = strictness(lane.edge);
        let colour = COLOURS.get(strict).copied().unwrap_or("#000000");
        let dots = if lane.edge.listed { "" } else { " stroke-dasharray=\"1.5 4\" stroke-linecap=\"round\"" };
        line(
            svg,
            &format!(
                "<path d=\"M{side} {start}H{across}V{end}H{side}\" fill=\"none\" stroke=\"{colour}\" \
                 stroke-width=\"1.5\"{dots} marker-end=\"url(#a{strict})\"/>"
            ),
        );
        // On the outer side of the lane, away from the arrows' heads.
        let beside = if lane.goes_up() { across.saturating_sub(3) } else { across + 11 };
        let middle = usize::midpoint(start, end);
        line(
            svg,
            &format!(
                "<text transform=\"translate({beside} {middle}) rotate(-90)\" text-anchor=\"middle\" font-size=\"9\" \
                 fill=\"{colour}\">{}</text>",
                escaped(&lane.edge.tunability)
            ),
        );
    }
}

/// Where an edge touches a version's box. Edges from above touch the upper part, those from below the lower one, so that
/// none crosses another without need.
fn port(lanes: &[Lane<'_>], boxes: &[(usize, usize)], lane: &Lane<'_>, at: usize) -> Option<usize> {
    let (top, height) = *boxes.get(at)?;
    let other = |lane: &Lane<'_>| if lane.from == at { lane.to } else { lane.from };
    let mut ends: Vec<&Lane<'_>> =
        lanes.iter().filter(|end| end.goes_up() == lane.goes_up() && (end.from == at || end.to == at)).collect();
    // From the top: the edges from above, the innermost first; then those from below, the outermost first.
    ends.sort_by_key(|end| {
        let below = other(end) > at;
        (below, if below { usize::MAX - end.lane } else { end.lane })
    });
    let number = ends.iter().position(|end| std::ptr::eq(*end, lane))?;
    Some(top + height * (number + 1) / (ends.len() + 1))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no way to write these.
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

fn line(text: &mut String, content: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{content}");
}
