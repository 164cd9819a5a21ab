import { readFileSync } from 'node:fs';

/** Who runs a server: a user of this machine by its numbers. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who runs the server where we are root, which PostgreSQL refuses: the user that its packages make, else nobody. Undefined
 * where we are somebody ordinary.
 */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const user = users.find(([its]) => its === name);
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and there is no user nobody. Run this as somebody else.',
  );
}
