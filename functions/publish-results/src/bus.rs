//! The event bus.

use std::time::Duration;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::config::Builder;
use aws_sdk_eventbridge::error::ProvideErrorMetadata as _;
use aws_sdk_eventbridge::operation::put_events::{PutEventsError, PutEventsOutput};
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use contract::{FailureClass, RetryTransient, Service, backoff, class_of, classify, describe};
use result_events::{ResultEvent, SOURCE};

use crate::batch::Entry;
use crate::bus_name::BusName;
use crate::error::PublishError;

/// Maximum number of requests for the same entries. The SDK's own retries, after a request that
/// failed as a whole, do not count.
const MAX_ATTEMPTS: u32 = 4;

/// Upper bound of the random wait between the first attempt and the second. The bound doubles with
/// each further attempt.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The event bus of the stack.
#[derive(Debug)]
pub(crate) struct Bus {
    client: Client,
    name: BusName,
}

/// Entries that EventBridge has not confirmed: it refused them in [`MAX_ATTEMPTS`] requests, or a
/// request failed as a whole.
#[derive(Debug)]
pub(crate) struct Refused {
    /// The entries, in the order in which [`Bus::put`] received them.
    pub(crate) entries: Vec<Entry>,
    /// The reason why the last request failed as a whole; if it did not, the reason why EventBridge
    /// refused the first of `entries`.
    pub(crate) error: PublishError,
}

impl Bus {
    /// The bus with this name. Its client has this configuration, and also retries every transient
    /// failure.
    pub(crate) fn new(config: Builder, name: BusName) -> Self {
        let config =
            config.retry_classifier(RetryTransient::<PutEventsError>::new(Service::EventBridge));
        Self { client: Client::from_conf(config.build()), name }
    }

    /// The entry that puts an event on this bus.
    ///
    /// # Errors
    /// If the event cannot be written as JSON.
    pub(crate) fn entry(
        &self,
        event: &ResultEvent,
    ) -> Result<PutEventsRequestEntry, serde_json::Error> {
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(self.name.as_str())
            .source(SOURCE)
            .detail_type(event.kind())
            .set_time(event.time.map(DateTime::from_secs))
            .detail(event.to_json()?);
        Ok(entry.build())
    }

    /// Puts the entries of one request on the bus. Entries that EventBridge refuses individually
    /// are sent again, after a wait.
    ///
    /// # Errors
    /// [`Refused`] with the entries that EventBridge has not confirmed. If a request failed as a
    /// whole, some of its entries may be on the bus.
    pub(crate) async fn put(&self, entries: &[Entry]) -> Result<(), Refused> {
        let mut entries = entries.to_vec();
        let mut attempt = 0;
        loop {
            let request = entries.iter().map(|it| it.entry.clone()).collect();
            let error = match self.client.put_events().set_entries(Some(request)).send().await {
                Ok(response) => match refused(&response, &mut entries) {
                    Some(error) => error,
                    None => return Ok(()),
                },
                Err(error) => {
                    let message = describe(&error);
                    let class = classify(Service::EventBridge, error.code(), &error);
                    return Err(Refused { entries, error: PublishError::new(class, message) });
                }
            };
            attempt += 1;
            if attempt == MAX_ATTEMPTS {
                return Err(Refused { entries, error });
            }
            tokio::time::sleep(backoff(FIRST_WAIT, attempt - 1)).await;
        }
    }
}

/// Keeps only the refused entries, and returns the reason why the first of them was refused; `None`
/// if all entries are on the bus. An entry without a result counts as refused. Results are in the
/// order of the entries:
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
fn refused(response: &PutEventsOutput, entries: &mut Vec<Entry>) -> Option<PublishError> {
    let mut results = response.entries().iter();
    let mut first = None;
    entries.retain(|_| {
        let result = results.next();
        if result.is_some_and(|it| it.event_id().is_some() && it.error_code().is_none()) {
            return false;
        }
        let code = result.and_then(|it| it.error_code()).unwrap_or("no result");
        let message = result.and_then(|it| it.error_message()).unwrap_or_default();
        let class = class_of(Service::EventBridge, code).unwrap_or(FailureClass::Transient);
        first.get_or_insert_with(|| PublishError::new(class, format!("{code}: {message}")));
        true
    });
    first
}

#[cfg(test)]
mod tests {
    use aws_sdk_eventbridge::types::PutEventsResultEntry;

    use super::*;

    fn entries(number: usize) -> Vec<Entry> {
        let entry = |number: usize| Entry {
            sequence_number: number.to_string(),
            entry: PutEventsRequestEntry::builder().build(),
        };
        (0..number).map(entry).collect()
    }

    fn response(codes: &[Option<&str>]) -> PutEventsOutput {
        let result = |code: Option<&str>| {
            let result = PutEventsResultEntry::builder().set_error_code(code.map(str::to_owned));
            result.set_event_id(code.is_none().then(|| "id".to_owned())).build()
        };
        let results = codes.iter().copied().map(result).collect();
        PutEventsOutput::builder().failed_entry_count(0).set_entries(Some(results)).build()
    }

    #[test]
    fn only_refused_entries_are_kept() {
        let mut kept = entries(4);
        let codes = [None, Some("ThrottlingException"), None, Some("InternalFailure")];
        let error = refused(&response(&codes), &mut kept);
        assert!(matches!(error, Some(PublishError::BusUnavailable(_))), "{error:?}");
        let numbers: Vec<_> = kept.iter().map(|it| it.sequence_number.as_str()).collect();
        assert_eq!(numbers, ["1", "3"]);
        assert!(refused(&response(&[None, None]), &mut kept).is_none());
        assert!(kept.is_empty());
    }

    #[test]
    fn a_refusal_that_no_retry_changes_has_a_name_of_its_own() {
        let mut kept = entries(2);
        let error = refused(&response(&[Some("NotAuthorizedForSourceException")]), &mut kept);
        assert!(matches!(error, Some(PublishError::BusRefused(_))), "{error:?}");
        assert_eq!(kept.len(), 2, "an entry without a result is refused, too");
        let error = refused(&response(&[None]), &mut kept);
        assert!(error.unwrap().to_string().contains("no result"));
    }
}
