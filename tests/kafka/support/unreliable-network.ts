import type { ClientOptions } from '@tramline/kafka';
import { connect, type Socket } from 'node:net';

/** Connects like everybody else, until something is done to it. */
export class UnreliableNetwork {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  readonly socketFactory: NonNullable<ClientOptions['socketFactory']> = ({ host, port, onConnect }) => {
    // A port that nobody listens on refuses at once.
    const socket = connect({ host, port: this.isCut ? 1 : port }, onConnect);
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    return socket;
  };

  /** Connections that are open. */
  get open(): number {
    return this.sockets.size;
  }

  /** What is open breaks, and nothing new opens. */
  cut(): void {
    this.isCut = true;
    this.breakAll();
  }

  mend(): void {
    this.isCut = false;
  }

  /** What is open breaks. */
  breakAll(): void {
    for (const socket of this.sockets) socket.destroy(new Error('the network was cut'));
  }

  /** What is asked on open connections still arrives; no answer comes back. */
  loseAnswers(): void {
    for (const socket of this.sockets) socket.pause();
  }
}
