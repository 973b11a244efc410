use std::os::unix::fs::PermissionsExt as _;

use super::*;

/// A temporary directory, which is deleted when dropped, and a state file in it that does not exist
/// yet.
fn file() -> (tempfile::TempDir, StateFile) {
    let directory = tempfile::tempdir().unwrap();
    let [path, lock] = ["stack.json", "stack.lock"].map(|name| directory.path().join(name));
    (directory, StateFile { path, lock })
}

/// The state of a stack that this process runs.
fn state(owns_emulator: bool, outputs: Option<Outputs>) -> State {
    State { outputs, ..State::starting(owns_emulator) }
}

/// The identity of an earlier process that had the same id as this process.
fn earlier() -> Identity {
    Identity { started: "earlier".to_owned(), ..Identity::own() }
}

/// The state that an earlier process left behind.
fn left_behind(owns_emulator: bool) -> State {
    State { process: earlier(), ..state(owns_emulator, Some(Outputs::sample())) }
}

#[test]
fn running_stack_has_outputs_for_the_user_alone_until_it_ends() {
    let (_directory, file) = file();
    assert!(matches!(file.outputs(), Err(StateError::NotRunning)));
    let mut claim = file.claim().unwrap();
    claim.write(&state(true, None)).unwrap();
    assert!(matches!(file.outputs(), Err(StateError::Starting { .. })));
    let mode = std::fs::metadata(&file.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let second = file.claim().unwrap_err().to_string();
    assert!(second.contains(&format!("process {}", std::process::id())), "{second}");
    claim.write(&state(true, Some(Outputs::sample()))).unwrap();
    assert_eq!(file.outputs().unwrap(), Outputs::sample());
    drop(claim);
    assert!(matches!(file.outputs(), Err(StateError::NotRunning)));
}

#[test]
fn state_of_a_killed_process_is_stale_while_someone_reads_it_too() {
    let (_directory, file) = file();
    let mut claim = file.claim().unwrap();
    claim.write(&left_behind(true)).unwrap();
    // The lock is held, but the process in the state file has ended.
    assert_eq!(file.read().unwrap().unwrap().1, Liveness::Ended);
    // As after SIGKILL: the lock is free, but the state file remains.
    claim.keep = true;
    drop(claim);
    assert!(matches!(file.outputs(), Err(StateError::Stale { .. })));
    let read = file.read().unwrap();
    assert_eq!(read.unwrap().1, Liveness::Ended);
    assert!(file.claim().is_ok(), "a reader holds the lock");
}

#[test]
fn stack_on_an_emulator_of_another_process_remains() {
    let (_directory, file) = file();
    let mut claim = file.claim().unwrap();
    claim.write(&left_behind(false)).unwrap();
    drop(claim);
    assert_eq!(file.outputs().unwrap(), Outputs::sample());
}

#[test]
fn invalid_file_is_named() {
    let (_directory, file) = file();
    for invalid in ["", "{", "{}", "[]", "\u{0}", r#"{"process": -1}"#] {
        std::fs::write(&file.path, invalid).unwrap();
        let error = file.outputs().unwrap_err().to_string();
        assert!(error.contains("stack.json is invalid") && error.contains("down"), "{error}");
        // A new stack replaces the invalid file.
        let mut claim = file.claim().unwrap();
        claim.write(&state(true, Some(Outputs::sample()))).unwrap();
        assert_eq!(file.outputs().unwrap(), Outputs::sample());
    }
}

#[test]
fn process_is_known_even_if_the_state_file_is_lost() {
    let (_directory, file) = file();
    assert_eq!(file.holder(), None);
    let mut claim = file.claim().unwrap();
    claim.write(&state(true, None)).unwrap();
    for lost in ["{", ""] {
        std::fs::write(&file.path, lost).unwrap();
        assert_eq!(file.holder(), Some(Identity::own()));
        let error = file.claim().unwrap_err().to_string();
        assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
    }
    drop(claim);
    std::fs::write(&file.lock, serde_json::to_vec(&earlier()).unwrap()).unwrap();
    assert_eq!(file.holder(), None);
}
