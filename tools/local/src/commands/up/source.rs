//! Replaces functions, or deploys the program again, when their files change.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::aws::Aws;
use crate::build::{self, Archive};
use crate::commands::CommandError;
use crate::deploy;
use crate::progress::{Progress, Step};
use crate::stack::{Options, Stack, StackError};
use crate::workspace::Workspace;

/// Interval between checks of the files. Changed files have to stay the same for one interval
/// before they are built: an editor or a version control system may still be writing.
const POLL: Duration = Duration::from_millis(700);

/// Paths of the functions' sources.
const CODE: [&str; 4] = ["functions", "crates", "Cargo.toml", "Cargo.lock"];

/// Paths of the Pulumi program, its configuration and the definitions of its state machines.
const PROGRAM: [&str; 4] = ["pulumi", "statemachine", "Pulumi.yaml", "Pulumi.local.yaml"];

/// Last sentence of the report of a change that could not be applied.
const WAITING: &str = "The stack keeps running without this change and waits for the next change.";

/// The files at or below the watched paths, each with its time of modification and its length.
///
/// Not every file system notifies of changes, but every file system has this metadata. Reading it
/// takes milliseconds for a few hundred files.
pub(super) type Files = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Updates a stack when one of its source files changes.
pub(super) struct Source {
    workspace: Workspace,
    options: Options,
    aws: Aws,
    /// Prefix of the functions' names in the stack.
    prefix: String,
    /// By function name, the time at which the function's code in the stack was built.
    deployed: HashMap<String, SystemTime>,
    progress: Progress,
}

impl Source {
    pub(super) fn new(
        workspace: Workspace,
        options: Options,
        stack: &Stack,
        progress: Progress,
    ) -> Self {
        let archives = stack.archives.iter();
        let deployed = archives.map(|archive| (archive.name.clone(), archive.built)).collect();
        let (aws, prefix) = (stack.aws.clone(), stack.outputs.function_prefix().to_owned());
        Self { workspace, options, aws, prefix, deployed, progress }
    }

    /// Watches the files. `built` are the files that the stack was built from. Returns only if the
    /// files cannot be watched. If the code does not compile or the program cannot be deployed,
    /// reports the error and waits for the next change.
    pub(super) async fn watch(mut self, mut built: Files) -> CommandError {
        self.progress.done(Step::Build, "watching functions/, crates/, statemachine/ and pulumi/");
        loop {
            tokio::time::sleep(POLL).await;
            let files = match settled(&self.workspace, &built).await {
                Ok(Some(files)) => files,
                Ok(None) => continue,
                Err(error) => return error,
            };
            let is_program = changed(&built, &files).iter().any(|path| is_below(path, &PROGRAM));
            built = files;
            if let Err(error) = self.follow(is_program).await {
                self.progress.done(Step::Build, format!("{error}\n{WAITING}"));
            }
        }
    }

    /// Builds the functions. If `is_program` is true, deploys the whole program. If not, replaces
    /// only the functions whose code in the stack differs from the build.
    async fn follow(&mut self, is_program: bool) -> Result<(), StackError> {
        let Self { workspace, options, aws, progress, .. } = self;
        let archives =
            build::build(workspace, &options.packages, options.profile, progress).await?;
        if is_program {
            let (name, settings) = (&options.name, &options.settings);
            Stack::deploy(workspace, aws.clone(), name, settings, progress).await?;
            self.deployed = archives.into_iter().map(|it| (it.name, it.built)).collect();
            return Ok(());
        }
        let mut replaced = Vec::new();
        for archive in outdated(&self.deployed, archives) {
            let function = format!("{}{}", self.prefix, archive.name);
            progress.doing(Step::Deploy, format!("replacing {}", archive.name));
            deploy::replace_code(aws, &function, archive.path).await?;
            self.deployed.insert(archive.name.clone(), archive.built);
            replaced.push(archive.name);
        }
        let result = match replaced.as_slice() {
            [] => "no function differs".to_owned(),
            functions => format!("replaced {}", functions.join(", ")),
        };
        progress.done(Step::Deploy, result);
        Ok(())
    }
}

