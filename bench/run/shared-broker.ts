import { canStartKafka, startKafka, type RunningKafka } from '../../scripts/kafka/start.ts';
import { HOW_TO_GET_A_BROKER } from '../../scripts/kafka/tools.ts';
import { NotRunError } from '../benchmark.ts';

/** One Kafka for all benchmarks of a run: that of KAFKA_BROKERS, else one that is started when the first of them asks. */
export class SharedBroker {
  private starting: Promise<RunningKafka> | undefined;

  /** `host:port,…` @throws NotRunError */
  readonly brokers = async (): Promise<string> => {
    if (!this.starting && !canStartKafka()) throw new NotRunError(HOW_TO_GET_A_BROKER);
    const { addresses } = await (this.starting ??= startKafka());
    return addresses.join(',');
  };

  async stop(): Promise<void> {
    await (await this.starting?.catch(() => undefined))?.stop();
  }
}
