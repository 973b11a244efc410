//! Values of the checked stack that are known before anything is created.
//!
//! Configuration values are known, and so are values that the program computes from them, such as
//! names. ARNs are not known.
//!
//! Stand-ins of the greatest length replace the account's id, and the region if the stack sets
//! none. A name that is short enough with them is short enough in every account and region.

use serde_json::Value;

use super::Checker;
use super::read::joined;
use crate::expression::{Call, Expression, Kind};
use crate::finding::Place;
use crate::functions;
use crate::reference::{Part, Reference, Segment};

/// Maximum depth of references, calls, lists and objects to follow. The limit ends the search in a
/// cycle of references.
const MAX_STEPS: usize = 64;

/// Stand-in for the account's id. All account ids have this length.
const ACCOUNT: &str = "123456789012";

/// Stand-in for the region in a stack that sets none. No region in the partitions `aws`, `aws-cn`
/// and `aws-us-gov` has a longer name.
const REGION: &str = "ap-southeast-1";

/// Stand-in for the partition. No check depends on its length.
const PARTITION: &str = "aws";

/// A value and its place. The place of a configuration value is in the stack's or project's file.
pub(super) struct Known {
    pub(super) place: Place,
    pub(super) value: Value,
}

impl Known {
    fn new(place: &Place, value: impl Into<Value>) -> Self {
        Self { place: place.clone(), value: value.into() }
    }

    /// The value as it appears in a text; `None` unless it is a string, a number or a boolean.
    fn text(self) -> Option<String> {
        match self.value {
            Value::String(text) => Some(text),
            value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
            _ => None,
        }
    }

    /// The values at `path` inside this value; `*` selects every element of a list.
    fn below(self, path: &[&str]) -> Vec<Self> {
        match (path, &self.value) {
            ([], _) => vec![self],
            (["*", rest @ ..], Value::Array(items)) => items
                .iter()
                .enumerate()
                .flat_map(|(at, item)| Self::new(&self.place.index(at), item.clone()).below(rest))
                .collect(),
            ([key, rest @ ..], Value::Object(entries)) => entries
                .get(*key)
                .map(|value| Self::new(&self.place.key(key), value.clone()).below(rest))
                .unwrap_or_default(),
            _ => Vec::new(),
        }
    }
}

