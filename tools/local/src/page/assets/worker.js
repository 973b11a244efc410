// One event stream for all tabs. A browser opens at most six connections to a server, and each
// stream takes up one connection.
const ports = new Set();
let last;

function tell(message) {
  last = message;
  for (const port of ports) port.postMessage(message);
}

function connect() {
  tell({ state: 'waiting' });
  const source = new EventSource('../events');
  source.onmessage = (event) => tell({ state: 'live', news: JSON.parse(event.data) });
  source.onerror = () => {
    // The browser would connect again by itself, perhaps to another program. So this worker waits
    // until a page asks it to connect. Before that, the page makes the server prove that the server
    // belongs to the stack.
    source.close();
    tell({ state: 'lost' });
  };
}

onconnect = ({ ports: [port] }) => {
  ports.add(port);
  port.onmessage = ({ data }) => {
    if (data === 'close') ports.delete(port);
    else if (last.state === 'lost') connect();
    else port.postMessage(last);
  };
  port.postMessage(last);
};

connect();
