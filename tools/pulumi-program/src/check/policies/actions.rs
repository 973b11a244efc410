//! The IAM actions that policies of the program may have, and the kinds of resource that each
//! applies to.
//!
//! The table is an excerpt of
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/>. An action that is not in
//! the table is a finding, because its name may be misspelled. The kinds are checked because AWS
//! accepts a policy with an ARN of the wrong kind, but such a policy grants nothing.

use std::fmt;

use Kind::{
    Bucket, Bus, Execution, Function, Index, Key, LogStream, Nothing, Object, Queue, Rule,
    StateMachine, Stream, Table, Topic,
};

/// The kind of resource that an ARN names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bucket,
    Object,
    Table,
    Index,
    /// The streams of a table.
    Stream,
    Function,
    /// The streams of a log group. Their ARN is the log group's ARN followed by `:*`.
    LogStream,
    LogGroup,
    StateMachine,
    Execution,
    Queue,
    Rule,
    Bus,
    Topic,
    /// A key of AWS KMS.
    Key,
    /// No resource: the action takes only `*`.
    Nothing,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Bucket => "a bucket",
            Object => "objects (the bucket's ARN, /, and a key)",
            Table => "a table",
            Index => "an index (the table's ARN, /index/, and its name)",
            Stream => {
                "streams of a table (its streamArn, or the table's ARN, /stream/, and a name)"
            }
            Function => "a function",
            LogStream => "log streams (the log group's ARN and :*)",
            Self::LogGroup => "a log group",
            StateMachine => "a state machine",
            Execution => "executions",
            Queue => "a queue",
            Rule => "a rule",
            Bus => "an event bus",
            Topic => "a topic",
            Key => "a KMS key",
            Nothing => "no resource (write \"*\")",
        })
    }
}

/// Each action, with the kinds of resource that it applies to.
pub(super) const ACTIONS: &[(&str, &[Kind])] = &[
    ("dynamodb:BatchGetItem", &[Table]),
    ("dynamodb:BatchWriteItem", &[Table]),
    ("dynamodb:ConditionCheckItem", &[Table]),
    ("dynamodb:DeleteItem", &[Table]),
    ("dynamodb:DescribeStream", &[Stream]),
    ("dynamodb:DescribeTable", &[Table]),
    ("dynamodb:GetItem", &[Table]),
    ("dynamodb:GetRecords", &[Stream]),
    ("dynamodb:GetShardIterator", &[Stream]),
    ("dynamodb:ListStreams", &[Nothing]),
    ("dynamodb:PutItem", &[Table]),
    ("dynamodb:Query", &[Table, Index]),
    ("dynamodb:Scan", &[Table, Index]),
    ("dynamodb:UpdateItem", &[Table]),
    ("events:DescribeRule", &[Rule]),
    ("events:PutEvents", &[Bus]),
    ("events:PutRule", &[Rule]),
    ("events:PutTargets", &[Rule]),
    ("kms:Decrypt", &[Key]),
    ("lambda:InvokeFunction", &[Function]),
    ("logs:CreateLogDelivery", &[Nothing]),
    ("logs:CreateLogStream", &[LogStream]),
    ("logs:DeleteLogDelivery", &[Nothing]),
    ("logs:DescribeLogGroups", &[Nothing]),
    ("logs:DescribeResourcePolicies", &[Nothing]),
    ("logs:GetLogDelivery", &[Nothing]),
    ("logs:ListLogDeliveries", &[Nothing]),
    ("logs:PutLogEvents", &[LogStream]),
    ("logs:PutResourcePolicy", &[Nothing]),
    ("logs:UpdateLogDelivery", &[Nothing]),
    ("s3:DeleteObject", &[Object]),
    ("s3:GetObject", &[Object]),
    ("s3:GetObjectVersion", &[Object]),
    ("s3:ListBucket", &[Bucket]),
    ("s3:PutObject", &[Object]),
    ("sns:Publish", &[Topic]),
    ("sqs:SendMessage", &[Queue]),
    ("states:DescribeExecution", &[Execution]),
    ("states:RedriveExecution", &[Execution]),
    ("states:StartExecution", &[StateMachine]),
    ("states:StartSyncExecution", &[StateMachine]),
    ("states:StopExecution", &[Execution]),
    ("sts:AssumeRole", &[]),
    ("xray:GetSamplingRules", &[Nothing]),
    ("xray:GetSamplingTargets", &[Nothing]),
    ("xray:PutTelemetryRecords", &[Nothing]),
    ("xray:PutTraceSegments", &[Nothing]),
];

/// The kinds of resource that `action` applies to, if the action is known.
pub(super) fn resources_of(action: &str) -> Option<&'static [Kind]> {
    ACTIONS.iter().find(|(name, _)| *name == action).map(|(_, kinds)| *kinds)
}

/// The kind of an AWS resource. Its ARN is the ARN of a resource of type `token` in the program,
/// plus `rest`.
pub(super) fn of_output(token: &str, rest: &str) -> Option<Kind> {
    Some(match (token, rest) {
        ("aws:s3:Bucket", "") => Bucket,
        ("aws:s3:Bucket", rest) if rest.starts_with('/') => Object,
        ("aws:dynamodb:Table", "") => Table,
        ("aws:dynamodb:Table", rest) if rest.starts_with("/index/") => Index,
        ("aws:dynamodb:Table", rest) if rest.starts_with("/stream/") => Stream,
        ("aws:cloudwatch:EventBus", "") => Bus,
        ("aws:cloudwatch:LogGroup", "") => Kind::LogGroup,
        ("aws:cloudwatch:LogGroup", rest) if rest.starts_with(":*") => LogStream,
        ("aws:lambda:Function", "") => Function,
        ("aws:sfn:StateMachine", "") => StateMachine,
        ("aws:sqs:Queue", "") => Queue,
        ("aws:sns:Topic", "") => Topic,
        ("aws:cloudwatch:EventRule", "") => Rule,
        _ => return None,
    })
}

/// The kind of the AWS resource whose ARN is `arn`, by the ARN's service and resource type. `None`
/// for `*`, and for each kind whose ARN is never written in a policy, only taken from an output.
pub(super) fn of_arn(arn: &str) -> Option<Kind> {
    let mut parts = arn.splitn(6, ':').skip(2);
    let (service, resource) = (parts.next()?, parts.nth(2)?);
    Some(match (service, resource.split([':', '/']).next()?) {
        ("states", "stateMachine") => StateMachine,
        ("states", "execution") => Execution,
        ("events", "rule") => Rule,
        ("lambda", "function") => Function,
        ("dynamodb", "table") => Table,
        ("kms", "key") => Key,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_arns_are_told_apart() {
        let kind = |resource: &str| of_arn(&format!("arn:aws:states:eu-west-1:123:{resource}"));
        assert_eq!(kind("stateMachine:a"), Some(StateMachine));
        assert_eq!(kind("execution:a:*"), Some(Execution));
        assert_eq!(kind("activity:a"), None);
        assert_eq!(of_arn("arn:aws:events:*:*:rule/a"), Some(Rule));
        assert_eq!(of_arn("*"), None);
    }

    #[test]
    fn actions_are_sorted_without_duplicates() {
        assert!(ACTIONS.is_sorted_by(|one, next| one.0 < next.0));
    }
}
