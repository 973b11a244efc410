//! Runs `pulumi/adopt.py` in a temporary project.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use local::aws::{Aws, REGION};
use local::progress::Progress;
use local::python::Environment;
use local::workspace::Workspace;
use pulumi_program::{Program, Stack};
use serde_json::Value;

/// A temporary project in which the script has written the stack's file, `Pulumi.<stack>.yaml`.
pub(super) struct Adoption {
    project: tempfile::TempDir,
    workspace: Workspace,
    stack: String,
}

impl Adoption {
    /// Runs the script's command `adopt` for a bucket. In place of the AWS CLI, the script calls
    /// `aws.py`. The script and `aws.py` run in the emulator's Python, which has the botocore that
    /// `aws.py` needs.
    pub(super) async fn run(aws: &Aws, bucket: &str, stack: &str, prefix: &str) -> Self {
        let workspace = Workspace::find().unwrap();
        let python = Environment::prepare(&workspace, &Progress::silent()).await.unwrap();
        let project = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(project.path().join("pulumi/sdks")).unwrap();
        for file in ["Pulumi.yaml", "pulumi/sdks/aws.yaml"] {
            std::fs::copy(workspace.root().join(file), project.path().join(file)).unwrap();
        }
        write_cli(project.path(), &workspace, &python);
        let key = aws.access_key();
        let path = std::env::var("PATH").unwrap_or_default();
        let adopted = python
            .command()
            .arg(workspace.root().join("pulumi/adopt.py"))
            .args(["adopt", bucket, "--stack", stack, "--prefix", prefix, "--project"])
            .arg(project.path())
            .env("PATH", format!("{}:{path}", project.path().display()))
            .env("AWS_ENDPOINT_URL", aws.endpoint())
            .env("AWS_DEFAULT_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", &key.id)
            .env("AWS_SECRET_ACCESS_KEY", &key.secret)
            .envs(key.token.as_ref().map(|token| ("AWS_SESSION_TOKEN", token)))
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&adopted.stdout).into_owned();
        let errors = String::from_utf8_lossy(&adopted.stderr).into_owned();
        assert!(adopted.status.success(), "{printed}{errors}");
        Self { project, workspace, stack: stack.to_owned() }
    }

    /// The settings that the script wrote into the stack's file, named as in `Pulumi.yaml`.
    pub(super) fn settings(&self) -> Vec<(String, Value)> {
        let program = Program::load(self.workspace.root()).unwrap();
        let stack = Stack::load(self.project.path(), &program, &self.stack).unwrap();
        let file = self.project.path().join(format!("Pulumi.{}.yaml", self.stack));
        let text = std::fs::read_to_string(file).unwrap();
        let config = stack.config().clone().into_iter();
        config.filter(|(key, _)| text.contains(&format!("  pixgauge:{key}: "))).collect()
    }
}

/// Writes a command `aws`, which runs `aws.py`, into a folder.
fn write_cli(folder: &Path, workspace: &Workspace, python: &Environment) {
    let script = workspace.root().join("tests/integration/adopted/aws.py");
    let packages = python.packages().unwrap_or_else(|| PathBuf::from("-"));
    let packages =
        if packages.is_dir() { format!("'{}'", packages.display()) } else { String::new() };
    let interpreter = python.command().get_program().to_string_lossy().into_owned();
    let text =
        format!("#!/bin/sh\nexec '{interpreter}' -I '{}' {packages} \"$@\"\n", script.display());
    let command = folder.join("aws");
    std::fs::write(&command, text).unwrap();
    std::fs::set_permissions(&command, std::fs::Permissions::from_mode(0o755)).unwrap();
}
