//! The order of events.

use serde::Serialize;

/// Number of digits of a padded sequence number. DynamoDB sends 21 to 40 digits
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html>).
const DIGITS: usize = 40;

/// Place of a change among the changes of the same key: the stream's sequence number, padded with
/// zeros on the left to 40 digits, so that the texts compare like the numbers that they contain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Order(String);

/// Text that is not a sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sequence number must have 1 to {DIGITS} decimal digits")]
pub struct OrderError;

impl Order {
    /// Pads a sequence number of the stream.
    ///
    /// # Errors
    /// [`OrderError`] if the sequence number is empty, has more than 40 digits, or contains
    /// anything but decimal digits.
    pub fn parse(sequence_number: &str) -> Result<Self, OrderError> {
        let digits = sequence_number.bytes().all(|byte| byte.is_ascii_digit());
        if digits && (1..=DIGITS).contains(&sequence_number.len()) {
            Ok(Self(format!("{sequence_number:0>DIGITS$}")))
        } else {
            Err(OrderError)
        }
    }

    /// The 40 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn orders_compare_like_the_numbers(a: u128, b: u128) {
            let order = |number: u128| Order::parse(&number.to_string()).unwrap();
            prop_assert_eq!(order(a).as_str().cmp(order(b).as_str()), a.cmp(&b));
            prop_assert_eq!(order(a).as_str().len(), DIGITS);
        }
    }

    #[test]
    fn text_that_is_not_a_number_of_at_most_40_digits_is_refused() {
        for text in ["", "-1", "12a", " 1", &"1".repeat(41)] {
            assert_eq!(Order::parse(text), Err(OrderError), "{text:?}");
        }
        assert!(Order::parse(&"9".repeat(40)).is_ok());
    }
}
