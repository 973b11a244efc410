//! Refuses ARNs that name their partition, because stacks can be in different partitions.
//!
//! In regions for the US government, ARNs begin with `arn:aws-us-gov:`, and in China with
//! `arn:aws-cn:`: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

use std::path::Path;

use serde_json::Value;

use super::Checker;
use super::definitions::from_root;
use super::read::{pattern, text};
use crate::expression::{Call, Expression, Kind};
use crate::finding::Place;
use crate::reference::Part;

/// Beginning of an ARN in any partition: every partition is called `aws` or `aws-…`.
const WRITTEN: &str = "arn:aws";

impl Checker<'_> {
    pub(super) fn partition(&mut self) {
        let program = self.program;
        for value in program.values() {
            value.visit(&mut |expression| self.written_partition(expression));
        }
    }

    fn written_partition(&mut self, expression: &Expression) {
        let written = match &expression.kind {
            Kind::Constant(Value::String(text)) => text.contains(WRITTEN),
            Kind::Text(parts) => parts
                .iter()
                .any(|part| matches!(part, Part::Literal(text) if text.contains(WRITTEN))),
            Kind::Call(call) => {
                if let Call::ReadFile(name) = call.as_ref() {
                    self.written_in_file(name);
                }
                pattern(expression).is_some_and(|text| text.contains(WRITTEN))
            }
            _ => false,
        };
        if written {
            let message = "names a partition: begin the ARN with arn:${partition}, which \
                           aws:getPartition returns";
            self.error(&expression.place, message);
        }
    }

    /// In a file that the program reads, refuses ARNs that name their partition. `Checker::files`
    /// reports a missing file.
    fn written_in_file(&mut self, name: &Expression) {
        let Some(name) = text(name) else { return };
        let Ok(content) = std::fs::read_to_string(self.program.directory().join(name)) else {
            return;
        };
        let main = Path::new(&self.program.main).parent().unwrap_or(Path::new(""));
        let file = from_root(&main.join(name));
        let lines = content.lines().zip(1..).filter(|(line, _)| line.contains(WRITTEN));
        for (_, number) in lines {
            let message = "names a partition: begin the ARN with arn:${Partition}, which the \
                           program replaces";
            self.error(&Place::file(&file).at(number), message);
        }
    }
}
