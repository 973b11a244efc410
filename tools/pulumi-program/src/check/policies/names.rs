//! Does what a policy names by name exist in the program?
//!
//! Most resources are named by their ARN, which Pulumi follows. Indexes have none, and a state
//! machine cannot refer to itself.

use crate::check::Checker;
use crate::check::read::{elements, field, output_and_rest, text};
use crate::expression::{Expression, Kind};
use serde_json::Value;

impl Checker<'_> {
    pub(super) fn exists(&mut self, resource: &Expression) {
        if let Some((table, "arn", rest)) = output_and_rest(resource) {
            if let Some(index) = rest.strip_prefix("/index/")
                && index != "*"
                && !self.indexes(table).contains(&index)
            {
                self.error(&resource.place, format!("{table} has no index {index}"));
            }
            return;
        }
        let Some(Value::String(arn)) = self.known(resource).map(|known| known.value) else {
            return;
        };
        let Some(name) = state_machine(&arn) else { return };
        let machines =
            self.program.resources.iter().filter(|it| it.type_token == "aws:sfn:StateMachine");
        let mut known = machines.filter_map(|one| self.known_at(&one.properties, &["name"]).pop());
        if !known.any(|known| known.value.as_str() == Some(name)) {
            self.error(&resource.place, format!("there is no state machine {name}"));
        }
    }

    fn indexes(&self, table: &str) -> Vec<&str> {
        let table = self.program.resource(table);
        let indexes =
            elements(table.and_then(|it| field(&it.properties, "globalSecondaryIndexes")));
        let names = indexes.into_iter().filter_map(|index| match &index.kind {
            Kind::Object(entries) => field(entries, "name").and_then(text),
            _ => None,
        });
        names.collect()
    }
}

/// The state machine's name in its ARN, in that of its executions or of the batches that its
/// Distributed Map starts: `…:stateMachine:name`, `…:execution:name:*`, `…:execution:name/*`.
fn state_machine(arn: &str) -> Option<&str> {
    let (_, rest) = arn.strip_prefix("arn:")?.split_once(":states:")?;
    let mut parts = rest.splitn(4, ':').skip(2);
    matches!(parts.next()?, "stateMachine" | "execution").then_some(())?;
    parts.next()?.split([':', '/']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_machine_is_known_by_the_arn_of_all_that_is_its_own() {
        let of = |rest: &str| {
            state_machine(&format!("arn:aws:states:eu-west-1:1:{rest}")).map(str::to_owned)
        };
        for rest in ["stateMachine:a", "execution:a:*", "execution:a/*"] {
            assert_eq!(of(rest).as_deref(), Some("a"), "{rest}");
        }
        assert_eq!(of("activity:a"), None);
        assert_eq!(state_machine("arn:aws:events:r:1:rule/a"), None);
    }
}
