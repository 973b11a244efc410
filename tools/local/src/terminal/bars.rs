//! Progress display: one bar or spinner per step in a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::progress::{Event, Progress, Step};

/// Returns a progress sender whose events are shown on standard error.
pub(crate) fn bars() -> Progress {
    if super::can_redraw() {
        let bars = Bars::default();
        Progress::new(move |event| bars.show(event))
    } else {
        let lines = Arc::new(Mutex::new(Lines::default()));
        Progress::new(move |event| {
            let line = lines.lock().unwrap_or_else(PoisonError::into_inner).line(event);
            if let Some(line) = line {
                // If standard error is closed, there is nowhere to report the failed write.
                let _written = writeln!(std::io::stderr(), "{line}");
            }
        })
    }
}

/// One bar per active step.
#[derive(Default)]
struct Bars {
    screen: MultiProgress,
    bars: Mutex<BTreeMap<Step, ProgressBar>>,
}

impl Bars {
    fn show(&self, event: Event) {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Doing(step, what) => self.bar(&mut bars, step, false).set_message(what),
            Event::Advanced { step, done, total, what } => {
                let bar = self.bar(&mut bars, step, true);
                bar.set_length(total);
                bar.set_position(done);
                bar.set_message(what);
            }
            Event::Done(step, summary) => {
                if let Some(bar) = bars.remove(&step) {
                    bar.finish_and_clear();
                    self.screen.remove(&bar);
                }
                let mark = console::style("✔").green().for_stderr();
                // A line that cannot be shown must not make the command fail.
                let _shown = self.screen.println(format!("{mark} {summary}"));
            }
        }
    }

    /// Returns the bar of `step`. Unless `counted`, the bar is a spinner without a count.
    fn bar<'a>(
        &self,
        bars: &'a mut BTreeMap<Step, ProgressBar>,
        step: Step,
        counted: bool,
    ) -> &'a ProgressBar {
        let bar = bars.entry(step).or_insert_with(|| {
            let bar = self.screen.add(ProgressBar::new_spinner());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        bar.set_prefix(step.to_string());
        bar.set_style(style(counted));
        bar
    }
}

fn style(counted: bool) -> ProgressStyle {
    let template = if counted {
        "{spinner:.cyan} {prefix:9} {bar:24.cyan/dim} {pos:>4}/{len:4} {wide_msg:.dim}"
    } else {
        "{spinner:.cyan} {prefix:9} {wide_msg}"
    };
    // The templates are constants and valid; the fallback only avoids a panic.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
        .progress_chars("━╸─")
}

/// Progress in a log: lines for a step's activities, for each tenth of the step's work, and for the
/// step's end.
#[derive(Default)]
struct Lines {
    /// For each active step, the number of tenths of its work that are done.
    tenths: BTreeMap<Step, u64>,
}

impl Lines {
    /// Returns the line to log for an event; `None` if the event is not logged.
    fn line(&mut self, event: Event) -> Option<String> {
        match event {
            Event::Doing(step, what) => Some(format!("{step}: {what}")),
            Event::Done(step, summary) => {
                self.tenths.remove(&step);
                Some(format!("{step}: {summary}"))
            }
            Event::Advanced { step, done, total, what } => {
                let tenth = done * 10 / total.max(1);
                let last = self.tenths.insert(step, tenth);
                let moved = last.map_or(tenth > 0, |last| tenth > last);
                moved.then(|| format!("{step}: {done}/{total} {what}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_has_a_line_for_each_tenth() {
        let mut lines = Lines::default();
        let shown: Vec<_> = (0..=300)
            .filter_map(|done| {
                let what = String::new();
                lines.line(Event::Advanced { step: Step::Build, done, total: 300, what })
            })
            .collect();
        assert_eq!(shown.len(), 10);
        assert_eq!(shown[0], "build: 30/300 ");
    }

    #[test]
    fn total_of_zero_does_not_divide_by_zero() {
        let what = String::new();
        let event = Event::Advanced { step: Step::Build, done: 0, total: 0, what };
        assert_eq!(Lines::default().line(event), None);
    }

    #[test]
    fn styles_are_valid() {
        for counted in [false, true] {
            let bar = ProgressBar::hidden();
            bar.set_style(style(counted));
            assert_eq!(bar.message(), "");
        }
    }
}
