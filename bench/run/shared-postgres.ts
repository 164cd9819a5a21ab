import { canFindBinaries, HOW_TO_GET_POSTGRES } from '../../scripts/postgres/binaries.ts';
import { PostgresServer } from '../../scripts/postgres/server.ts';
import { NotRunError } from '../benchmark.ts';

/**
 * One PostgreSQL for all benchmarks of a run: that of DATABASE_URL, else one that is started when the first of them asks. Its
 * commits wait for the disk, as those of a real one do.
 */
export class SharedPostgres {
  private starting: Promise<PostgresServer> | undefined;

  /** URL of a user that may create databases. @throws NotRunError */
  readonly url = async (): Promise<string> => {
    const given = process.env['DATABASE_URL'];
    if (given) return given;
    if (!this.starting && !canFindBinaries()) throw new NotRunError(HOW_TO_GET_POSTGRES);
    return (await (this.starting ??= PostgresServer.start({ durable: true }))).url();
  };

  async stop(): Promise<void> {
    await (await this.starting?.catch(() => undefined))?.stop();
  }
}
