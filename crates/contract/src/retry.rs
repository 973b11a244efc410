//! Retries inside a function. The SDK's client retries the failures that `failure_class.rs` calls
//! transient ([`RetryTransient`]). The functions themselves retry failures that the client does not
//! retry, such as a canceled transaction, after waits of [`backoff`].

use std::error::Error;
use std::marker::PhantomData;
use std::time::Duration;

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::aws_failure::class_of_response;
use crate::{FailureClass, Service};

/// A random time to wait before the next attempt, after `earlier` waits. The upper bound is `first`
/// for the first wait, and doubles with each later wait, at most ten times. Because waits are
/// random, callers that collided rarely collide again
/// (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>).
#[must_use]
pub fn backoff(first: Duration, earlier: u32) -> Duration {
    first.mul_f64(f64::from(1 << earlier.min(10)) * fastrand::f64())
}

/// A retry classifier for the SDK's client: the client retries a call if its error response is
/// transient according to [`crate::classify`].
///
/// The SDK's own classifiers know only four HTTP statuses, and the codes for throttling, timeouts
/// and a wrong clock. They run first. If one of them decides to retry, this classifier does not
/// change the decision.
///
/// `E` is the error type of one operation: a classifier can read a code only from a type that it
/// knows. So a client needs one classifier for each operation that it calls.
#[derive(Debug)]
pub struct RetryTransient<E> {
    service: Service,
    not: Option<&'static str>,
    error: PhantomData<fn() -> E>,
}

impl<E> RetryTransient<E> {
    /// Creates a classifier for an operation of this service.
    #[must_use]
    pub fn new(service: Service) -> Self {
        Self { service, not: None, error: PhantomData }
    }

    /// Does not let the client retry failures with this code, because the caller retries them
    /// itself.
    #[must_use]
    pub fn except(self, code: &'static str) -> Self {
        Self { not: Some(code), ..self }
    }
}

impl<E> ClassifyRetry for RetryTransient<E>
where
    E: Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let error = error.and_then(|error| error.as_operation_error()?.downcast_ref::<E>());
        let (Some(error), Some(response)) = (error, context.response()) else {
            return RetryAction::NoActionIndicated;
        };
        let (code, status) = (error.code(), response.status().as_u16());
        match class_of_response(self.service, code, status) {
            FailureClass::Transient if code.is_none() || code != self.not => {
                RetryAction::throttling_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn classify_retry_v2(
        &self,
        context: &InterceptorContext,
        previous: &RetryAction,
    ) -> RetryAction {
        // Keeps a previous decision to retry: it may have a delay that the service asks for.
        if previous.should_retry() {
            return RetryAction::NoActionIndicated;
        }
        self.classify_retry(context)
    }

    fn name(&self) -> &'static str {
        "class of the failure"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::interceptors::context::{Error as ErasedError, Input};
    use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;
    use crate::{COMMON, DYNAMODB, EVENTBRIDGE, S3};

    /// The error of an operation for which these tests create no classifier.
    #[derive(Debug, thiserror::Error)]
    #[error("another operation failed")]
    struct Other;

    fn retries(
        classifier: &RetryTransient<ErrorMetadata>,
        status: u16,
        error: impl Error + Send + Sync + 'static,
    ) -> bool {
        let mut context = InterceptorContext::new(Input::erase(()));
        let status = StatusCode::try_from(status).unwrap();
        context.set_response(HttpResponse::new(status, "".into()));
        context.set_output_or_error(Err(OrchestratorError::operation(ErasedError::erase(error))));
        let none = RetryAction::NoActionIndicated;
        classifier.classify_retry_v2(&context, &none).should_retry()
    }

    fn code(code: &str) -> ErrorMetadata {
        ErrorMetadata::builder().code(code).build()
    }

    #[test]
    fn the_transient_codes_are_retried_and_no_others() {
        for (service, own) in
            [(Service::S3, S3), (Service::DynamoDb, DYNAMODB), (Service::EventBridge, EVENTBRIDGE)]
        {
            let classifier = RetryTransient::new(service);
            for (name, class) in [own, COMMON].into_iter().flatten() {
                let expected = *class == FailureClass::Transient;
                assert_eq!(retries(&classifier, 400, code(name)), expected, "{name}");
            }
        }
    }

    #[test]
    fn a_response_without_a_code_is_retried_by_its_status() {
        let classifier = RetryTransient::new(Service::S3);
        for (status, expected) in [(400, false), (403, false), (404, false), (409, true)] {
            let error = ErrorMetadata::builder().build();
            assert_eq!(retries(&classifier, status, error), expected, "{status}");
        }
    }

    #[test]
    fn a_code_that_the_caller_retries_is_left_to_it() {
        let conflict = "TransactionConflictException";
        let classifier = RetryTransient::new(Service::DynamoDb).except(conflict);
        assert!(!retries(&classifier, 400, code(conflict)));
        assert!(retries(&classifier, 400, code("ReplicatedWriteConflictException")));
        assert!(retries(&classifier, 429, ErrorMetadata::builder().build()));
    }

    #[test]
    fn other_operations_and_earlier_decisions_are_left_alone() {
        let classifier = RetryTransient::<ErrorMetadata>::new(Service::S3);
        assert!(!retries(&classifier, 503, Other));
        let context = InterceptorContext::new(Input::erase(()));
        assert_eq!(classifier.classify_retry(&context), RetryAction::NoActionIndicated);
        let earlier = RetryAction::transient_error();
        let now = classifier.classify_retry_v2(&context, &earlier);
        assert_eq!(now, RetryAction::NoActionIndicated);
    }

    /// The SDK runs the classifier with the lowest priority first.
    #[test]
    fn the_sdks_own_classifiers_decide_first() {
        let classifier = RetryTransient::<ErrorMetadata>::new(Service::S3);
        assert!(classifier.priority() > RetryClassifierPriority::transient_error_classifier());
        assert_eq!(classifier.name(), "class of the failure");
    }

    #[test]
    fn waits_are_random_below_a_bound_that_doubles_ten_times() {
        let first = Duration::from_millis(20);
        for (earlier, bound) in [(0, 20), (1, 40), (5, 640), (10, 20_480), (99, 20_480)] {
            let bound = Duration::from_millis(bound);
            let share = |_| backoff(first, earlier).div_duration_f64(bound);
            let shares: Vec<_> = (0..1000).map(share).collect();
            assert!(shares.iter().all(|share| *share <= 1.0), "{earlier}: {shares:?}");
            let mean = shares.iter().sum::<f64>() / 1000.0;
            assert!((0.4..0.6).contains(&mean), "{earlier}: {mean}");
        }
    }
}
