import type { ClientOptions } from '@tramline/kafka';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Stands between a client and the brokers that it connects to, and does to the bytes what networks do. The brokers need not
 * know: the client's sockets come here, and say with their first line where they want to go.
 */
export class Proxy {
  /** Called with what brokers send; may change the bytes. */
  tamper: (bytes: Buffer) => void = () => {};
  /** Called with what clients send; may change the bytes. */
  tamperUp: (bytes: Buffer) => void = () => {};
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private held = false;

  private constructor(server: Server) {
    this.server = server;
    server.on('connection', (client: Socket) => this.welcome(client));
  }

  static async start(): Promise<Proxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Proxy(server);
  }

  readonly socketFactory: NonNullable<ClientOptions['socketFactory']> = ({ host, port, onConnect }) => {
    const socket = connect((this.server.address() as AddressInfo).port, '127.0.0.1', onConnect);
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

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private welcome(client: Socket): void {
    this.keep(client);
    client.once('data', (first: Buffer) => {
      const end = first.indexOf('\n');
      const [host, port] = first.toString('latin1', 0, end).split(':') as [string, string];
      const broker = connect(Number(port), host);
      this.keep(broker);
      broker.write(first.subarray(end + 1));
      client.on('data', (bytes: Buffer) => {
        this.tamperUp(bytes);
        broker.write(bytes);
      });
      broker.on('data', (bytes: Buffer) => {
        this.tamper(bytes);
        client.write(bytes);
      });
      client.on('close', () => broker.destroy());
      broker.on('close', () => client.destroy());
    });
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    if (this.held) socket.pause();
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
  }
}
