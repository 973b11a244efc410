//! `cargo local scale`.

use clap::{Args, ValueEnum};
use costs_and_scale::costs::MachineType;
use costs_and_scale::quotas::{Knobs, on_the_way};
use costs_and_scale::scale::Simulation;
use costs_and_scale::{counts, report};

use super::{CommandError, Ended, print};

/// Simulates a stream of uploads and prints which quota of AWS holds it back.
///
/// A model, not a load test: nothing is started. docs/SCALE.md says what it leaves out.
#[derive(Debug, Args)]
pub(super) struct Scale {
    /// Uploads a second.
    #[arg(long, value_name = "RATE", default_value_t = 1_000,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    uploads_per_second: u32,
    /// Seconds to simulate.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
    /// The stack's `stateMachineType`.
    #[arg(long = "type", value_enum, ignore_case = true, default_value_t = Type::Standard)]
    machine: Type,
    /// The stack's `shards`.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=100))]
    shards: u32,
    /// Lambda's concurrent executions in the account.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    concurrency: u32,
    /// Writes a second that the table takes at once.
    #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(1..))]
    table_writes: u32,
    /// Prefixes that the keys are spread over.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    prefixes: u32,
    /// Executions started a second, if the quota is not the default.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    starts: Option<u32>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
enum Type {
    Standard,
    Express,
}

impl Scale {
    pub(super) fn run(self) -> Result<Ended, CommandError> {
        let counts = counts::measured()?;
        let Some(image) = counts.uploads.first() else { return Ok(Ended::WithProblems) };
        let quotas = on_the_way(image, &self.knobs());
        let run = Simulation::run(&quotas, f64::from(self.uploads_per_second), self.seconds);
        print(&report::simulation(&run))?;
        Ok(Ended::Well)
    }

    fn knobs(&self) -> Knobs {
        let machine = match self.machine {
            Type::Standard => MachineType::Standard,
            Type::Express => MachineType::Express,
        };
        Knobs {
            machine,
            shards: f64::from(self.shards),
            concurrency: f64::from(self.concurrency),
            table_writes: f64::from(self.table_writes),
            prefixes: f64::from(self.prefixes),
            starts: self.starts.map(f64::from),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        scale: Scale,
    }

    #[test]
    fn without_arguments_it_is_a_new_stack() {
        let Cli { scale } = Cli::parse_from(["scale"]);
        assert_eq!(scale.knobs(), Knobs::new(MachineType::Standard));
    }
}
