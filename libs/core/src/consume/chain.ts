/** What can stand in a {@link Chain}, in one at a time. Its fields are written by the chain alone. */
export class Link {
  chain: Chain<Link> | undefined;
  before: Link | undefined;
  after: Link | undefined;
}

/**
 * Things in the order in which they came; adding and removing take constant time, as in a Set.
 *
 * For what comes and goes with every event a Set or Map is not fit. It replaces its table after some changes. V8 leaves the old
 * table its entries and a reference to the next one, for those who iterate, and makes the next one in old space when the old one
 * lies there (`Rehash` in its ordered-hash-table.cc). So what is in it at such a moment stays until the next full collection,
 * with all that it refers to: a third of everything that was allocated (measured, docs/decisions/0060). What has left a chain
 * refers to nothing in it.
 */
export class Chain<Item extends Link> {
  private head: Link | undefined;
  private tail: Link | undefined;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** What has been here longest. */
  get first(): Item | undefined {
    return this.head as Item | undefined;
  }

  /** At the end; nothing happens when it stands in a chain already, in this one or another. */
  add(item: Item): void {
    if (item.chain) return;
    item.chain = this;
    item.before = this.tail;
    if (this.tail) this.tail.after = item;
    else this.head = item;
    this.tail = item;
    this.count++;
  }

  /** Nothing happens when it is not here. */
  delete(item: Item): void {
    if (item.chain !== this) return;
    const { before, after } = item;
    if (before) before.after = after;
    else this.head = after;
    if (after) after.before = before;
    else this.tail = before;
    item.chain = item.before = item.after = undefined;
    this.count--;
  }

  /** What is here now, whatever becomes of it. */
  all(): Item[] {
    const items: Item[] = [];
    for (let item = this.head; item; item = item.after) items.push(item as Item);
    return items;
  }
}
