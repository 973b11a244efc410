//! Layout and drawing of a graph.

use std::collections::HashMap;

use dagre::graph::{Graph as Layered, GraphOptions};
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, Point};
use maud::{Markup, html};

use super::definition::{END, Edge, Graph, Kind, Node, START, state_id};
use super::{Course, Mark};
use crate::page::text;
use crate::terminal::format;

/// Height of a state, in pixels.
const HEIGHT: f64 = 44.0;

/// Width of one character of a state's name, in pixels, a little more than the font needs.
const CHARACTER: f64 = 7.6;

/// Space around the drawing, in pixels.
const MARGIN: f64 = 12.0;

/// Center and size of a part of a drawing, in pixels.
#[derive(Debug, Clone, Copy)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// Draws a graph. Returns `None` if the layout leaves out a node. `first` returns the index of the
/// first visit to a state, if there was one.
pub(super) fn draw(
    graph: &Graph,
    course: &Course,
    first: impl Fn(&str) -> Option<usize>,
) -> Option<Markup> {
    let layered = lay_out(graph);
    let mut areas = HashMap::new();
    for node in &graph.nodes {
        areas.insert(node.id.as_str(), area(layered.node(&node.id)?)?);
    }
    let (width, height) = areas.values().fold((0.0_f64, 0.0_f64), |(width, height), area| {
        let (right, bottom) = (area.x + area.width / 2.0, area.y + area.height / 2.0);
        (width.max(right), height.max(bottom))
    });
    let points = |edge: &Edge| layered.edge(&edge.from, &edge.to, None).map(|it| &it.points);
    let right = graph.edges.iter().filter_map(points).flatten().fold(width, |a, b| a.max(b.x));
    let (width, height) = (right + MARGIN, height + MARGIN);
    let view_box = format!("{} {} {:.0} {:.0}", -MARGIN, -MARGIN, width + MARGIN, height + MARGIN);
    Some(html! {
        svg.graph viewBox=(view_box) width=(format!("{:.0}", width + MARGIN))
            height=(format!("{:.0}", height + MARGIN)) role="group" aria-label="States" {
            defs {
                @for id in ["arrow", "arrow-taken"] {
                    marker id=(id) viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"
                        markerHeight="7" orient="auto" { path d="M0 0 8 4 0 8z" {} }
                }
            }
            @for node in &graph.nodes {
                @if node.kind == Kind::Frame { (frame(areas.get(node.id.as_str())?)) }
            }
            @for edge in &graph.edges {
                @if let Some(points) = points(edge) { (arrow(graph, edge, points, course)) }
            }
            @for node in &graph.nodes {
                (shape(node, areas.get(node.id.as_str())?, course, &first))
            }
        }
    })
}

fn lay_out(graph: &Graph) -> Layered<NodeLabel, EdgeLabel> {
    let options = GraphOptions { directed: true, multigraph: false, compound: true };
    let mut layered = Layered::with_options(options);
    for node in &graph.nodes {
        let (width, height) = size(&node.kind);
        layered.set_node(&*node.id, Some(NodeLabel { width, height, ..NodeLabel::default() }));
        if let Some(parent) = &node.parent {
            layered.set_parent(&node.id, Some(parent));
        }
    }
    for edge in &graph.edges {
        // The higher an edge's weight, the straighter `dagre` draws it.
        let weight = if edge.is_catch { 1 } else { 4 };
        let label = EdgeLabel { weight, ..EdgeLabel::default() };
        layered.set_edge(&*edge.from, &*edge.to, Some(label), None);
    }
    let options =
        LayoutOptions { nodesep: 34.0, ranksep: 38.0, edgesep: 14.0, ..LayoutOptions::default() };
    dagre::layout(&mut layered, Some(options));
    layered
}

fn size(kind: &Kind) -> (f64, f64) {
    match kind {
        Kind::Terminal => (58.0, 26.0),
        Kind::Exit => (10.0, 10.0),
        Kind::Frame => (0.0, 0.0),
        Kind::State { name, .. } => {
            #[expect(clippy::cast_precision_loss, reason = "a name has few characters")]
            let characters = name.chars().count().clamp(9, 60) as f64;
            (characters * CHARACTER + 36.0, HEIGHT)
        }
    }
}

