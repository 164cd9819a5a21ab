import type { OutboxStore } from '@tramline/core/outbox';
import type { ModelStore, ModelTransaction } from '@tramline/testing/outbox';

/** The model store, whose pages end after so many rows, as if these were large. */
export function withPages(inner: ModelStore, pageRows: number): OutboxStore<ModelTransaction> {
  const pending: OutboxStore['pending'] = (request) =>
    inner.pending({ ...request, limit: Math.min(request.limit, pageRows) });
  return new Proxy<OutboxStore<ModelTransaction>>(inner, {
    get: (_, name) => {
      if (name === 'pending') return pending;
      const value: unknown = Reflect.get(inner, name);
      return typeof value === 'function' ? value.bind(inner) : value;
    },
  });
}
