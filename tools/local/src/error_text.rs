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
    fn causes_follow_the_error_unless_it_includes_them() {
        let cause = || std::io::Error::other("inner");
        assert_eq!(chain(&Outer(cause())), "outer: inner");
        assert_eq!(chain(&Repeating(cause())), "call: inner");
    }
}
