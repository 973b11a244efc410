//! The cost of one probe: reads, bytes, instructions, time and memory.

use std::error::Error;
use std::fmt;
use std::fs;
use std::process::Command;

use probe::{Hint, Probe, Step};

use crate::objects::Object;

#[derive(Default)]
pub(crate) struct Measurement {
    name: String,
    reads: u64,
    bytes: u64,
    /// Processor time in microseconds.
    micros: u64,
    /// Largest resident memory of the process in KiB.
    memory: u64,
    /// Millions of instructions of the process; 0 if valgrind is not installed.
    instructions: u64,
    /// Format and width of the image, such as `jpeg of 1`, or the message of the error.
    result: String,
}

impl Measurement {
    /// The names of the columns that [`Display`](fmt::Display) writes.
    pub(crate) const HEADER: &str =
        "OBJECT                     READS      BYTES  M INSTRUCTIONS  CPU SECONDS  PEAK MB  RESULT";

    /// Probes an object in child processes, and measures them.
    pub(crate) fn of(object: &Object) -> Result<Self, Box<dyn Error>> {
        let child = [std::env::current_exe()?.into_os_string(), "--child".into()];
        let output = Command::new(&child[0]).arg(&child[1]).arg(object.name).output()?;
        let output = String::from_utf8(output.stdout)?;
        let mut fields = output.trim_end().splitn(5, ' ');
        let mut number = || fields.next().and_then(|field| field.parse().ok());
        let (Some(reads), Some(bytes), Some(micros), Some(memory)) =
            (number(), number(), number(), number())
        else {
            return Err(format!("the probe of {} failed", object.name).into());
        };
        let result = fields.next().unwrap_or_default().to_owned();
        // If valgrind cannot be started, the number of instructions is 0.
        let counted = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .args(child)
            .arg(object.name)
            .output();
        let counted = counted.map_or(0, |output| instructions(&output.stderr));
        let name = object.name.to_owned();
        Ok(Self { name, reads, bytes, micros, memory, instructions: counted / 1_000_000, result })
    }

    /// For each figure, keeps the larger of the values in `self` and `other`.
    pub(crate) fn raise_to(&mut self, other: &Self) {
        "the largest".clone_into(&mut self.name);
        self.reads = self.reads.max(other.reads);
        self.bytes = self.bytes.max(other.bytes);
        self.micros = self.micros.max(other.micros);
        self.memory = self.memory.max(other.memory);
        self.instructions = self.instructions.max(other.instructions);
    }
}

impl fmt::Display for Measurement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, reads, bytes, micros, memory, instructions, result } = self;
        let seconds = format!("{}.{:03}", micros / 1_000_000, micros / 1_000 % 1_000);
        let megabytes = memory * 1024 / 1_000_000;
        write!(
            formatter,
            "{name:25} {reads:6} {bytes:10} {instructions:15} {seconds:>12} {megabytes:8}  {result}"
        )
    }
}

/// Probes an object in this process. Returns one line, in which spaces separate the reads, the
/// bytes, the processor time in microseconds, the memory in KiB and the result.
pub(crate) fn probe(object: &Object) -> Result<String, Box<dyn Error>> {
    let mut probe = Probe::new(object.size(), Hint::default());
    let result = loop {
        match probe.step() {
            Ok(Step::Read(range)) => probe.supply(range.start, object.bytes(range)),
            Ok(Step::Done(image)) => break format!("{} of {}", image.format, image.width),
            Err(error) => break error.to_string(),
        }
    };
    let (reads, bytes) = (probe.reads(), probe.bytes_read());
    Ok(format!("{reads} {bytes} {} {} {result}", processor_time()?, peak_memory()?))
}

/// Time that this process has spent on a processor, in microseconds.
fn processor_time() -> Result<u64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: u64 = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds / 1000)
}

/// The largest resident memory of this process so far, in KiB.
fn peak_memory() -> Result<u64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_ascii_whitespace().next());
    Ok(number.ok_or("the status has no VmHWM")?.parse()?)
}

/// The number of instructions that callgrind prints after the program has ended; 0 if callgrind
/// prints no number.
fn instructions(output: &[u8]) -> u64 {
    let output = String::from_utf8_lossy(output);
    let count = output.lines().find_map(|line| line.split_once("Collected : "));
    count.and_then(|(_, count)| count.trim().parse().ok()).unwrap_or(0)
}
