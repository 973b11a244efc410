//! Finds and kills the process that opened a connection to the proxy.

use std::net::SocketAddr;
use std::path::Path;
use std::{fs, io};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::net::TcpStream;

/// Kills the process that opened this connection, as Lambda kills a function that runs out of
/// memory.
///
/// Linux only: the kernel lists the sockets of all processes in /proc
/// (<https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html>).
pub(super) fn kill_peer(connection: &TcpStream) -> io::Result<()> {
    let (peer, here) = (connection.peer_addr()?, connection.local_addr()?);
    let process =
        owner(peer, here).ok_or_else(|| io::Error::other(format!("no process owns {peer}")))?;
    kill(process, Signal::SIGKILL).map_err(io::Error::from)
}

/// The process whose socket connects `local` to `remote`.
fn owner(local: SocketAddr, remote: SocketAddr) -> Option<Pid> {
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    let socket = format!("socket:[{}]", inode(&table, local, remote)?);
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let mut ids = processes.filter_map(|process| process.file_name().to_str()?.parse().ok());
    ids.find(|id: &i32| holds(&Path::new("/proc").join(id.to_string()), &socket)).map(Pid::from_raw)
}

fn holds(process: &Path, socket: &str) -> bool {
    let Ok(files) = fs::read_dir(process.join("fd")) else { return false };
    files.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|to| to == Path::new(socket)))
}

/// The inode of the socket with these addresses, from columns 2, 3 and 10 of `/proc/net/tcp`.
///
/// `local` alone is not enough: another process, such as the one that runs the tests, can have a
/// connection from the same local address and port to another server.
fn inode(table: &str, local: SocketAddr, remote: SocketAddr) -> Option<String> {
    let (local, remote) = (column(local)?, column(remote)?);
    let mut rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let row = rows.find(|row| row.get(1..3) == Some(&[local.as_str(), remote.as_str()]))?;
    row.get(9).map(|&inode| inode.to_owned())
}

/// An IPv4 address and its port as the kernel writes them: both are hexadecimal, and the octets of
/// the address are in reverse order. `None` if the address is IPv6.
fn column(address: SocketAddr) -> Option<String> {
    let SocketAddr::V4(address) = address else { return None };
    let octets = u32::from_le_bytes(address.ip().octets());
    Some(format!("{octets:08X}:{:04X}", address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_connections_from_one_port_the_one_to_the_proxy_is_found() {
        let table = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   7: 0100007F:8001 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 111 1
   8: 0100007F:8001 0100007F:1F91 01 00000000:00000000 00:00000000 00000000     0        0 222 1
";
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        assert_eq!(inode(table, at(0x8001), at(0x1F91)).as_deref(), Some("222"));
        assert_eq!(inode(table, at(0x8001), at(0x1F92)), None);
    }
}
