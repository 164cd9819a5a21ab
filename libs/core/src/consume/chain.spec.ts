import { describe, expect, it } from 'vitest';
import { Chain, Link } from './chain.js';

class Item extends Link {
  constructor(readonly name: string) {
    super();
  }
}

function setUp() {
  const chain = new Chain<Item>();
  const items = ['a', 'b', 'c'].map((name) => new Item(name));
  for (const item of items) chain.add(item);
  const [a, b, c] = items as [Item, Item, Item];
  return {
    chain,
    a,
    b,
    c,
    names: () =>
      chain
        .all()
        .map(({ name }) => name)
        .join(''),
  };
}

describe('Chain', () => {
  it('has what was added, in that order', () => {
    const { chain, a, names } = setUp();
    expect([names(), chain.size, chain.first]).toEqual(['abc', 3, a]);
  });

  it.each([
    ['a', 'bc'],
    ['b', 'ac'],
    ['c', 'ab'],
  ] as const)('lets go of %s', (name, left) => {
    const { chain, names, ...items } = setUp();
    chain.delete(items[name]);
    expect([names(), chain.size, chain.first?.name]).toEqual([left, 2, left[0]]);
    chain.add(new Item('d'));
    expect(names()).toBe(`${left}d`);
  });

  it('is empty when the last has left, and can be filled again', () => {
    const { chain, a, b, c, names } = setUp();
    for (const item of [b, a, c]) chain.delete(item);
    expect([names(), chain.size, chain.first]).toEqual(['', 0, undefined]);
    chain.add(c);
    expect(names()).toBe('c');
  });

  it('takes nothing twice, and lets go of nothing that is not there', () => {
    const { chain, a, names } = setUp();
    chain.add(a);
    expect([names(), chain.size]).toEqual(['abc', 3]);
    chain.delete(a);
    chain.delete(a);
    chain.delete(new Item('d'));
    expect([names(), chain.size]).toEqual(['bc', 2]);
  });

  it('leaves alone what stands in another chain', () => {
    const { a, names } = setUp();
    const other = new Chain<Item>();
    other.add(a);
    other.delete(a);
    expect([names(), other.size]).toEqual(['abc', 0]);
  });

  it('leaves nothing in what has left that refers to what is there', () => {
    const { chain, b } = setUp();
    chain.delete(b);
    expect(b).toMatchObject({ chain: undefined, before: undefined, after: undefined });
  });
});
