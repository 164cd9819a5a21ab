export { defineConfig, type AppSource, type ContractsSource, type TramlineConfig } from './config.js';