/// Returns the archives whose code the stack does not run. Such an archive may be older than the
/// last build: another command may have packed it, or an earlier update of its function may have
/// failed.
fn outdated(deployed: &HashMap<String, SystemTime>, archives: Vec<Archive>) -> Vec<Archive> {
    let is_outdated = |it: &Archive| deployed.get(&it.name) != Some(&it.built);
    archives.into_iter().filter(is_outdated).collect()
}

/// If the files differ from `built`, waits until they stop changing and returns them.
async fn settled(workspace: &Workspace, built: &Files) -> Result<Option<Files>, CommandError> {
    let mut files = look(workspace).await?;
    if files == *built {
        return Ok(None);
    }
    loop {
        tokio::time::sleep(POLL).await;
        let again = look(workspace).await?;
        if again == files {
            return Ok(Some(files));
        }
        files = again;
    }
}

/// Returns the files in their current state.
pub(super) async fn look(workspace: &Workspace) -> Result<Files, CommandError> {
    let root = workspace.root().to_owned();
    let looking = tokio::task::spawn_blocking(move || files(&root)).await;
    looking
        .unwrap_or_else(|stopped| Err(std::io::Error::other(stopped)))
        .map_err(CommandError::Watch)
}

fn files(root: &Path) -> std::io::Result<Files> {
    let mut found = Files::new();
    for path in CODE.iter().chain(&PROGRAM) {
        add(root, Path::new(path), &mut found)?;
    }
    Ok(found)
}

/// Adds the file at `path`, or the files below the directory `path`. `path` and the added paths are
/// relative to `root`. In a directory, skips `target` and names that begin with a dot. A file that
/// has disappeared since it was listed is left out.
fn add(root: &Path, path: &Path, found: &mut Files) -> std::io::Result<()> {
    let whole = root.join(path);
    let metadata = match whole.symlink_metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !metadata.is_dir() {
        found.insert(path.to_owned(), (metadata.modified().ok(), metadata.len()));
        return Ok(());
    }
    for entry in std::fs::read_dir(whole)? {
        let name = entry?.file_name();
        if name != "target" && !name.as_encoded_bytes().starts_with(b".") {
            add(root, &path.join(name), found)?;
        }
    }
    Ok(())
}

/// The files that were added, removed or changed.
fn changed(before: &Files, after: &Files) -> Vec<PathBuf> {
    let all = before.keys().chain(after.keys().filter(|path| !before.contains_key(*path)));
    all.filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

fn is_below(path: &Path, tops: &[&str]) -> bool {
    tops.iter().any(|top| path.starts_with(top))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_that_is_not_deployed_is_outdated_whoever_has_packed_it() {
        let (old, new) = (SystemTime::UNIX_EPOCH, SystemTime::now());
        let archive =
            |name: &str, built| Archive { name: name.to_owned(), path: PathBuf::new(), built };
        let deployed = HashMap::from([("same".to_owned(), new), ("older".to_owned(), new)]);
        let archives = vec![archive("same", new), archive("older", old), archive("added", new)];
        let outdated = outdated(&deployed, archives);
        let names: Vec<_> = outdated.iter().map(|archive| archive.name.as_str()).collect();
        assert_eq!(names, ["older", "added"]);
    }

    #[test]
    fn changes_of_code_and_of_the_program_are_told_apart() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("functions/a/src/main.rs", "one");
        write("crates/b/fuzz/target/x", "ignored");
        write("pulumi/Main.yaml", "one");
        write("README.md", "ignored");
        let before = files(root.path()).unwrap();
        assert_eq!(before.len(), 2, "{before:?}");
        write("functions/a/src/main.rs", "longer");
        write("functions/a/src/new.rs", "new");
        let after = files(root.path()).unwrap();
        let code = changed(&before, &after);
        assert_eq!(code.len(), 2, "{code:?}");
        assert!(!code.iter().any(|path| is_below(path, &PROGRAM)));
        std::fs::remove_file(root.path().join("pulumi/Main.yaml")).unwrap();
        let program = changed(&after, &files(root.path()).unwrap());
        assert_eq!(program, [PathBuf::from("pulumi/Main.yaml")]);
        assert!(is_below(&program[0], &PROGRAM));
    }
}
