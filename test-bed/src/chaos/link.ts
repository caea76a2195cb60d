import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly near: Socket;
  /** Undefined until it is opened: what arrives while nothing flows has to wait. */
  far: Socket | undefined;
}

/** A way over TCP from one client to a server, on a port of its own, to be cut, or to fall silent. */
export class Link {
  readonly name: string;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #target: number;
  #state: 'open' | 'cut' | 'stalled' = 'open';

  private constructor(name: string, server: Server, target: number) {
    this.name = name;
    this.#server = server;
    this.#target = target;
    server.on('connection', (near) => this.#accept(near));
  }

  static async open(name: string, target: number): Promise<Link> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Link(name, server, target);
  }

  /** Where it leads from now on; what is connected stays as it is. */
  leadTo(port: number): void {
    this.#target = port;
  }

  /** @returns the server's URL, by this way */
  urlFor(server: string): string {
    const url = new URL(server);
    url.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** Ends what is connected and lets nobody in. */
  cut(): void {
    this.#state = 'cut';
    for (const pair of this.#pairs) this.#drop(pair);
  }

  /** Half-open: both sides find their connection in order, and nothing comes through any more. */
  stall(): void {
    this.#state = 'stalled';
    for (const { near, far } of this.#pairs) {
      near.unpipe().pause();
      far?.unpipe().pause();
    }
  }

  /** Everything comes through again, what was held back first. */
  mend(): void {
    this.#state = 'open';
    for (const pair of this.#pairs) {
      if (pair.near.destroyed || pair.far?.destroyed) this.#drop(pair);
      else this.#connect(pair);
    }
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(near: Socket): void {
    const pair: Pair = { near, far: undefined };
    near.on('error', () => {}); // its end follows
    if (this.#state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    this.#pairs.add(pair);
    near.on('close', () => this.#drop(pair));
    if (this.#state === 'stalled') near.pause();
    else this.#connect(pair);
  }

  #connect(pair: Pair): void {
    const { near } = pair;
    if (pair.far === undefined) {
      pair.far = connect(this.#target, '127.0.0.1');
      pair.far.on('error', () => {}).on('close', () => this.#drop(pair));
    }
    near.pipe(pair.far).pipe(near);
  }

  /** Of a half-open connection neither side learns of the other's end. */
  #drop(pair: Pair): void {
    if (this.#state === 'stalled') return;
    this.#pairs.delete(pair);
    pair.near.destroy();
    pair.far?.destroy();
  }
}
