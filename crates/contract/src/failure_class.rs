//! Classes of failed AWS calls: for each service, a table of the failure codes that a function can
//! receive.
//!
//! For every operation that a crate calls, a test reads from the SDK's source which codes the
//! operation declares (`tests/failure_codes.rs`). The test fails until each of these codes has a
//! row here. Codes that no operation declares are from AWS's documentation: the comment of each
//! table has the link.

/// Class of a failure code: the way in which a failure with this code is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureClass {
    /// The call may succeed later. The SDK retries it with back-off inside the function. If these
    /// retries fail too, the caller of the function retries: the state machine, Lambda for
    /// `publish-results`, or the client of the query API, which receives the status 503.
    Transient,
    /// The failure concerns one object or record only, for example because the object was deleted.
    /// It is expected: the function or its state machine treats it as a result and continues.
    Object,
    /// The failure concerns the system: a permission, a setting or a mistake. It is reported at
    /// once, because a retry cannot help.
    System,
}

/// An AWS service that the functions call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Amazon DynamoDB.
    DynamoDb,
    /// Amazon EventBridge.
    EventBridge,
    /// Amazon S3.
    S3,
}

/// A failure code and its class.
pub type FailureCode = (&'static str, FailureClass);

use FailureClass::{Object, System, Transient};

/// Codes that any service may send.
///
/// The SDK retries failures with a transient code. Its own classifiers
/// (`aws_runtime::retries::classifiers`) know the codes for throttling and timeouts.
/// `RetryTransient` adds the other transient codes. Expired credentials are transient, because
/// Lambda gives each new execution environment new credentials.
///
/// <https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html>
pub const COMMON: &[FailureCode] = &[
    ("Throttling", Transient),
    ("ThrottlingException", Transient),
    ("ThrottledException", Transient),
    ("RequestThrottled", Transient),
    ("RequestThrottledException", Transient),
    ("TooManyRequestsException", Transient),
    ("ProvisionedThroughputExceededException", Transient),
    ("TransactionInProgressException", Transient),
    ("RequestLimitExceeded", Transient),
    ("BandwidthLimitExceeded", Transient),
    ("LimitExceededException", Transient),
    ("SlowDown", Transient),
    ("PriorRequestNotComplete", Transient),
    ("EC2ThrottledException", Transient),
    ("RequestTimeout", Transient),
    ("RequestTimeoutException", Transient),
    ("InternalFailure", Transient),
    ("ServiceUnavailable", Transient),
    ("ExpiredToken", Transient),
    ("ExpiredTokenException", Transient),
    ("TokenRefreshRequired", Transient),
    ("RequestExpired", Transient),
    ("AccessDeniedException", System),
    ("IncompleteSignature", System),
    ("InvalidClientTokenId", System),
    ("InvalidSignatureException", System),
    ("MissingAuthenticationToken", System),
    ("NotAuthorized", System),
    ("OptInRequired", System),
    ("UnrecognizedClientException", System),
    ("ValidationError", System),
];

/// Codes of DynamoDB.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
pub const DYNAMODB: &[FailureCode] = &[
    ("InternalServerError", Transient),
    ("ReplicatedWriteConflictException", Transient),
    ("TransactionConflictException", Transient),
    ("ConditionalCheckFailedException", Object),
    // The SDK does not retry a canceled transaction. The catalog does, depending on the codes of
    // the transaction's items (`CANCELLATION_REASONS`).
    ("TransactionCanceledException", System),
    ("IdempotentParameterMismatchException", System),
    ("IncompleteSignatureException", System),
    ("InvalidEndpointException", System),
    // DynamoDB sends this code only for a table with a local secondary index. The stack's table
    // has none.
    ("ItemCollectionSizeLimitExceededException", System),
    ("MissingAuthenticationTokenException", System),
    ("ResourceInUseException", System),
    ("ResourceNotFoundException", System),
    ("SerializationException", System),
    ("ValidationException", System),
];

/// Codes inside a `TransactionCanceledException`, which has one code for each item of the
/// transaction: the string `None` for an item that is not to blame. The SDK never retries a
/// canceled transaction. The catalog does, if a code is transient.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub const CANCELLATION_REASONS: &[FailureCode] = &[
    ("ConditionalCheckFailed", Object),
    ("ProvisionedThroughputExceeded", Transient),
    ("ThrottlingError", Transient),
    ("TransactionConflict", Transient),
    ("ItemCollectionSizeLimitExceeded", System),
    ("ValidationError", System),
];

/// Codes of EventBridge. `PutEvents` fails with one of these codes, or succeeds and returns such a
/// code for each entry that was refused.
///
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>
pub const EVENTBRIDGE: &[FailureCode] = &[
    ("InternalException", Transient),
    ("InvalidArgument", System),
    ("MalformedDetail", System),
    ("NotAuthorizedForDetailTypeException", System),
    ("NotAuthorizedForSourceException", System),
    ("ResourceNotFoundException", System),
    ("ValidationException", System),
];

