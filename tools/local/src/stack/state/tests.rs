use serde_json::Map;

use super::*;

fn file(directory: &tempfile::TempDir) -> StateFile {
    StateFile {
        path: directory.path().join("stack.json"),
        lock: directory.path().join("stack.lock"),
    }
}

fn outputs() -> Outputs {
    Outputs {
        api_url: "http://api".to_owned(),
        bucket_name: "bucket".to_owned(),
        key_prefix: "uploads/".parse().unwrap(),
        table_name: "table".to_owned(),
        state_machine_arn: "arn".to_owned(),
        reconcile_state_machine_arn: "arn".to_owned(),
        failure_queue_url: "http://queue".to_owned(),
        endpoint: "http://127.0.0.1:1".to_owned(),
        further: Map::new(),
    }
}

/// The state of a stack that this process runs.
fn state(owns_emulator: bool, outputs: Option<Outputs>) -> State {
    State { outputs, ..State::starting(owns_emulator) }
}

/// The state that an earlier process left behind. That process had the same id as this process.
fn left_behind(owns_emulator: bool) -> State {
    let process = Identity { started: "earlier".to_owned(), ..Identity::own() };
    State { process, ..state(owns_emulator, Some(outputs())) }
}

#[test]
fn running_stack_has_outputs_until_it_ends() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(&directory);
    assert!(matches!(file.outputs(), Err(StateError::NotRunning)));
    let mut claim = file.claim().unwrap();
    claim.write(&state(true, None)).unwrap();
    assert!(matches!(file.outputs(), Err(StateError::Starting { .. })));
    claim.write(&state(true, Some(outputs()))).unwrap();
    assert_eq!(file.outputs().unwrap(), outputs());
    drop(claim);
    assert!(matches!(file.outputs(), Err(StateError::NotRunning)));
}

#[test]
fn second_stack_is_refused_and_the_first_one_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(&directory);
    let mut claim = file.claim().unwrap();
    claim.write(&state(true, None)).unwrap();
    let error = file.claim().unwrap_err();
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
}

#[test]
fn state_of_a_killed_process_is_stale() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(&directory);
    let mut claim = file.claim().unwrap();
    claim.write(&left_behind(true)).unwrap();
    // As after SIGKILL: the lock is free, but the state file remains.
    claim.keep = true;
    drop(claim);
    assert!(matches!(file.outputs(), Err(StateError::Stale { .. })));
    assert_eq!(file.read().unwrap().unwrap().1, Liveness::Ended);
    assert!(file.claim().is_ok());
}

#[test]
fn readers_do_not_make_a_stale_state_seem_alive() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(&directory);
    let mut claim = file.claim().unwrap();
    claim.write(&left_behind(true)).unwrap();
    // The lock is held, but the process that the file names has ended.
    assert_eq!(file.read().unwrap().unwrap().1, Liveness::Ended);
    claim.keep = true;
    drop(claim);
    let _reading = file.read().unwrap();
    assert!(file.claim().is_ok(), "a reader holds the lock");
}

#[test]
fn state_is_for_the_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let directory = tempfile::tempdir().unwrap();
    let file = file(&directory);
    let mut claim = file.claim().unwrap();
    claim.write(&state(true, None)).unwrap();
    let mode = std::fs::metadata(&file.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn stack_on_an_emulator_of_another_process_remains() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(&directory);
    let mut claim = file.claim().unwrap();
    claim.write(&left_behind(false)).unwrap();
    drop(claim);
    assert_eq!(file.outputs().unwrap(), outputs());
}

#[test]
fn invalid_file_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(&directory);
    for invalid in ["", "{", "{}", "[]", "\u{0}", r#"{"process": -1}"#] {
        std::fs::write(&file.path, invalid).unwrap();
        let error = file.outputs().unwrap_err().to_string();
        assert!(error.contains("stack.json is invalid") && error.contains("down"), "{error}");
        // A new stack replaces the invalid file.
        let mut claim = file.claim().unwrap();
        claim.write(&state(true, Some(outputs()))).unwrap();
        assert_eq!(file.outputs().unwrap(), outputs());
    }
}

#[test]
fn process_is_known_even_if_the_state_file_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let file = file(&directory);
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
    // The lock file still names an earlier process, which had the same id as this process.
    let earlier = Identity { started: "earlier".to_owned(), ..Identity::own() };
    std::fs::write(&file.lock, serde_json::to_vec(&earlier).unwrap()).unwrap();
    assert_eq!(file.holder(), None);
}
