//! Reasons of a canceled transaction.

use aws_sdk_dynamodb::types::CancellationReason;
use contract::{CANCELLATION_REASONS, FailureClass};

use crate::item::Attributes;

/// Interpretation of a canceled transaction, which wrote nothing.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cancellation {
    /// The record is no longer the one that the write was to replace. Contains the current item, or
    /// `None` if the item does not exist.
    Moved(Option<Attributes>),
    /// Transient: DynamoDB throttled the transaction. Contains the reason's code.
    Throttled(String),
    /// Transient: another transaction was writing one of the items, or DynamoDB gave no reason.
    Conflict,
    /// DynamoDB refuses the changes of totals. Either DynamoDB cannot add to an attribute, or a
    /// spoiled attribute ([`spoiled`](crate::totals::spoiled)), to which the transaction does not
    /// add, has changed since it was read.
    TotalsRefused,
    /// Permanent: DynamoDB refuses the transaction.
    Refused,
}

impl Cancellation {
    /// Interprets the reasons of a transaction. The first one is that of the record, and each
    /// further one that of a totals item.
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

    /// Every code of [`CANCELLATION_REASONS`], and the code of an item without a reason.
    const CODES: [&str; 7] = [
        "None",
        "ConditionalCheckFailed",
        "ItemCollectionSizeLimitExceeded",
        "TransactionConflict",
        "ProvisionedThroughputExceeded",
        "ThrottlingError",
        "ValidationError",
    ];

    fn of(codes: &[&str]) -> Cancellation {
        let reason = |code: &&str| CancellationReason::builder().code(*code).build();
        Cancellation::of(&codes.iter().map(reason).collect::<Vec<_>>())
    }

    #[test]
    fn each_code_of_the_totals_has_a_class() {
        let throttled = |code: &str| Cancellation::Throttled(code.to_owned());
        let expected = [
            Cancellation::Conflict,
            Cancellation::TotalsRefused,
            Cancellation::Refused,
            Cancellation::Conflict,
            throttled("ProvisionedThroughputExceeded"),
            throttled("ThrottlingError"),
            Cancellation::TotalsRefused,
        ];
        for (code, expected) in CODES.into_iter().zip(expected) {
            assert_eq!(of(&["None", code]), expected, "{code}");
        }
        for of_record in ["ValidationError", "ItemCollectionSizeLimitExceeded"] {
            assert_eq!(of(&[of_record, "ValidationError"]), Cancellation::Refused);
        }
    }

    #[test]
    fn no_code_is_left_out() {
        let known = CANCELLATION_REASONS.iter().map(|(code, _)| *code);
        assert!(known.clone().all(|code| CODES.contains(&code)));
        assert_eq!(CODES.len(), known.count() + 1);
    }

    #[test]
    fn a_record_that_has_moved_decides() {
        let item = Attributes::from([("revision".to_owned(), AttributeValue::S("1".to_owned()))]);
        let moved = CancellationReason::builder().code("ConditionalCheckFailed");
        let moved = moved.set_item(Some(item.clone())).build();
        for code in CODES {
            let other = CancellationReason::builder().code(code).build();
            let found = Cancellation::of(&[moved.clone(), other]);
            assert_eq!(found, Cancellation::Moved(Some(item.clone())), "{code}");
        }
    }

    #[test]
    fn a_transient_reason_decides_over_a_permanent_one() {
        let permanent = ["ItemCollectionSizeLimitExceeded", "ValidationError"];
        for permanent in permanent {
            let throttled = Cancellation::Throttled("ThrottlingError".to_owned());
            assert_eq!(of(&[permanent, "ThrottlingError"]), throttled);
            assert_eq!(of(&["ThrottlingError", permanent]), throttled);
            assert_eq!(of(&[permanent, "TransactionConflict"]), Cancellation::Conflict);
        }
        assert_eq!(of(&["None", permanent[0]]), Cancellation::Refused);
        assert_eq!(of(&["None", permanent[1]]), Cancellation::TotalsRefused);
    }

    #[test]
    fn a_transaction_without_a_reason_is_tried_again() {
        assert_eq!(of(&[]), Cancellation::Conflict);
        assert_eq!(
            Cancellation::of(&[CancellationReason::builder().build()]),
            Cancellation::Conflict
        );
    }
}
