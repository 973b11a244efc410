//! Tests of the emulator and its launcher, most of them with real processes.

use std::path::Path;

use super::*;

/// Source of the stand-in for each module that the launcher changes. Every attribute of a stand-in
/// is a class with `parse` and `_build_handler_class`, two methods that the launcher replaces.
const REPLACED: &str = "
import functools
@functools.cache
def __getattr__(name):
    if name.startswith('__'):
        raise AttributeError(name)
    return type(name, (), {'parse': len, '_build_handler_class': len})
";

/// Starts the launcher with a stand-in for the emulator: a package `ministack` in `directory` whose
/// main module has the source `module`.
///
/// `temporary_variable` is the value of `TMPDIR`; if it is `None`, the value is `tmp` in
/// `directory`. `kept` is the directory in which the launcher keeps data; if it is `None`, the
/// launcher keeps none.
fn launch(
    directory: &Path,
    module: &str,
    temporary_variable: Option<&Path>,
    kept: Option<&Path>,
) -> Child {
    for module in [
        "jsonata/parser",
        "jsonata/timebox",
        "ministack/app",
        "ministack/core/iam_actions",
        "ministack/core/iam_evaluator",
        "ministack/core/lambda_runtime",
        "ministack/core/responses",
        "ministack/core/router",
        "ministack/services/apigateway",
        "ministack/services/cloudwatch_logs",
        "ministack/services/eventbridge",
        "ministack/services/lambda_svc",
        "ministack/services/s3",
        "ministack/services/sqs",
        "ministack/services/sts",
        "ministack/services/stepfunctions",
    ] {
        let file = directory.join(module).with_extension("py");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, REPLACED).unwrap();
    }
    std::fs::write(directory.join("ministack/__main__.py"), module).unwrap();
    let (temporary, key) = (directory.join("tmp"), directory.join("credentials"));
    std::fs::create_dir(&temporary).unwrap();
    AccessKey::generate().unwrap().write(&key).unwrap();
    Command::new("python3")
        .args(["-I", "-u", "-c", LAUNCHER])
        .args([&temporary, &key])
        .arg("fenced")
        .arg(kept.unwrap_or(Path::new("")))
        .arg(directory)
        .env("STATE_DIR", kept.unwrap_or(directory))
        .env("TMPDIR", temporary_variable.unwrap_or(&temporary))
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap()
}

/// A Python module in place of the emulator. It starts a process in place of a function, and waits
/// for the process to end.
const WITH_CHILD: &str = "
import subprocess
child = subprocess.Popen(['sleep', '60'])
print('started', flush=True)
child.wait()
";

/// Reads the launcher's output up to "started", and returns the pipe. Every process of the
/// launcher's group can write to the pipe, so the output is complete only after all of these
/// processes have ended.
fn wait_until_started(child: &mut Child) -> impl io::Read + use<> {
    let mut pipe = child.stdout.take().unwrap();
    let mut started = [0; 8];
    io::Read::read_exact(&mut pipe, &mut started).unwrap();
    assert_eq!(&started, b"started\n");
    pipe
}

fn read_to_end(mut pipe: impl io::Read) -> String {
    let mut rest = String::new();
    io::Read::read_to_string(&mut pipe, &mut rest).unwrap();
    rest
}

/// Waits until all processes of the launcher's group have ended, and checks that they have written
/// nothing after "started".
fn wait_for_the_group(mut child: Child, pipe: impl io::Read) {
    assert_eq!(read_to_end(pipe), "");
    child.wait().unwrap();
}

#[test]
fn group_ends_when_standard_input_closes() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = launch(directory.path(), WITH_CHILD, None, None);
    let pipe = wait_until_started(&mut child);
    drop(child.stdin.take());
    wait_for_the_group(child, pipe);
    assert!(!directory.path().join("tmp").exists(), "temporary files are left");
    assert!(!directory.path().join("credentials").exists(), "the key is left");
}