/// Codes of S3. The codes that begin with `KMS.` are codes of AWS KMS, which S3 asks to decrypt an
/// object
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html#API_Decrypt_Errors>).
/// [`class_of`] knows further codes of KMS.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList>
pub const S3: &[FailureCode] = &[
    ("InternalError", Transient),
    ("OperationAborted", Transient),
    ("TooManyRequests", Transient),
    ("KMS.DependencyTimeoutException", Transient),
    ("KMS.KMSInternalException", Transient),
    // Documented as "You can retry the request", with status 500. If the key store that holds the
    // KMS key stays disconnected, the retries end, and the failure is reported.
    ("KMS.KeyUnavailableException", Transient),
    ("KMS.ThrottlingException", Transient),
    // Before the SDK signs the next attempt, it adjusts its clock to the time in the response.
    ("RequestTimeTooSkewed", Transient),
    // The object is gone.
    ("NoSuchKey", Object),
    ("NoSuchVersion", Object),
    ("NotFound", Object),
    // There is no such object, because S3 has no keys of more than 1,024 bytes
    // (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
    ("KeyTooLongError", Object),
    // The object has changed.
    ("InvalidRange", Object),
    ("PreconditionFailed", Object),
    // The object cannot be read, because it is archived.
    ("InvalidObjectState", Object),
    // The object cannot be read, because it is encrypted with the uploader's own key (SSE-C). To
    // a function's GET request, S3 responds with this code only in that case.
    ("InvalidRequest", Object),
    // The object cannot be read, because its KMS key cannot be used.
    ("KMS.AccessDeniedException", Object),
    ("KMS.DisabledException", Object),
    ("KMS.IncorrectKeyException", Object),
    ("KMS.InvalidCiphertextException", Object),
    ("KMS.InvalidGrantTokenException", Object),
    ("KMS.InvalidKeyUsageException", Object),
    ("KMS.InvalidStateException", Object),
    ("KMS.KMSInvalidStateException", Object),
    ("KMS.NotFoundException", Object),
    ("KMS.OptInRequired", Object),
    // Either S3 or the object's KMS key denies access. A HEAD request tells which.
    ("AccessDenied", System),
    ("AccountProblem", System),
    ("AllAccessDisabled", System),
    ("AuthorizationHeaderMalformed", System),
    ("IllegalLocationConstraintException", System),
    ("InvalidAccessKeyId", System),
    ("InvalidArgument", System),
    ("InvalidBucketName", System),
    ("InvalidSecurity", System),
    ("InvalidToken", System),
    ("MethodNotAllowed", System),
    ("MissingSecurityHeader", System),
    ("NoSuchBucket", System),
    ("NotImplemented", System),
    ("NotSignedUp", System),
    ("PermanentRedirect", System),
    ("Redirect", System),
    ("SignatureDoesNotMatch", System),
    ("TemporaryRedirect", System),
    ("UserKeyMustBeSpecified", System),
];

/// Returns the class of a code that a service sent; `None` if the code is unknown.
///
/// S3 may send a code that begins with `KMS.` and is in none of the tables. If the part after
/// `KMS.` is a transient code in [`COMMON`], as in `KMS.RequestLimitExceeded`, the code is
/// transient. Otherwise the code is about the KMS key of the object, so its class is
/// [`FailureClass::Object`].
#[must_use]
pub fn class_of(service: Service, code: &str) -> Option<FailureClass> {
    let own = match service {
        Service::DynamoDb => DYNAMODB,
        Service::EventBridge => EVENTBRIDGE,
        Service::S3 => S3,
    };
    let class = find(own, code).or_else(|| find(COMMON, code));
    let of_kms = || match find(COMMON, code.strip_prefix("KMS.")?) {
        Some(Transient) => Some(Transient),
        _ => Some(Object),
    };
    class.or_else(|| if service == Service::S3 { of_kms() } else { None })
}

fn find(codes: &[FailureCode], code: &str) -> Option<FailureClass> {
    codes.iter().find(|(known, _)| *known == code).map(|(_, class)| *class)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_service_has_a_code_twice() {
        for own in [DYNAMODB, EVENTBRIDGE, S3] {
            let codes: Vec<_> = [own, COMMON].into_iter().flatten().map(|(code, _)| code).collect();
            assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
        }
    }

    #[test]
    fn each_service_has_its_own_codes_and_the_common_ones() {
        assert_eq!(class_of(Service::S3, "InvalidObjectState"), Some(Object));
        assert_eq!(class_of(Service::DynamoDb, "InvalidObjectState"), None);
        for service in [Service::S3, Service::DynamoDb, Service::EventBridge] {
            assert_eq!(class_of(service, "ExpiredToken"), Some(Transient));
        }
    }

    #[test]
    fn an_unknown_code_of_kms_is_about_the_object_unless_any_service_may_send_it_for_a_while() {
        assert_eq!(class_of(Service::S3, "KMS.NewException"), Some(Object));
        assert_eq!(class_of(Service::DynamoDb, "KMS.NewException"), None);
        for (code, class) in COMMON {
            let of_kms = format!("KMS.{code}");
            let expected = if *class == Transient { Transient } else { Object };
            assert_eq!(class_of(Service::S3, &of_kms), Some(expected), "{of_kms}");
        }
    }
}
