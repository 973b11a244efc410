//! Installs the emulator's pinned packages.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::interpreter::Installer;
use super::{Interpreter, PythonError};
use crate::lock::Lock;
use crate::process::{self, Failure};
use crate::progress::{Progress, Step};
use crate::workspace::Workspace;

/// The emulator and all its dependencies, pinned by hash, so that only reviewed code runs.
const REQUIREMENTS: &str = include_str!("../../emulator/requirements.txt");

/// Subdirectory into which pip installs packages if there is no virtual environment.
const PACKAGES: &str = "packages";

/// A Python environment with the emulator installed.
#[derive(Debug, Clone)]
pub struct Environment {
    directory: PathBuf,
    interpreter: PathBuf,
}

impl Environment {
    /// Returns the environment of this checkout. Installs it first if it does not exist.
    ///
    /// An installation gets its final name only when it is complete, so an interrupted one is never
    /// used. The name contains a hash of the requirements and the interpreter. If the requirements
    /// or the interpreter change, a new environment is installed. The old environment is kept, so
    /// an emulator that still runs in it loses no files.
    ///
    /// # Errors
    /// When there is no suitable Python or the packages cannot be installed.
    pub async fn prepare(workspace: &Workspace, progress: &Progress) -> Result<Self, PythonError> {
        let interpreter = Interpreter::find().await?;
        let parent = workspace.local().join("python");
        let directory = parent.join(name(&interpreter));
        if !directory.is_dir() {
            let waiting = || progress.doing(Step::Python, "waiting for another installation");
            let _lock = Lock::take(&parent.join("lock"), waiting)
                .await
                .map_err(PythonError::io("locking the Python environment"))?;
            // Another process may have installed the environment while this process waited for the
            // lock.
            if !directory.is_dir() {
                let what = format!("installing the AWS emulator (Python {})", interpreter.version);
                progress.doing(Step::Python, what);
                install(&interpreter, &parent.join("unfinished"), &directory).await?;
                progress.done(Step::Python, "AWS emulator installed");
            }
        }
        Ok(Self { directory, interpreter: interpreter.path })
    }

    /// A command that runs this environment's Python. It inherits no environment variables.
    ///
    /// `-I` keeps Python from importing modules from the current directory or the user's packages.
    #[must_use]
    pub fn command(&self) -> std::process::Command {
        let python = venv_python(&self.directory);
        let python = if python.is_file() { &python } else { &self.interpreter };
        let mut command = std::process::Command::new(python);
        command.env_clear().arg("-I");
        command
    }

    /// The directory of the packages if Python does not find them by itself; `None` for a virtual
    /// environment, whose Python finds its packages.
    #[must_use]
    pub fn packages(&self) -> Option<PathBuf> {
        let packages = self.directory.join(PACKAGES);
        packages.is_dir().then_some(packages)
    }
}

/// The name of the environment's directory. It changes with the requirements and the interpreter.
fn name(interpreter: &Interpreter) -> String {
    let mut hasher = DefaultHasher::new();
    REQUIREMENTS.hash(&mut hasher);
    interpreter.path.hash(&mut hasher);
    format!("{}-{:016x}", interpreter.version, hasher.finish())
}

fn venv_python(directory: &Path) -> PathBuf {
    directory.join("bin/python")
}

/// Installs the packages into `unfinished`, then renames that directory to `directory`.
async fn install(
    interpreter: &Interpreter,
    unfinished: &Path,
    directory: &Path,
) -> Result<(), PythonError> {
    let Some(installer) = interpreter.installer else {
        return Err(PythonError::NoInstaller { path: interpreter.path.clone() });
    };
    if unfinished.exists() {
        std::fs::remove_dir_all(unfinished)
            .map_err(PythonError::io("removing an unfinished Python environment"))?;
    }
    std::fs::create_dir_all(unfinished)
        .map_err(PythonError::io("creating the Python environment"))?;
    let requirements = unfinished.join("requirements.txt");
    std::fs::write(&requirements, REQUIREMENTS)
        .map_err(PythonError::io("writing the requirements"))?;
    match installer {
        Installer::Venv => install_in_venv(interpreter, "venv", unfinished, &requirements).await?,
        Installer::Virtualenv => {
            install_in_venv(interpreter, "virtualenv", unfinished, &requirements).await?;
        }
        Installer::Pip => {
            let mut pip = pip(&interpreter.path, &requirements);
            pip.arg("--target").arg(unfinished.join(PACKAGES));
            run(pip, "pip").await?;
        }
    }
    std::fs::rename(unfinished, directory)
        .map_err(PythonError::io("finishing the Python environment"))
}

/// Runs the Python module `module`, which creates a virtual environment in `directory`. Then runs
/// pip in that environment to install the packages that the file `requirements` lists.
async fn install_in_venv(
    interpreter: &Interpreter,
    module: &'static str,
    directory: &Path,
    requirements: &Path,
) -> Result<(), PythonError> {
    let mut create = Command::new(&interpreter.path);
    create.args(["-I", "-m", module]).arg(directory);
    run(create, module).await?;
    run(pip(&venv_python(directory), requirements), "pip").await
}

/// A `pip install` that imports no modules from the current directory. It installs only files whose
/// hash is listed, and only wheels: building a package from its source would run its code.
fn pip(python: &Path, requirements: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .args(["-I", "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:"])
        .args(["--no-input", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(requirements);
    command
}

/// Runs an installer without the environment variables that would make it use other packages or
/// directories.
async fn run(mut command: Command, name: &'static str) -> Result<(), PythonError> {
    for variable in ["PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_USER"] {
        command.env_remove(variable);
    }
    process::run(command).await.map_err(|failure| match failure {
        Failure::Start(source) => PythonError::Io { what: "starting the installer", source },
        Failure::Exit { output } => PythonError::Install { command: name, output },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::Version;

    #[test]
    fn requirements_pin_every_package_with_hashes_and_no_host() {
        let packages: Vec<&str> =
            REQUIREMENTS.lines().filter(|line| line.starts_with(char::is_alphabetic)).collect();
        assert!(packages.iter().any(|line| line.starts_with("ministack==")));
        for package in &packages {
            assert!(package.contains("==") && package.ends_with('\\'), "{package}");
        }
        assert!(!REQUIREMENTS.contains("://") && !REQUIREMENTS.contains("--index"));
    }

    fn interpreter(path: &str, installer: Option<Installer>) -> Interpreter {
        Interpreter { path: path.into(), version: Version(3, 11), installer }
    }

    #[test]
    fn another_python_gets_another_environment() {
        let [one, other] =
            ["/usr/bin/python3", "/opt/python3"].map(|it| name(&interpreter(it, None)));
        assert_ne!(one, other);
    }

    #[tokio::test]
    async fn a_failed_installation_leaves_no_environment() {
        let directory = tempfile::tempdir().unwrap();
        let (target, unfinished) = (directory.path().join("target"), directory.path().join("new"));
        let without = interpreter("/usr/bin/python3", None);
        let result = install(&without, &unfinished, &target).await;
        assert!(matches!(result, Err(PythonError::NoInstaller { .. })));
        assert!(!target.exists() && !unfinished.exists());
        // The program `false` stands in for a Python that cannot create an environment.
        let failing = interpreter("false", Some(Installer::Venv));
        let result = install(&failing, &unfinished, &target).await;
        assert!(matches!(result, Err(PythonError::Install { command: "venv", .. })));
        assert!(!target.exists());
    }
}