impl Checker<'_> {
    /// The known values at `path` below `entries`; `*` selects every element of a list.
    pub(super) fn known_at(&self, entries: &[(String, Expression)], path: &[&str]) -> Vec<Known> {
        let reached = reach(entries, path).into_iter();
        let known = reached.filter_map(|(found, rest)| Some((self.known(found)?, rest)));
        known.flat_map(|(known, rest)| known.below(rest)).collect()
    }

    /// The value of `expression`, if it is known.
    pub(super) fn known(&self, expression: &Expression) -> Option<Known> {
        self.resolve(expression, 0)
    }

    fn resolve(&self, expression: &Expression, steps: usize) -> Option<Known> {
        if steps > MAX_STEPS {
            return None;
        }
        let place = &expression.place;
        match &expression.kind {
            Kind::Constant(value) => Some(Known::new(place, value.clone())),
            Kind::Reference(reference) => self.referred_value(reference, place, steps),
            Kind::Text(parts) => {
                let texts = parts.iter().map(|part| self.part(part, place, steps));
                Some(Known::new(place, texts.collect::<Option<String>>()?))
            }
            Kind::Call(call) => match call.as_ref() {
                Call::Invoke { function, result } => {
                    self.invoked(function, result.as_deref()?).map(|text| Known::new(place, text))
                }
                call => match joined(call) {
                    Some((delimiter, values)) => {
                        let values = values.iter().map(|it| self.resolve(it, steps + 1)?.text());
                        let values: Option<Vec<_>> = values.collect();
                        Some(Known::new(place, values?.join(delimiter)))
                    }
                    None => self.called(call, place, steps + 1).map(|it| Known::new(place, it)),
                },
            },
            Kind::List(items) => {
                let values = items.iter().map(|item| Some(self.resolve(item, steps + 1)?.value));
                Some(Known::new(place, values.collect::<Option<Value>>()?))
            }
            Kind::Object(entries) => {
                let member = |(key, value): &(String, Expression)| {
                    Some((key.clone(), self.resolve(value, steps + 1)?.value))
                };
                Some(Known::new(place, entries.iter().map(member).collect::<Option<Value>>()?))
            }
        }
    }

    /// The value of a call, if its arguments are known and valid. Calls of `fn::readFile` and
    /// `fn::fileArchive` have no known value. `resolve` evaluates calls of `fn::invoke` itself.
    fn called(&self, call: &Call, place: &Place, steps: usize) -> Option<Value> {
        let value = |argument| Some(self.resolve(argument, steps)?.value);
        let result = match call {
            Call::Join { delimiter, values } => {
                functions::join(&value(delimiter)?, &value(values)?, place)
            }
            Call::Split { delimiter, text } => {
                functions::split(&value(delimiter)?, &value(text)?, place)
            }
            Call::Select { index, values } => {
                functions::select(&value(index)?, &value(values)?, place)
            }
            Call::SingleOrNone(list) => functions::single_or_none(&value(list)?, place),
            Call::Length(list) => functions::length(&value(list)?, place),
            Call::ToBase64(text) => functions::to_base64(&value(text)?, place),
            Call::ToJson(document) => Ok(Value::String(value(document)?.to_string())),
            Call::ReadFile(_) | Call::FileArchive(_) | Call::Invoke { .. } => return None,
        };
        result.ok()
    }

    fn part(&self, part: &Part, place: &Place, steps: usize) -> Option<String> {
        match part {
            Part::Literal(text) => Some(text.clone()),
            Part::Reference(reference) => self.referred_value(reference, place, steps)?.text(),
        }
    }

    fn referred_value(&self, reference: &Reference, place: &Place, steps: usize) -> Option<Known> {
        let root = reference.root.as_str();
        match reference.path.as_slice() {
            [] => {
                if let Some(value) = self.stack.config().get(root) {
                    return Some(Known::new(
                        self.stack.origin(root).unwrap_or(place),
                        value.clone(),
                    ));
                }
                let known = self.resolve(self.program.variable(root)?, steps + 1)?;
                Some(Known::new(place, known.value))
            }
            [Segment::Key(key)] if root == "pulumi" => match key.as_str() {
                "stack" => Some(Known::new(place, self.stack.name())),
                "project" => Some(Known::new(place, self.program.name())),
                _ => None,
            },
            [Segment::Key(key)] => self.output_value(root, key, place, steps),
            _ => None,
        }
    }

    /// The value of an output that repeats an input, such as `${table.name}`. A bucket's output
    /// `id` repeats its input `bucket`.
    fn output_value(&self, root: &str, key: &str, place: &Place, steps: usize) -> Option<Known> {
        let resource = self.program.resource(root)?;
        let key = match (resource.type_token.as_str(), key) {
            ("aws:s3:Bucket", "id") => "bucket",
            _ => key,
        };
        let (_, value) = resource.properties.iter().find(|(name, _)| name == key)?;
        Some(Known::new(place, self.resolve(value, steps + 1)?.value))
    }

    fn invoked(&self, function: &str, result: &str) -> Option<String> {
        match (function, result) {
            ("aws:getCallerIdentity", "accountId") => Some(ACCOUNT.to_owned()),
            ("aws:getPartition", "partition") => Some(PARTITION.to_owned()),
            ("aws:getRegion", "region") => {
                let mut settings = self.stack.provider().iter();
                let set = settings.find(|(_, key, _)| key == "region");
                let set = set.and_then(|(_, _, value)| value.as_str());
                Some(set.unwrap_or(REGION).to_owned())
            }
            _ => None,
        }
    }
}

/// Follows `path` through the lists and objects in `entries`. Returns each expression that the path
/// reaches, with the rest of the path. If the rest is not empty, the expression is, for example, a
/// reference or a call: the caller has to look up the rest in the expression's value.
fn reach<'e, 'p>(
    entries: &'e [(String, Expression)],
    path: &'p [&'p str],
) -> Vec<(&'e Expression, &'p [&'p str])> {
    let Some((first, rest)) = path.split_first() else { return Vec::new() };
    let found = entries.iter().filter(|(key, _)| key == first).map(|(_, value)| value);
    found.flat_map(|value| below(value, rest)).collect()
}

fn below<'e, 'p>(
    expression: &'e Expression,
    path: &'p [&'p str],
) -> Vec<(&'e Expression, &'p [&'p str])> {
    match (&expression.kind, path) {
        (Kind::List(items), ["*", rest @ ..]) => {
            items.iter().flat_map(|item| below(item, rest)).collect()
        }
        (Kind::Object(entries), [_, ..]) => reach(entries, path),
        _ => vec![(expression, path)],
    }
}
