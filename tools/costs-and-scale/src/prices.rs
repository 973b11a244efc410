//! What AWS asks for, on demand, in us-east-1, beyond all free tiers.
//!
//! The only place for a price. Each says where it stands on AWS's own pages.

/// When the prices were last looked up.
pub const DATE: &str = "November 2026";

/// One price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// What is paid for.
    pub item: &'static str,
    /// US dollars for `per` of it.
    pub dollars: f64,
    /// The unit that the price is for.
    pub per: Per,
    /// AWS's page that says so.
    pub source: &'static str,
    /// What is doubtful about it, if anything.
    pub doubt: &'static str,
}

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// A million requests, units, transitions or events.
    Million,
    /// 10⁹ bytes. AWS bills 2³⁰; the difference is 7 % in the cautious direction.
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
    Price { item, dollars, per, source, doubt: "" }
}

const fn not_looked_up(price: Price) -> Price {
    Price { doubt: "well known, but not looked up anew", ..price }
}

/// A state that a STANDARD execution enters, and each retry.
pub const TRANSITION: Price =
    price("state transition (STANDARD)", 25.0, Per::Million, STEP_FUNCTIONS);
/// The start of an EXPRESS execution.
pub const EXPRESS_START: Price = price("execution (EXPRESS)", 1.0, Per::Million, STEP_FUNCTIONS);
/// An EXPRESS execution's time and memory, the first 1,000 hours of a gigabyte.
pub const EXPRESS_DURATION: Price =
    price("memory and time (EXPRESS)", 0.000_016_67, Per::GigabyteSecond, STEP_FUNCTIONS);
/// An invocation.
pub const INVOCATION: Price = not_looked_up(price("Lambda request", 0.20, Per::Million, LAMBDA));
/// A function's memory and time on arm64.
pub const ARM_DURATION: Price = not_looked_up(price(
    "Lambda memory and time, arm64",
    0.000_013_333_4,
    Per::GigabyteSecond,
    LAMBDA,
));
/// A GET or HEAD of an object.
pub const S3_READ: Price = not_looked_up(price("S3 GET or HEAD", 0.40, Per::Million, S3));
/// A write unit of a table on demand.
pub const WRITE_UNIT: Price = price("DynamoDB write request unit", 0.625, Per::Million, DYNAMODB);
/// A read unit of a table on demand.
pub const READ_UNIT: Price = price("DynamoDB read request unit", 0.125, Per::Million, DYNAMODB);
/// An event of S3 on the default bus.
pub const EVENT: Price = Price {
    doubt: "the page counts S3's events among the data events that one opts in to; others call \
            them free of charge: the dearer reading is taken",
    ..price("EventBridge event", 1.0, Per::Million, EVENTBRIDGE)
};
/// What functions, executions and the API log, when it arrives.
pub const LOGS: Price = price("CloudWatch Logs, ingestion", 0.50, Per::Gigabyte, CLOUDWATCH);
/// A request to an HTTP API, the first 300 million of a month.
pub const HTTP_REQUEST: Price = price("HTTP API request", 1.0, Per::Million, API_GATEWAY);
/// What leaves for the internet, after the first 100 GB of a month.
pub const TRANSFER: Price = price("data transfer out", 0.09, Per::Gigabyte, EC2);

/// All of them.
pub const ALL: [Price; 12] = [
    TRANSITION,
    EXPRESS_START,
    EXPRESS_DURATION,
    INVOCATION,
    ARM_DURATION,
    S3_READ,
    WRITE_UNIT,
    READ_UNIT,
    EVENT,
    LOGS,
    HTTP_REQUEST,
    TRANSFER,
];

/// State transitions that are free of charge each month, for good.
pub const FREE_TRANSITIONS: f64 = 4_000.0;
