//! Reasons why S3 does not send the bytes of an object that it has.

/// Reason why S3 does not send the bytes of an object that it has. The text of each reason is for
/// the object's owner.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The object is in a storage class or tier whose objects must be restored before they are read
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects.html>).
    #[error("the object is archived; restore it from its storage class")]
    Archived,
    /// The uploader encrypted the object with the uploader's own encryption key, which S3 needs in
    /// each request for the object
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html>).
    #[error(
        "the object is encrypted with a key that the uploader kept (SSE-C); upload it without one"
    )]
    CustomerKey,
    /// The object's KMS key cannot be used. Contains S3's error code, such as
    /// `KMS.DisabledException`
    /// (<https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>).
    #[error("the KMS key of the object cannot be used ({0}); enable or restore the key")]
    Key(String),
    /// S3 describes the object but does not send it: its KMS key does not let the role decrypt it
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>).
    #[error(
        "the KMS key of the object does not allow its decryption; allow kms:Decrypt to the roles \
         of the functions that read objects"
    )]
    Denied,
}

impl Unreadable {
    /// The reason that S3's error `code` states. The caller passes only `InvalidObjectState`,
    /// `InvalidRequest` and codes that begin with `KMS.`.
    pub(crate) fn of(code: &str) -> Self {
        match code {
            "InvalidObjectState" => Self::Archived,
            "InvalidRequest" => Self::CustomerKey,
            code => Self::Key(code.to_owned()),
        }
    }
}
