import type { Statement } from '@tramline/testing/outbox';

/** What the database or the broker did with a call that it answered with an error. */
export type Applied = 'never' | 'now' | 'late';

/** One thing that happens. Who is meant by `who` is counted through those that there are, so that any subset of steps can run. */
export type Step = { readonly after: number } & (
  | {
      readonly kind: 'write';
      readonly who: number;
      readonly events: number;
      /** How long the transaction stays open after its last event. */
      readonly open: number;
      readonly dice: number;
    }
  | { readonly kind: 'rush'; readonly who: number; readonly writers: number; readonly dice: number }
  | { readonly kind: 'unrelated'; readonly who: number; readonly for: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'stop'; readonly who: number }
  | {
      readonly kind: 'crash';
      readonly who: number;
      readonly openFor: number;
      readonly restart: number | undefined;
    }
  | {
      readonly kind: 'pause';
      readonly who: number;
      readonly for: number;
      /** Something is written, and it stands still so long afterwards; undefined: at once. */
      readonly lead: number | undefined;
      readonly dice: number;
    }
  | { readonly kind: 'cut-database'; readonly who: number; readonly for: number }
  | { readonly kind: 'cut-broker'; readonly who: number; readonly for: number }
  | { readonly kind: 'database-away'; readonly for: number }
  | { readonly kind: 'broker-away'; readonly for: number }
  | {
      readonly kind: 'fail-statement';
      readonly statement: Statement | 'any';
      readonly times: number;
      readonly applied: Applied;
      readonly late: number;
    }
  | { readonly kind: 'conflict'; readonly statement: Statement; readonly times: number }
  | {
      readonly kind: 'slow-statement';
      readonly statement: Statement | 'any';
      readonly times: number;
      readonly stall: number;
      readonly answer: number;
    }
  | {
      readonly kind: 'fail-append';
      readonly topic: number;
      readonly times: number;
      readonly applied: Applied;
      readonly late: number;
    }
  | {
      /** Events of one topic are written, now and a little later, and the first are refused. */
      readonly kind: 'refuse';
      readonly who: number;
      readonly topic: number;
      readonly times: number;
      /** How long it takes to put them on hold. */
      readonly answer: number;
      /** The end of a hold fails, and takes effect so long afterwards; undefined: it does not fail. */
      readonly lift: number | undefined;
      readonly dice: number;
    }
  | { readonly kind: 'topic-missing'; readonly topic: number; readonly for: number }
  | { readonly kind: 'partition-away'; readonly topic: number; readonly for: number }
  | {
      /** Appends to one topic land late, while both are written. */
      readonly kind: 'topic-slow';
      readonly who: number;
      readonly topic: number;
      readonly for: number;
      readonly takes: number;
      readonly dice: number;
    }
  | { readonly kind: 'jump'; readonly by: number }
  | { readonly kind: 'revive'; readonly who: number }
  | { readonly kind: 'wait'; readonly for: number }
);

export type StepKind = Step['kind'];
