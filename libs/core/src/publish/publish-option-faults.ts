import { isEnvelopeHeader } from '../envelope/headers.js';
import type { PublishOptions } from './receipt.js';

type Check = (value: unknown) => string | undefined;

const text: Check = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'must be a text that is not empty';

const CHECKS: Readonly<Record<keyof PublishOptions, Check>> = {
  id: text,
  key: (value) =>
    typeof value === 'string' || value === null ? undefined : 'must be a text, or null for no order',
  partition: (value) =>
    Number.isInteger(value) && (value as number) >= 0 ? undefined : 'must be a whole number from 0',
  headers: headersFault,
  time: (value) =>
    value instanceof Date && !Number.isNaN(value.getTime()) ? undefined : 'must be a valid Date',
  subject: text,
  correlationId: text,
  causationId: text,
};

/** What is wrong with the options of one publish, all of it in one text; undefined when nothing is. */
export function publishOptionFaults(options: PublishOptions): string | undefined {
  let faults: string[] | undefined;
  for (const name in options) {
    const value = options[name as keyof PublishOptions];
    if (value === undefined) continue;
    const check = CHECKS[name as keyof PublishOptions] as Check | undefined;
    const fault = check ? check(value) : unknownOption(name);
    if (fault) (faults ??= []).push(`option '${name}' ${fault}`);
  }
  return faults?.join('; ');
}

function unknownOption(name: string): string {
  return name === 'delay' || name === 'at'
    ? 'needs the outbox: publish through it'
    : `is not known; there are ${Object.keys(CHECKS).join(', ')}`;
}

function headersFault(headers: unknown): string | undefined {
  if (typeof headers !== 'object' || headers === null) return 'must be an object of texts';
  for (const [name, value] of Object.entries(headers)) {
    if (name === '') return 'has a header without a name';
    if (typeof value !== 'string')
      return `has a header '${name}' that is no text but ${value === null ? 'null' : typeof value}`;
    if (isEnvelopeHeader(name)) {
      return `sets '${name}', which belongs to the envelope. Names that begin with 'ce_' or 'tramline-', content-type, traceparent and tracestate are taken`;
    }
  }
  return undefined;
}
