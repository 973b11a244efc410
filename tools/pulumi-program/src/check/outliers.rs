//! Does one of many resources of a type lack what all the others set?
//!
//! The functions are blocks of one shape, and so are their roles, log groups and routes. A block
//! that lacks a property has the provider's default in its place, and nobody notices: a route
//! without `authorizationType` is open to anyone.

use std::collections::BTreeMap;

use super::Checker;
use crate::document::Resource;
use crate::expression::{Expression, Kind};

/// Types of which the program has many of one shape.
const SHAPED: [&str; 8] = [
    "aws:apigatewayv2:Integration",
    "aws:apigatewayv2:Route",
    "aws:cloudwatch:LogGroup",
    "aws:iam:Role",
    "aws:iam:RolePolicy",
    "aws:lambda:Function",
    "aws:lambda:Permission",
    "aws:sfn:StateMachine",
];

/// With fewer, one is no exception.
const MANY: usize = 3;

impl Checker<'_> {
    pub(super) fn outliers(&mut self) {
        let program = self.program;
        for token in SHAPED {
            let all: Vec<&Resource> =
                program.resources.iter().filter(|one| one.type_token == token).collect();
            if all.len() < MANY {
                continue;
            }
            let mut set: BTreeMap<String, usize> = BTreeMap::new();
            let paths: Vec<Vec<String>> = all.iter().map(|one| paths(&one.properties)).collect();
            paths.iter().flatten().for_each(|path| *set.entry(path.clone()).or_default() += 1);
            for (path, _) in set.iter().filter(|(_, count)| **count == all.len() - 1) {
                let without = all.iter().zip(&paths).filter(|(_, paths)| !paths.contains(path));
                for (resource, _) in without {
                    let message = format!("lacks {path}, which every other {token} sets");
                    self.error(&resource.properties_place, message);
                }
            }
        }
    }
}

/// The properties that are set, at any depth of objects; not what functions find in their
/// environment, which differs.
fn paths(entries: &[(String, Expression)]) -> Vec<String> {
    let mut found = Vec::new();
    for (key, value) in entries.iter().filter(|(key, _)| key != "environment") {
        found.push(key.clone());
        if let Kind::Object(inner) = &value.kind {
            found.extend(paths(inner).into_iter().map(|path| format!("{key}.{path}")));
        }
    }
    found
}
