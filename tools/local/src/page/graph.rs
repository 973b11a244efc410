//! The graph of a state machine, from the deployed definition. Each state has the color of its
//! result in one execution.
//!
//! `definition` turns the Amazon States Language into nodes and edges, and `drawing` lays them out
//! and draws them.

mod definition;
mod drawing;

use std::collections::{HashMap, HashSet};

use maud::Markup;
use serde_json::Value;

pub(super) use self::definition::child;
use crate::executions::{Status, Step, StepResult};

/// Course of an execution through the states.
#[derive(Debug, Default)]
struct Course {
    states: HashMap<String, Mark>,
    /// Pairs of states: the execution entered the second directly after the first.
    transitions: HashSet<(String, String)>,
    /// True if the execution has succeeded.
    is_complete: bool,
}

/// Summary of an execution's visits to one state.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    class: &'static str,
    visits: usize,
    retries: usize,
}

impl Course {
    fn of(steps: &[Step], status: Status) -> Self {
        let mut course = Self { is_complete: status == Status::Succeeded, ..Self::default() };
        for (index, step) in steps.iter().enumerate() {
            let class = class(&step.result);
            let retries = step.attempts.len().saturating_sub(1);
            course
                .states
                .entry(step.state.clone())
                .and_modify(|mark| {
                    // Iterations of a Map run concurrently, and each visits the state. The first
                    // running or failed visit decides the state's class.
                    if !matches!(mark.class, "running" | "failed") {
                        mark.class = class;
                    }
                    mark.visits += 1;
                    mark.retries += retries;
                })
                .or_insert(Mark { class, visits: 1, retries });
            if let Some(before) = index.checked_sub(1) {
                course.transitions.insert((steps[before].state.clone(), step.state.clone()));
            }
        }
        course
    }
}

/// The CSS class that colors a visit to a state. The page also prints it as the visit's result.
pub(super) fn class(result: &StepResult) -> &'static str {
    match result {
        StepResult::Running => "running",
        StepResult::Succeeded => "succeeded",
        StepResult::Caught { .. } => "caught",
        StepResult::Failed { .. } => "failed",
    }
}

/// Draws the graph as SVG. Each visited state links to the HTML id of its first visit, which is
/// `step-` followed by the visit's index. Returns `None` if the definition has no states or cannot
/// be laid out.
pub(super) fn draw(definition: &Value, steps: &[Step], status: Status) -> Option<Markup> {
    let graph = definition::graph(definition)?;
    let course = Course::of(steps, status);
    let first = |name: &str| steps.iter().position(|step| step.state == name);
    drawing::draw(&graph, &course, first)
}
