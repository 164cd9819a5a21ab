import type { Person, SampleClient } from './sample-client.ts';
import { until } from './until.ts';

/** What all services made of one registration. */
export interface Reactions {
  readonly userId: string;
  /** What was sent to their phone. */
  readonly sms: readonly string[];
  /** Subjects, sorted. */
  readonly mails: readonly string[];
  readonly points: { readonly balance: number; readonly reasons: readonly string[] };
}

/** Registers somebody; resolves when an SMS and two mails have come. @param within milliseconds for each */
export async function reactionsTo(
  client: SampleClient,
  somebody: Person,
  within?: number,
): Promise<Reactions> {
  const userId = await client.register(somebody);
  const readMails = async () => {
    const list = await client.mails(somebody.email);
    return list.length >= 2 && list;
  };
  const mails = await until('both mails', readMails, within);
  const readSms = async () => {
    const list = await client.sms(somebody.phone);
    return list.length >= 1 && list;
  };
  const sms = await until('the SMS', readSms, within);
  const { balance, entries } = await client.points(userId);
  return {
    userId,
    sms: sms.map(({ text }) => text),
    mails: mails.map(({ subject }) => subject).sort(),
    points: { balance, reasons: entries.map(({ reason }) => reason) },
  };
}

/** One SMS, a welcome, 100 points and a mail about them, and nothing twice. */
export function allReactions({ name }: Person): Omit<Reactions, 'userId'> {
  return {
    sms: [`Welcome, ${name}!`],
    mails: ['Welcome!', 'You have earned 100 points'],
    points: { balance: 100, reasons: ['registration'] },
  };
}
