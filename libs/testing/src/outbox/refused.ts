import assert from 'node:assert/strict';

/** Expects `work` to be refused with this code. Codes are compared, not classes: there may be two copies of core. */
export async function refused(work: Promise<unknown>, code: string): Promise<void> {
  const thrown = await work.then(
    (value) => assert.fail(`expected ${code}, but the call succeeded with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (thrown instanceof assert.AssertionError) throw thrown;
  assert.equal((thrown as { code?: unknown }).code, code, `expected ${code}, got ${String(thrown)}`);
}
