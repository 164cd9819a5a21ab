import { ROOT, type ServiceName } from '../sample/support/sample-system.ts';
import { until } from '../sample/support/until.ts';
import { type Person, type ReceivedMail, SampleClient } from '../sample/support/sample-client.ts';
import type { Engine } from './engine/engine.ts';
import { findEngine } from './engine/find-engine.ts';
import { createProject, type Project } from './engine/project.ts';

export const APPS = ['registration', 'sms', 'email', 'points'] as const;

/** Generous, in milliseconds: a broker that is killed takes a loaded machine a while. */
export const SERVED_WITHIN = 240_000;

/** Every port that is published, by the variable that moves it. */
const PORTS = ['REGISTRATION', 'SMS', 'EMAIL', 'POINTS', 'MAIL', 'KAFKA', 'KAFKA_2', 'KAFKA_3'] as const;

/** The sample of the compose files, on ports of its own. */
export class SampleInContainers {
  readonly engine: Engine;
  readonly client: SampleClient;
  private readonly project: Project;

  private constructor(project: Project, engine: Engine) {
    this.project = project;
    this.engine = engine;
    this.client = new ClientWithMailCatcher(this);
  }

  /** Nothing is started yet. @param files compose files @throws Error when nothing runs containers here */
  static async prepare(...files: readonly string[]): Promise<SampleInContainers> {
    const project = await createProject(ROOT, files, PORTS);
    return new SampleInContainers(project, await findEngine(project));
  }

  /** Resolves when each has exactly one SMS and two mails, and all users that there are have 100 points each. */
  async untilServed(people: readonly Person[]): Promise<void> {
    const { client } = this;
    for (const { name, phone, email } of people) {
      const sms = async () => (await client.sms(phone)).length === 1;
      await until(`one SMS to ${name}`, sms, SERVED_WITHIN);
      const mails = async () => (await client.mails(email)).length === 2;
      await until(`two mails to ${name}`, mails, SERVED_WITHIN);
    }
    const users = Number(await this.query('SELECT count(*) FROM registration.users'));
    const points = `SELECT count(DISTINCT user_id), count(*), sum(points) FROM points.ledger`;
    const all = `${users}|${users}|${users * 100}`;
    await until('100 points for everybody', async () => (await this.query(points)) === all, SERVED_WITHIN);
  }

  /** The one row that a query of the services' database gives, its values separated by bars. */
  async query(statement: string): Promise<string> {
    const psql = ['psql', '--username', 'tramline', '--no-align', '--tuples-only', '--command', statement];
    return (await this.engine.exec('postgres', ...psql)).trim();
  }

  get(name: ServiceName | 'mail'): { readonly url: string } {
    return { url: `http://127.0.0.1:${this.project.env[`${name.toUpperCase()}_PORT`]}` };
  }
}

/** Mails are delivered to the mail catcher here, and the email service has no mailbox of its own. */
class ClientWithMailCatcher extends SampleClient {
  private readonly catcher: string;

  constructor(system: SampleInContainers) {
    super(system);
    this.catcher = `${system.get('mail').url}/email`;
  }

  /** A mail that came twice, by its Message-ID, is one, as it is to a mailbox. */
  override async mails(to?: string): Promise<ReceivedMail[]> {
    const response = await fetch(to === undefined ? this.catcher : `${this.catcher}?to.address=${to}`);
    const mails = (await response.json()) as CaughtMail[];
    const byId = new Map(mails.map((mail) => [mail.messageId, mail]));
    return [...byId.values()].map(({ messageId, subject, text, to: [recipient] }) => ({
      id: messageId,
      to: recipient!.address,
      subject,
      text,
    }));
  }
}

interface CaughtMail {
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly to: readonly { readonly address: string }[];
}
