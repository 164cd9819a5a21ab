import { settingsOf } from '../run/serve.ts';
import { nestTramline } from '../work/nest-tramline.ts';
import { serveNest } from '../work/serve-nest.ts';

const { brokers } = settingsOf<{ brokers: string }>();

serveNest((work, saw) => nestTramline(brokers, work, saw));
