//! Checks that the program has every index and state machine that a policy names in plain text.
//!
//! Policies name most resources by reference (`${table.arn}`), and `references` checks those. An
//! index has no output to refer to. A state machine's role cannot refer to the state machine,
//! because the state machine depends on the role. So policies name indexes and state machines in
//! plain text.

use serde_json::Value;

use crate::check::Checker;
use crate::check::read::{elements, field, output_and_rest, text};
use crate::expression::{Expression, Kind};

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
            self.error(&resource.place, format!("the program has no state machine named {name}"));
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

/// The state machine's name in an ARN of the state machine (`…:stateMachine:name`), of its
/// executions (`…:execution:name:*`), or of the child executions of its Distributed Map
/// (`…:execution:name/*`).
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
    fn arns_of_a_state_machine_and_its_executions_give_its_name() {
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
