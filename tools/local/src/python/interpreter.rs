//! Finds a Python interpreter that can run the emulator.

use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;

use super::PythonError;

/// A Python version: major and minor number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32);

impl Version {
    /// The oldest version that the emulator supports.
    pub const OLDEST: Self = Self(3, 10);
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.0, self.1)
    }
}

/// Modules that can install packages, the preferred one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Installer {
    /// `python -m venv`, which includes pip.
    Venv,
    /// `python -m virtualenv`, for Debian: without the package `python3-venv`, Debian's `venv`
    /// lacks pip.
    Virtualenv,
    /// `python -m pip install --target`, without a virtual environment.
    Pip,
}

/// A Python interpreter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interpreter {
    /// The path of the executable.
    pub path: PathBuf,
    /// The version of Python.
    pub version: Version,
    pub(super) installer: Option<Installer>,
}

/// Python code that prints an interpreter's path, version and installers, for [`parse`] to read.
const PROBE: &str = "
import importlib.util, sys
modules = [m for m in ('venv', 'ensurepip', 'virtualenv', 'pip') if importlib.util.find_spec(m)]
print(sys.executable)
print(sys.version_info[0], sys.version_info[1])
print(*modules)
";

impl Interpreter {
    /// Finds the first usable interpreter on `PATH`.
    ///
    /// # Errors
    /// When there is no interpreter, when all interpreters are too old, or when no interpreter that
    /// is new enough can install packages.
    pub async fn find() -> Result<Self, PythonError> {
        let mut found = Vec::new();
        for name in candidates() {
            if let Some(interpreter) = probe(&name).await {
                let usable = interpreter.is_usable();
                found.push(interpreter);
                if usable {
                    break;
                }
            }
        }
        choose(found)
    }

    fn is_usable(&self) -> bool {
        self.version >= Version::OLDEST && self.installer.is_some()
    }
}

/// Names to try: first the user's default Python, then specific versions from new to old.
fn candidates() -> Vec<String> {
    let mut names = vec!["python3".to_owned(), "python".to_owned(), "py".to_owned()];
    names.extend((Version::OLDEST.1..=14).rev().map(|minor| format!("python3.{minor}")));
    names
}

/// Runs [`PROBE`] in the interpreter `name`. Returns `None` if that fails.
async fn probe(name: &str) -> Option<Interpreter> {
    let output = tokio::process::Command::new(name)
        // `-I` ignores the user's packages and PYTHONPATH.
        .args(["-I", "-c", PROBE])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .ok()?;
    if output.status.success() { parse(&String::from_utf8_lossy(&output.stdout)) } else { None }
}

fn parse(output: &str) -> Option<Interpreter> {
    let mut lines = output.lines();
    let path = PathBuf::from(lines.next()?);
    let (major, minor) = lines.next()?.split_once(' ')?;
    let version = Version(major.parse().ok()?, minor.parse().ok()?);
    let modules: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    Some(Interpreter { path, version, installer: installer(&modules) })
}

fn installer(modules: &[&str]) -> Option<Installer> {
    let has = |name| modules.contains(&name);
    if has("venv") && has("ensurepip") {
        Some(Installer::Venv)
    } else if has("virtualenv") {
        Some(Installer::Virtualenv)
    } else if has("pip") {
        Some(Installer::Pip)
    } else {
        None
    }
}

/// Returns the first usable interpreter, or an error with the reason why no interpreter is usable.
fn choose(found: Vec<Interpreter>) -> Result<Interpreter, PythonError> {
    if let Some(usable) = found.iter().find(|interpreter| interpreter.is_usable()) {
        return Ok(usable.clone());
    }
    let Some(newest) = found.into_iter().max_by_key(|interpreter| interpreter.version) else {
        return Err(PythonError::Missing);
    };
    if newest.version < Version::OLDEST {
        return Err(PythonError::TooOld { newest: newest.version, path: newest.path });
    }
    Err(PythonError::NoInstaller { path: newest.path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interpreter(minor: u32, installer: Option<Installer>) -> Interpreter {
        let path = PathBuf::from(format!("/bin/python3.{minor}"));
        Interpreter { path, version: Version(3, minor), installer }
    }

    /// Compared as text, 3.10 would be older than 3.9.
    #[test]
    fn first_usable_one_is_chosen() {
        let found = [9, 10, 12].map(|minor| interpreter(minor, Some(Installer::Venv)));
        assert_eq!(choose(found.into()).unwrap().version, Version(3, 10));
        assert!(Version(2, 7) < Version::OLDEST);
    }

    #[test]
    fn without_a_usable_one_the_error_says_what_to_install() {
        for (found, expected) in [
            (Vec::new(), "apt install python3"),
            (
                vec![interpreter(8, None), interpreter(9, None)],
                "the newest found is 3.9 (/bin/python3.9)",
            ),
            (vec![interpreter(11, None)], "apt install python3-venv"),
        ] {
            let error = choose(found).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn venv_without_ensurepip_falls_back() {
        assert_eq!(installer(&["venv", "ensurepip", "pip"]), Some(Installer::Venv));
        assert_eq!(installer(&["venv", "virtualenv", "pip"]), Some(Installer::Virtualenv));
        assert_eq!(installer(&["venv", "pip"]), Some(Installer::Pip));
        assert_eq!(installer(&["venv"]), None);
    }

    #[test]
    fn output_of_the_probe_is_read() {
        let read = parse("/usr/bin/python3\n3 11\nvenv pip\n").unwrap();
        assert_eq!(read.version, Version(3, 11));
        assert_eq!(read.path, PathBuf::from("/usr/bin/python3"));
        assert_eq!(read.installer, Some(Installer::Pip));
        assert_eq!(parse("usage: py"), None);
        assert_eq!(parse(""), None);
    }

    #[tokio::test]
    async fn missing_program_is_no_candidate() {
        assert_eq!(probe("no-such-python-anywhere").await, None);
    }
}
