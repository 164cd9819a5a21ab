import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from './services.ts';

const POLL_EVERY = 100;

/** A body for `POST /users`. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
}

/** Somebody who was not here before. +999 is no country's code: nobody is called. */
export function freshPerson(name: string): Person {
  const stamp = Date.now().toString(36);
  const digits = String(Math.floor(Math.random() * 1e9)).padStart(9, '0');
  return {
    name,
    email: `${name.split(' ')[0]?.toLowerCase()}.${stamp}@example.com`,
    phone: `+999${digits}`,
  };
}

/**
 * Resolves to whether the service answered within the time (in milliseconds) and did not say that it is not ready. One
 * that has no `/health` is ready when it answers at all.
 */
export async function isReady({ url }: Service, within: number, signal: AbortSignal): Promise<boolean> {
  const until = performance.now() + within;
  while (!signal.aborted && performance.now() < until) {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    await response?.body?.cancel();
    if (response && response.status < 500) return true;
    await delay(POLL_EVERY, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

/** @returns what the service answered, as one line */
export async function register({ url }: Service, person: Person): Promise<string> {
  const response = await fetch(`${url}/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(person),
  });
  return `${response.status} ${await response.text()}`;
}
