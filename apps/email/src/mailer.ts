import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';

const DOMAIN = 'tramline.example';

/** One mail to one person. */
export interface Mail {
  /** Names this mail for ever: the same id, however often it is sent. */
  readonly id: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
}

/** The mail server will never take this mail. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
}

/** Sends mail over SMTP, on a few connections that are kept open. */
@Injectable()
export class Mailer implements OnApplicationShutdown {
  private readonly transport;

  constructor(smtpUrl: string) {
    this.transport = createTransport({
      pool: true,
      url: smtpUrl,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /**
   * Resolves when the server has the mail. Sent again it carries the same Message-ID, by which mailboxes drop the
   * second copy.
   *
   * @throws MailRefusedError when the server says for good that it will not take it; any other error may pass
   */
  async send({ id, to, subject, text }: Mail): Promise<void> {
    try {
      await this.transport.sendMail({
        messageId: `<${id}@${DOMAIN}>`,
        from: { name: 'Tramline sample', address: `welcome@${DOMAIN}` },
        to: { name: to.name, address: to.address },
        subject,
        text,
      });
    } catch (error) {
      if (isRefusal(error))
        throw new MailRefusedError(`The mail server refuses this mail: ${String(error)}`, { cause: error });
      throw error;
    }
  }

  onApplicationShutdown(): void {
    this.transport.close();
  }
}

/** SMTP answers of 500 and above are final, except those about logging in, which say nothing of the mail. */
function isRefusal(error: unknown): boolean {
  const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
  return typeof responseCode === 'number' && responseCode >= 500 && code !== 'EAUTH';
}
