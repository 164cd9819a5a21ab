/** What a process of the specs can be told. */
export type Command =
  | { readonly do: 'create'; readonly topic: string; readonly partitions: number }
  | {
      readonly do: 'append';
      readonly topic: string;
      readonly partition: number;
      readonly values: readonly string[];
    }
  | { readonly do: 'flood'; readonly topic: string; readonly partitions: number }
  | {
      readonly do: 'consume';
      readonly group: string;
      readonly topics: readonly string[];
      readonly sessionTimeoutMs: number;
    }
  | {
      readonly do: 'commit';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly metadata: string;
    }
  | { readonly do: 'close' };

/** What it tells. */
export type Report =
  | { readonly kind: 'ready' | 'done' }
  | { readonly kind: 'refused'; readonly code: string | undefined; readonly message: string }
  | {
      readonly kind: 'acknowledged';
      readonly partition: number;
      readonly baseOffset: number;
      readonly values: readonly string[];
    }
  | {
      readonly kind: 'assigned' | 'revoked' | 'lost' | 'out of range';
      readonly partitions: readonly number[];
    }
  | { readonly kind: 'records'; readonly partition: number; readonly values: readonly string[] }
  | { readonly kind: 'status'; readonly status: string };
