//! The child executions of a Distributed Map.

use aws_sdk_sfn::types::{ExecutionStatus, MapRunStatus};
use maud::{Markup, html};

use super::super::error::Failure;
use super::super::machines::Machine;
use super::super::{Site, executions, text};
use crate::executions::{Execution, Status, Step};

/// Maximum number of child executions to show for each run of a Distributed Map.
const CHILDREN: i32 = 50;

/// One run of a Distributed Map.
struct MapRun {
    arn: String,
    status: MapRunStatus,
    /// Numbers of child executions: those that succeeded, those that failed, and all.
    counts: [i64; 3],
    children: Vec<(String, ExecutionStatus)>,
    has_more: bool,
}

/// Shows the runs of the Distributed Maps of an execution, if it has any.
pub(super) async fn view(
    site: &Site,
    machine: &Machine,
    execution: &Execution,
    steps: &[Step],
) -> Result<Markup, Failure> {
    let is_child = execution.arn.split(':').nth(6).is_some_and(|name| name.contains('/'));
    if is_child || machine.is_express || !steps.iter().any(|step| step.kind == "Map") {
        return Ok(html! {});
    }
    let runs = runs(site, &execution.arn).await?;
    Ok(html! {
        section #map-runs data-live aria-label="Child executions" {
            @for run in &runs { (one(site, run)) }
        }
    })
}

async fn runs(site: &Site, execution: &str) -> Result<Vec<MapRun>, Failure> {
    let listed = site.aws.sfn.list_map_runs().execution_arn(execution).send().await;
    let listed = listed.map_err(|error| Failure::call("ListMapRuns")(&error))?;
    let mut runs = Vec::new();
    for arn in listed.map_runs.into_iter().map(|run| run.map_run_arn) {
        let described = site.aws.sfn.describe_map_run().map_run_arn(&arn).send().await;
        let described = described.map_err(|error| Failure::call("DescribeMapRun")(&error))?;
        let request = site.aws.sfn.list_executions().map_run_arn(&arn).max_results(CHILDREN);
        let children = request.send().await;
        let children = children.map_err(|error| Failure::call("ListExecutions")(&error))?;
        let counts = described.execution_counts.as_ref();
        runs.push(MapRun {
            arn,
            status: described.status,
            counts: counts.map_or([0; 3], |it| [it.succeeded, it.failed, it.total]),
            has_more: children.next_token.is_some(),
            children: children
                .executions
                .into_iter()
                .map(|child| (child.execution_arn, child.status))
                .collect(),
        });
    }
    Ok(runs)
}

fn one(site: &Site, run: &MapRun) -> Markup {
    // The ARN of a Map Run is `arn:aws:states:region:account:mapRun:machine/label:id`.
    let label = run.arn.split(':').nth(6).and_then(|name| name.split_once('/'));
    let [succeeded, failed, total] = run.counts;
    html! {
        h2 {
            "Map run " (text::visible(label.map_or("", |(_, label)| label))) " "
            span.tag { (run.status.as_str().to_lowercase()) }
        }
        p { (succeeded) " succeeded, " (failed) " failed, " (total) " in all" }
        ul.children {
            @for (arn, status) in &run.children {
                li {
                    (text::status(Status::from(status))) " "
                    a.row href=(executions::address(site, arn)) { code { (text::visible(text::name(arn))) } }
                }
            }
        }
        @if run.has_more { p.note { "The first " (CHILDREN) " child executions." } }
    }
}
