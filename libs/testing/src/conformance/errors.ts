import assert from 'node:assert/strict';

/**
 * Expects `work` to be refused with this code. Codes are compared, not classes: a transport from another package may have
 * another copy of core.
 */
export async function refused(
  work: Promise<unknown>,
  code: string,
  also: { readonly retriable?: boolean; readonly outcome?: string } = {},
): Promise<void> {
  const thrown: unknown = await work.then(
    (value) => assert.fail(`expected ${code}, but the call succeeded with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (thrown instanceof assert.AssertionError) throw thrown;
  const seen = thrown as { code?: unknown; retriable?: unknown; outcome?: unknown };
  assert.equal(seen.code, code, `expected ${code}, got ${String(thrown)}`);
  for (const field of ['retriable', 'outcome'] as const) {
    if (also[field] !== undefined) assert.equal(seen[field], also[field], `${field} of ${code}`);
  }
}
