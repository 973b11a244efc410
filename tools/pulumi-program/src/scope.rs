//! Evaluates expressions with the values that are known at one point of a deployment.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use crate::EvaluationError;
use crate::expression::{Call, Expression, Kind};
use crate::finding::Place;
use crate::functions;
use crate::reference::{Part, Reference, Segment};

/// The values that an expression can refer to.
pub(crate) struct Scope<'a> {
    /// The directory of the program; paths in the program are relative to it.
    pub(crate) directory: &'a Path,
    /// `pulumi` and the configuration values.
    pub(crate) predefined: &'a Map<String, Value>,
    pub(crate) variables: &'a BTreeMap<String, Value>,
    /// Inputs and outputs of the resources created so far, by the resource's logical name.
    pub(crate) outputs: &'a BTreeMap<String, Value>,
    /// Results of provider functions, by the function's name.
    pub(crate) invokes: &'a BTreeMap<String, Value>,
}

impl Scope<'_> {
    pub(crate) fn evaluate(&self, expression: &Expression) -> Result<Value, EvaluationError> {
        let place = &expression.place;
        match &expression.kind {
            Kind::Constant(value) => Ok(value.clone()),
            Kind::Text(parts) => self.text(parts, place),
            Kind::Reference(reference) => self.reference(reference, place).cloned(),
            Kind::List(items) => items.iter().map(|item| self.evaluate(item)).collect(),
            Kind::Object(entries) => self.object(entries).map(Value::Object),
            Kind::Call(call) => self.call(call, place),
        }
    }

    pub(crate) fn object(
        &self,
        entries: &[(String, Expression)],
    ) -> Result<Map<String, Value>, EvaluationError> {
        entries.iter().map(|(key, value)| Ok((key.clone(), self.evaluate(value)?))).collect()
    }

    fn text(&self, parts: &[Part], place: &Place) -> Result<Value, EvaluationError> {
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Reference(reference) => match self.reference(reference, place)? {
                    Value::String(value) => text.push_str(value),
                    value @ (Value::Bool(_) | Value::Number(_)) => {
                        text.push_str(&value.to_string());
                    }
                    other => {
                        let expected = "a string, a number or a boolean inside a text";
                        return Err(functions::mismatch(place.clone(), expected, other));
                    }
                },
            }
        }
        Ok(Value::String(text))
    }

    fn call(&self, call: &Call, place: &Place) -> Result<Value, EvaluationError> {
        let place = &place.key(call.name());
        match call {
            Call::Join { delimiter, values } => {
                functions::join(&self.evaluate(delimiter)?, &self.evaluate(values)?, place)
            }
            Call::Split { delimiter, text } => {
                functions::split(&self.evaluate(delimiter)?, &self.evaluate(text)?, place)
            }
            Call::Select { index, values } => {
                functions::select(&self.evaluate(index)?, &self.evaluate(values)?, place)
            }
            Call::SingleOrNone(value) => functions::single_or_none(&self.evaluate(value)?, place),
            Call::Length(value) => functions::length(&self.evaluate(value)?, place),
            Call::ToBase64(value) => functions::to_base64(&self.evaluate(value)?, place),
            Call::ToJson(value) => Ok(Value::String(self.evaluate(value)?.to_string())),
            Call::ReadFile(name) => {
                functions::read_file(self.directory, &self.evaluate(name)?, place)
            }
            Call::FileArchive(name) => {
                functions::file_archive(self.directory, &self.evaluate(name)?, place)
            }
            Call::Invoke { function, result } => self.invoke(function, result.as_deref(), place),
        }
    }

    fn invoke(
        &self,
        function: &str,
        result: Option<&str>,
        place: &Place,
    ) -> Result<Value, EvaluationError> {
        let value = self.invokes.get(function).ok_or_else(|| EvaluationError::NoInvoke {
            place: place.clone(),
            function: function.to_owned(),
        })?;
        let Some(result) = result else { return Ok(value.clone()) };
        value.get(result).cloned().ok_or_else(|| EvaluationError::NoProperty {
            place: place.clone(),
            reference: format!("return {result}"),
            known: keys(value),
        })
    }

    fn reference(&self, reference: &Reference, place: &Place) -> Result<&Value, EvaluationError> {
        let mut value = self.root(reference, place)?;
        for segment in &reference.path {
            let next = match segment {
                Segment::Key(key) => value.get(key),
                Segment::Index(index) => value.get(index),
            };
            value = next.ok_or_else(|| EvaluationError::NoProperty {
                place: place.clone(),
                reference: reference.to_string(),
                known: keys(value),
            })?;
        }
        Ok(value)
    }

    /// The value of a reference's root; for a resource, its inputs and outputs. A reference to a
    /// whole resource is an error, because only `dependsOn` takes whole resources.
    fn root(&self, reference: &Reference, place: &Place) -> Result<&Value, EvaluationError> {
        let name = reference.root.as_str();
        if let Some(value) = self.predefined.get(name).or_else(|| self.variables.get(name)) {
            return Ok(value);
        }
        match self.outputs.get(name) {
            Some(_) if reference.path.is_empty() => Err(EvaluationError::Type {
                place: place.clone(),
                expected: "a value",
                found: format!("the whole resource {reference}: name one of its outputs"),
            }),
            Some(outputs) => Ok(outputs),
            None => Err(EvaluationError::NotCreated {
                place: place.clone(),
                reference: reference.to_string(),
                resource: name.to_owned(),
            }),
        }
    }
}

fn keys(value: &Value) -> String {
    match value {
        Value::Object(object) => object.keys().cloned().collect::<Vec<_>>().join(", "),
        Value::Array(items) => format!("{} elements", items.len()),
        _ => "no properties".to_owned(),
    }
}
