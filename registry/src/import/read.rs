//! Blocks and rows as a cluster: what belongs together is put together, what is missing or contradicts itself is a finding
//! at its place. What the store says of it is another question.

use std::collections::{BTreeMap, BTreeSet};

use rtreg_model::standard::DEPENDENCY_PROPERTIES;
use rtreg_model::{Finding, Level, MonitorState, ResourceState};

use super::words::{GROUP_KEYS, GROUP_STATES, NODE_STATES, RESOURCE_STATES, normal};
use super::{Block, Cluster, Field, Kind, Lines, Row, ShownGroup, ShownNode, ShownOn, ShownResource, ShownType, Text};

/// The state of what nothing is known of.
const UNKNOWN: (ResourceState, Option<MonitorState>) = (ResourceState::Unknown, Some(MonitorState::Unknown));

/// Makes a cluster of all that was shown.
pub fn read(lines: &Lines) -> (Cluster, Vec<Finding>) {
    let mut reader = Reader { lines, findings: Vec::new() };
    let mut cluster = Cluster::default();
    for block in reader.unique(Kind::Type) {
        cluster.types.push(ShownType { name: block.name.clone(), fields: block.fields.clone() });
    }
    let mut not_kept = BTreeSet::new();
    for block in reader.unique(Kind::Group) {
        cluster.groups.extend(reader.group(block));
        let names = GROUP_KEYS.iter().filter(|(_, is_kept)| !is_kept).map(|(name, _)| *name);
        not_kept.extend(names.filter(|name| field(block, name).is_some_and(|field| !field.text().is_empty())));
    }
    cluster.not_kept = not_kept.into_iter().map(str::to_owned).collect();
    for block in reader.unique(Kind::Resource) {
        let resource = reader.resource(block, &cluster.groups);
        cluster.resources.extend(resource);
    }
    reader.check_rows(&cluster);
    online_groups(&mut cluster, lines);
    reader.check_online(&cluster);
    cluster.nodes = reader.nodes(&cluster);
    cluster.resources = in_order(cluster.resources);
    (cluster, reader.findings)
}

struct Reader<'l> {
    lines: &'l Lines,
    findings: Vec<Finding>,
}

impl<'l> Reader<'l> {
    fn wrong(&mut self, at: &Text, message: String, help: &str) {
        self.findings.push(Finding::new("import_content", Level::Error, at.file, at.span, message).help(help));
    }

