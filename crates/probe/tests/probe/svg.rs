//! SVG: the search for the root element, and the dimensions that its attributes state.

use crate::drive::{expect_corrupt, expect_size, expect_unsupported, trace};

#[track_caller]
fn expect(attributes: &str, width: u32, height: u32) {
    expect_after("", attributes, width, height);
}

/// Expects an SVG image of `width` by `height` pixels, with `prolog` before its root element.
#[track_caller]
fn expect_after(prolog: &str, attributes: &str, width: u32, height: u32) {
    let image = expect_size(svg(prolog, attributes).as_bytes(), width, height);
    assert_eq!(image.content_type(), "image/svg+xml");
}

/// Expects `UnsupportedImage` and a message that contains `what`.
#[track_caller]
fn refuse(prolog: &str, attributes: &str, what: &str) {
    expect_unsupported(svg(prolog, attributes).as_bytes(), what);
}

fn svg(prolog: &str, attributes: &str) -> String {
    format!("{prolog}<svg xmlns=\"http://www.w3.org/2000/svg\" {attributes}><g/></svg>")
}

/// A document type declaration with this internal subset.
fn subset(declarations: &str) -> String {
    format!("<!DOCTYPE svg [{declarations}]>")
}

#[test]
fn absolute_lengths_take_precedence_over_the_view_box() {
    expect("width='3' height='2' viewBox='0 0 9 9'", 3, 2);
    expect("width='1in' height='72pt'", 96, 96);
    expect("width='10.4px' height='0.2'", 10, 1);
    expect("width='30' height='20' style='width:3000px;height:2000px;font-size:9px'", 30, 20);
    expect_after(&" \n".repeat(3000), "width='3' height='2'", 3, 2);
}

#[test]
fn the_view_box_replaces_missing_lengths() {
    expect("viewBox='0 0 30 20'", 30, 20);
    expect("width='100%' height='100%' viewBox='0,0,30,20'", 30, 20);
    expect("width='60' viewBox='0 0 30 20'", 60, 40);
    expect("height='10' viewBox='0 0 30 20'", 15, 10);
    refuse("", "", "SVG: it has neither an absolute width and height nor a viewBox");
    refuse("", "width='3'", "SVG: it has neither");
}

#[test]
fn percentages_are_of_the_view_box() {
    expect("width='50%' height='50%' viewBox='0 0 300 200'", 150, 100);
    expect("width='50%' viewBox='0 0 300 200'", 150, 200);
    expect("width='auto' height='200%' viewBox='0 0 300 200'", 300, 400);
    // As in a browser, the height follows from the width and from the view box's aspect ratio.
    expect("width='60' height='50%' viewBox='0 0 30 20'", 60, 40);
    refuse("", "width='50%' height='20'", "its width attribute is a percentage");
    refuse("", "width='30' height='50%'", "its height attribute is a percentage");
}

#[test]
fn names_are_case_sensitive() {
    refuse("", "viewbox='0 0 30 20'", "viewBox");
    refuse("", "WIDTH='30' Height='20'", "width and height");
    expect("viewbox='0 0 9 9' Width='9' s:width='9' width='30' height='20'", 30, 20);
    expect("stroke-width='9' data=' width=\"9\"' width = \"30\" height='20'", 30, 20);
    expect_unsupported(b"<SVG width='30' height='20'/>", "");
}

#[test]
fn a_length_that_is_not_understood_is_refused_by_name_despite_a_view_box() {
    for value in [
        "",
        "none",
        "-5%",
        "\u{663}\u{660}",
        "&#160;30",
        "&#0;30",
        "&#+51;0",
        "&#x;",
        "&#51",
        "&;",
        "& 30",
        "&amp;30",
        "&undeclared;",
    ] {
        let other = "viewBox='0 0 90 60'";
        refuse("", &format!("width=\"{value}\" height='20' {other}"), "its width attribute");
        refuse("", &format!("width='30' height=\"{value}\" {other}"), "its height attribute");
    }
}

#[test]
fn a_view_box_that_is_not_understood_is_refused_if_it_is_needed() {
    for value in ["", "none", "0 0 30px 20", "0 0 30 20 junk", "0 0 30 20;", "0 0 0 9", "0 0 3 -9"]
    {
        refuse("", &format!("width='60' viewBox='{value}'"), "its viewBox attribute");
        expect(&format!("width='30' height='20' viewBox='{value}'"), 30, 20);
    }
}

#[test]
fn one_length_does_not_determine_the_other_without_an_aspect_ratio() {
    let view_box = "viewBox='0 0 30 20' preserveAspectRatio";
    expect(&format!("width='60' {view_box}='xMidYMid slice'"), 60, 40);
    refuse("", &format!("width='60' {view_box}='none'"), "its preserveAspectRatio attribute");
    expect(&format!("width='60' height='50' {view_box}='none'"), 60, 50);
    expect(&format!("{view_box}='none'"), 30, 20);
}

#[test]
fn character_references_are_replaced() {
    expect("width='&#51;000' height='&#x32;00&#112;x&#10;' viewBox='0 0 9 9'", 3000, 200);
    expect("viewBox='0&#32;0 &#51;0 20'", 30, 20);
}

