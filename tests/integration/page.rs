//! The page of the local stack.
//!
//! `door` sends requests to the page, as other programs and other pages may do. `browser` uses the
//! page in Chromium, as a user does.

mod browser;
mod chromium;
mod door;

use harness::TestStack;
use local::page::Page;

/// Serves the page of a stack.
fn serve(stack: &TestStack) -> Page {
    let (aws, outputs) = (stack.stack.aws.clone(), stack.stack.outputs.clone());
    Page::serve(aws, outputs, None).unwrap()
}
