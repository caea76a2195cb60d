import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server over TCP that can be cut and mended, on a port of its own. */
export interface Cuttable {
  /** The server's URL, by this way. */
  readonly url: string;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function cuttable(serverUrl: string): Promise<Cuttable> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const relay = createServer((near) => {
    const far = keep(connect(Number(target.port), target.hostname));
    keep(near).pipe(far).pipe(near);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const { port } = relay.address() as AddressInfo;
  const url = new URL(serverUrl);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    cut: async () => {
      relay.close();
      for (const socket of sockets) socket.destroy();
      await once(relay, 'close');
    },
    mend: async () => {
      relay.listen(port, '127.0.0.1');
      await once(relay, 'listening');
    },
  };
}
