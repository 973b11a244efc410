//! Nodes and edges of a definition in the Amazon States Language. See
//! <https://states-language.net>.

use serde_json::Value;

/// Id of the node at which an execution starts.
pub(super) const START: &str = "start";

/// Id of the node at which an execution ends.
pub(super) const END: &str = "end";

/// States, and the transitions between them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Graph {
    /// The nodes, parents before their children.
    pub(super) nodes: Vec<Node>,
    /// The edges. No two edges have the same start and the same end.
    pub(super) edges: Vec<Edge>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// Id, unique in the graph.
    pub(super) id: String,
    /// Id of the frame around the node, if there is one.
    pub(super) parent: Option<String>,
    pub(super) kind: Kind,
}

/// Kind of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Start or end of the state machine.
    Terminal,
    /// A state.
    State {
        /// Name, unique within the state machine.
        name: String,
        /// Type, such as `Task`.
        r#type: String,
    },
    /// Frame around a Map or Parallel state and the states inside it.
    Frame,
    /// Node at which the branches of a Map or Parallel state end, inside the state's frame.
    Exit,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edge {
    /// Id of the node where the edge starts.
    pub(super) from: String,
    /// Id of the node where the edge ends.
    pub(super) to: String,
    /// True if executions take this edge only after an error.
    pub(super) is_catch: bool,
}

/// Id of the node of a state. Names are unique within a state machine.
pub(super) fn state_id(name: &str) -> String {
    format!("state {name}")
}

fn frame_id(name: &str) -> String {
    format!("frame {name}")
}

fn exit_id(name: &str) -> String {
    format!("exit {name}")
}

/// Reads the graph of a state machine. Returns `None` if `States` or `StartAt` is missing in the
/// state machine or in one nested in it.
pub(super) fn graph(definition: &Value) -> Option<Graph> {
    let mut graph = Graph::default();
    graph.add_node(START, None, Kind::Terminal);
    graph.add_states(definition, None, START, END)?;
    graph.add_node(END, None, Kind::Terminal);
    // A transition to a state that does not exist cannot be drawn.
    let ids: std::collections::HashSet<_> = graph.nodes.iter().map(|node| &node.id).collect();
    graph.edges.retain(|edge| ids.contains(&edge.from) && ids.contains(&edge.to));
    Some(graph)
}

/// Returns the part of a definition that is run by the child executions of a Distributed Map.
/// `label` is the label of the Map.
pub(in crate::page) fn child<'a>(definition: &'a Value, label: &str) -> Option<&'a Value> {
    let states = definition.get("States")?.as_object()?;
    states.values().find_map(|state| {
        if state.get("Label").and_then(Value::as_str) == Some(label) {
            return processor(state);
        }
        branches(state).find_map(|branch| child(branch, label))
    })
}

/// The part of the Map `state` that contains its inner states; `None` for other states.
/// `Iterator` is the older name of `ItemProcessor`.
fn processor(state: &Value) -> Option<&Value> {
    state.get("ItemProcessor").or_else(|| state.get("Iterator"))
}

/// The branches of a Parallel state, or the processor of a Map; empty for other states.
fn branches(state: &Value) -> impl Iterator<Item = &Value> {
    let branches = state.get("Branches").and_then(Value::as_array).into_iter().flatten();
    branches.chain(processor(state))
}

impl Graph {
    fn add_node(&mut self, id: &str, parent: Option<&str>, kind: Kind) {
        let parent = parent.map(str::to_owned);
        self.nodes.push(Node { id: id.to_owned(), parent, kind });
    }

    /// Adds a transition. All transitions from one node to another share one edge. That edge is a
    /// catch only if all of these transitions are catches.
    fn add_edge(&mut self, from: &str, to: &str, is_catch: bool) {
        match self.edges.iter_mut().find(|edge| edge.from == from && edge.to == to) {
            Some(edge) => edge.is_catch &= is_catch,
            None => self.edges.push(Edge { from: from.to_owned(), to: to.to_owned(), is_catch }),
        }
    }

