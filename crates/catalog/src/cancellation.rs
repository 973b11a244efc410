//! Interprets the reasons for which DynamoDB canceled a transaction.

use aws_sdk_dynamodb::types::CancellationReason;
use contract::{CANCELLATION_REASONS, FailureClass};

use crate::item::Attributes;

/// Interpretation of a canceled transaction, which wrote nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cancellation {
    /// The record is not the one for which the write was planned. Contains the current item, or
    /// `None` if the record does not exist.
    Moved(Option<Attributes>),
    /// Transient: DynamoDB throttled the transaction. Contains the first throttling code.
    Throttled(String),
    /// Transient: another transaction was writing one of the items, or DynamoDB gave no reason.
    Conflict,
    /// DynamoDB refuses the changes of totals. Either it cannot add to the value of an attribute,
    /// or an attribute that was read as [`spoiled`](crate::totals::spoiled) has changed since.
    TotalsRefused,
    /// Permanent: DynamoDB refuses the transaction for another reason.
    Refused,
}

impl Cancellation {
    /// Interprets the reasons for which DynamoDB canceled a transaction. The first reason is about
    /// the record, and each further reason is about a totals item.
    ///
    /// Reasons can be mixed. If the record has changed ([`Cancellation::Moved`]), the write has to
    /// be planned again, whatever happened to the totals. If the record has not changed, a
    /// transient reason takes precedence over a permanent one: the transaction is retried, and the
    /// retry reports the permanent reason.
    pub(crate) fn of(reasons: &[CancellationReason]) -> Self {
        if let Some(record) = reasons.first()
            && record.code() == Some("ConditionalCheckFailed")
        {
            return Self::Moved(record.item.clone());
        }
        let codes = || reasons.iter().filter_map(CancellationReason::code);
        let transient =
            |code: &&str| CANCELLATION_REASONS.contains(&(*code, FailureClass::Transient));
        let (conflicts, throttled): (Vec<_>, Vec<_>) =
            codes().filter(transient).partition(|code| *code == "TransactionConflict");
        if let Some(code) = throttled.first() {
            return Self::Throttled((*code).to_owned());
        }
        if !conflicts.is_empty() || codes().all(|code| code == "None") {
            return Self::Conflict;
        }
        let of_totals =
            |code| ["None", "ValidationError", "ConditionalCheckFailed"].contains(&code);
        if codes().next() == Some("None") && codes().all(of_totals) {
            return Self::TotalsRefused;
        }
        Self::Refused
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;

    /// Every code that DynamoDB documents, including `None`, the code of an item that is not to
    /// blame.
    fn codes() -> impl Iterator<Item = &'static str> {
        std::iter::once("None").chain(CANCELLATION_REASONS.iter().map(|(code, _)| *code))
    }

    #[test]
    fn a_transient_reason_decides_over_a_permanent_one() {
        let conflict = Cancellation::Conflict;
        let throttled = |code: &str| Cancellation::Throttled(code.to_owned());
        let slow = || throttled("ThrottlingError");
        let capacity = "ProvisionedThroughputExceeded";
        let mut of_totals = Vec::new();
        for (reasons, expected) in [
            (&[][..], conflict.clone()),
            (&["None", "None"], conflict.clone()),
            (&["None", "TransactionConflict"], conflict.clone()),
            (&["None", capacity], throttled(capacity)),
            (&["None", "ThrottlingError"], slow()),
            (&["None", "ConditionalCheckFailed"], Cancellation::TotalsRefused),
            (&["None", "ValidationError"], Cancellation::TotalsRefused),
            (&["None", "ItemCollectionSizeLimitExceeded"], Cancellation::Refused),
            (&["ValidationError", "ValidationError"], Cancellation::Refused),
            (&["ItemCollectionSizeLimitExceeded", "ValidationError"], Cancellation::Refused),
            (&["ValidationError", "ThrottlingError"], slow()),
            (&["ThrottlingError", "ValidationError"], slow()),
            (&["ThrottlingError", "ItemCollectionSizeLimitExceeded"], slow()),
            (&["ValidationError", "TransactionConflict"], conflict.clone()),
            (&["ItemCollectionSizeLimitExceeded", "TransactionConflict"], conflict.clone()),
        ] {
            let reason = |code: &&str| CancellationReason::builder().code(*code).build();
            let found = Cancellation::of(&reasons.iter().map(reason).collect::<Vec<_>>());
            assert_eq!(found, expected, "{reasons:?}");
            of_totals.extend(reasons.iter().skip(1));
        }
        assert!(codes().all(|code| of_totals.contains(&code)), "a code is left out");
        let without_code = CancellationReason::builder().build();
        assert_eq!(Cancellation::of(&[without_code]), conflict);
    }

    #[test]
    fn a_record_that_has_moved_decides() {
        let item = Attributes::from([("revision".to_owned(), AttributeValue::S("1".to_owned()))]);
        let moved = CancellationReason::builder().code("ConditionalCheckFailed");
        let moved = moved.set_item(Some(item.clone())).build();
        for code in codes() {
            let other = CancellationReason::builder().code(code).build();
            let found = Cancellation::of(&[moved.clone(), other]);
            assert_eq!(found, Cancellation::Moved(Some(item.clone())), "{code}");
        }
    }
}