    /// The objects of a kind; one that is shown twice must be the same.
    fn unique(&mut self, kind: Kind) -> Vec<&'l Block> {
        let mut found: Vec<&'l Block> = Vec::new();
        for block in self.lines.blocks.iter().filter(|block| block.kind == kind) {
            let Some(other) = found.iter_mut().find(|other| other.name.text == block.name.text) else {
                found.push(block);
                continue;
            };
            if let Some(field) = block.fields.iter().find(|field| contradicts(other, field)) {
                let (name, key) = (&block.name.text, &field.key.text);
                let message = format!("`{key}` of `{name}` is shown twice, with two values");
                let mut finding =
                    Finding::new("import_content", Level::Error, field.value.file, field.value.span, message)
                        .help("give outputs of one time");
                if let Some(before) = same(other, field) {
                    finding = finding.also(before.value.file, before.value.span, "the other value");
                }
                self.findings.push(finding);
            }
            if block.fields.len() > other.fields.len() {
                *other = block;
            }
        }
        found
    }

    /// The value of a line that must be there.
    fn needed(&mut self, block: &'l Block, key: &str) -> Option<&'l Field> {
        let found = field(block, key);
        if found.is_none() {
            self.wrong(
                &block.name,
                format!("expected a line `{key}` of `{}`, found none", block.name.text),
                "use `show -v`",
            );
        }
        found
    }

    fn group(&mut self, block: &'l Block) -> Option<ShownGroup> {
        let state = self.needed(block, "RG_state");
        let list = self.needed(block, "Nodelist");
        let maximum = self.needed(block, "Maximum_primaries");
        let (state, list, maximum) = (state?, list?, maximum?);
        let managed = match normal(state.text()).as_str() {
            "managed" => true,
            "unmanaged" => false,
            _ => {
                let message = format!("expected `Managed` or `Unmanaged`, found `{}`", state.value.text);
                self.wrong(&state.value, message, "give the output as it was printed");
                return None;
            }
        };
        let Some(maximum_primaries) = maximum.text().parse::<u32>().ok().filter(|&number| number > 0) else {
            let message = format!("expected a number of nodes, found `{}`", maximum.value.text);
            self.wrong(&maximum.value, message, "give the output as it was printed");
            return None;
        };
        let node_list: Vec<String> = list.text().split_whitespace().map(str::to_owned).collect();
        if node_list.is_empty() {
            self.wrong(
                &list.value,
                "expected the nodes of the group, found none".to_owned(),
                "give the output as it was printed",
            );
            return None;
        }
        Some(ShownGroup { name: block.name.clone(), node_list, maximum_primaries, managed, online_on: Vec::new() })
    }

    fn resource(&mut self, block: &'l Block, groups: &[ShownGroup]) -> Option<ShownResource> {
        let group = self.needed(block, "Group");
        let resource_type = self.needed(block, "Type");
        let version = self.needed(block, "Type_version");
        let (group, resource_type, version) = (group?, resource_type?, version?);
        let Some(shown) = groups.iter().find(|shown| shown.name.text == group.text()) else {
            let message = format!("expected group `{}` to be shown too, found it nowhere", group.text());
            self.wrong(&group.value, message, "add the output of `clresourcegroup show -v`");
            return None;
        };
        if !block.fields.iter().any(|field| field.property) {
            let message = format!("expected the properties of `{}`, found none", block.name.text);
            self.wrong(&block.name, message, "use `clresource show -v`: without `-v` the properties are left out");
        }
        let nodes: Vec<ShownOn> = shown.node_list.iter().filter_map(|node| self.on_node(block, shown, node)).collect();
        let is_property = |field: &&Field| {
            field.property || ["R_description", "Resource_project_name"].contains(&field.key.text.as_str())
        };
        Some(ShownResource {
            name: block.name.clone(),
            group: group.text().to_owned(),
            resource_type: resource_type.text().to_owned(),
            type_version: version.text().to_owned(),
            nodes,
            properties: block.fields.iter().filter(is_property).cloned().collect(),
        })
    }

    fn on_node(&mut self, block: &'l Block, group: &ShownGroup, node: &str) -> Option<ShownOn> {
        let enabled = self.switch(block, "Enabled", node)?;
        let monitored = self.switch(block, "Monitored", node)?;
        let (state, monitor) = match self.state(block, node) {
            Some(found) => found,
            // Without a row nothing is known, but that nothing runs where the group is not managed.
            None if !group.managed => (ResourceState::Offline, None),
            None => UNKNOWN,
        };
        Some(ShownOn { node: node.to_owned(), enabled, monitored, state, monitor })
    }

    fn switch(&mut self, block: &'l Block, key: &str, node: &str) -> Option<bool> {
        let of_node = |field: &&Field| {
            !field.property && field.key.text == key && field.node.as_deref().is_none_or(|found| found == node)
        };
        let Some(field) = block.fields.iter().find(of_node) else {
            let message = format!("expected a line `{key}{{{node}}}` of `{}`, found none", block.name.text);
            self.wrong(&block.name, message, "the node is in the Nodelist of its group: give outputs of one time");
            return None;
        };
        match normal(field.text()).as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                let message = format!("expected `True` or `False`, found `{}`", field.value.text);
                self.wrong(&field.value, message, "give the output as it was printed");
                None
            }
        }
    }

    /// What the rows say; none without a row.
    fn state(&mut self, block: &Block, node: &str) -> Option<(ResourceState, Option<MonitorState>)> {
        let of = |row: &&Row| row.kind == Kind::Resource && row.object.text == block.name.text && row.node == node;
        let rows: Vec<&Row> = self.lines.rows.iter().filter(of).collect();
        let known = |row: &Row| {
            let word = normal(&row.state.text);
            RESOURCE_STATES.iter().find(|(name, _, _)| *name == word).map(|(_, state, monitor)| (*state, *monitor))
        };
        let first = rows.first()?;
        if let Some(other) = rows.iter().find(|other| known(other) != known(first)) {
            let message = format!("`{}` has two states on {node}", block.name.text);
            self.wrong(&other.state, message, "give outputs of one time");
        }
        // A word that is not known is reported with the rows.
        Some(known(first).unwrap_or(UNKNOWN))
    }

    /// Each row is about something that is shown, with a known word.
    fn check_rows(&mut self, cluster: &Cluster) {
        let resources: BTreeSet<&str> = cluster.resources.iter().map(|it| it.name.text.as_str()).collect();
        let groups: BTreeSet<&str> = cluster.groups.iter().map(|it| it.name.text.as_str()).collect();
        let shown = |kind: Kind, name: &str| self.lines.blocks.iter().any(|it| it.kind == kind && it.name.text == name);
        for row in &self.lines.rows {
            let (is_shown, words, command): (_, Vec<&str>, _) = match row.kind {
                Kind::Resource => {
                    let is_shown = resources.contains(row.object.text.as_str()) || shown(row.kind, &row.object.text);
                    (is_shown, RESOURCE_STATES.iter().map(|(word, _, _)| *word).collect(), "clresource show -v")
                }
                Kind::Group => {
                    let is_shown = groups.contains(row.object.text.as_str()) || shown(row.kind, &row.object.text);
                    (is_shown, GROUP_STATES.iter().map(|(word, _)| *word).collect(), "clresourcegroup show -v")
                }
                Kind::Node | Kind::Type => (true, NODE_STATES.iter().map(|(word, _)| *word).collect(), ""),
            };
            if !is_shown {
                let message = format!("`{}` has a state here, but is shown nowhere", row.object.text);
                let finding = Finding::new("import_content", Level::Error, row.object.file, row.object.span, message);
                self.findings.push(finding.help(format!("add the output of `{command}`")));
            }
            if !words.contains(&normal(&row.state.text).as_str()) {
                let message = format!("expected one of the states {}, found `{}`", words.join(", "), row.state.text);
                let finding = Finding::new("import_content", Level::Error, row.state.file, row.state.span, message);
                self.findings.push(finding.help("give the output as it was printed"));
            }
        }
    }

    /// What is online somewhere is in a managed group.
    fn check_online(&mut self, cluster: &Cluster) {
        for resource in &cluster.resources {
            let group = cluster.groups.iter().find(|group| group.name.text == resource.group);
            let runs = |on: &&ShownOn| !matches!(on.state, ResourceState::Offline | ResourceState::Unknown);
            if let (Some(on), Some(false)) = (resource.nodes.iter().find(runs), group.map(|group| group.managed)) {
                let (name, group) = (&resource.name.text, &resource.group);
                let message = format!("`{name}` is {} on {}, but group `{group}` is unmanaged", on.state, on.node);
                self.wrong(&resource.name, message, "give outputs of one time");
            }
        }
    }

    fn nodes(&mut self, cluster: &Cluster) -> Vec<ShownNode> {
        let mut nodes: BTreeMap<String, ShownNode> = BTreeMap::new();
        for group in &cluster.groups {
            for node in &group.node_list {
                let text = Text { text: node.clone(), ..group.name.clone() };
                let in_use = group.online_on.contains(node);
                let shown = nodes.entry(node.clone()).or_insert(ShownNode { name: text, member: None, in_use });
                shown.in_use |= in_use;
            }
        }
        for shown in &cluster.types {
            for node in shown.installed_nodes().unwrap_or_default() {
                let name = Text { text: node.clone(), ..shown.name.clone() };
                nodes.entry(node).or_insert(ShownNode { name, member: None, in_use: false });
            }
        }
        for row in self.lines.rows.iter().filter(|row| row.kind == Kind::Node) {
            let word = normal(&row.state.text);
            let member = NODE_STATES.iter().find(|(name, _)| *name == word).map(|(_, is_member)| *is_member);
            let new = ShownNode { name: row.object.clone(), member: None, in_use: false };
            let shown = nodes.entry(row.node.clone()).or_insert(new);
            shown.member = member;
            if shown.in_use && member == Some(false) {
                let message = format!("node `{}` is no member of the cluster, but something is online there", row.node);
                self.wrong(&row.state, message, "give outputs of one time");
            }
        }
        nodes.into_values().collect()
    }
}