#[test]
fn internal_entities_are_replaced() {
    let entities = subset(
        "<!ENTITY w '77'><!ENTITY w '9'>\n<!ENTITY  px\t\"p&#120;\" ><!ENTITY none ''>\
         <!ENTITY ns 'http://www.w3.org/2000/svg'><!ENTITY box '0 0 7&#55; 33'>",
    );
    expect_after(&entities, "width='&w;' height='33&none;&px;'", 77, 33);
    expect_after(&entities, "viewBox='&box;'", 77, 33);
    let root = format!("{entities}<s:svg xmlns:s='&ns;' width='&w;' height='33'/>");
    expect_size(root.as_bytes(), 77, 33);
}

#[test]
fn predefined_entities_cannot_be_declared_anew() {
    for name in ["amp", "lt", "gt", "quot", "apos"] {
        let entity = subset(&format!("<!ENTITY {name} '77'>"));
        refuse(&entity, &format!("width='&{name};' height='33'"), "its width attribute");
    }
}

#[test]
fn entities_on_whose_text_browsers_disagree_are_refused() {
    for entities in [
        "",
        "<!ENTITY W '77'>",
        "<!ENTITY w SYSTEM 'data:,77'>",
        "<!ENTITY w PUBLIC '77' '77'>",
        "<!ENTITY w SYSTEM '77' NDATA n><!NOTATION n SYSTEM '77'>",
        "<!ENTITY w '&a;'><!ENTITY a '77'>",
        "<!ENTITY w '&#38;#55;7'>",
        "<!ENTITY w '&#38;a;'><!ENTITY a '77'>",
        "<!ENTITY w '&amp;#55;7'>",
        "<!ENTITY w '&w;'>",
        "<!ENTITY w '77<b/>'>",
    ] {
        refuse(&subset(entities), "width='&w;' height='33'", "its width attribute");
    }
}

#[test]
fn entities_cannot_make_a_value_grow_without_limit() {
    let entity = subset(&format!("<!ENTITY e '{}'>", " ".repeat(100)));
    expect_after(&entity, "width='77&e;&e;' height='33'", 77, 33);
    refuse(&entity, "width='77&e;&e;&e;' height='33'", "its width attribute");
    let empty = subset("<!ENTITY e ''>");
    let width = format!("width='{}7' height='33'", "&e;".repeat(1000));
    refuse(&empty, &width, "its width attribute");
    let many: Vec<String> = (0..1001).map(|n| format!("<!ENTITY e{n} '77'>")).collect();
    let many = subset(&many.concat());
    expect_after(&many, "width='&e999;' height='33'", 77, 33);
    refuse(&many, "width='&e1000;' height='33'", "its width attribute");
}

#[test]
fn the_internal_subset_is_tokenized() {
    for declarations in [
        "<!-- it's an entity file -->",
        "<!-- ]> <!ENTITY w '9'> -->",
        "<?p it's ]> <!ENTITY w '9'> ?>",
        "<?p \" ?>",
        "<!ENTITY a \"]><!ENTITY w '9'>\">",
        "<!ENTITY a SYSTEM \"]><!ENTITY w '9'>\">",
        "<!NOTATION n PUBLIC \"a>b'c\">",
        "<!NOTATION n SYSTEM '<a>'>",
        "<!ELEMENT svg (#PCDATA | g)*>",
        " \n\t",
    ] {
        let entity = "<!ENTITY w '77'>";
        expect_after(&subset(&[declarations, entity].concat()), "width='&w;' height='33'", 77, 33);
    }
    for identifier in ["SYSTEM \"it's [\"", "PUBLIC '[' \"]>\""] {
        let doctype = format!("<!DOCTYPE svg {identifier} [<!ENTITY w '77'>]\n>");
        expect_after(&doctype, "width='&w;' height='33'", 77, 33);
        expect_after(&format!("<!DOCTYPE svg {identifier}>"), "width='77' height='33'", 77, 33);
    }
}

#[test]
fn attribute_lists_and_parameter_entities_are_refused() {
    let size = "width='30' height='20'";
    for declarations in ["<!ATTLIST svg width CDATA '3000'>", "<!ATTLIST g\nx CDATA \"]>\">"] {
        refuse(&subset(declarations), size, "ATTLIST");
    }
    for declarations in [
        "<!ENTITY % p '<!ENTITY w \"77\">'>",
        "<!ENTITY % p SYSTEM ']>'>",
        "%p;",
        "<!ENTITY w '%p;'>",
        "<!ENTITY w '100%'>",
    ] {
        refuse(&subset(declarations), size, "parameter entities");
    }
}

