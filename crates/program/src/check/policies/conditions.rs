//! Is a policy's condition one that IAM evaluates?
//!
//! Rules: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use crate::check::{Checker, near};
use crate::expression::{Expression, Kind};

const OPERATORS: [&str; 24] = [
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "BinaryEquals",
    "Bool",
    "DateEquals",
    "DateGreaterThan",
    "DateLessThan",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericNotEquals",
    "StringEquals",
    "StringEqualsIgnoreCase",
    "StringLike",
    "StringNotEquals",
    "StringNotEqualsIgnoreCase",
    "StringNotLike",
];

/// The condition keys that the program uses; as with actions, another is a finding.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
const KEYS: [&str; 7] = [
    "aws:PrincipalAccount",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "dynamodb:LeadingKeys",
    "s3:prefix",
];

impl Checker<'_> {
    pub(super) fn condition(&mut self, condition: &Expression) {
        let Kind::Object(operators) = &condition.kind else {
            return self.error(&condition.place, "must be an object of operators");
        };
        for (operator, tests) in operators {
            let plain = operator.strip_suffix("IfExists").unwrap_or(operator);
            if !OPERATORS.contains(&plain) {
                let near = near(plain, OPERATORS.into_iter());
                self.error(&tests.place, format!("unknown condition operator {operator}{near}"));
            }
            let Kind::Object(keys) = &tests.kind else {
                self.error(&tests.place, "must be an object of condition keys");
                continue;
            };
            for (key, value) in keys.iter().filter(|(key, _)| !KEYS.contains(&key.as_str())) {
                let near = near(key, KEYS.into_iter());
                self.error(&value.place, format!("unknown condition key {key}{near}"));
            }
        }
    }
}
