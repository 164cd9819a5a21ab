import { readFileSync } from 'node:fs';

/** The state of a socket in /proc/net/tcp, as Linux numbers them in include/net/tcp_states.h. */
const ESTABLISHED = '01';

/** How many connections others hold open to a port of this machine. One that they closed is no longer theirs. */
export function clientsOf(port: number): number {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'utf8').split('\n'),
  );
  return sockets.filter((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return state === ESTABLISHED && local!.endsWith(end);
  }).length;
}