#[test]
fn text_that_tokenizes_in_two_ways_is_corrupt() {
    let size = "width='30' height='20'";
    for prolog in [
        subset("<![INCLUDE[<!ENTITY w '77'>]]>"),
        subset("text"),
        subset("\"<!ENTITY w '77'>\""),
        subset("<!ENTITY w'77'>"),
        subset("<!ENTITY w '77' '>'>"),
        subset("<!ELEMENT svg ' > '>"),
        subset("<!NOTATION n SYSTEM <"),
        subset("<!NOTATION n <a>"),
        "<!DOCTYPE svg [] []>".to_owned(),
        "<!DOCTYPE svg <x>".to_owned(),
        "<!DOCTYPE svg><!DOCTYPE svg>".to_owned(),
    ] {
        expect_corrupt(svg(&prolog, size).as_bytes(), "malformed");
    }
    for attributes in [
        "width='1' width='30' height='20'",
        "width='30'height='20'",
        "viewBox='0 0 1 1' / width='30' height='20'",
        "width=30 height='20'",
        "hidden width='30' height='20'",
        // In ISO 2022 encodings, U+001B begins an escape sequence. After it, a byte that looks like
        // a quote may be part of another character.
        "a='\u{1B}$B' width='30' height='20'",
    ] {
        expect_corrupt(svg("", attributes).as_bytes(), "malformed");
    }
}

#[test]
fn a_comment_or_an_instruction_does_not_end_with_the_characters_that_begin_it() {
    let decoy = "<svg width='1' height='1'/>";
    for prolog in [format!("<!-->{decoy}-->"), format!("<!--->{decoy}-->"), format!("<?>{decoy}?>")]
    {
        expect_after(&prolog, "width='30' height='20'", 30, 20);
    }
}

#[test]
fn another_namespace_is_not_an_image() {
    for root in [
        "<svg xmlns='http://example.com/'",
        "<svg xmlns=' http://www.w3.org/2000/svg '",
        "<s:svg xmlns='http://www.w3.org/2000/svg' xmlns:s='http://example.com/'",
        "<svg xmlns='&ns;'",
    ] {
        let file = format!("{root} width='30' height='20'/>");
        expect_unsupported(file.as_bytes(), "namespace");
    }
    let prefixed = "<s:svg xmlns='http://example.com/' xmlns:s='http://www.w3.org/2000/s&#118;g' \
                    xmlns:t='http://example.com/' width='30' height='20'/>";
    expect_size(prefixed.as_bytes(), 30, 20);
}

#[test]
fn implausible_dimensions_are_corrupt() {
    expect_corrupt(b"<svg width='0' height='2'>", "zero");
    expect_corrupt(b"<svg width='-3' height='2'>", "negative");
    expect_corrupt(b"<svg width='1e300' height='2'>", "implausibly large");
    expect_corrupt(b"<svg width='3' height='2", "does not end");
    let long = svg("", &format!("content='{}", "x".repeat(900_000)));
    expect_corrupt(long.as_bytes(), "does not end");
    expect_corrupt(b"<svg width=7>", "malformed (at byte 5)");
}

#[test]
fn a_long_head_is_read_in_few_reads_up_to_a_limit() {
    let filler = |length: usize| "x".repeat(length);
    let comment = |length| svg(&format!("<!--{}-->", filler(length)), "width='30' height='20'");
    let document_type = |length| {
        let entities = subset(&format!("<!ENTITY a '{}'>", filler(length)));
        svg(&entities, "width='30' height='20'")
    };
    let first = |length| svg("", &format!("width='30' height='20' content='{}'", filler(length)));
    let last = |length| svg("", &format!("content='{}' width='30' height='20'", filler(length)));
    let heads: [&dyn Fn(usize) -> String; 4] = [&comment, &document_type, &first, &last];
    for head in heads {
        for (length, reads) in [(100_000, 2), (262_144, 3), (900_000, 3), (4_000_000, 5)] {
            let outcome = trace("", head(length).as_bytes());
            let image = outcome.result.unwrap();
            assert_eq!((image.width, image.height), (30, 20));
            assert!(outcome.reads.len() <= reads, "{length}: {:?}", outcome.reads);
        }
        let outcome = trace("", head(5_000_000).as_bytes());
        let error = outcome.result.unwrap_err();
        assert_eq!(error.name(), "UnsupportedImage", "a cap is not damage");
        assert!(error.to_string().contains("within the first 4 MiB"), "{error}");
        assert_eq!(outcome.reads.last().unwrap().end, 4 << 20);
    }
}

#[test]
fn both_byte_orders_of_utf_16_are_read() {
    let utf_16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    };
    // The second U+FEFF is part of an attribute's name. U+0122 is part of a value, although one of
    // its two bytes is that of a double quote.
    let text = "\u{FEFF}<svg wi\u{FEFF}dth='1' a='é€\u{122} width=\u{122}' width='3' height='2'>";
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let file = utf_16(text, bytes);
        expect_size(&file, 3, 2);
        expect_size(&file[2..], 3, 2);
        // A parser that dropped U+0100 would take this element for a processing instruction.
        let element = "\u{FEFF}<\u{100}?><svg width='3' height='2'/>";
        expect_unsupported(&utf_16(element, bytes), "");
    }
}

#[test]
fn other_markup_is_not_an_image() {
    for text in
        ["<!DOCTYPE html><html><svg width='3' height='2'>", "<?xml version='1.0'?><feed/>", "<!--"]
    {
        expect_unsupported(text.as_bytes(), "markup");
    }
}
