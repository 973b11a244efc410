//! Checks the operators, keys and IP addresses in the conditions of policies.
//!
//! Rules:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use std::net::IpAddr;

use crate::check::read::{elements, text};
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

/// The condition keys that policies of the program may use. Any other key is a finding, because its
/// name may be misspelled. Keys that begin with `aws:` are from
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.
const KEYS: [&str; 8] = [
    "aws:PrincipalAccount",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "dynamodb:LeadingKeys",
    "kms:ViaService",
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
            if plain.ends_with("IpAddress") {
                self.ranges(keys);
            }
            for (key, value) in keys.iter().filter(|(key, _)| !KEYS.contains(&key.as_str())) {
                let near = near(key, KEYS.into_iter());
                let message = format!(
                    "unknown condition key {key}{near}; if it exists, add it to tools/pulumi-program/src/check/policies/conditions.rs"
                );
                self.error(&value.place, message);
            }
        }
    }

    /// Checks values that must be IP addresses, or ranges such as `10.0.0.0/8`.
    fn ranges(&mut self, keys: &[(String, Expression)]) {
        for value in keys.iter().flat_map(|(_, value)| elements(Some(value))) {
            let Some(range) = text(value) else { continue };
            let (address, bits) = range.split_once('/').unwrap_or((range, "0"));
            let most = match address.parse() {
                Ok(IpAddr::V4(_)) => 32,
                Ok(IpAddr::V6(_)) => 128,
                Err(_) => 0,
            };
            if most == 0 || !bits.parse::<u8>().is_ok_and(|bits| bits <= most) {
                let message =
                    format!("{range:?} is not an IP address or a range such as 10.0.0.0/8");
                self.error(&value.place, message);
            }
        }
    }
}
