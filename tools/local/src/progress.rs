//! What the local stack is doing, for whoever shows it.

use std::fmt;
use std::sync::Arc;

/// A part of the work that takes a person's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Installing the emulator into its Python environment.
    Python,
    /// Starting the emulator and waiting until it answers.
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

/// Something that happened in a [`Step`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The step has begun or does something else now.
    Doing(Step, String),
    /// `done` of `total` parts are done; the text says what is at work.
    Advanced {
        /// The step that advanced.
        step: Step,
        /// Parts that are done.
        done: u64,
        /// Parts there are, as far as known now.
        total: u64,
        /// What is at work.
        what: String,
    },
    /// The step has ended well; the text sums it up.
    Done(Step, String),
}

impl Event {
    /// The step that the event belongs to.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Doing(step, _) | Self::Advanced { step, .. } | Self::Done(step, _) => *step,
        }
    }
}

/// Where events go. Cheap to clone; events may come from several threads.
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(Event) + Send + Sync>);

impl Progress {
    /// Sends each event to `listener`.
    pub fn new(listener: impl Fn(Event) + Send + Sync + 'static) -> Self {
        Self(Arc::new(listener))
    }

    /// Shows nothing.
    #[must_use]
    pub fn silent() -> Self {
        Self::new(|_| ())
    }

    /// Says what `step` does now.
    pub fn doing(&self, step: Step, what: impl Into<String>) {
        (self.0)(Event::Doing(step, what.into()));
    }

    /// Says how far `step` is.
    pub fn advanced(&self, step: Step, done: u64, total: u64, what: impl Into<String>) {
        (self.0)(Event::Advanced { step, done, total, what: what.into() });
    }

    /// Says that `step` has ended well.
    pub fn done(&self, step: Step, summary: impl Into<String>) {
        (self.0)(Event::Done(step, summary.into()));
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Progress")
    }
}
