/** Which records a fault concerns, by the kind of their topic. */
export type TopicKind = 'event' | 'tier' | 'now' | 'dead' | 'dead-state' | 'state';

/** What a broker did with a call that it answered with an error. */
export type Applied = 'never' | 'now' | 'late';

/** One thing that happens. Who is meant by `who` is counted through those that there are, so that any subset of steps can run. */
export type Step = { readonly after: number } & (
  | { readonly kind: 'publish'; readonly who: number; readonly events: number; readonly dice: number }
  | {
      readonly kind: 'foreign';
      readonly what: 'garbage' | 'plain' | 'mystery' | 'tombstone' | 'in-tier';
      readonly dice: number;
    }
  | { readonly kind: 'start'; readonly who: number }
  | { readonly kind: 'stop'; readonly who: number }
  | { readonly kind: 'crash'; readonly who: number; readonly restart: number | undefined }
  | { readonly kind: 'pause'; readonly who: number; readonly for: number }
  | { readonly kind: 'cut'; readonly who: number; readonly for: number }
  | { readonly kind: 'outage'; readonly for: number }
  | { readonly kind: 'expire'; readonly who: number }
  | { readonly kind: 'deploy'; readonly who: number; readonly version: number; readonly rough: boolean }
  | {
      readonly kind: 'canary';
      readonly who: number;
      readonly version: number;
      readonly for: number;
      readonly rough: boolean;
    }
  | { readonly kind: 'grow'; readonly who: number }
  | { readonly kind: 'jump'; readonly by: number }
  | {
      readonly kind: 'fail-append';
      readonly topic: TopicKind;
      readonly times: number;
      readonly applied: Applied;
      readonly late: number;
    }
  | { readonly kind: 'too-large'; readonly topic: TopicKind; readonly times: number }
  | { readonly kind: 'fail-commit'; readonly times: number; readonly applied: Applied; readonly late: number }
  | { readonly kind: 'fail-metadata'; readonly times: number }
  | { readonly kind: 'fail-fetch'; readonly times: number }
  | { readonly kind: 'fail-ask'; readonly what: 'topics' | 'groups' | 'read'; readonly times: number }
  | { readonly kind: 'double-append'; readonly topic: TopicKind; readonly times: number }
  | { readonly kind: 'double-delivery'; readonly who: number; readonly times: number }
  | { readonly kind: 'redrive'; readonly who: number; readonly crash: number | undefined }
  | { readonly kind: 'discard'; readonly who: number }
  | {
      readonly kind: 'foreign-commit';
      readonly who: number;
      readonly what: 'noise' | 'beyond-end';
      readonly dice: number;
    }
);

export type StepKind = Step['kind'];
