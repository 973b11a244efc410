//! Tools for the person on call: alarms, the dashboard, logs, and docs/OPERATIONS.md, which
//! explains how to use them.

mod alarms;
mod dashboard;
mod document;
mod logs;
mod metrics;
