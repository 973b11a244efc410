//! Tests of the tools for the person on call: alarms, the dashboard, logs, and docs/OPERATIONS.md,
//! which explains how to use these tools.

mod alarms;
mod dashboard;
mod document;
mod logs;
mod metrics;
