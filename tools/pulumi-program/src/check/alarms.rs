//! Checks that every alarm can go off, and that an alarm that goes off notifies someone.
//!
//! Rules:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>

use std::collections::BTreeSet;

use serde_json::Value;

use super::Checker;
use super::read::{elements, field, output, text};
use crate::document::Resource;
use crate::expression::{Expression, Kind};

impl Checker<'_> {
    pub(super) fn alarms(&mut self) {
        let program = self.program;
        let alarms =
            program.resources.iter().filter(|one| one.type_token == "aws:cloudwatch:MetricAlarm");
        for alarm in alarms {
            self.actions(alarm);
            self.datapoints(alarm);
            let queries = elements(field(&alarm.properties, "metricQueries"));
            if !queries.is_empty() {
                self.queries(alarm, &queries);
            }
        }
    }

    /// Refuses an empty list of actions, and requires that each action is the ARN of a resource. On
    /// AWS, a mistake in an action shows only when the alarm performs the action.
    fn actions(&mut self, alarm: &Resource) {
        for property in ["alarmActions", "okActions"] {
            let actions = field(&alarm.properties, property);
            if let Some(Kind::List(items)) = actions.map(|actions| &actions.kind)
                && items.is_empty()
            {
                self.error(
                    &alarm.properties_place,
                    format!("{property} is empty: the alarm notifies nobody"),
                );
            }
            for action in elements(actions) {
                if output(action).is_none_or(|(_, output)| output != "arn") {
                    self.error(&action.place, "must be the output arn of a topic");
                }
            }
        }
    }

    fn datapoints(&mut self, alarm: &Resource) {
        let number = |name| {
            let known = self.known_at(&alarm.properties, &[name]).pop()?;
            Some((known.value.as_u64()?, known.place))
        };
        if let (Some((points, place)), Some((periods, _))) =
            (number("datapointsToAlarm"), number("evaluationPeriods"))
            && points > periods
        {
            self.error(
                &place,
                format!(
                    "the alarm never goes off: it requires {points} datapoints of {periods} periods"
                ),
            );
        }
    }

    /// Requires that each query has either an expression or a metric, that exactly one query
    /// returns the alarm's data, and that all ids differ.
    fn queries(&mut self, alarm: &Resource, queries: &[&Expression]) {
        let (mut ids, mut returned) = (BTreeSet::new(), 0);
        for query in queries {
            let Kind::Object(entries) = &query.kind else { continue };
            if let Some(id) = field(entries, "id").and_then(text)
                && !ids.insert(id)
            {
                self.error(&query.place, format!("two queries have the id {id}"));
            }
            let has = |name| field(entries, name).is_some();
            if has("expression") == has("metric") {
                self.error(&query.place, "must have either an expression or a metric");
            }
            let known = self.known_at(entries, &["returnData"]).pop();
            returned += usize::from(known.is_some_and(|known| known.value == Value::Bool(true)));
        }
        if returned != 1 {
            let message = format!("exactly one query must have returnData: true, not {returned}");
            self.error(&alarm.properties_place, message);
        }
    }
}
