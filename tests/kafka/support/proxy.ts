import type { ClientOptions } from '@tramline/kafka';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Line } from './line.ts';

/**
 * Stands between clients and servers, and does to the bytes what networks do. With a port to carry to, servers tell clients this
 * one's instead of their own. Without, servers need not know: the client's sockets come here, and say with their first line
 * where they want to go.
 */
export class Proxy {
  /** Called with what servers send; may change the bytes. */
  tamper: (bytes: Buffer) => void = () => {};
  /** Called with what clients send; may change the bytes. */
  tamperUp: (bytes: Buffer) => void = () => {};
  /** How late everything arrives, in each direction. Default 0. */
  delayMs = 0;
  private readonly server: Server;
  private readonly target: number | undefined;
  private readonly sockets = new Set<Socket>();
  private held = false;
  private isCut = false;

  private constructor(server: Server, target: number | undefined) {
    this.server = server;
    this.target = target;
    server.on('connection', (client: Socket) => this.welcome(client));
  }

  /** @param target - port that everything is carried to */
  static async start(target?: number): Promise<Proxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Proxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections that are carried now. */
  get open(): number {
    return this.sockets.size / 2;
  }

  readonly socketFactory: NonNullable<ClientOptions['socketFactory']> = ({ host, port, onConnect }) => {
    const socket = connect(this.port, '127.0.0.1', onConnect);
    socket.write(`${host}:${port}\n`);
    return socket;
  };

  /** Nothing is carried any more, in either direction, and nothing is closed; new connections are taken. */
  hold(): void {
    this.held = true;
    for (const socket of this.sockets) socket.pause();
  }

  release(): void {
    this.held = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** What is open breaks, and what opens breaks at once, until `mend`. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private welcome(client: Socket): void {
    if (this.isCut) {
      client.destroy();
      return;
    }
    this.keep(client);
    if (this.target !== undefined) this.join(client, '127.0.0.1', this.target);
    else
      client.once('data', (first: Buffer) => {
        const end = first.indexOf('\n');
        const [host, port] = first.toString('latin1', 0, end).split(':') as [string, string];
        this.join(client, host, Number(port)).write(first.subarray(end + 1));
      });
  }

  private join(client: Socket, host: string, port: number): Socket {
    const server = connect(port, host);
    this.keep(server);
    const delayMs = () => this.delayMs;
    new Line(client, server, (bytes) => this.tamperUp(bytes), delayMs);
    new Line(server, client, (bytes) => this.tamper(bytes), delayMs);
    return server;
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    // Small answers would wait for their acknowledgement otherwise: the clients' own sockets do not either.
    socket.setNoDelay(true);
    if (this.held) socket.pause();
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
  }
}
