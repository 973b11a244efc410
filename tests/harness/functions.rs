//! Methods that invoke a stack's functions directly, set their variables, and read their logs.

use aws_sdk_lambda::types::Environment;
use serde_json::Value;

use crate::TestStack;

impl TestStack {
    /// Invokes a function and returns its output.
    ///
    /// # Errors
    /// The function's error as JSON, or the reason why it could not be invoked.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value, String> {
        let request = self.stack.aws.lambda.invoke().function_name(self.function(function));
        let response = request.payload(event.to_string().into_bytes().into()).send().await;
        let response = response.map_err(|error| format!("{error:?}"))?;
        let payload = response.payload.ok_or("the response has no payload")?;
        let payload: Value =
            serde_json::from_slice(payload.as_ref()).map_err(|error| error.to_string())?;
        if response.function_error.is_some() { Err(payload.to_string()) } else { Ok(payload) }
    }

    /// Sets environment variables of a function. Its other variables keep their values.
    pub async fn set_variables(&self, function: &str, variables: &[(&str, &str)]) {
        let (lambda, name) = (&self.stack.aws.lambda, self.function(function));
        let configuration = lambda.get_function_configuration().function_name(&name).send().await;
        let configuration = configuration.unwrap_or_else(|error| panic!("{error:?}"));
        let present = configuration.environment.and_then(|it| it.variables).unwrap_or_default();
        let new = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let all = present.into_iter().chain(new).collect();
        let environment = Environment::builder().set_variables(Some(all)).build();
        let request = lambda.update_function_configuration().function_name(&name);
        let updated = request.environment(environment).send().await;
        updated.unwrap_or_else(|error| panic!("{error:?}"));
    }

    /// The name of a function's log group.
    #[must_use]
    pub fn log_group(&self, function: &str) -> String {
        format!("/aws/lambda/{}", self.function(function))
    }

    /// The lines of a log group. A function's log group also contains lines that Lambda wrote.
    pub async fn log(&self, group: &str) -> Vec<String> {
        let request = self.stack.aws.logs.filter_log_events().log_group_name(group);
        let response = request.send().await.unwrap_or_else(|error| panic!("{error:?}"));
        let events = response.events.unwrap_or_default();
        events.into_iter().filter_map(|event| event.message).collect()
    }

    /// The summary lines of a log group, one for each invocation.
    pub async fn summaries(&self, group: &str) -> Vec<Value> {
        let lines = self.log(group).await;
        let lines = lines.iter().filter_map(|line| serde_json::from_str(line).ok());
        lines.filter(|line: &Value| line["message"] == "summary").collect()
    }
}
