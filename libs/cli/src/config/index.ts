export {
  defineConfig,
  type AppSource,
  type ContractsSource,
  type OutboxSource,
  type TramlineConfig,
} from './config.js';
