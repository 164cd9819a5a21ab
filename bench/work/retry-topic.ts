import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, IHeaders, KafkaMessage, Producer } from 'kafkajs';
import { DELAY_MS, TIMES } from './failures.ts';
import { kafkajsClient, SOON_OVER } from './kafkajs-client.ts';

export interface RetryTopicSettings {
  readonly brokers: string;
  readonly topic: string;
  readonly group: string;
  /** Where who failed waits. */
  readonly retryTopic: string;
}

/**
 * The retries that one writes by hand: a message whose handler fails is sent to a second topic with its attempt and the time
 * at which it is due, and a second consumer waits until then and tries again. Both commit as kafkajs does by default, after
 * what they did, so nothing is lost.
 */
export class RetryTopic {
  private readonly consumers: readonly [main: Consumer, retry: Consumer];
  private readonly producer: Producer;
  private readonly settings: RetryTopicSettings;
  private readonly handle: (message: KafkaMessage) => void;

  constructor(settings: RetryTopicSettings, handle: (message: KafkaMessage) => void) {
    const { brokers, group } = settings;
    this.settings = settings;
    this.handle = handle;
    const consumer = (groupId: string) => kafkajsClient(brokers).consumer({ groupId, ...SOON_OVER });
    this.consumers = [consumer(group), consumer(`${group}-retry`)];
    this.producer = kafkajsClient(brokers).producer({ idempotent: true, maxInFlightRequests: 1 });
  }

  async start(): Promise<void> {
    const { topic, retryTopic } = this.settings;
    const [main, retry] = this.consumers;
    await Promise.all([this.producer.connect(), main.connect(), retry.connect()]);
    await retry.subscribe({ topic: retryTopic, fromBeginning: true });
    await main.subscribe({ topic, fromBeginning: true });
    await retry.run({
      partitionsConsumedConcurrently: 6,
      eachMessage: async ({ message }) => {
        const waits = Number(text(message.headers, 'due')) - Date.now();
        if (waits > 0) await sleep(waits);
        await this.try(message, Number(text(message.headers, 'attempt')));
      },
    });
    await main.run({
      partitionsConsumedConcurrently: 6,
      eachMessage: ({ message }) => this.try(message, 1),
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.disconnect()));
    await this.producer.disconnect();
  }

  private async try(message: KafkaMessage, attempt: number): Promise<void> {
    try {
      this.handle(message);
    } catch (error) {
      if (attempt > TIMES) throw error;
      const { key, value, headers } = message;
      const told = { attempt: String(attempt + 1), due: String(Date.now() + DELAY_MS) };
      const messages = [{ key, value, headers: { ...headers, ...told } }];
      await this.producer.send({ topic: this.settings.retryTopic, acks: -1, messages });
    }
  }
}

function text(headers: IHeaders | undefined, name: string): string {
  return String(headers?.[name]);
}
