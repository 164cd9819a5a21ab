import { Test } from '@nestjs/testing';
import { TestBus } from '@tramline/testing/nest';
import { expect, it } from 'vitest';
import { AppModule, Registration } from '../../docs/snippets/greeter.ts';

// #region example
it('welcomes after four failures, ten seconds later', async () => {
  const builder = Test.createTestingModule({ imports: [AppModule] });
  const bus = TestBus.attach(builder);
  const app = await builder.compile();
  await app.init();

  bus.fail('welcome', { times: 4 });
  await app.get(Registration).register('u1', 'ada@example.com');
  await bus.advance('10s');
  expect(bus.handled('welcome')).toEqual([]);
  await bus.advance('1s');
  expect(bus.handled('welcome')).toMatchObject([{ event: { email: 'ada@example.com' }, attempt: 5 }]);

  await app.close();
});
// #endregion
