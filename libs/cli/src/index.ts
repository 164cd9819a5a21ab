export { main } from './main.js';
export { processEnv } from './process-env.js';
export type { Env, Sink, Source, WallClock } from './env.js';
export type { Exit } from './exit.js';
