//! The graph as a picture, SVG 1.1: the versions below each other, oldest at the top, each edge in a lane of its own:
//! those to newer versions on the right, those to older ones on the left. What no line of a file says is dotted. Nothing in
//! it is loaded from elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::report::{EdgeReport, GraphReport, name, strictness};

/// Colours from ANYTIME to AT_CREATION; the words say it too.
const COLOURS: [&str; 6] = ["#1b7837", "#6a8f1e", "#b8860b", "#c4560a", "#b2182b", "#6b6b6b"];
const NODE_WIDTH: usize = 150;
const LANE: usize = 20;
const PORT: usize = 12;
const GAP: usize = 100;
const MARGIN: usize = 30;
/// Most edges that are laid as close to the versions as they go.
const CLOSE_MAX: usize = 3000;

/// An edge with the places of its versions and its lane, counted from the nodes outwards.
struct Lane<'g> {
    edge: &'g EdgeReport,
    from: usize,
    to: usize,
    lane: usize,
}

impl Lane<'_> {
    fn low(&self) -> usize {
        self.from.min(self.to)
    }

    fn high(&self) -> usize {
        self.from.max(self.to)
    }

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

/// The edges with a lane each.
fn lanes(graph: &GraphReport) -> Vec<Lane<'_>> {
    let versions = graph.versions.iter().enumerate();
    let places: BTreeMap<Option<&str>, usize> = versions.map(|(at, known)| (known.version.as_deref(), at)).collect();
    let place = |version: &Option<String>| places.get(&version.as_deref()).copied();
    let lane = |edge| Some(Lane { edge, from: place(&edge.from)?, to: place(&edge.to)?, lane: 0 });
    let mut lanes: Vec<Lane<'_>> = graph.edges.iter().filter_map(lane).collect();
    if lanes.len() > CLOSE_MAX {
        lanes.sort_by_key(|lane| (lane.low(), lane.high()));
        far(&mut lanes);
    } else {
        lanes.sort_by_key(|lane| (lane.from.abs_diff(lane.to), lane.low()));
        close(&mut lanes);
    }
    lanes
}

/// Each edge, short ones first, in the innermost lane that is free over its whole length.
fn close(lanes: &mut [Lane<'_>]) {
    for at in 0..lanes.len() {
        let (done, rest) = lanes.split_at_mut(at);
        let Some(this) = rest.first_mut() else { return };
        let beside = |other: &&Lane<'_>| {
            other.goes_up() == this.goes_up() && other.low() < this.high() && this.low() < other.high()
        };
        let taken: BTreeSet<usize> = done.iter().filter(beside).map(|other| other.lane).collect();
        this.lane = (0..).find(|lane| !taken.contains(lane)).unwrap_or_default();
    }
}

/// Each edge, by its upper end, in the lane that has been free the longest: quick, for more than anybody can read.
fn far(lanes: &mut [Lane<'_>]) {
    let mut free: [BTreeSet<(usize, usize)>; 2] = [BTreeSet::new(), BTreeSet::new()];
    let mut used = [0, 0];
    for this in lanes {
        let side = usize::from(this.goes_up());
        let (Some(free), Some(used)) = (free.get_mut(side), used.get_mut(side)) else { continue };
        this.lane = match free.first().copied().filter(|(until, _)| *until <= this.low()) {
            Some(first) => {
                free.remove(&first);
                first.1
            }
            None => {
                *used += 1;
                *used - 1
            }
        };
        free.insert((this.high(), this.lane));
    }
}

/// Top and height of each version's box: room for the ends of all its edges on the side that has more.
fn boxes(graph: &GraphReport, lanes: &[Lane<'_>]) -> Vec<(usize, usize)> {
    let mut ends = vec![[0, 0]; graph.versions.len()];
    for lane in lanes {
        for at in [lane.from, lane.to] {
            if let Some(count) = ends.get_mut(at).and_then(|ends| ends.get_mut(usize::from(lane.goes_up()))) {
                *count += 1;
            }
        }
    }
    let mut top = MARGIN;
    let mut boxes = Vec::new();
    for [right, left] in ends {
        let height = ((right.max(left) + 1) * PORT).max(36);
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
    let ports = ports(lanes, boxes);
    for (at, lane) in lanes.iter().enumerate() {
        let (Some(start), Some(end)) = (ports.get(&(at, lane.from)), ports.get(&(at, lane.to))) else { continue };
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
        let middle = usize::midpoint(*start, *end);
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

/// An end of an edge at a version: whether it comes from below, its order there, and the edge's number.
type End = (bool, usize, usize);

/// Where each edge touches the box of a version. From the top: the edges from above, the innermost first; then those from
/// below, the outermost first, so that none crosses another without need.
fn ports(lanes: &[Lane<'_>], boxes: &[(usize, usize)]) -> BTreeMap<(usize, usize), usize> {
    let mut ends: BTreeMap<(usize, bool), Vec<End>> = BTreeMap::new();
    for (number, lane) in lanes.iter().enumerate() {
        for (at, other) in [(lane.from, lane.to), (lane.to, lane.from)] {
            let below = other > at;
            let order = if below { usize::MAX - lane.lane } else { lane.lane };
            ends.entry((at, lane.goes_up())).or_default().push((below, order, number));
        }
    }
    let mut ports = BTreeMap::new();
    for ((at, _), mut ends) in ends {
        let Some(&(top, height)) = boxes.get(at) else { continue };
        ends.sort_unstable();
        let count = ends.len() + 1;
        ports.extend((1..).zip(ends).map(|(place, (_, _, number))| ((number, at), top + height * place / count)));
    }
    ports
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
