//! Checks that every function has its own role, its own archive, and a log group with a retention
//! period.
//!
//! Lambda creates a missing log group, which keeps its events forever. To prevent that, each
//! function must name a log group of the program, to which its role may write, and no role may
//! create log groups.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Checker;
use super::read::{field, nested, output, output_and_rest};
use crate::document::Resource;
use crate::expression::{Call, Expression, Kind};

impl<'a> Checker<'a> {
    pub(super) fn functions(&mut self) {
        let program = self.program;
        let of = |token| program.resources.iter().filter(move |one| one.type_token == token);
        let (mut roles, mut archives) = (BTreeMap::new(), BTreeMap::new());
        for function in of("aws:lambda:Function") {
            self.log_group(function);
            self.own_role(function, &mut roles);
            self.archive(function, &mut archives);
        }
        for group in of("aws:cloudwatch:LogGroup") {
            self.retention(group);
        }
    }

    fn retention(&mut self, group: &Resource) {
        let days = self.known_at(&group.properties, &["retentionInDays"]);
        let written = field(&group.properties, "retentionInDays").is_some();
        if !written || days.iter().any(|days| matches!(days.value.as_i64(), Some(0))) {
            let place = days.first().map_or(&group.place, |days| &days.place);
            self.error(
                place,
                "retentionInDays is missing or 0: the log group would keep events forever",
            );
        }
    }

    fn log_group(&mut self, function: &'a Resource) {
        let program = self.program;
        let written = nested(&function.properties, &["loggingConfig", "logGroup"]);
        let group = written.and_then(output).and_then(|(name, _)| program.resource(name));
        let group = group.filter(|one| one.type_token == "aws:cloudwatch:LogGroup");
        let (Some(written), Some(group)) = (written, group) else {
            let message = "loggingConfig.logGroup must be the name of an aws:cloudwatch:LogGroup: \
                           Lambda would create one that keeps events forever";
            return self.error(&function.place, message);
        };
        let name = |resource: &Resource| match self.known_at(&resource.properties, &["name"]).pop()
        {
            Some(known) => known.value.as_str().map(str::to_owned),
            None => None,
        };
        let expected = name(function).map(|name| format!("/aws/lambda/{name}"));
        if let (Some(found), Some(expected)) = (name(group), expected)
            && found != expected
        {
            let message = format!("this function's log group must be {expected:?}, not {found:?}");
            self.error(&written.place, message);
        }
        self.log_permissions(function, group);
    }

    fn log_permissions(&mut self, function: &'a Resource, group: &'a Resource) {
        let Some((role, _)) = field(&function.properties, "role").and_then(output) else { return };
        for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
            let streams = |resource: &Expression| {
                output_and_rest(resource)
                    .is_some_and(|it| it == (group.name.as_str(), "arn", ":*".to_owned()))
            };
            if !self.allows(role, action, &streams) {
                let message =
                    format!("{role} does not allow {action} on ${{{}.arn}}:*", group.name);
                self.error(&function.place, message);
            }
        }
    }

    /// Reports a role that several functions share: it would give each function the permissions of
    /// all.
    fn own_role(&mut self, function: &'a Resource, roles: &mut BTreeMap<&'a str, &'a str>) {
        let Some(role) = field(&function.properties, "role") else { return };
        let Some((name, _)) = output(role) else { return };
        if let Some(other) = roles.insert(name, &function.name) {
            let message =
                format!("{name} is also the role of {other}: each function needs its own");
            self.error(&role.place, message);
        }
    }

    /// Requires that the archive is `…/<function>/bootstrap.zip`, as `cargo build-functions` writes
    /// it, that no other function uses it, and that the function's name ends in `-<function>`.
    fn archive(&mut self, function: &'a Resource, archives: &mut BTreeMap<String, &'a str>) {
        let Some(code) = field(&function.properties, "code") else { return };
        let Some(path) = archive_path(code) else { return };
        let folder = path.strip_suffix("/bootstrap.zip").and_then(|path| path.rsplit('/').next());
        let Some(folder) = folder else {
            let message = format!("{path} must be <folder>/<function>/bootstrap.zip");
            return self.error(&code.place, message);
        };
        if let Some(other) = archives.insert(folder.to_owned(), &function.name) {
            self.error(&code.place, format!("{other} also uses the archive of {folder}"));
        }
        let named = self.known_at(&function.properties, &["name"]).pop();
        if let Some(Value::String(name)) = named.map(|name| name.value)
            && !name.ends_with(&format!("-{folder}"))
        {
            let message = format!(
                "the archive is in the folder {folder}, but the function's name does not end in -{folder}"
            );
            self.error(&code.place, message);
        }
    }
}

/// The path of an archive, with each reference replaced by `*`.
fn archive_path(code: &Expression) -> Option<String> {
    let Kind::Call(call) = &code.kind else { return None };
    match call.as_ref() {
        Call::FileArchive(path) => super::read::pattern(path),
        _ => None,
    }
}
