import type { ServiceName } from './sample-system.ts';

/** A body for `POST /users`. */
export interface Person {
  readonly name: string;
  readonly email: string;
  readonly phone: string;
}

interface Sms {
  readonly to: string;
  readonly text: string;
  readonly idempotencyKey: string;
}

export interface ReceivedMail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

interface Points {
  readonly balance: number;
  readonly entries: readonly { readonly points: number; readonly reason: string }[];
}

/** The n-th of many people, each with an e-mail address and a number of their own. */
export function person(n = 0): Person {
  return {
    name: `Person ${n}`,
    email: `person.${n}@example.com`,
    phone: `+4477009${String(n).padStart(5, '0')}`,
  };
}

export async function post(url: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** The sample system, however it is run. */
interface RunningSample {
  get(name: ServiceName): { readonly url: string };
}

/** What a person can do with the sample system from outside. */
export class SampleClient {
  private readonly system: RunningSample;

  constructor(system: RunningSample) {
    this.system = system;
  }

  /** @returns the user's id */
  async register(somebody: Person): Promise<string> {
    const { status, body } = await post(`${this.system.get('registration').url}/users`, somebody);
    if (status !== 201) throw new Error(`Registration answers ${status}: ${JSON.stringify(body)}`);
    return (body as { userId: string }).userId;
  }

  /** @param to a phone number; everybody's messages without one */
  sms(to?: string): Promise<Sms[]> {
    return get(`${this.system.get('sms').url}/messages${query(to)}`);
  }

  mails(to?: string): Promise<ReceivedMail[]> {
    return get(`${this.system.get('email').url}/messages${query(to)}`);
  }

  points(userId: string): Promise<Points> {
    return get(`${this.system.get('points').url}/points/${userId}`);
  }

  async failGateway(failures: { next?: number; rate?: number }): Promise<void> {
    const { status } = await post(`${this.system.get('sms').url}/gateway/failures`, failures);
    if (status !== 200) throw new Error(`The gateway answers ${status}`);
  }
}

function query(to: string | undefined): string {
  return to === undefined ? '' : `?to=${encodeURIComponent(to)}`;
}