/// Where groups are online: as their rows say, and wherever a resource of theirs runs.
fn online_groups(cluster: &mut Cluster, lines: &Lines) {
    for group in &mut cluster.groups {
        let says = |row: &Row| {
            let word = normal(&row.state.text);
            row.kind == Kind::Group
                && row.object.text == group.name.text
                && GROUP_STATES.iter().any(|(name, is_online)| *name == word && *is_online)
        };
        let mut online: BTreeSet<&str> =
            lines.rows.iter().filter(|row| says(row)).map(|row| row.node.as_str()).collect();
        for resource in cluster.resources.iter().filter(|resource| resource.group == group.name.text) {
            let runs = |on: &&ShownOn| !matches!(on.state, ResourceState::Offline | ResourceState::Unknown);
            online.extend(resource.nodes.iter().filter(runs).map(|on| on.node.as_str()));
        }
        group.online_on = group.node_list.iter().filter(|node| online.contains(node.as_str())).cloned().collect();
    }
}

fn field<'b>(block: &'b Block, key: &str) -> Option<&'b Field> {
    block.fields.iter().find(|field| !field.property && field.key.text.eq_ignore_ascii_case(key))
}

/// The same line of another showing of the object.
fn same<'b>(block: &'b Block, field: &Field) -> Option<&'b Field> {
    block
        .fields
        .iter()
        .find(|other| other.property == field.property && other.key.text == field.key.text && other.node == field.node)
}

