//! Progress of the local stack's work, as events for a display.

use std::fmt;
use std::sync::Arc;

/// A time-consuming part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Installing the emulator into its Python environment.
    Python,
    /// Starting the emulator and waiting until it is ready.
    Emulator,
    /// Compiling the Lambda functions.
    Build,
    /// Packing the binaries into Lambda archives.
    Package,
    /// Creating the program's resources.
    Deploy,
    /// Uploading objects and following their executions.
    Process,
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Python => "Python",
            Self::Emulator => "emulator",
            Self::Build => "build",
            Self::Package => "package",
            Self::Deploy => "deploy",
            Self::Process => "process",
        })
    }
}

/// Progress of a [`Step`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The step has begun, or has moved on to the activity in the text.
    Doing(Step, String),
    /// One or more units of a step are done.
    Advanced {
        /// The step that advanced.
        step: Step,
        /// Number of units that are done.
        done: u64,
        /// Number of all units, done or not. It may grow while the step runs.
        total: u64,
        /// Text to show after `done` and `total`: names of units in progress, or what is counted.
        what: String,
    },
    /// The step has succeeded; the text is a summary.
    Done(Step, String),
}

impl Event {
    /// Returns the step that the event belongs to.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Doing(step, _) | Self::Advanced { step, .. } | Self::Done(step, _) => *step,
        }
    }
}

/// Sender of progress events. Cheap to clone; several threads may send events.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(Event) + Send + Sync>);

impl Progress {
    /// Sends each event to `listener`.
    pub fn new(listener: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    /// Discards all events.
    #[must_use]
    pub fn silent() -> Self {
        Self::new(|_| ())
    }

    /// Reports the current activity of `step`.
    pub fn doing(&self, step: Step, what: impl Into<String>) {
        (self.0)(Event::Doing(step, what.into()));
    }

    /// Reports that `done` of `total` units of `step` are done.
    pub fn advanced(&self, step: Step, done: u64, total: u64, what: impl Into<String>) {
        (self.0)(Event::Advanced { step, done, total, what: what.into() });
    }

    /// Reports that `step` has succeeded.
    pub fn done(&self, step: Step, summary: impl Into<String>) {
        (self.0)(Event::Done(step, summary.into()));
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Progress")
    }
}
