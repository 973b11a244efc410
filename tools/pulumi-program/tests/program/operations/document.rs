//! Tests of docs/OPERATIONS.md, which says for each alarm what it means, where to look and what to
//! do.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluated::Deployed;
use crate::project::{STACKS, read};

/// The sections of the document, by title.
fn sections() -> BTreeMap<String, String> {
    let document = read("docs/OPERATIONS.md");
    let sections = document.split("\n## ").skip(1).flat_map(|chapter| chapter.split("\n### "));
    let titled = sections.map(|section| section.split_once('\n').unwrap_or((section, "")));
    titled.map(|(title, text)| (title.to_owned(), text.to_owned())).collect()
}

/// The names of alarms or saved queries, without the prefix that names the stack.
fn names(deployed: &Deployed, token: &str, prefix: &str) -> BTreeSet<String> {
    let names = deployed.names(token).into_iter();
    names.map(|name| name.strip_prefix(prefix).unwrap().to_owned()).collect()
}

fn alarms() -> BTreeSet<String> {
    names(&Deployed::of("production"), "aws:cloudwatch:MetricAlarm", "pixgauge-production-")
}

fn queries() -> BTreeSet<String> {
    names(&Deployed::of("production"), "aws:cloudwatch:QueryDefinition", "pixgauge-production/")
}

/// The queries that a text names, each as "query `name`" or "Query `name`".
fn named(text: &str) -> BTreeSet<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let names = text.split("uery `").skip(1).filter_map(|rest| rest.split('`').next());
    names.map(str::to_owned).collect()
}

#[test]
fn every_alarm_has_a_section_with_its_meaning_where_to_look_and_what_to_do() {
    let sections = sections();
    for alarm in alarms() {
        let section = sections.get(&alarm).unwrap_or_else(|| panic!("no section on {alarm}"));
        for part in ["**Means**", "**Look**", "**Do**"] {
            assert!(section.contains(part), "{alarm} has no {part}");
        }
        let look = section.split("**Look**").nth(1).unwrap();
        assert!(!named(look).is_empty() || look.contains("aws "), "{alarm}: look at what?");
    }
}

#[test]
fn every_alarm_names_its_section() {
    for stack in STACKS {
        for alarm in Deployed::of(stack).all("aws:cloudwatch:MetricAlarm") {
            let name = alarm.inputs["name"].as_str().unwrap();
            let name = name.strip_prefix(&format!("pixgauge-{stack}-")).unwrap();
            let description = alarm.inputs["alarmDescription"].as_str().unwrap();
            let expected = format!("docs/OPERATIONS.md under {name}.");
            assert!(description.ends_with(&expected), "{description}");
        }
    }
}

#[test]
fn the_document_names_every_saved_query_and_no_other() {
    assert_eq!(named(&read("docs/OPERATIONS.md")), queries());
}

/// The table at the beginning links each alarm to its section.
#[test]
fn the_document_begins_with_a_list_of_all_alarms() {
    let document = read("docs/OPERATIONS.md");
    let listed: BTreeSet<String> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| [`")?.split_once("`](#"))
        .map(|(name, rest)| {
            assert!(rest.starts_with(&format!("{name})")), "{name} leads to {rest}");
            name.to_owned()
        })
        .collect();
    assert_eq!(listed, alarms());
}

/// If less is logged, a query may find nothing although something has failed. So the document's
/// section "With less logged" covers every query.
#[test]
fn the_document_says_what_each_query_finds_with_less_logged() {
    let section = &sections()["With less logged"];
    let rows: BTreeSet<String> = section
        .lines()
        .filter_map(|row| row.strip_prefix("| `")?.split(" | ").next())
        .flat_map(|names| names.split("`, `"))
        .map(|name| name.trim_end_matches('`').to_owned())
        .collect();
    assert_eq!(rows, queries());
    for setting in ["executionLogLevel", "executionLogData", "platformLogLevel", "logLevel"] {
        assert!(section.contains(&format!("`{setting}`")), "{setting}");
    }
}

/// AWS bills alarms by the number of metrics that they watch.
#[test]
fn the_document_says_how_many_metrics_are_watched() {
    let deployed = Deployed::of("production");
    let alarms = deployed.all("aws:cloudwatch:MetricAlarm");
    let watched: usize = alarms.iter().map(|alarm| super::alarms::metrics(alarm).len()).sum();
    let expected = format!("The alarms watch {watched} metrics");
    assert!(read("docs/OPERATIONS.md").contains(&expected), "{expected}");
}
