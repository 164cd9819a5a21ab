import { settingsOf } from '../run/serve.ts';
import { nestMicroservice } from '../work/nest-microservice.ts';
import { serveNest } from '../work/serve-nest.ts';

const { brokers } = settingsOf<{ brokers: string }>();

serveNest((work, saw) => nestMicroservice(brokers, work, saw));
