import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one side shows, in PEM. */
export interface Identity {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Key and certificate in one file, as a broker reads them. */
  readonly file: string;
}

/** An authority for tests, and what it signs. */
export class Certificates {
  readonly ca: Buffer;
  readonly caFile: string;
  private readonly folder: string;
  private readonly name: string;

  constructor(folder: string, name: string) {
    this.folder = folder;
    this.name = name;
    this.caFile = this.file(`${name}.pem`);
    this.openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      this.file(`${name}.key`),
      '-out',
      this.caFile,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    );
    this.ca = readFileSync(this.caFile);
  }

  /** @param days - how long it holds; negative: it does not any more */
  sign(who: string, days = 2): Identity {
    const [key, request, cert, extensions, both] = ['key', 'csr', 'pem', 'ext', 'both.pem'].map((end) =>
      this.file(`${who}.${end}`),
    ) as [string, string, string, string, string];
    this.openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      request,
      '-subj',
      `/CN=${who}`,
    );
    writeFileSync(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
    this.openssl(
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      this.caFile,
      '-CAkey',
      this.file(`${this.name}.key`),
      '-CAcreateserial',
      '-out',
      cert,
      '-days',
      String(days),
      '-extfile',
      extensions,
    );
    writeFileSync(both, Buffer.concat([readFileSync(key), readFileSync(cert)]));
    return { cert: readFileSync(cert), key: readFileSync(key), file: both };
  }

  private file(name: string): string {
    return join(this.folder, name);
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
}
