//! Measures one function.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::aws::Aws;
use crate::binaries;
use crate::callgrind;
use crate::environment;
use crate::error::BenchmarkError;
use crate::figures::{Counts, Figures, Times, median};
use crate::instance::{Instance, Launch};
use crate::project::Settings;
use crate::workload::Workload;

/// Number of starts to time.
const STARTS: usize = 9;

/// Maximum number of warm invocations to time; fewer if [`WARM_TIME`] ends first.
const WARM: usize = 200;

/// Time after which no more warm invocations are started. An invocation of `recount-totals` waits a
/// second by design, so 200 of them would take minutes.
const WARM_TIME: Duration = Duration::from_secs(4);

/// Parameters that all measurements share.
#[derive(Debug)]
pub(crate) struct Benchmark {
    /// Directory of the workspace.
    pub(crate) root: PathBuf,
    /// Settings of all functions, by the names of their packages.
    pub(crate) settings: BTreeMap<String, Settings>,
    /// The stand-in for AWS that the functions call.
    pub(crate) aws: Aws,
    /// The path of valgrind; if `None`, instructions are not counted.
    pub(crate) valgrind: Option<PathBuf>,
}

impl Benchmark {
    /// Measures the function whose binary or archive is in `directory`.
    pub(crate) fn measure(
        &self,
        function: &str,
        directory: &Path,
    ) -> Result<Figures, BenchmarkError> {
        let workload = Workload::of(function, &self.root)?;
        let task = tempfile::Builder::new()
            .prefix("pixgauge-benchmark-")
            .tempdir()
            .map_err(BenchmarkError::io("creating a temporary directory"))?;
        let sizes = binaries::unpack(directory, function, task.path())?;
        let settings = self.settings.get(function);
        let settings = settings.ok_or_else(|| BenchmarkError::NotDeployed(function.to_owned()))?;
        let environment = environment::of(settings, task.path(), self.aws.address());
        let memory = settings.memory;
        let launch = Launch { function, directory: task.path(), environment: &environment, memory };
        let figures = self.run(&launch, &workload, sizes);
        match self.aws.unknown_call() {
            Some(call) => Err(BenchmarkError::UnknownCall { function: function.into(), call }),
            None => figures,
        }
    }

    fn run(
        &self,
        launch: &Launch<'_>,
        workload: &Workload,
        sizes: binaries::Sizes,
    ) -> Result<Figures, BenchmarkError> {
        let (times, peak_memory_bytes) = times(launch, workload)?;
        let valgrind = self.valgrind.as_ref();
        let count = valgrind.map(|valgrind| callgrind::count(valgrind, launch, workload));
        let instructions = count.transpose()?;
        let counts = Counts {
            offline_init_instructions: instructions.map(|it| it.offline_init),
            init_instructions: instructions.map(|it| it.init),
            first_instructions: instructions.map(|it| it.first),
            warm_instructions: instructions.map(|it| it.warm),
            peak_memory_bytes,
            binary_bytes: sizes.binary,
            zip_bytes: sizes.zip,
        };
        Ok(Figures { counts, milliseconds: Some(times) })
    }
}

/// Measures the median times, and the peak of resident memory in bytes.
fn times(launch: &Launch<'_>, workload: &Workload) -> Result<(Times, u64), BenchmarkError> {
    let (mut inits, mut firsts) = (Vec::new(), Vec::new());
    for _ in 1..STARTS {
        let mut instance = Instance::start(launch)?;
        inits.push(instance.initialized()?);
        firsts.push(instance.invoke(workload)?);
    }
    let mut instance = Instance::start(launch)?;
    inits.push(instance.initialized()?);
    firsts.push(instance.invoke(workload)?);
    let (mut warm, begun) = (Vec::new(), Instant::now());
    while warm.len() < WARM && (warm.is_empty() || begun.elapsed() < WARM_TIME) {
        warm.push(instance.invoke(workload)?);
    }
    let peak = instance.peak_memory()?;
    Ok((Times { init: median(inits), first: median(firsts), warm: median(warm) }, peak))
}
