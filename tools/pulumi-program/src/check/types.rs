//! Checks that every property is known and has the right type, and that every required property is
//! present.

use serde_json::Value;

use super::read::written;
use super::{Checker, near};
use crate::config::ConfigType;
use crate::expression::{Call, Expression, Kind};
use crate::finding::Place;
use crate::reference::{Reference, Segment};
use crate::schema::{NestedType, Properties, REGENERATE, Type};
use crate::yaml::kind_of;

/// Maximum number of variables to follow, if each refers to the next.
const MAX_STEPS: usize = 32;

impl Checker<'_> {
    pub(super) fn properties(&mut self) {
        let (program, schema) = (self.program, self.schema);
        for resource in &program.resources {
            if let Some(kind) = schema.resources.get(&resource.type_token) {
                let place = &resource.properties_place;
                self.object(place, &resource.properties, &kind.inputs, &kind.required);
                for (place, name) in &resource.options.ignore_changes {
                    if !kind.inputs.contains_key(name) {
                        let near = near(name, kind.inputs.keys().map(String::as_str));
                        self.error(place, format!("unknown property {name}{near}"));
                    }
                }
            }
            if let Some(protect) = &resource.options.protect {
                self.value(protect, &Type::Boolean);
            }
        }
    }

    fn object(
        &mut self,
        place: &Place,
        entries: &[(String, Expression)],
        properties: &Properties,
        required: &[String],
    ) {
        for name in required {
            if !entries.iter().any(|(key, value)| key == name && !is_null(value)) {
                self.error(place, format!("the required property {name} is missing"));
            }
        }
        for (key, value) in entries {
            let place = &value.place;
            if let Some(property) = properties.get(key) {
                if let Some(text) = &property.deprecated {
                    self.warning(place, format!("is deprecated: {text}"));
                }
                self.value(value, &property.kind);
            } else {
                let near = near(key, properties.keys().map(String::as_str));
                self.error(place, format!("unknown property {key}{near}"));
            }
        }
    }

    fn value(&mut self, expression: &Expression, kind: &Type) {
        if let Some(value) = self.configured_value(expression) {
            return self.value(&value, kind);
        }
        let (place, schema) = (&expression.place, self.schema);
        match (&expression.kind, kind) {
            (_, Type::Any) => {}
            (_, Type::Either(kinds)) => self.either(expression, kinds),
            (Kind::Object(entries), Type::Map(kind)) => {
                for (_, value) in entries {
                    self.value(value, kind);
                }
            }
            (Kind::List(items), Type::Array(kind)) => {
                for item in items {
                    self.value(item, kind);
                }
            }
            (_, Type::Nested(name)) => match (&expression.kind, schema.types.get(name)) {
                (_, Some(NestedType::Enumeration { values })) => {
                    if let Some(message) = self.undocumented(expression, values) {
                        self.error(place, message);
                    }
                }
                (Kind::Object(entries), Some(NestedType::Object { properties, required })) => {
                    self.object(place, entries, properties, required);
                }
                (Kind::Object(_), None) => {
                    self.error(
                        place,
                        format!("the type {name} is not in the schema; {REGENERATE}"),
                    );
                }
                _ => self.fit(expression, kind),
            },
            _ => self.fit(expression, kind),
        }
    }

    /// If `expression` is an `fn::select` or a reference to a configuration value, and its value is
    /// known to be a list or an object, returns the value as a new expression, whose members can be
    /// checked. The place of the new expression is that of the `fn::select` or of the configuration
    /// value.
    fn configured_value(&self, expression: &Expression) -> Option<Expression> {
        let computed = match &expression.kind {
            Kind::Reference(reference) => self.stack.config().contains_key(&reference.root),
            Kind::Call(call) => matches!(call.as_ref(), Call::Select { .. }),
            _ => false,
        };
        let known = if computed { self.known(expression)? } else { return None };
        let has_members = known.value.is_array() || known.value.is_object();
        has_members.then(|| written(&known.value, &known.place))
    }

    /// Checks a value that may have one of several types. An object must fit the first map or
    /// nested type in `kinds`. Any other value must fit the first type that is neither. If there is
    /// no such type, the value must fit the first type in `kinds`. A string that is not among the
    /// documented values is only a warning, because the schema also allows other strings.
    fn either(&mut self, expression: &Expression, kinds: &[Type]) {
        let schema = self.schema;
        let suggested = kinds.iter().find_map(|kind| match kind {
            Type::Nested(name) => match schema.types.get(name) {
                Some(NestedType::Enumeration { values }) => Some(values),
                _ => None,
            },
            _ => None,
        });
        if let Some(message) = suggested.and_then(|values| self.undocumented(expression, values)) {
            self.warning(&expression.place, message);
        }
        let is_object = matches!(expression.kind, Kind::Object(_));
        let shape = |kind: &&Type| is_object == matches!(kind, Type::Map(_) | Type::Nested(_));
        match kinds.iter().find(shape).or(kinds.first()) {
            Some(kind) => self.value(expression, kind),
            None => self.error(&expression.place, "the schema allows no value here"),
        }
    }

    /// Returns a message if the value of `expression` is a known string that is not in `values`.
    fn undocumented(&self, expression: &Expression, values: &[String]) -> Option<String> {
        let known = self.known(expression)?;
        let text = known.value.as_str()?;
        (!values.iter().any(|value| value == text)).then(|| {
            let near = near(text, values.iter().map(String::as_str));
            format!("{text:?} is not one of the documented values{near}")
        })
    }

    pub(super) fn fit(&mut self, expression: &Expression, kind: &Type) {
        let found = self.infer(expression, 0);
        if found.fits(kind) {
            return;
        }
        let hint = match (&expression.kind, kind) {
            (Kind::Object(_), Type::String) => "; if it is a document, wrap it in fn::toJSON",
            _ => "",
        };
        self.error(&expression.place, format!("must be {kind}, not {}{hint}", found.name()));
    }

    fn infer(&self, expression: &Expression, steps: usize) -> Found {
        match &expression.kind {
            Kind::Constant(value) => Found::Value(value.clone()),
            Kind::Text(_) => Found::Kind(Type::String),
            Kind::List(_) => Found::Kind(Type::Array(Box::new(Type::Any))),
            Kind::Object(_) => Found::Kind(Type::Map(Box::new(Type::Any))),
            Kind::Reference(reference) => self.reference_type(reference, steps),
            Kind::Call(call) => self.call_type(call, steps),
        }
    }

    /// The type of a list's elements, or `Any` if their types differ. An element without a type,
    /// such as null, counts as `Any`.
    fn element_type(&self, values: &Expression, steps: usize) -> Found {
        let kinds: Vec<Type> = match &values.kind {
            Kind::List(items) => {
                items.iter().map(|item| self.infer(item, steps).into_kind()).collect()
            }
            _ => match self.infer(values, steps) {
                Found::Kind(Type::Array(kind)) => vec![*kind],
                _ => Vec::new(),
            },
        };
        match kinds.split_first() {
            Some((first, rest)) if rest.iter().all(|kind| kind == first) => {
                Found::Kind(first.clone())
            }
            _ => Found::Kind(Type::Any),
        }
    }

    fn call_type(&self, call: &Call, steps: usize) -> Found {
        Found::Kind(match call {
            Call::Join { .. } | Call::ToJson(_) | Call::ReadFile(_) | Call::ToBase64(_) => {
                Type::String
            }
            Call::Length(_) => Type::Integer,
            Call::Select { values, .. } | Call::SingleOrNone(values) => {
                return self.element_type(values, steps);
            }
            Call::Split { .. } => Type::Array(Box::new(Type::String)),
            Call::FileArchive(_) => Type::Archive,
            // Without `return`, the call evaluates to an object of all outputs.
            Call::Invoke { result: None, .. } => Type::Map(Box::new(Type::Any)),
            Call::Invoke { function, result } => {
                let outputs = self.schema.functions.get(function).map(|known| &known.outputs);
                match outputs.zip(result.as_ref()).and_then(|(outputs, name)| outputs.get(name)) {
                    Some(property) => property.kind.clone(),
                    None => Type::Any,
                }
            }
        })
    }

    fn reference_type(&self, reference: &Reference, steps: usize) -> Found {
        let root = reference.root.as_str();
        if root == "pulumi" {
            return Found::Kind(Type::String);
        }
        if let Some(one) = self.program.declarations.iter().find(|one| one.key == root) {
            return Found::Kind(config_type(&one.kind));
        }
        if let Some(value) = self.program.variable(root) {
            let follow = reference.path.is_empty() && steps < MAX_STEPS;
            return if follow { self.infer(value, steps + 1) } else { Found::Kind(Type::Any) };
        }
        self.output_type(reference).map_or(Found::Kind(Type::Any), Found::Kind)
    }

    /// The type of a resource's output. `None` for a whole resource, for a nested property, and for
    /// an output that the excerpt of the schema does not have.
    fn output_type(&self, reference: &Reference) -> Option<Type> {
        let resource = self.program.resource(&reference.root)?;
        let kind = self.schema.resources.get(&resource.type_token)?;
        let (first, rest) = reference.path.split_first()?;
        let Segment::Key(name) = first else { return None };
        rest.is_empty().then(|| kind.output(name).map(|property| property.kind))?
    }
}

