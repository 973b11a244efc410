//! Tools of a person on call: alarms, the dashboard, logs, and the document that leads from one to
//! the other.

mod alarms;
mod dashboard;
mod document;
mod logs;
mod metrics;
