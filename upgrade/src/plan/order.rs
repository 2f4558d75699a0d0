//! The order inside a bundle: blocks of steps, and which must be behind which. Dependents go down first and come up last. A
//! circle is found and shown; a weak dependency that would close one is left out.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::Driver;
use rtreg_registry::CommandError;

use super::bundle::{Mode, Moving, strongest};
use super::read::Reader;

/// A part of a bundle that is done as one. The order is that of blocks which nothing else orders.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Block {
    /// The new versions look at the properties.
    Validate,
    /// A resource goes down, or its monitor does.
    Down(String),
    /// A group leaves management.
    GroupDown(String),
    /// The versions change.
    Set,
    /// A group comes under management.
    GroupUp(String),
    /// A resource comes up, or is told.
    Up(String),
}

/// Blocks in their order, each with those that must be behind it done before.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub blocks: Vec<(Block, BTreeSet<Block>)>,
    /// Weak dependencies that are left out, as dependent and what it depends on.
    pub left_out: Vec<(String, String)>,
}

/// Puts the blocks of a bundle into their order; the circle if there is one, first and last the same.
pub(super) fn order(reader: &mut Reader<'_, '_>, moving: &Moving) -> Result<Result<Order, Vec<String>>, CommandError> {
    let mut graph = Graph::default();
    graph.edge(&Block::Validate, &Block::Set);
    let mut weak = Vec::new();
    let mut strong: Vec<(String, String)> = Vec::new();
    for (name, of) in &moving.moves {
        let (down, up) = (Block::Down(name.clone()), Block::Up(name.clone()));
        graph.edge(&Block::Validate, &down);
        graph.edge(&down, &up);
        graph.edge(&Block::Set, &up);
        if of.mode == Mode::Restarted {
            graph.edge(&Block::Set, &down);
            if let Some(root) = root(moving, name) {
                graph.edge(&Block::Up(root), &down);
            }
        } else {
            graph.edge(&down, &Block::Set);
        }
        if !of.mode.is_down() {
            continue;
        }
        for (dependent, properties) in reader.dependents(name)? {
            if !moving.moves.get(&dependent).is_some_and(|of| of.mode.is_down()) {
                continue;
            }
            match strongest(&properties) {
                (None, _) => weak.push((dependent, name.clone())),
                (Some(_), _) => {
                    // What the cluster takes down by itself is down only behind the command that takes the other one down.
                    let by_itself = moving.moves.get(&dependent).is_some_and(|of| of.mode == Mode::Follows);
                    if by_itself && is_recorded(reader, &dependent) {
                        graph.edge(&down, &Block::Down(dependent.clone()));
                        graph.edge(&up, &Block::Up(dependent.clone()));
                    } else {
                        graph.dependency(moving, &dependent, name);
                    }
                    strong.push((dependent, name.clone()));
                }
            }
        }
    }
    for (group, members) in &moving.unmanaged {
        let (down, up) = (Block::GroupDown(group.clone()), Block::GroupUp(group.clone()));
        graph.edge(&down, &Block::Set);
        graph.edge(&Block::Set, &up);
        for member in members {
            graph.edge(&Block::Down(member.clone()), &down);
            graph.edge(&up, &Block::Up(member.clone()));
        }
    }
    if let Some(circle) = circle(&strong) {
        return Ok(Err(circle));
    }
    let mut left_out = Vec::new();
    for (dependent, on) in weak {
        let before = graph.clone();
        graph.dependency(moving, &dependent, &on);
        if graph.sorted().is_none() {
            graph = before;
            left_out.push((dependent, on));
        }
    }
    let Some(blocks) = graph.sorted() else {
        return Ok(Err(moving.moves.keys().cloned().collect()));
    };
    Ok(Ok(Order { blocks, left_out }))
}

/// Whether the administrator drives the resource's group.
fn is_recorded(reader: &Reader<'_, '_>, name: &str) -> bool {
    reader.state.group_of(name).is_none_or(|group| group.driver == Driver::Recorded)
}

/// The resource behind which one is restarted, over others that are.
fn root(moving: &Moving, name: &str) -> Option<String> {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut name = name;
    while let Some(of) = moving.moves.get(name).filter(|of| of.mode == Mode::Restarted) {
        name = of.on.as_deref().filter(|on| seen.insert(on))?;
    }
    Some(name.to_owned())
}

#[derive(Debug, Default, Clone)]
struct Graph {
    /// Each block with those before it.
    before: BTreeMap<Block, BTreeSet<Block>>,
}

impl Graph {
    fn edge(&mut self, first: &Block, then: &Block) {
        self.before.entry(first.clone()).or_default();
        self.before.entry(then.clone()).or_default().insert(first.clone());
    }

    /// The dependent goes down first and comes up last. What is restarted behind the change goes down when what it depends
    /// on is up again.
    fn dependency(&mut self, moving: &Moving, dependent: &str, on: &str) {
        let mode = |name: &str| moving.moves.get(name).map(|of| of.mode);
        self.edge(&Block::Up(on.to_owned()), &Block::Up(dependent.to_owned()));
        match (mode(dependent), mode(on)) {
            (Some(Mode::Restarted), Some(on_mode)) if on_mode != Mode::Restarted => {
                self.edge(&Block::Up(on.to_owned()), &Block::Down(dependent.to_owned()));
            }
            _ => self.edge(&Block::Down(dependent.to_owned()), &Block::Down(on.to_owned())),
        }
    }

    /// Kahn's algorithm, the least block first; none if there is a circle.
    fn sorted(&self) -> Option<Vec<(Block, BTreeSet<Block>)>> {
        let mut left: BTreeMap<&Block, usize> =
            self.before.iter().map(|(block, before)| (block, before.len())).collect();
        let mut behind: BTreeMap<&Block, Vec<&Block>> = BTreeMap::new();
        for (block, before) in &self.before {
            before.iter().for_each(|first| behind.entry(first).or_default().push(block));
        }
        let mut ready: BTreeSet<&Block> =
            left.iter().filter(|(_, count)| **count == 0).map(|(block, _)| *block).collect();
        let mut sorted = Vec::new();
        while let Some(block) = ready.pop_first() {
            sorted.push((block.clone(), self.before.get(block).cloned().unwrap_or_default()));
            for next in behind.get(block).into_iter().flatten() {
                if let Some(count) = left.get_mut(next) {
                    *count -= 1;
                    if *count == 0 {
                        ready.insert(next);
                    }
                }
            }
        }
        (sorted.len() == self.before.len()).then_some(sorted)
    }
}

/// A circle among dependencies given as dependent and what it depends on; first and last the same.
fn circle(edges: &[(String, String)]) -> Option<Vec<String>> {
    let mut on: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (dependent, name) in edges {
        on.entry(dependent).or_default().push(name);
    }
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for start in on.keys() {
        let mut path: Vec<&str> = Vec::new();
        let mut open: Vec<(&str, bool)> = vec![(start, false)];
        while let Some((name, is_left)) = open.pop() {
            if is_left {
                path.pop();
                done.insert(name);
                continue;
            }
            if let Some(at) = path.iter().position(|known| *known == name) {
                let circle = path.iter().skip(at).copied().chain([name]);
                return Some(circle.map(str::to_owned).collect());
            }
            if done.contains(name) {
                continue;
            }
            path.push(name);
            open.push((name, true));
            open.extend(on.get(name).into_iter().flatten().map(|next| (*next, false)));
        }
    }
    None
}