#[test]
fn functions_end_when_the_emulator_fails() {
    let directory = tempfile::tempdir().unwrap();
    let module = "
import subprocess
subprocess.Popen(['sleep', '60'])
print('started', flush=True)
raise RuntimeError('broken')
";
    let mut child = launch(directory.path(), module, None, None);
    let pipe = wait_until_started(&mut child);
    wait_for_the_group(child, pipe);
}

#[test]
fn launcher_refuses_another_temporary_directory_and_leaves_it_alone() {
    let (directory, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(other.path().join("precious"), "").unwrap();
    let mut child = launch(directory.path(), "print('started')", Some(other.path()), None);
    assert_eq!(read_to_end(child.stdout.take().unwrap()), "");
    assert!(!child.wait().unwrap().success());
    assert!(other.path().join("precious").is_file());
    assert!(directory.path().join("tmp").is_dir());
}

#[test]
fn launcher_imports_nothing_from_the_current_directory() {
    let directory = tempfile::tempdir().unwrap();
    let hostile = tempfile::tempdir().unwrap();
    for module in ["configparser", "tempfile", "runpy", "ministack"] {
        std::fs::write(hostile.path().join(module).with_extension("py"), "print('hostile')")
            .unwrap();
    }
    let python = |isolated: bool| {
        let mut command = Command::new("python3");
        command.args(isolated.then_some("-I")).args(["-c", LAUNCHER]);
        let arguments = [directory.path().join("tmp"), directory.path().join("credentials")];
        command.args(arguments).args(["fenced", ""]).current_dir(hostile.path());
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(python(false).contains("hostile"), "the attack does not work");
    assert!(!python(true).contains("hostile"));
}

#[test]
fn user_credentials_do_not_reach_functions() {
    let parent = tempfile::tempdir().unwrap();
    let directory = RunDirectory::create(parent.path(), 4566).unwrap();
    let mut command = Command::new("true");
    environment(&mut command, &directory, 4566, &EmulatorOptions::default());
    let names: Vec<_> = command.get_envs().map(|(name, _)| name.to_string_lossy()).collect();
    let expected =
        ["AUTH", "AWS_ENDPOINT_URL", "BIND_HOST", "GATEWAY_PORT", "HOME", "LANG", "PATH", "TMPDIR"];
    assert_eq!(names, expected);
}

async fn start(options: EmulatorOptions) -> Emulator {
    let workspace = Workspace::find().unwrap();
    Emulator::start(&workspace, options, &Progress::silent()).await.unwrap()
}

#[tokio::test]
async fn emulator_starts_answers_and_stops() {
    let emulator = start(EmulatorOptions::default()).await;
    let (port, log) = (emulator.port, emulator.log());
    assert!(health::is_up(port).await);
    drop(emulator);
    assert!(!health::is_up(port).await);
    assert!(log.is_file());
    assert_eq!(check_port(port).unwrap(), port);
}

#[tokio::test]
async fn emulator_that_dies_is_reported_with_its_log() {
    let mut emulator = start(EmulatorOptions::default()).await;
    emulator.child.kill().unwrap();
    emulator.child.wait().unwrap();
    let error = emulator.check().unwrap_err();
    assert!(matches!(&error, EmulatorError::Died { .. }));
    assert!(error.to_string().contains("emulator.log"), "{error}");
}

/// The content of the object `key` in the bucket `kept`, if the object exists.
async fn object(emulator: &Emulator) -> Option<Vec<u8>> {
    let request = emulator.aws().s3.get_object().bucket("kept").key("key").send();
    let body = request.await.ok()?.body.collect().await.unwrap();
    Some(body.into_bytes().to_vec())
}

#[tokio::test]
async fn kept_data_outlives_the_emulator_even_if_it_is_killed() {
    let parent = tempfile::tempdir().unwrap();
    let data = KeptData::at(parent.path().join("data"));
    let options = EmulatorOptions { keep: Some(data.clone()), ..EmulatorOptions::default() };
    let emulator = start(options.clone()).await;
    emulator.aws().s3.create_bucket().bucket("kept").send().await.unwrap();
    let put = emulator.aws().s3.put_object().bucket("kept").key("key");
    put.body(b"content".to_vec().into()).send().await.unwrap();
    let role = "arn:aws:iam::000000000000:role/some-role";
    let session = control::function_session(&emulator.aws(), "f", role).await.unwrap();
    let caller = async |emulator: &Emulator| {
        let aws = Aws::connect(&emulator.endpoint(), session.clone());
        aws.sts.get_caller_identity().send().await
    };
    caller(&emulator).await.unwrap();
    drop(emulator);
    assert_eq!(data.left(), Left::Complete);

    let emulator = start(options.clone()).await;
    assert!(caller(&emulator).await.is_err(), "a session outlives its run");
    assert_eq!(object(&emulator).await.as_deref(), Some(&b"content"[..]));
    assert!(matches!(data.left(), Left::AsOf(Some(_))), "it is not complete while it runs");
    let group = Pid::from_raw(i32::try_from(emulator.process_id()).unwrap());
    killpg(group, Signal::SIGKILL).unwrap();
    drop(emulator);
    assert!(matches!(data.left(), Left::AsOf(Some(_))));

    let emulator = start(options).await;
    assert_eq!(object(&emulator).await.as_deref(), Some(&b"content"[..]));
    control::reset(&emulator.aws()).await.unwrap();
    assert_eq!(object(&emulator).await, None);
}

#[tokio::test]
async fn only_the_administrator_gets_sessions_and_resets_the_emulator() {
    let emulator = start(EmulatorOptions::default()).await;
    let aws = emulator.aws();
    aws.s3.create_bucket().bucket("kept").send().await.unwrap();
    let role = "arn:aws:iam::000000000000:role/some-role";
    let session = control::function_session(&aws, "some-function", role).await.unwrap();
    let as_function = Aws::connect(aws.endpoint(), session);
    let identity = as_function.sts.get_caller_identity().send().await.unwrap();
    let arn = "arn:aws:sts::000000000000:assumed-role/some-role/some-function";
    assert_eq!(identity.arn.as_deref(), Some(arn));

    let refused = control::reset(&as_function).await.unwrap_err().to_string();
    assert!(refused.contains("only the administrator"), "{refused}");
    let refused = control::function_session(&as_function, "f", role).await.unwrap_err();
    assert!(refused.to_string().contains("only the administrator"), "{refused}");
    let stranger = Aws::connect(aws.endpoint(), AccessKey::generate().unwrap());
    assert!(control::function_session(&stranger, "f", role).await.is_err());
    assert!(control::reset(&stranger).await.is_err());
    assert_eq!(aws.s3.list_buckets().send().await.unwrap().buckets().len(), 1);
}

/// A stand-in for the emulator. When told to end, the stand-in takes a second to save.
const SAVING: &str = "
import os, signal, sys, time
def save(*_):
    time.sleep(1)
    open(os.environ['STATE_DIR'] + '/saved', 'w').close()
    sys.exit()
signal.signal(signal.SIGTERM, save)
print('started', flush=True)
while True:
    time.sleep(60)
";

#[test]
fn the_launcher_lets_the_emulator_save_before_it_ends() {
    let directory = tempfile::tempdir().unwrap();
    let kept = directory.path().join("data");
    std::fs::create_dir(&kept).unwrap();
    let mut child = launch(directory.path(), SAVING, None, Some(&kept));
    let pipe = wait_until_started(&mut child);
    drop(child.stdin.take());
    wait_for_the_group(child, pipe);
    assert!(kept.join("saved").exists());
}

#[test]
fn a_port_that_is_taken_is_not_the_usual_one_and_is_named() {
    assert!(Port::Free.choose(1).is_ok());
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, USUAL_PORT));
    // The usual port is taken now, by this test or by another process.
    let chosen = Port::Usual.choose(1).unwrap();
    assert_ne!(chosen, USUAL_PORT);
    let error = Port::Fixed(USUAL_PORT).choose(1).unwrap_err();
    assert!(matches!(error, EmulatorError::PortTaken(_)));
    assert!(error.to_string().starts_with(&format!("port {USUAL_PORT} is in use")), "{error}");
    drop(taken);
}
