export {
  DeadLetters,
  UnknownGroupError,
  type ListedLetter,
  type RedriveOptions,
  type RedriveResult,
} from './dead-letters.js';
export type { LetterFilter } from './letter-filter.js';
export type { LetterState } from './letter-states.js';
export type { OpsPorts } from './ports.js';
export type { Letter } from '../failure/letter.js';
export type { History } from '../failure/failed-event.js';
