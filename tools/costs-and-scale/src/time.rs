//! Assumed durations on AWS, which an emulator cannot measure.
//!
//! Billed time and concurrency follow from these durations and the measured number of calls.

/// Seconds until S3 responds to a small request: the lower end of the 100 to 200 milliseconds that
/// AWS states
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>).
pub const S3_CALL: f64 = 0.100;

/// Seconds until DynamoDB responds: "single-digit milliseconds"
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html>), rounded
/// up.
pub const TABLE_CALL: f64 = 0.010;

/// Computing time of an invocation, in seconds: the function's and the runtime's together.
pub const OWN: f64 = 0.002;

/// Seconds from the end of one state of an execution to the start of the next.
pub const TRANSITION: f64 = 0.010;

/// Memory of each function in gigabytes: the default of `memorySize`, 256 MiB.
pub const MEMORY: f64 = 0.25;
