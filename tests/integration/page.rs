//! The page of the local stack.
//!
//! `door` sends requests to the page, as other programs and other pages may do. `browser` uses the
//! page in Chromium, as a user does.

mod browser;
mod door;

use std::path::Path;

use harness::TestStack;
use local::page::Page;

/// Serves the page of a stack. If a `directory` is given, the page keeps its port and its resume
/// key in this directory.
fn serve(stack: &TestStack, directory: Option<&Path>) -> Page {
    let (aws, outputs) = (stack.stack.aws.clone(), stack.stack.outputs.clone());
    Page::serve(aws, outputs, directory.map(|directory| directory.join("page"))).unwrap()
}

/// The host and port of the page.
fn host(page: &Page) -> String {
    page.address().trim_start_matches("http://").split('/').next().unwrap().to_owned()
}