fn contradicts(block: &Block, field: &Field) -> bool {
    same(block, field).is_some_and(|other| other.value.text != field.value.text)
}

/// The resources, each after those that it depends on; those of a circle stay as they are, and are refused later.
fn in_order(mut left: Vec<ShownResource>) -> Vec<ShownResource> {
    let mut ordered: Vec<ShownResource> = Vec::new();
    let needs = |resource: &ShownResource| -> BTreeSet<String> {
        let named = resource
            .properties
            .iter()
            .filter(|field| DEPENDENCY_PROPERTIES.iter().any(|name| name.eq_ignore_ascii_case(&field.key.text)));
        let words = named.flat_map(|field| field.text().split([' ', ',']));
        words.map(|word| word.split('{').next().unwrap_or(word).to_owned()).collect()
    };
    loop {
        let names: BTreeSet<String> = left.iter().map(|resource| resource.name.text.clone()).collect();
        let is_free = |resource: &ShownResource| needs(resource).is_disjoint(&names);
        let (free, bound): (Vec<_>, Vec<_>) = left.into_iter().partition(is_free);
        let is_done = free.is_empty();
        ordered.extend(free);
        left = bound;
        if is_done {
            ordered.append(&mut left);
            return ordered;
        }
    }
}

/// Puts what several files say together.
impl Extend<Lines> for Lines {
    fn extend<T: IntoIterator<Item = Lines>>(&mut self, files: T) {
        for lines in files {
            self.blocks.extend(lines.blocks);
            self.rows.extend(lines.rows);
        }
    }
}
