export { ClsOutbox, type CurrentTransaction } from './cls-outbox.js';
