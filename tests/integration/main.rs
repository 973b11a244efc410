//! Tests against the running stack: real functions, real HTTP, on an emulator of their own.

mod bad_input;
mod catalog;
mod concurrency;
mod events;
mod failures;
mod keys;
mod lifecycle;
mod logs;
mod query;
mod reconcile;
mod redrive;
