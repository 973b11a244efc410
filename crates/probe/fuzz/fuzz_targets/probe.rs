//! Fuzzes the whole probe against a range server that may return truncated, empty or garbled
//! responses.
//!
//! ```text
//! cargo test -p probe --test probe write_fuzz_seeds -- --ignored
//! cd crates/probe && cargo +nightly fuzz run --sanitizer none --no-trace-compares probe -- -dict=fuzz/probe.dict -runs=50000000
//! ```
//!
//! The sanitizer is off: the probe has no unsafe code, so the sanitizer would only slow the fuzzer
//! down. Overflow checks and debug assertions are on.

#![no_main]

#[path = "../../tests/probe/adversary.rs"]
mod adversary;

libfuzzer_sys::fuzz_target!(|input: &[u8]| adversary::check(input));
