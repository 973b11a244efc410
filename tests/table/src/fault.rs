//! Faults of DynamoDB, of the network, and of the calling process.

use serde_json::{Value, json};

/// A fault of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// DynamoDB responds with this status and error code, and does not execute the request
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>).
    Refused(u16, &'static str),
    /// DynamoDB cancels a transaction, and gives this reason for the transaction's second item
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CancellationReason.html>).
    Canceled(&'static str),
    /// DynamoDB reads at most this many items of a batch, and leaves the other items unprocessed
    /// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>).
    LeftUnread(usize),
    /// DynamoDB ends a page of a query or a scan after at most this many items, as it does after
    /// 1 MB (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html>).
    ShortPage(usize),
    /// The connection is reset before the request is executed.
    Reset,
    /// The request is executed, but the response is lost.
    LostResponse,
    /// The calling process is killed before the request is executed.
    KilledBefore,
    /// The calling process is killed after the request was executed.
    KilledAfter,
}

impl Fault {
    /// DynamoDB's response for [`Fault::Refused`] and [`Fault::Canceled`]: status and JSON. `None`
    /// for all other faults.
    #[must_use]
    pub fn response(self) -> Option<(u16, Value)> {
        let (status, code, reasons) = match self {
            Self::Refused(status, code) => (status, code, Value::Null),
            Self::Canceled(reason) => {
                let reasons = json!([{"Code": "None"}, {"Code": reason}]);
                (400, "TransactionCanceledException", reasons)
            }
            _ => return None,
        };
        let body = json!({
            "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"),
            "message": "injected",
            "CancellationReasons": reasons,
        });
        Some((status, body))
    }
}
