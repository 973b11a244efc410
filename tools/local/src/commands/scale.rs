//! `cargo local scale`: simulates a stream of uploads against the quotas of AWS.

use clap::{Args, ValueEnum};
use costs_and_scale::costs::MachineType;
use costs_and_scale::quotas::{Knobs, on_the_way};
use costs_and_scale::scale::Simulation;
use costs_and_scale::{counts, report};

use super::{CommandError, ExitStatus, print, print_json};

/// Simulate a stream of uploads and print which AWS quota limits it.
///
/// This is a model, not a load test: nothing is started. docs/SCALE.md lists what the model leaves
/// out.
#[derive(Debug, Args)]
pub(super) struct Scale {
    /// Uploads per second.
    #[arg(long, value_name = "RATE", default_value_t = 1_000,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    uploads_per_second: u32,
    /// Seconds to simulate.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
    /// The stack's `stateMachineType`.
    #[arg(long = "type", value_name = "TYPE", value_enum, ignore_case = true,
          default_value_t = Type::Standard)]
    machine: Type,
    /// The stack's `shards`.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=100))]
    shards: u32,
    /// The account's quota of concurrent Lambda executions.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..))]
    concurrency: u32,
    /// Write units per second that the table can take without first scaling up.
    #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(1..))]
    table_writes: u32,
    /// Number of key prefixes under `uploads/` that have an S3 partition of their own.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    prefixes: u32,
    /// The account's quota of executions that can start per second, if not the default.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    starts: Option<u32>,
    /// Print the result as JSON, with all quotas in the order in which they apply to an upload.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
enum Type {
    Standard,
    Express,
}

impl Scale {
    pub(super) fn run(self) -> Result<ExitStatus, CommandError> {
        let counts = counts::measured().map_err(CommandError::Counts)?;
        let Some(image) = counts.uploads.first() else { return Ok(ExitStatus::Failure) };
        let quotas = on_the_way(image, &self.knobs());
        let run = Simulation::run(&quotas, f64::from(self.uploads_per_second), self.seconds);
        if self.json {
            print_json(&run)?;
        } else {
            print(&report::simulation(&run))?;
        }
        Ok(ExitStatus::Success)
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
    fn defaults_describe_a_new_stack() {
        let Cli { scale } = Cli::parse_from(["scale"]);
        assert_eq!(scale.knobs(), Knobs::new(MachineType::Standard));
        assert!(!scale.json);
    }

    #[test]
    fn a_simulation_has_a_json_form() {
        let counts = counts::measured().unwrap();
        let quotas = on_the_way(&counts.uploads[0], &Knobs::new(MachineType::Standard));
        let run = serde_json::to_value(Simulation::run(&quotas, 1.0, 1)).unwrap();
        assert_eq!(run["seconds"], 1);
        for stage in run["stages"].as_array().unwrap() {
            assert!(stage["quota"]["name"].is_string(), "{stage}");
            assert!(stage["utilization"].as_f64().unwrap() < 1.0, "{stage}");
        }
    }
}
