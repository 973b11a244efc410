//! The port of the page, on which no other user may receive a browser's requests.
//!
//! A browser sends the secrets in the page's address and cookie to whoever listens on the page's
//! port. Listening on 127.0.0.1 alone does not exclude other users:
//!
//! - `localhost` may resolve to `::1`. So the page listens on both addresses.
//! - A program that listened on the port while the stack was stopped may still hold a connection
//!   from the browser. The browser would send its next request through that connection
//!   (<https://www.rfc-editor.org/rfc/rfc9112#section-9.3>). So the page does not use a port to
//!   which another user holds a connection.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use nix::errno::Errno;
use nix::unistd::Uid;
use tokio::net::{TcpListener, TcpSocket};

/// Maximum number of connections that the kernel keeps until they are accepted.
const BACKLOG: u32 = 1024;

/// Listens on the first of the `preferred` ports that is free on both loopback addresses. If none
/// is, listens on any free port. Returns the port, and a listener for each loopback address that
/// this machine has.
pub(super) fn listen(preferred: &[u16]) -> io::Result<(u16, Vec<TcpListener>)> {
    let listening = preferred.iter().find_map(|port| listen_on_both(*port).ok());
    listening.map_or_else(|| listen_on_both(0), Ok)
}

fn listen_on_both(port: u16) -> io::Result<(u16, Vec<TcpListener>)> {
    let first = listen_on((Ipv4Addr::LOCALHOST, port).into())?;
    let port = first.local_addr()?.port();
    match listen_on((Ipv6Addr::LOCALHOST, port).into()) {
        Ok(second) => Ok((port, vec![first, second])),
        // This machine has no IPv6 loopback address, so no other program can listen on it.
        Err(error) if is_without_ipv6(&error) => Ok((port, vec![first])),
        Err(error) => Err(error),
    }
}

/// True if the machine has no IPv6 loopback address, or does not support IPv6 at all. `error` is
/// the error of an attempt to listen on that address.
fn is_without_ipv6(error: &io::Error) -> bool {
    let code = error.raw_os_error().map(Errno::from_raw);
    matches!(code, Some(Errno::EADDRNOTAVAIL | Errno::EAFNOSUPPORT))
}

fn listen_on(address: SocketAddr) -> io::Result<TcpListener> {
    let listen = |is_shared| {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(is_shared)?;
        socket.bind(address)?;
        // Connections inherit SO_REUSEADDR from this socket. Without that option, the next run
        // could not listen on the port while a connection of this run remains.
        socket.set_reuseaddr(true)?;
        socket.listen(BACKLOG)
    };
    // `listen(false)` binds without SO_REUSEADDR, so it fails while there is any connection to the
    // port, even a closed one. The kernel keeps a closed connection for a minute, although no
    // process holds it:
    // https://www.rfc-editor.org/rfc/rfc9293#section-3.6.1
    let alone = listen(false);
    if !alone.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse) {
        return alone;
    }
    let listener = listen(true)?;
    // Only Linux has these tables of sockets. On other systems, the port stays taken while the
    // kernel keeps any connection to it, even a closed one.
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(std::fs::read_to_string);
    let is_held = |table: &String| is_held_by_another(table, address.port(), Uid::effective());
    let [Ok(first), second] = tables else { return alone };
    // A kernel without IPv6 has no second table.
    if is_held(&first) || second.is_ok_and(|table| is_held(&table)) { alone } else { Ok(listener) }
}

/// True if a user other than `user` holds a socket whose local port is `port`, according to the
/// kernel's table of sockets (<https://docs.kernel.org/networking/proc_net_tcp.html>).
fn is_held_by_another(table: &str, port: u16, user: Uid) -> bool {
    let (port, user) = (format!(":{port:04X}"), user.to_string());
    table.lines().any(|line| {
        let columns: Vec<_> = line.split_ascii_whitespace().collect();
        let is = |column: usize, value: &str| columns.get(column) == Some(&value);
        let is_local = columns.get(1).is_some_and(|address| address.ends_with(&port));
        // A socket without an inode, such as that of a closed connection, is held by no process.
        is_local && !is(7, &user) && !is(9, "0")
    })
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// A line of the kernel's table: a connection to 127.0.0.1:4567. User 1000 has accepted it on a
    /// socket for IPv4.
    const HELD: &str = "
   0: 0100007F:11D7 0100007F:AA76 01 00000000:00000000 00:00000000 00000000  1000        0 15465472 1 0 100 0 0 10 0";
    /// A line of the kernel's table: a connection to 127.0.0.1:4567. User 1000 has accepted it on a
    /// socket for both IPv4 and IPv6.
    const HELD_6: &str = "
   0: 0000000000000000FFFF00000100007F:11D7 0000000000000000FFFF00000100007F:D28E 08 00000000:00000000 00:00000000 00000000  1000        0 15467533 1 0 100 0 0 10 0";
    /// Further lines of the kernel's table: the heading, a closed connection, and a browser's end
    /// of a connection.
    const OTHERS: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:11D7 0100007F:AA76 06 00000000:00000000 03:00000F9A 00000000     0        0 0 3 0
   1: 0100007F:AA76 0100007F:11D7 01 00000000:00000000 00:00000000 00000000  1000        0 15465473 1 0 100 0 0 10 0";

    #[test]
    fn only_a_machine_without_ipv6_does_without_the_second_listener() {
        let is_without = |code: Errno| is_without_ipv6(&io::Error::from_raw_os_error(code as i32));
        assert!([Errno::EADDRNOTAVAIL, Errno::EAFNOSUPPORT].into_iter().all(is_without));
        let others = [Errno::EADDRINUSE, Errno::EMFILE, Errno::EACCES, Errno::ENOBUFS];
        assert!(!others.into_iter().any(is_without));
    }

    #[test]
    fn connections_that_another_user_holds_are_recognized() {
        for table in [HELD, HELD_6] {
            let table = format!("{OTHERS}{table}");
            assert!(is_held_by_another(&table, 4567, Uid::from_raw(1001)), "{table}");
            assert!(!is_held_by_another(&table, 4567, Uid::from_raw(1000)), "{table}");
            assert!(!is_held_by_another(&table, 4568, Uid::from_raw(1001)), "{table}");
        }
        assert!(!is_held_by_another(OTHERS, 4567, Uid::from_raw(1001)));
    }

    #[tokio::test]
    async fn a_port_is_used_again_after_the_last_run() {
        let (port, earlier) = listen(&[]).unwrap();
        let browser = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        let (connection, _) = earlier[0].accept().await.unwrap();
        // The server's end is closed first, so the kernel keeps that end for a while.
        drop((connection, earlier, browser));
        assert_eq!(listen(&[port]).unwrap().0, port);
    }

    #[tokio::test]
    async fn a_port_on_which_another_program_listens_is_not_used() {
        for taken in [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), (Ipv6Addr::LOCALHOST, 0).into()] {
            // Without IPv6, only the IPv4 address can be tested.
            let Ok(other) = TcpListener::bind(taken) else { continue };
            let port = other.local_addr().unwrap().port();
            assert_ne!(listen(&[port]).unwrap().0, port, "{taken}");
        }
    }
}
