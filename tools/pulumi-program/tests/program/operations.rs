//! What a person on call works with: alarms, the dashboard, logs, and the document that leads
//! from one to the other.

mod alarms;
mod dashboard;
mod document;
mod logs;
mod metrics;