    /// Adds the states of a state machine, or of a part of it, between the nodes `start` and `end`.
    fn add_states(
        &mut self,
        machine: &Value,
        parent: Option<&str>,
        start: &str,
        end: &str,
    ) -> Option<()> {
        let states = machine.get("States")?.as_object()?;
        self.add_edge(start, &state_id(machine.get("StartAt")?.as_str()?), false);
        for (name, state) in states {
            let text = |member: &str| state.get(member).and_then(Value::as_str);
            let r#type = text("Type").unwrap_or_default();
            let id = state_id(name);
            let kind = Kind::State { name: name.clone(), r#type: r#type.to_owned() };
            let is_frame = branches(state).next().is_some();
            let exit = if is_frame { exit_id(name) } else { id.clone() };
            if is_frame {
                let frame = frame_id(name);
                self.add_node(&frame, parent, Kind::Frame);
                self.add_node(&id, Some(&frame), kind);
                for branch in branches(state) {
                    self.add_states(branch, Some(&frame), &id, &exit)?;
                }
                self.add_node(&exit, Some(&frame), Kind::Exit);
            } else {
                self.add_node(&id, parent, kind);
            }
            if let Some(next) = text("Next").or_else(|| text("Default")) {
                self.add_edge(&exit, &state_id(next), false);
            }
            for (member, is_catch) in [("Choices", false), ("Catch", true)] {
                let rules = state.get(member).and_then(Value::as_array).into_iter().flatten();
                for next in rules.filter_map(|rule| rule.get("Next")?.as_str()) {
                    self.add_edge(&id, &state_id(next), is_catch);
                }
            }
            let ends = state.get("End").and_then(Value::as_bool) == Some(true);
            if ends || matches!(r#type, "Succeed" | "Fail") {
                self.add_edge(&exit, end, false);
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn edges(graph: &Graph) -> Vec<String> {
        let edges = graph.edges.iter();
        edges
            .map(|edge| {
                let arrow = if edge.is_catch { "-!->" } else { "-->" };
                format!("{} {arrow} {}", edge.from, edge.to)
            })
            .collect()
    }

    #[test]
    fn every_kind_of_transition_is_an_edge() {
        let graph = graph(&json!({"StartAt": "A", "States": {
            "A": {"Type": "Task", "Next": "B", "Catch": [{"Next": "B"}, {"Next": "C"}]},
            "B": {"Type": "Choice", "Choices": [{"Next": "A"}, {"Next": "nowhere"}], "Default": "C"},
            "C": {"Type": "Fail"},
        }}));
        let expected = [
            "start --> state A",
            "state A --> state B",
            "state A -!-> state C",
            "state B --> state C",
            "state B --> state A",
            "state C --> end",
        ];
        assert_eq!(edges(&graph.unwrap()), expected);
    }

    #[test]
    fn states_of_a_map_lie_in_its_frame() {
        let map = json!({"StartAt": "M", "States": {
            "M": {"Type": "Map", "Label": "m", "End": true, "ItemProcessor": {
                "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}},
            }},
        }});
        let graph = graph(&map).unwrap();
        let inner = graph.nodes.iter().find(|node| node.id == "state I").unwrap();
        assert_eq!(inner.parent.as_deref(), Some("frame M"));
        let expected =
            ["start --> state M", "state M --> state I", "state I --> exit M", "exit M --> end"];
        assert_eq!(edges(&graph), expected);
        assert!(child(&map, "m").unwrap()["States"].get("I").is_some());
        assert_eq!(child(&map, "other"), None);
    }

    #[test]
    fn something_else_has_no_graph() {
        for other in [json!(null), json!({}), json!({"States": {}}), json!({"States": 1})] {
            assert_eq!(super::graph(&other), None);
        }
    }
}
