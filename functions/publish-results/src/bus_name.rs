//! Name of an event bus.

use std::str::FromStr;

/// Name of an event bus: 1 to 256 letters, digits and `/.-_`
/// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html>).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BusName(String);

/// Text that is not the name of an event bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of an event bus must have 1 to 256 letters, digits and /.-_")]
pub(crate) struct BusNameError;

impl BusName {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BusName {
    type Err = BusNameError;

    fn from_str(text: &str) -> Result<Self, BusNameError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"/.-_".contains(&byte);
        if (1..=256).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BusNameError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_eventbridge_accepts() {
        for name in ["default", "pixgauge-dev", "aws.partner/x_1", &"n".repeat(256)] {
            assert_eq!(name.parse::<BusName>().unwrap().as_str(), name);
        }
        for name in ["", "two words", "größe", &"n".repeat(257)] {
            assert_eq!(name.parse::<BusName>(), Err(BusNameError), "{name}");
        }
    }
}
