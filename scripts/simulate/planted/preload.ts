import { plant } from './plant.ts';

// For `node --import`: plants a bug in a process and in all its threads, so that a spec can see how the command fails.
plant(process.env['PLANTED_BUG'] ?? '');
