// One event stream for all tabs. A browser opens at most six connections to a server, and each
// stream takes up one connection.
const ports = new Set();
let last = { state: 'waiting' };
let retry;

function tell(message) {
  last = message;
  for (const port of ports) port.postMessage(message);
}

function connect() {
  clearTimeout(retry);
  const source = new EventSource('../events');
  source.onmessage = (event) => tell({ state: 'live', news: JSON.parse(event.data) });
  source.onerror = () => {
    // A browser does not retry a stream that the server has refused, so this script retries.
    source.close();
    tell({ state: 'lost' });
    retry = setTimeout(connect, 1500);
  };
}

onconnect = ({ ports: [port] }) => {
  ports.add(port);
  port.onmessage = ({ data }) => {
    if (data === 'close') ports.delete(port);
  };
  port.postMessage(last);
};

connect();
