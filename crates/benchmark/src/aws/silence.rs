//! An AWS that does not answer.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};

/// An address that takes connections and says nothing, until it is dropped.
#[derive(Debug)]
pub(crate) struct Silence {
    listener: TcpListener,
    connections: Vec<TcpStream>,
}

impl Silence {
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener, connections: Vec::new() })
    }

    /// Where nobody answers.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Whether somebody waits for an answer.
    pub(crate) fn is_called(&mut self) -> io::Result<bool> {
        match self.listener.accept() {
            Ok((stream, _)) => self.connections.push(stream),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        Ok(!self.connections.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_noticed_and_kept_waiting() {
        let mut silence = Silence::start().unwrap();
        assert!(!silence.is_called().unwrap());
        let mut stream = TcpStream::connect(silence.address().unwrap()).unwrap();
        assert!(silence.is_called().unwrap() && silence.is_called().unwrap());
        stream.set_nonblocking(true).unwrap();
        let answer = io::Read::read(&mut stream, &mut [0]).unwrap_err();
        assert_eq!(answer.kind(), io::ErrorKind::WouldBlock);
    }
}