fn area(label: &NodeLabel) -> Option<Area> {
    Some(Area { x: label.x?, y: label.y?, width: label.width, height: label.height })
}

fn frame(area: &Area) -> Markup {
    html! {
        rect.frame x=(number(area.x - area.width / 2.0)) y=(number(area.y - area.height / 2.0))
            width=(number(area.width)) height=(number(area.height)) rx="10" {}
    }
}

fn arrow(graph: &Graph, edge: &Edge, points: &[Point], course: &Course) -> Markup {
    let is_taken = is_taken(graph, edge, course);
    let class = match (is_taken, edge.is_catch) {
        (true, _) => "edge taken",
        (false, true) => "edge catch",
        (false, false) => "edge",
    };
    let marker = if is_taken { "url(#arrow-taken)" } else { "url(#arrow)" };
    html! { path class=(class) d=(path(points)) marker-end=(marker) {} }
}

/// True if the execution went along the edge.
fn is_taken(graph: &Graph, edge: &Edge, course: &Course) -> bool {
    let name = |id: &str| {
        let node = graph.nodes.iter().find(|node| node.id == id)?;
        match &node.kind {
            Kind::State { name, .. } => Some(name.clone()),
            // A frame's exit stands for the frame's Map or Parallel state.
            Kind::Exit => id.strip_prefix("exit ").map(str::to_owned),
            _ => None,
        }
    };
    let was_visited = |name: &String| course.states.contains_key(name);
    match (name(&edge.from), name(&edge.to)) {
        (Some(from), Some(to)) => {
            let is_exit = edge.from.starts_with("exit ") || edge.to.starts_with("exit ");
            let both = was_visited(&from) && was_visited(&to);
            course.transitions.contains(&(from, to)) || (is_exit && both)
        }
        (None, Some(to)) if edge.from == START => was_visited(&to),
        (Some(from), None) if edge.to == END => was_visited(&from) && course.is_complete,
        _ => false,
    }
}

/// A line along the points, with rounded corners.
fn path(points: &[Point]) -> String {
    use std::fmt::Write as _;

    let [first, .., last] = points else { return String::new() };
    let mut path = format!("M{} {}", number(first.x), number(first.y));
    for pair in points[1..].windows(2) {
        let (corner, next) = (&pair[0], &pair[1]);
        let middle = (f64::midpoint(corner.x, next.x), f64::midpoint(corner.y, next.y));
        let (x, y) = if std::ptr::eq(next, last) { (next.x, next.y) } else { middle };
        let corner = (number(corner.x), number(corner.y));
        // Writing to a string cannot fail.
        let _written = write!(path, "Q{} {} {} {}", corner.0, corner.1, number(x), number(y));
    }
    if points.len() == 2 {
        let _written = write!(path, "L{} {}", number(last.x), number(last.y));
    }
    path
}

