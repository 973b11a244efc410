//! The tables of costs and prices.

use super::markdown::{dollars, table, thousands};
use crate::alternative;
use crate::costs::{self, ExecutionLog, LogSettings, MachineType, PlatformLog};
use crate::costs::{terms, terms_with, total, total_with};
use crate::counts::{Counts, PathCounts};
use crate::prices::{self, Per};
use crate::result_events as published;

/// Renders the cost per million uploads of each kind, in US dollars.
#[must_use]
pub fn uploads(paths: &[PathCounts], machine: MachineType) -> String {
    breakdown(paths, machine)
}

/// Renders the cost per million queries of each kind, in US dollars. Queries start no executions,
/// so the type of the state machine does not matter.
#[must_use]
pub fn queries(paths: &[PathCounts]) -> String {
    breakdown(paths, MachineType::Standard)
}

fn breakdown(paths: &[PathCounts], machine: MachineType) -> String {
    let each: Vec<_> = paths.iter().map(|path| (path, terms(path, machine))).collect();
    let names: Vec<_> = each.first().map(|(_, terms)| terms.clone()).unwrap_or_default();
    let paid = |at: usize| each.iter().any(|(_, terms)| terms[at].dollars != 0.0);
    let columns: Vec<_> = (0..names.len()).filter(|at| paid(*at)).collect();
    let mut titles = vec!["per million"];
    titles.extend(columns.iter().map(|at| names[*at].name));
    titles.push("**total**");
    let row = |(path, terms): &(&PathCounts, Vec<costs::Term>)| {
        let mut cells = vec![path.name.clone()];
        cells.extend(columns.iter().map(|at| dollars(terms[*at].dollars)));
        cells.push(format!("**{}**", dollars(total(path, machine))));
        cells
    };
    table(&titles, 1, &each.iter().map(row).collect::<Vec<_>>())
}

/// Renders the cost per million result events, in US dollars, by the size of a batch.
#[must_use]
pub fn result_events() -> String {
    let batches = [1, 10, 100];
    let row = |batch: u32| {
        let name =
            if batch == 1 { "a lone event".to_owned() } else { format!("batches of {batch}") };
        let terms = published::terms(batch).map(|term| dollars(term.dollars));
        let total = format!("**{}**", dollars(published::total(batch)));
        std::iter::once(name).chain(terms).chain([total]).collect()
    };
    let names = published::terms(1).map(|term| term.name);
    let titles: Vec<_> = std::iter::once("per million").chain(names).chain(["**total**"]).collect();
    table(&titles, 1, &batches.map(row))
}

/// Renders the total monthly cost with STANDARD and with EXPRESS, for the break-even number of
/// uploads and for four powers of ten.
#[must_use]
pub fn break_even(path: &PathCounts) -> String {
    let even = costs::break_even(path);
    let row = |(uploads, note): (f64, &str)| {
        let standard = costs::monthly(path, MachineType::Standard, uploads);
        let express = costs::monthly(path, MachineType::Express, uploads);
        let difference = standard - express;
        let count = thousands(uploads, 0);
        vec![format!("{count}{note}"), dollars(standard), dollars(express), dollars(difference)]
    };
    let rows = [(even.floor(), " (break-even)"), (1e4, ""), (1e5, ""), (1e6, ""), (1e7, "")];
    let titles = ["uploads a month", "STANDARD", "EXPRESS", "difference"];
    table(&titles, 1, &rows.map(row))
}

/// Log settings, from the most expensive to the cheapest, each with its values of
/// `executionLogLevel`, `executionLogData` and `platformLogLevel`.
const LOG_SETTINGS: [(ExecutionLog, PlatformLog, [&str; 3]); 7] = [
    (ExecutionLog::All, PlatformLog::Info, ["ALL", "true", "INFO"]),
    (ExecutionLog::All, PlatformLog::Warn, ["ALL", "true", "WARN"]),
    (ExecutionLog::AllWithoutData, PlatformLog::Info, ["ALL", "false", "INFO"]),
    (ExecutionLog::AllWithoutData, PlatformLog::Warn, ["ALL", "false", "WARN"]),
    (ExecutionLog::Errors, PlatformLog::Info, ["ERROR", "true", "INFO"]),
    (ExecutionLog::Errors, PlatformLog::Warn, ["ERROR", "true", "WARN"]),
    (ExecutionLog::Off, PlatformLog::Warn, ["OFF", "–", "WARN"]),
];

/// Renders the cost per million runs of `path` in US dollars, a row for each of `LOG_SETTINGS`.
#[must_use]
pub fn logs(path: &PathCounts) -> String {
    let row = |(executions, platform, names): (_, _, [&str; 3])| {
        let logs = LogSettings { executions, platform };
        let terms = terms_with(path, MachineType::Express, logs);
        let term = |name| terms.iter().find(|term| term.name == name).map_or(0.0, |it| it.dollars);
        let total = |machine| format!("**{}**", dollars(total_with(path, machine, logs)));
        let paid = [dollars(term("execution logs")), dollars(term("logs"))];
        let totals = [total(MachineType::Express), total(MachineType::Standard)];
        names.map(str::to_owned).into_iter().chain(paid).chain(totals).collect()
    };
    let titles = [
        "`executionLogLevel`",
        "`executionLogData`",
        "`platformLogLevel`",
        "execution logs",
        "logs",
        "**EXPRESS**",
        "**STANDARD**",
    ];
    table(&titles, 3, &LOG_SETTINGS.map(row))
}

/// Renders the costs of the alternative with a single function beside those of pixgauge, for
/// uploads of the kind `upload` and for overviews.
#[must_use]
pub fn alternative(counts: &Counts, upload: &PathCounts) -> String {
    let overview = counts.queries.iter().find(|path| path.name == "overview");
    let overview = overview.map_or(0.0, |path| total(path, MachineType::Standard));
    let express = total(upload, MachineType::Express);
    let standard = total(upload, MachineType::Standard);
    let mut rows = vec![vec![
        "uploads".to_owned(),
        dollars(alternative::uploads()),
        dollars(express),
        dollars(standard),
    ]];
    for images in [1e3, 1e5, 1e6] {
        let name = format!("overviews of {} images", thousands(images, 0));
        let scan = dollars(alternative::overviews(counts, images));
        rows.push(vec![name, scan, dollars(overview), dollars(overview)]);
    }
    let titles = ["per million", "single function, scan", "pixgauge EXPRESS", "pixgauge STANDARD"];
    table(&titles, 1, &rows)
}

/// Renders all prices.
#[must_use]
pub fn prices() -> String {
    let row = |price: &prices::Price| {
        let (amount, per) = match price.per {
            Per::Million => (format!("{:.3}", price.dollars), "million"),
            Per::Gigabyte => (format!("{:.3}", price.dollars), "GB"),
            Per::GigabyteSecond => (format!("{:.10}", price.dollars), "GB-second"),
        };
        let amount = amount.trim_end_matches('0').trim_end_matches('.').to_owned();
        let source = format!("<{}>", price.source);
        vec![price.item.to_owned(), source, price.caveat.to_owned(), amount, per.to_owned()]
    };
    let rows: Vec<_> = prices::ALL.iter().map(row).collect();
    table(&["item", "source", "caveat", "USD", "per"], 3, &rows)
}
