//! How long things take on AWS: what cannot be measured on an emulator.
//!
//! Billed time and concurrency follow from the measured number of calls and these figures, on the
//! cautious side.

/// Seconds until S3 answers a small request: AWS's own lower bound
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>).
pub const S3_CALL: f64 = 0.100;

/// Seconds until DynamoDB answers: "single-digit milliseconds"
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html>), rounded
/// up.
pub const TABLE_CALL: f64 = 0.010;

/// Seconds of an invocation that are the function's own: what it computes, and the runtime.
pub const OWN: f64 = 0.002;

/// Seconds that Step Functions takes from one state to the next in an EXPRESS execution.
pub const TRANSITION: f64 = 0.010;

/// Gigabytes of memory of each function: the default of `memorySize`, 256 MiB.
pub const MEMORY: f64 = 0.25;

#[cfg(test)]
mod tests {
    #[test]
    fn memory_is_what_the_program_sets() {
        let project = include_str!("../../../Pulumi.yaml");
        let (_, rest) = project.split_once("\n  memorySize:").unwrap();
        let (_, rest) = rest.split_once("default: ").unwrap();
        let mebibytes: f64 = rest.lines().next().unwrap().parse().unwrap();
        assert!((mebibytes / 1024.0 - super::MEMORY).abs() < 1e-9);
    }
}