fn shape(
    node: &Node,
    area: &Area,
    course: &Course,
    first: impl Fn(&str) -> Option<usize>,
) -> Markup {
    let (x, y) = (number(area.x), number(area.y));
    match &node.kind {
        Kind::Frame => html! {},
        Kind::Exit => html! { circle.exit cx=(x) cy=(y) r="5" {} },
        Kind::Terminal => html! {
            g.terminal {
                rect x=(number(area.x - area.width / 2.0)) y=(number(area.y - area.height / 2.0))
                    width=(number(area.width)) height=(number(area.height)) rx="13" {}
                text x=(x) y=(number(area.y + 4.5)) {
                    @if node.id == START { "Start" } @else { "End" }
                }
            }
        },
        Kind::State { name, r#type } => {
            let mark = course.states.get(name);
            let drawn = state(name, r#type, area, mark);
            html! {
                @match first(name) {
                    Some(index) => a href=(format!("#step-{index}")) { (drawn) }
                    None => (drawn)
                }
            }
        }
    }
}

fn state(name: &str, r#type: &str, area: &Area, mark: Option<&Mark>) -> Markup {
    let class = mark.map_or("not-reached", |mark| mark.class);
    let (left, top) = (area.x - area.width / 2.0, area.y - area.height / 2.0);
    let counts = mark.map(counts).unwrap_or_default();
    html! {
        g.state.(class) id=(format!("graph-{}", text::encode(&state_id(name)))) {
            title { (format::printable(name)) ": " (class.replace('-', " ")) }
            rect x=(number(left)) y=(number(top)) width=(number(area.width))
                height=(number(area.height)) rx="7" {}
            text.name x=(number(area.x)) y=(number(area.y - 1.0)) { (format::printable(name)) }
            text.type x=(number(area.x)) y=(number(area.y + 14.0)) {
                (format::printable(r#type)) @if !counts.is_empty() { " · " (counts) }
            }
        }
    }
}

/// Text for a visited state: the number of visits if there are several, and the number of retries
/// if there are any.
fn counts(mark: &Mark) -> String {
    let visits = (mark.visits > 1).then(|| format!("{} visits", mark.visits));
    let retries = match mark.retries {
        0 => None,
        1 => Some("1 retry".to_owned()),
        retries => Some(format!("{retries} retries")),
    };
    visits.into_iter().chain(retries).collect::<Vec<_>>().join(", ")
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::definition;
    use super::*;

    /// The graphs of this repository's state machines.
    fn machines() -> Vec<Graph> {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../statemachine");
        let files = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        let json = files.filter(|path| path.extension().is_some_and(|it| it == "json"));
        let texts = json.map(|path| std::fs::read_to_string(path).unwrap());
        let machines: Vec<Value> = texts.map(|text| serde_json::from_str(&text).unwrap()).collect();
        assert!(machines.len() >= 2, "{machines:?}");
        machines.iter().map(|machine| definition::graph(machine).unwrap()).collect()
    }

    fn is_apart(one: &Area, other: &Area) -> bool {
        (one.x - other.x).abs() >= f64::midpoint(one.width, other.width)
            || (one.y - other.y).abs() >= f64::midpoint(one.height, other.height)
    }

    #[test]
    fn states_do_not_overlap_and_lie_in_the_frame_of_their_map() {
        for graph in machines() {
            let layered = lay_out(&graph);
            let area = |id: &str| area(layered.node(id).unwrap()).unwrap();
            let states = graph.nodes.iter().filter(|node| node.kind != Kind::Frame);
            let ids: Vec<_> = states.map(|node| node.id.as_str()).collect();
            for (index, one) in ids.iter().enumerate() {
                for other in &ids[..index] {
                    assert!(is_apart(&area(one), &area(other)), "{one} and {other} overlap");
                }
            }
            for node in graph.nodes.iter().filter(|node| node.parent.is_some()) {
                let (inner, outer) = (area(&node.id), area(node.parent.as_deref().unwrap()));
                let lies_in = |place: f64, size: f64, around: f64, whole: f64| {
                    (place - around).abs() + size / 2.0 <= whole / 2.0 + 0.1
                };
                assert!(
                    lies_in(inner.x, inner.width, outer.x, outer.width)
                        && lies_in(inner.y, inner.height, outer.y, outer.height),
                    "{node:?}: {inner:?} {outer:?}"
                );
            }
        }
    }

    #[test]
    fn each_state_is_drawn_and_a_visited_one_leads_to_its_visit() {
        for graph in machines() {
            let mut course = Course::default();
            let mark = Mark { class: "caught", visits: 2, retries: 3 };
            let visited = graph.nodes.iter().find_map(|node| match &node.kind {
                Kind::State { name, .. } => Some(name.clone()),
                _ => None,
            });
            course.states.insert(visited.clone().unwrap(), mark);
            let drawn =
                draw(&graph, &course, |name| (Some(name) == visited.as_deref()).then_some(7));
            let drawn = drawn.unwrap().into_string();
            for node in &graph.nodes {
                if let Kind::State { name, .. } = &node.kind {
                    assert!(
                        drawn.contains(&format!(">{}</text>", name.replace('&', "&amp;"))),
                        "{name}"
                    );
                }
            }
            assert_eq!(drawn.matches("href=\"#step-7\"").count(), 1);
            assert!(drawn.contains("2 visits, 3 retries"), "{drawn}");
        }
    }
}
