import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { contractOf, silentLog, StandardValidation } from '@tramline/core';
import { IsString } from 'class-validator';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvent, EventContract, OnEvent } from '../index.js';
import { startApp, type Lines } from '../../spec-support/app.js';
import { ClassValidation } from './class-validation.js';
import { loadOptionalPeers } from './optional-peers.js';

@EventContract('checked', { key: null })
class Checked {
  @IsString() name!: string;
}
class Child extends Checked {}
EventContract('checked.child', { key: null })(Child);

@EventContract('by.schema', { key: null, schema: z.object({ name: z.string() }) })
class BySchema {
  name!: string;
}
const Undeclared = defineEvent('no.class', { key: null });

@EventContract('handled', { key: null })
class Handled {
  name!: string;
}
@EventContract('listed', { key: null })
class Listed {
  name!: string;
}
@EventContract('published', { key: null })
class Published {
  name!: string;
}

@Injectable()
class Handlers {
  @OnEvent(Handled)
  first(_event: Handled) {}
  @OnEvent([Handled, Checked, Child])
  second(_event: Handled | Checked) {}
  @OnEvent('a.name')
  named() {}
}

const unchecked = ({ all }: Lines) => all.filter((line) => line.includes('are not checked'));
const contracts = [Listed, Undeclared, BySchema];

it('are named once each: those handled and listed at boot, others when first published', async () => {
  const { lines, bus } = await startApp({ providers: [Handlers] }, { contracts });
  expect(unchecked(lines)).toEqual([
    expect.stringMatching(
      /^warn Payloads of class Handled \('handled'\) are not checked: .*Decorate its prop/,
    ),
    expect.stringMatching(/^warn Payloads of class Listed .* @EventContract\('listed', { …, schema }\)/),
  ]);
  for (const ref of [Published, Published, Listed, Checked, BySchema]) {
    await bus.publish(ref, { name: 'ada' });
  }
  await bus.publish(Undeclared, {});
  expect(unchecked(lines).slice(2)).toEqual([expect.stringContaining(`class Published ('published')`)]);
});

it('are left alone where the application brings its own validation', async () => {
  const validation = new StandardValidation();
  const { lines, bus } = await startApp({ providers: [Handlers] }, { contracts, validation });
  await bus.publish(Published, { name: 'ada' });
  expect(unchecked(lines)).toEqual([]);
});

it('are left alone where class-validator is not installed', async () => {
  const lines: string[] = [];
  const log = { ...silentLog, warn: (line: string) => void lines.push(line) };
  const peers = await loadOptionalPeers();
  const publish = (validation: ClassValidation) =>
    validation.outgoing(contractOf(Published)!, { name: 'ada' });
  publish(new ClassValidation({ ...peers, validator: undefined }, log));
  expect(lines).toEqual([]);
  publish(new ClassValidation(peers, log));
  expect(lines).toHaveLength(1);
});
