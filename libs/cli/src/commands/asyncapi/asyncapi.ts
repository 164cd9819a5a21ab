import { contractOf, type Contract, type EventRef } from '@tramline/core/ops';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { CliError, EXIT, usageError } from '../../exit.js';
import { contractsOf } from '../../open-ops.js';
import { describeServices, payloadSchemasOf } from '../../services/describe-services.js';
import type { Session } from '../../session.js';
import { documentOf } from './document.js';

export interface AsyncapiFlags {
  readonly output?: string;
  readonly title: string;
  readonly apiVersion: string;
}

/** Writes the document. @throws CliError */
export async function asyncapi(session: Session, flags: AsyncapiFlags): Promise<void> {
  const config = await session.config();
  if (config.app === undefined && config.contracts === undefined)
    throw usageError(
      `Nothing says which events there are. Export 'app' or 'contracts' from tramline.config.ts${config.file ? ` (${config.file})` : ''}.`,
    );
  const services = await describeServices(config);
  const listed = (await contractsOf(config)).flatMap((ref) => contractBehind(ref) ?? []);
  const namespace = config.namespace ?? services.find((one) => one.namespace !== null)?.namespace ?? null;
  const document = documentOf({
    title: flags.title,
    version: flags.apiVersion,
    namespace,
    brokers: config.settings.brokers?.split(',') ?? [],
    services,
    contracts: listed,
    schemaOf: await payloadSchemasOf(config),
  });
  const text = session.output.isJson
    ? `${JSON.stringify(document, null, 2)}\n`
    : stringify(document, { lineWidth: 0 });
  if (flags.output === undefined) return session.env.stdout.write(text);
  const path = resolve(session.env.cwd, flags.output);
  await writeFile(path, text).catch((cause: unknown) => {
    const message = `${path} cannot be written: ${(cause as Error).message}`;
    throw new CliError('TRAMLINE_OUTPUT', message, EXIT.failure, { cause });
  });
  await session.output.note(`Wrote ${path}.`);
}

/** A name alone says nothing but that there is such an event. */
function contractBehind(ref: EventRef): Contract | undefined {
  if (typeof ref === 'string') return { type: ref, topic: ref, key: null };
  return typeof ref === 'function' ? contractOf(ref) : ref;
}
