//! Tests against the running stack: real functions, real HTTP, on an emulator of their own.

mod api_authorization;
mod api_errors;
mod api_images;
mod api_keys;
mod api_listing;
mod api_measures;
mod bad_input;
mod catalog;
mod client;
mod concurrency;
mod events;
mod failures;
mod keys;
mod lifecycle;
mod logs;
mod query;
