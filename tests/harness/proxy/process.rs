//! The function at the other end of a connection.

use std::net::SocketAddr;
use std::path::Path;
use std::{fs, io};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Ends the process that opened this connection at once, as Lambda ends one that uses too much
/// memory.
///
/// Linux only: the kernel lists the sockets of all processes in /proc
/// (<https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html>).
pub(super) fn kill_peer(peer: SocketAddr) -> io::Result<()> {
    let process = owner(peer).ok_or_else(|| io::Error::other(format!("nobody owns {peer}")))?;
    kill(process, Signal::SIGKILL).map_err(io::Error::from)
}

fn owner(address: SocketAddr) -> Option<Pid> {
    let socket = format!("socket:[{}]", inode(address)?);
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let mut ids = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
    ids.find(|id: &i32| holds(&Path::new("/proc").join(id.to_string()), &socket)).map(Pid::from_raw)
}

fn holds(process: &Path, socket: &str) -> bool {
    let Ok(files) = fs::read_dir(process.join("fd")) else { return false };
    files.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|to| to == Path::new(socket)))
}

/// The inode of the socket at this address, from the second and the tenth column.
fn inode(address: SocketAddr) -> Option<String> {
    let SocketAddr::V4(address) = address else { return None };
    let octets = u32::from_le_bytes(address.ip().octets());
    let local = format!("{octets:08X}:{:04X}", address.port());
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    let mut rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.find(|row| row.get(1) == Some(&local.as_str()))?.get(9).map(|&inode| inode.to_owned())
}
