//! Confines a function to one processor, and to the memory that it has on AWS.

use std::io;
use std::process::{Child, Command};

use core_affinity::CoreId;
use rlimit::Resource;

/// Bytes of a mebibyte.
pub(crate) const MIB: u64 = 1024 * 1024;

/// Pins this thread, and all threads that it starts later, to the first processor available. The
/// last processor is left to the function.
pub(crate) fn make_room() {
    if let Some(core) = cores().first() {
        core_affinity::set_for_current(*core);
    }
}

/// Starts a process that is pinned to the last processor available.
pub(crate) fn spawn(command: &mut Command) -> io::Result<Child> {
    let core = cores().last().copied();
    // A process inherits the affinity of the thread that starts it. So a new thread is pinned, and
    // the calling thread keeps its affinity.
    let spawn = || {
        if let Some(core) = core {
            core_affinity::set_for_current(core);
        }
        command.spawn()
    };
    std::thread::scope(|scope| scope.spawn(spawn).join())
        .unwrap_or_else(|_| Err(io::Error::other("the thread that starts the process panicked")))
}

/// Limits the writable memory of a process to `bytes` bytes.
pub(crate) fn cap_memory(process: u32, bytes: u64) -> io::Result<()> {
    let limits = Some((bytes, bytes));
    rlimit::prlimit(process.cast_signed(), Resource::DATA, limits, None)
}

/// True if every thread of a process is waiting.
pub(crate) fn is_asleep(process: u32) -> io::Result<bool> {
    for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let stat = std::fs::read_to_string(thread?.path().join("stat"))?;
        // `stat` has the program's name in parentheses, then the state. The name may itself
        // contain parentheses, so the state is read after the last closing parenthesis.
        let state = stat.rsplit_once(')').map_or("", |(_, rest)| rest.trim_start());
        if !state.starts_with('S') {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The processors available to this process. The list is read once, before `make_room` pins the
/// calling thread. After that, the list would have only one processor.
fn cores() -> &'static [CoreId] {
    static CORES: std::sync::OnceLock<Vec<CoreId>> = std::sync::OnceLock::new();
    CORES.get_or_init(|| core_affinity::get_core_ids().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process that waits, and is killed when the `Sleeper` is dropped.
    struct Sleeper(Child);

    impl Sleeper {
        fn start() -> Self {
            Self(spawn(Command::new("sleep").arg("60")).unwrap())
        }

        fn read(&self, file: &str) -> String {
            std::fs::read_to_string(format!("/proc/{}/{file}", self.0.id())).unwrap()
        }
    }

    impl Drop for Sleeper {
        fn drop(&mut self) {
            self.0.kill().unwrap();
            self.0.wait().unwrap();
        }
    }

    #[test]
    fn a_process_has_one_processor() {
        let status = Sleeper::start().read("status");
        let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        assert!(allowed.unwrap().trim().parse::<usize>().is_ok(), "{allowed:?}");
    }

    #[test]
    fn a_process_may_write_to_no_more_than_its_memory() {
        let sleeper = Sleeper::start();
        cap_memory(sleeper.0.id(), 256 * MIB).unwrap();
        let limits = sleeper.read("limits");
        let data = limits.lines().find(|line| line.starts_with("Max data size")).unwrap();
        assert_eq!(data.matches("268435456").count(), 2, "{data}");
    }

    #[test]
    fn a_process_that_waits_is_asleep() {
        let sleeper = Sleeper::start();
        while !is_asleep(sleeper.0.id()).unwrap() {
            std::thread::yield_now();
        }
    }
}
