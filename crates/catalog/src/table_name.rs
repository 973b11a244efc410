//! The name of the table.

use std::str::FromStr;

/// Name of a DynamoDB table, from the stack's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName(String);

/// Text that cannot be the name of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of a table must have 3 to 255 letters, digits, dots, hyphens or underscores")]
pub struct TableNameError;

/// Parses a name that follows DynamoDB's naming rules for tables:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>.
impl FromStr for TableName {
    type Err = TableNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if (3..=255).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(TableNameError)
        }
    }
}

impl From<TableName> for String {
    fn from(name: TableName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_that_dynamodb_accepts() {
        let longest = "t".repeat(255);
        for name in ["pixgauge-dev-catalog", "a_B.3", &longest] {
            assert_eq!(String::from(name.parse::<TableName>().unwrap()), name);
        }
        let too_long = "t".repeat(256);
        for name in ["", "ab", "a table", "größe", "arn:aws:dynamodb", &too_long] {
            assert_eq!(name.parse::<TableName>(), Err(TableNameError), "{name}");
        }
    }
}
