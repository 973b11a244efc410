//! Broken files result in findings, never in a panic or an endless loop.

use std::collections::BTreeMap;

use proptest::prelude::*;
use pulumi_program::{Evaluation, Program, Stack, asl};

use crate::project::{Copy, STATE_MACHINE, read};

/// An edit of a text: its position as a fraction of the text's length, the number of characters to
/// delete there, and the text to insert.
fn edit() -> impl Strategy<Value = (f64, usize, String)> {
    let syntax = vec![
        "${",
        "$$",
        "fn::join: ",
        "{%",
        "- ",
        ": ",
        "[",
        "\"",
        "&a ",
        "\n---\n",
        "\t",
        "? ",
        "| ",
    ];
    let pieces = prop_oneof![
        13 => prop::sample::select(syntax).prop_map(str::to_owned),
        1 => ".{0,12}",
    ];
    (0.0..1.0, 0_usize..40, pieces)
}

fn edited(text: &str, edits: &[(f64, usize, String)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (share, length, piece) in edits {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of a text's length is between 0 and that length"
        )]
        let at = (share * chars.len() as f64) as usize;
        let end = (at + length).min(chars.len());
        chars.splice(at..end, piece.chars());
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn broken_programs_give_findings(edits in prop::collection::vec(edit(), 1..4), file in 0_usize..3) {
        let copy = Copy::new();
        let file = ["pulumi/Main.yaml", "Pulumi.yaml", "Pulumi.dev.yaml"][file];
        copy.write(file, &edited(&read(file), &edits));
        copy.findings("dev");
        if let Ok(program) = Program::load(copy.root())
            && let Ok(stack) = Stack::load(copy.root(), &program, "dev")
            && let Ok(evaluation) = Evaluation::new(&program, &stack, &BTreeMap::new())
        {
            for name in evaluation.order() {
                let _ = evaluation.resource(&name);
            }
        }
    }

    #[test]
    fn broken_state_machines_give_findings(edits in prop::collection::vec(edit(), 1..4)) {
        if let Ok(machine) = serde_json::from_str(&edited(&read(STATE_MACHINE), &edits)) {
            let _ = asl::lint(&machine);
        }
    }
}
