//! Checks that no resource of a type in `UNIFORM` lacks a property that every other resource of the
//! type has.
//!
//! Functions all have the same shape, and so do their roles, log groups and routes. A resource that
//! lacks a property silently gets the provider's default: a route without `authorizationType` is
//! open to anyone.

use std::collections::BTreeMap;

use super::Checker;
use crate::document::Resource;
use crate::expression::{Expression, Kind};

/// Types whose resources in the program are meant to set the same properties.
const UNIFORM: [&str; 8] = [
    "aws:apigatewayv2:Integration",
    "aws:apigatewayv2:Route",
    "aws:cloudwatch:LogGroup",
    "aws:iam:Role",
    "aws:iam:RolePolicy",
    "aws:lambda:Function",
    "aws:lambda:Permission",
    "aws:sfn:StateMachine",
];

/// Minimum number of resources that a type needs for the comparison. Of only two, either one could
/// be the outlier.
const MIN_RESOURCES: usize = 3;

impl Checker<'_> {
    pub(super) fn outliers(&mut self) {
        let program = self.program;
        for token in UNIFORM {
            let all: Vec<&Resource> =
                program.resources.iter().filter(|one| one.type_token == token).collect();
            if all.len() < MIN_RESOURCES {
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

/// Paths of the properties that `entries` and the objects inside them set. Environment variables
/// are left out, because they differ between functions.
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
