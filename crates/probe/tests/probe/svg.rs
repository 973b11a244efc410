//! SVG: dimensions by the root element's attributes, and the search for that element.

use probe::Hint;

use crate::drive::{expect_corrupt, expect_size, probe, trace};

#[track_caller]
fn expect(attributes: &str, width: u32, height: u32) {
    let text = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" {attributes}><g/></svg>");
    let image = expect_size(text.as_bytes(), width, height);
    assert_eq!(image.content_type(), "image/svg+xml");
}

#[test]
fn absolute_lengths_take_precedence_over_the_view_box() {
    expect("width='3' height='2' viewBox='0 0 9 9'", 3, 2);
    expect("width='1in' height='72pt'", 96, 96);
    expect("width='10.4px' height='0.2'", 10, 1);
}

#[test]
fn the_view_box_replaces_missing_lengths() {
    expect("viewBox='0 0 30 20'", 30, 20);
    expect("width='100%' height='100%' viewBox='0,0,30,20'", 30, 20);
    expect("width='60' viewBox='0 0 30 20'", 60, 40);
    expect("height='10' viewBox='0 0 30 20'", 15, 10);
}

#[test]
fn svg_without_dimensions_is_unsupported() {
    for attributes in ["", "width='3'", "width='100%' height='100%'", "viewBox='0 0 0 9'"] {
        let error = probe(format!("<svg {attributes}>").as_bytes()).unwrap_err();
        assert_eq!(error.name(), "UnsupportedImage", "{error}");
        assert!(error.to_string().contains("SVG"), "{error}");
    }
}

#[test]
fn implausible_dimensions_are_corrupt() {
    expect_corrupt(b"<svg width='0' height='2'>", "zero");
    expect_corrupt(b"<svg width='-3' height='2'>", "negative");
    expect_corrupt(b"<svg width='1e300' height='2'>", "implausibly large");
    expect_corrupt(b"<svg width='3' height='2", "does not end");
}

#[test]
fn long_comments_are_skipped_up_to_a_limit() {
    let after = |length: usize| format!("<!--{}--><svg width='3' height='2'>", "x".repeat(length));
    expect_size(after(100_000).as_bytes(), 3, 2);
    let outcome = trace(Hint::default(), after(5_000_000).as_bytes());
    assert_eq!(outcome.result.unwrap_err().name(), "UnsupportedImage");
    assert!(outcome.reads.last().unwrap().end <= 1 << 20);
}

#[test]
fn both_byte_orders_of_utf_16_are_read() {
    let text = "\u{FEFF}<svg width='3' height='2'>";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    expect_size(&little, 3, 2);
    expect_size(&big, 3, 2);
}

#[test]
fn other_markup_is_not_an_image() {
    for text in
        ["<!DOCTYPE html><html><svg width='3' height='2'>", "<?xml version='1.0'?><feed/>", "<!--"]
    {
        let error = probe(text.as_bytes()).unwrap_err();
        assert_eq!(error.name(), "UnsupportedImage");
        assert!(error.to_string().contains("markup"), "{error}");
    }
}
