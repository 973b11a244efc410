//! Formats an error with its causes as one text for people.

use std::error::Error;

/// Formats an error and its causes, outermost first. The SDK's errors say only "service error" or
/// "dispatch failure"; the reason is in their sources.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let message = error.to_string();
        // Some errors already include their source in their own text.
        if !message.is_empty() && !text.ends_with(&message) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&message);
        }
        next = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    #[derive(Debug, thiserror::Error)]
    #[error("call: {0}")]
    struct Repeating(#[source] std::io::Error);

    #[test]
    fn causes_follow_the_error() {
        assert_eq!(chain(&Outer(std::io::Error::other("inner"))), "outer: inner");
    }

    #[test]
    fn a_cause_that_the_error_includes_is_not_repeated() {
        assert_eq!(chain(&Repeating(std::io::Error::other("inner"))), "call: inner");
    }
}
