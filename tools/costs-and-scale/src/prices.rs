//! AWS's on-demand prices in us-east-1 for usage above the free tiers.
//!
//! All prices are defined here, each with the AWS page that states it.

/// The month of the last check of the prices.
pub const DATE: &str = "November 2026";

/// One price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// The item that is billed.
    pub item: &'static str,
    /// US dollars.
    pub dollars: f64,
    /// The quantity that costs `dollars`.
    pub per: Per,
    /// The AWS page that states the price.
    pub source: &'static str,
    /// Reason to doubt the price; empty if there is none.
    pub caveat: &'static str,
}

/// The quantity that a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// A million requests, request units, executions, state transitions or events.
    Million,
    /// 10⁹ bytes. AWS's gigabyte has 2³⁰ bytes, so the computed costs are 7 % too high.
    Gigabyte,
    /// A gigabyte of memory for a second.
    GigabyteSecond,
}

impl Price {
    /// Dollars for one unit: a request, a byte, a gigabyte-second.
    #[must_use]
    pub fn each(&self) -> f64 {
        match self.per {
            Per::Million => self.dollars / 1e6,
            Per::Gigabyte => self.dollars / 1e9,
            Per::GigabyteSecond => self.dollars,
        }
    }
}

const STEP_FUNCTIONS: &str = "https://aws.amazon.com/step-functions/pricing/";
const LAMBDA: &str = "https://aws.amazon.com/lambda/pricing/";
const S3: &str = "https://aws.amazon.com/s3/pricing/";
const DYNAMODB: &str = "https://aws.amazon.com/dynamodb/pricing/on-demand/";
const EVENTBRIDGE: &str = "https://aws.amazon.com/eventbridge/pricing/";
const CLOUDWATCH: &str = "https://aws.amazon.com/cloudwatch/pricing/";
const API_GATEWAY: &str = "https://aws.amazon.com/api-gateway/pricing/";
const EC2: &str = "https://aws.amazon.com/ec2/pricing/on-demand/";

const fn price(item: &'static str, dollars: f64, per: Per, source: &'static str) -> Price {
    Price { item, dollars, per, source, caveat: "" }
}

const fn not_verified(price: Price) -> Price {
    Price { caveat: "well known, but not verified again", ..price }
}

/// A state that a STANDARD execution enters, or a retry.
pub const TRANSITION: Price =
    price("state transition (STANDARD)", 25.0, Per::Million, STEP_FUNCTIONS);
/// The start of an EXPRESS execution.
pub const EXPRESS_START: Price = price("execution (EXPRESS)", 1.0, Per::Million, STEP_FUNCTIONS);
/// A gigabyte-second of an EXPRESS execution, in the first 1,000 gigabyte-hours of a month.
pub const EXPRESS_DURATION: Price =
    price("memory and time (EXPRESS)", 0.000_016_67, Per::GigabyteSecond, STEP_FUNCTIONS);
/// A Lambda invocation.
pub const INVOCATION: Price = not_verified(price("Lambda request", 0.20, Per::Million, LAMBDA));
/// A gigabyte-second of a function on arm64.
pub const ARM_DURATION: Price = not_verified(price(
    "Lambda memory and time, arm64",
    0.000_013_333_4,
    Per::GigabyteSecond,
    LAMBDA,
));
/// A GET or HEAD request for an object.
pub const S3_READ: Price = not_verified(price("S3 GET or HEAD", 0.40, Per::Million, S3));
/// A request that lists up to 1,000 objects.
pub const S3_LIST: Price = not_verified(price("S3 list request", 5.0, Per::Million, S3));
/// A write request unit of an on-demand table.
pub const WRITE_UNIT: Price = price("DynamoDB write request unit", 0.625, Per::Million, DYNAMODB);
/// A read request unit of an on-demand table.
pub const READ_UNIT: Price = price("DynamoDB read request unit", 0.125, Per::Million, DYNAMODB);
/// An S3 event on the default bus.
pub const EVENT: Price = Price {
    caveat: "the page counts S3 events among the opt-in data events, other sources call them free \
             of charge; this is the higher price",
    ..price("EventBridge event", 1.0, Per::Million, EVENTBRIDGE)
};
/// An event of 64 KB or less that an application puts on a bus.
pub const CUSTOM_EVENT: Price =
    price("EventBridge custom event, up to 64 KB", 1.0, Per::Million, EVENTBRIDGE);
/// Ingestion of the logs of functions, executions and the API.
pub const LOGS: Price = price("CloudWatch Logs, ingestion", 0.50, Per::Gigabyte, CLOUDWATCH);
/// A request to an HTTP API, for the first 300 million of a month.
pub const HTTP_REQUEST: Price = price("HTTP API request", 1.0, Per::Million, API_GATEWAY);
/// Data transfer to the internet: the first 10 TB of a month, after the free 100 GB.
pub const TRANSFER: Price = price("data transfer out", 0.09, Per::Gigabyte, EC2);

/// All prices.
pub const ALL: [Price; 14] = [
    TRANSITION,
    EXPRESS_START,
    EXPRESS_DURATION,
    INVOCATION,
    ARM_DURATION,
    S3_READ,
    S3_LIST,
    WRITE_UNIT,
    READ_UNIT,
    EVENT,
    CUSTOM_EVENT,
    LOGS,
    HTTP_REQUEST,
    TRANSFER,
];

/// State transitions that are free of charge each month. This free tier does not expire.
pub const FREE_TRANSITIONS: f64 = 4_000.0;
