import type { Output } from './output.ts';
import type { Person } from './sample-user.ts';
import type { Service } from './services.ts';

/** One table of addresses, and one line to try where there is somebody to register with. */
export function printTable(
  services: readonly Service[],
  registration: Service | undefined,
  somebody: Person,
  out: Output,
): void {
  const rows = services.map((service) => ({ ...service, address: `${service.url}${service.open ?? ''}` }));
  const name = Math.max(...rows.map((row) => row.name.length));
  const address = Math.max(...rows.map((row) => row.address.length));
  out.say();
  for (const row of rows) {
    out.say(`  ${out.paint(1, row.name.padEnd(name))}  ${row.address.padEnd(address)}  ${row.about}`);
  }
  out.say();
  if (registration) {
    out.say('  Register somebody on the page, or with:');
    out.say(`  ${curl(registration, somebody)}`);
  }
  out.say('  Ctrl-C stops everything.');
  out.say();
}

function curl({ url }: Service, person: Person): string {
  return `curl -i ${url}/users -H 'content-type: application/json' -d '${JSON.stringify(person)}'`;
}
