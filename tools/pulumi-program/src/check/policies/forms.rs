//! Finds the documents, statements and resources of policies. They may depend on the configuration:
//! - An `fn::select` chooses a bucket's policy from two documents. In each document, an `fn::split`
//!   and an `fn::join` replace a placeholder with an ARN.
//! - The list of a document's statements may be a configuration value.
//! - An `fn::select` may choose the list of a statement's resources.

use crate::check::Checker;
use crate::check::read::{text, written};
use crate::expression::{Call, Expression, Kind};

/// The placeholder for the bucket's ARN in the policies of buckets.
pub(super) const BUCKET_ARN: &str = "{bucketArn}";

impl Checker<'_> {
    /// The documents from which the program chooses this policy, before their placeholders are
    /// replaced. Without an `fn::select`, there is only one document.
    pub(super) fn documents(&self, policy: &Expression) -> Vec<Expression> {
        let policy = self.followed(policy);
        let Kind::Call(call) = &policy.kind else { return vec![policy.clone()] };
        match call.as_ref() {
            Call::Join { values, .. } => match &values.kind {
                Kind::Call(split) => match split.as_ref() {
                    Call::Split { text, .. } => self.documents(text),
                    _ => vec![policy.clone()],
                },
                _ => vec![policy.clone()],
            },
            Call::Select { values, .. } => match &values.kind {
                Kind::List(items) => {
                    let used = items.iter().filter(|item| text(item) != Some(""));
                    used.flat_map(|item| self.documents(item)).collect()
                }
                _ => vec![policy.clone()],
            },
            _ => vec![policy.clone()],
        }
    }

    /// The elements of a list in the program or in the configuration. In the program, a list
    /// inside a list counts as its elements, and an `fn::select` as the elements of all values that
    /// it may select. Any other expression counts as a list of one.
    pub(super) fn flattened(&self, expression: Option<&Expression>) -> Vec<Expression> {
        let Some(expression) = expression.map(|it| self.followed(it)) else { return Vec::new() };
        match &expression.kind {
            Kind::List(items) => items.iter().flat_map(|it| self.flattened(Some(it))).collect(),
            Kind::Call(call) => match call.as_ref() {
                Call::Select { values, .. } => self.flattened(Some(values)),
                _ => vec![expression.clone()],
            },
            Kind::Reference(_) => match self.configured(expression) {
                Some(values) => values,
                None => vec![expression.clone()],
            },
            _ => vec![expression.clone()],
        }
    }

    /// The elements of a list that is a configuration value; `None` for any other expression.
    pub(super) fn configured(&self, expression: &Expression) -> Option<Vec<Expression>> {
        let Kind::Reference(reference) = &expression.kind else { return None };
        self.stack.config().get(&reference.root)?;
        let known = self.known(expression)?;
        let items = known.value.as_array()?.iter().enumerate();
        Some(items.map(|(at, value)| written(value, &known.place.index(at))).collect())
    }
}
