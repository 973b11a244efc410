//! Attack pages in a real browser.
