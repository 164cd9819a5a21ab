import 'reflect-metadata';
import { EventContract, contractOf } from '@tramline/core';
import * as transformer from 'class-transformer';
import { Type } from 'class-transformer';
import { IsInt, IsString, ValidateNested } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { ClassValidation } from './class-validation.js';
import { ifInstalled, loadOptionalPeers } from './optional-peers.js';
import { loadTransformMetadata } from './transform-metadata.js';

class Inner {
  @IsInt() count!: number;
}

@EventContract('outer', { key: null })
class Outer {
  @IsString() name!: string;
  @ValidateNested() @Type(() => Inner) inner!: Inner;
}
const contract = contractOf(Outer)!;
const none = { validator: undefined, transformer: undefined, transformMetadata: undefined };

describe('a package that may be missing', () => {
  it('is undefined when it is', async () => {
    const name = '@tramline/is-not-there';
    expect(await ifInstalled(name, () => import(/* @vite-ignore */ name))).toBeUndefined();
  });

  it('is an error when it is there and broken', async () => {
    const broken = () =>
      Promise.reject(
        Object.assign(new Error("Cannot find package 'its-dependency'"), { code: 'ERR_MODULE_NOT_FOUND' }),
      );
    await expect(ifInstalled('class-validator', broken)).rejects.toThrow('its-dependency');
  });
});

describe('validation of a class', () => {
  it('without either package makes instances and accepts everything', () => {
    const validation = new ClassValidation(none);
    expect(validation.incoming(contract, { name: 1 })).toBeInstanceOf(Outer);
    expect(validation.outgoing(contract, { name: 1 })).toEqual({ name: 1 });
  });

  it('without class-transformer checks what is not nested', async () => {
    const { validator } = await loadOptionalPeers();
    const validation = new ClassValidation({ ...none, validator });
    expect(() => validation.incoming(contract, { name: 1 })).toThrow('name: must be a string');
  });

  it('without class-validator converts', async () => {
    const validation = new ClassValidation({ ...(await loadOptionalPeers()), validator: undefined });
    expect((validation.incoming(contract, { inner: {} }) as Outer).inner).toBeInstanceOf(Inner);
  });

  it('checks what is nested also where class-transformer hides its metadata', async () => {
    const validation = new ClassValidation({ ...(await loadOptionalPeers()), transformMetadata: undefined });
    const payload = { name: 'a', inner: { count: 0.5 } };
    expect(() => validation.outgoing(contract, payload)).toThrow('inner.count: must be an integer');
    expect(() => validation.incoming(contract, payload)).toThrow('inner.count: must be an integer');
  });
});

describe('the metadata of class-transformer', () => {
  it('is found', async () => {
    const metadata = await loadTransformMetadata(transformer);
    expect(metadata?.has(Outer)).toBe(true);
    expect(metadata?.has(Inner)).toBe(false);
    expect(metadata?.typeOf(Outer, 'inner', {})?.type).toBe(Inner);
  });

  it('is not trusted when it is that of another copy', async () => {
    const ignores = () => () => undefined;
    const other = { Exclude: ignores, Expose: ignores, Transform: ignores, Type: ignores };
    expect(await loadTransformMetadata(other)).toBeUndefined();
  });

  it('is done without when it is not where we look', async () => {
    expect(await loadTransformMetadata(transformer, '@tramline/is-not-there')).toBeUndefined();
  });
});
