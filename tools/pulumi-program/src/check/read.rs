//! Reads parts of an expression as it is written, without evaluating it.

use serde_json::Value;

use crate::expression::{Call, Expression, Kind};
use crate::finding::Place;
use crate::reference::{Part, Reference, Segment};

/// The property `name` of an object.
pub(super) fn field<'e>(entries: &'e [(String, Expression)], name: &str) -> Option<&'e Expression> {
    entries.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// The expression at `path` in nested objects.
pub(super) fn nested<'e>(
    entries: &'e [(String, Expression)],
    path: &[&str],
) -> Option<&'e Expression> {
    match path {
        [] => None,
        [name] => field(entries, name),
        [name, rest @ ..] => match &field(entries, name)?.kind {
            Kind::Object(entries) => nested(entries, rest),
            _ => None,
        },
    }
}

/// The elements of a list. Any other expression counts as a list of one, as in IAM policies.
pub(super) fn elements(expression: Option<&Expression>) -> Vec<&Expression> {
    match expression.map(|expression| (&expression.kind, expression)) {
        Some((Kind::List(items), _)) => items.iter().collect(),
        Some((_, single)) => vec![single],
        None => Vec::new(),
    }
}

/// The text of a constant string; `None` for any other expression.
pub(super) fn text(expression: &Expression) -> Option<&str> {
    match &expression.kind {
        Kind::Constant(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The constant strings in a list. A single string counts as a list of one.
pub(super) fn texts(expression: Option<&Expression>) -> Vec<&str> {
    elements(expression).into_iter().filter_map(text).collect()
}

/// The name and the output in `${name.output}`; `None` for any other expression, for example one
/// with text around the reference.
pub(super) fn output(expression: &Expression) -> Option<(&str, &str)> {
    match &expression.kind {
        Kind::Reference(reference) => name_and_output(reference),
        _ => None,
    }
}

/// Splits a text that starts with `${name.output}` into the name, the output and the rest. In the
/// rest, each reference becomes `*`. An `fn::join` counts as the text that it returns, if
/// [`joined`] can read its delimiter and its values.
pub(super) fn output_and_rest(expression: &Expression) -> Option<(&str, &str, String)> {
    match &expression.kind {
        Kind::Reference(reference) => {
            name_and_output(reference).map(|(a, b)| (a, b, String::new()))
        }
        Kind::Text(parts) => match parts.as_slice() {
            [Part::Reference(reference), rest @ ..] => {
                name_and_output(reference).map(|(a, b)| (a, b, with_wildcards(rest)))
            }
            _ => None,
        },
        Kind::Call(call) => {
            let (delimiter, values) = joined(call)?;
            let (first, further) = values.split_first()?;
            let (name, output, mut rest) = output_and_rest(first)?;
            for value in further {
                rest.push_str(delimiter);
                rest.push_str(&pattern(value)?);
            }
            Some((name, output, rest))
        }
        _ => None,
    }
}

/// The text of `expression`, with each reference replaced by `*`. An `fn::join` counts as the text
/// that it returns, if [`joined`] can read its delimiter and its values. `None` for any other call,
/// and for values that are not text.
pub(super) fn pattern(expression: &Expression) -> Option<String> {
    match &expression.kind {
        Kind::Constant(Value::String(text)) => Some(text.clone()),
        Kind::Text(parts) => Some(with_wildcards(parts)),
        Kind::Reference(_) => Some("*".to_owned()),
        Kind::Call(call) => {
            let (delimiter, values) = joined(call)?;
            let patterns: Option<Vec<_>> = values.iter().map(pattern).collect();
            Some(patterns?.join(delimiter))
        }
        _ => None,
    }
}

/// The delimiter and the values of an `fn::join`, if the program states the delimiter as a constant
/// and the values as a list.
pub(super) fn joined(call: &Call) -> Option<(&str, &[Expression])> {
    match call {
        Call::Join { delimiter, values: Expression { kind: Kind::List(values), .. } } => {
            text(delimiter).map(|delimiter| (delimiter, values.as_slice()))
        }
        _ => None,
    }
}

fn with_wildcards(parts: &[Part]) -> String {
    let literal = |part: &Part| match part {
        Part::Literal(text) => text.clone(),
        Part::Reference(_) => "*".to_owned(),
    };
    parts.iter().map(literal).collect()
}

fn name_and_output(reference: &Reference) -> Option<(&str, &str)> {
    match reference.path.as_slice() {
        [Segment::Key(key)] => Some((&reference.root, key)),
        _ => None,
    }
}

/// Converts `value` into the expression at `place`: a list, an object or a constant.
pub(super) fn written(value: &Value, place: &Place) -> Expression {
    let kind = match value {
        Value::Array(items) => {
            let items = items.iter().enumerate();
            Kind::List(items.map(|(at, item)| written(item, &place.index(at))).collect())
        }
        Value::Object(members) => {
            let member =
                |(key, value): (&String, _)| (key.clone(), written(value, &place.key(key)));
            Kind::Object(members.iter().map(member).collect())
        }
        scalar => Kind::Constant(scalar.clone()),
    };
    Expression { place: place.clone(), kind }
}