fn is_null(expression: &Expression) -> bool {
    expression.kind == Kind::Constant(Value::Null)
}

fn config_type(kind: &ConfigType) -> Type {
    match kind {
        ConfigType::String => Type::String,
        ConfigType::Integer => Type::Integer,
        ConfigType::Boolean => Type::Boolean,
        ConfigType::Object => Type::Map(Box::new(Type::Any)),
        ConfigType::Array(items) => Type::Array(Box::new(config_type(items))),
    }
}

/// The value of a constant, or the type of any other expression.
enum Found {
    Value(Value),
    Kind(Type),
}

impl Found {
    /// True if the provider accepts this value or type as `kind`. The provider converts numbers and
    /// booleans to strings, and nothing else.
    fn fits(&self, kind: &Type) -> bool {
        match self {
            Self::Value(value) => match kind {
                Type::String => !value.is_array() && !value.is_object(),
                Type::Integer => value.is_null() || value.is_i64() || value.is_u64(),
                Type::Number => value.is_null() || value.is_number(),
                Type::Boolean => value.is_null() || value.is_boolean(),
                _ => value.is_null(),
            },
            Self::Kind(Type::Any) => true,
            Self::Kind(found) => match kind {
                Type::String => {
                    matches!(found, Type::String | Type::Integer | Type::Number | Type::Boolean)
                }
                Type::Number => matches!(found, Type::Integer | Type::Number),
                Type::Array(_) => matches!(found, Type::Array(_)),
                Type::Map(_) | Type::Nested(_) => matches!(found, Type::Map(_) | Type::Nested(_)),
                _ => found == kind,
            },
        }
    }

    fn into_kind(self) -> Type {
        match self {
            Self::Kind(kind) => kind,
            Self::Value(Value::String(_)) => Type::String,
            Self::Value(Value::Bool(_)) => Type::Boolean,
            Self::Value(value) if value.is_i64() || value.is_u64() => Type::Integer,
            Self::Value(Value::Number(_)) => Type::Number,
            Self::Value(_) => Type::Any,
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Value(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
                format!("{} ({value})", kind_of(value))
            }
            Self::Value(value) => kind_of(value).to_owned(),
            Self::Kind(kind) => kind.to_string(),
        }
    }
}
