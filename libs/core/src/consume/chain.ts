/** What can stand in a {@link Chain}, in one at a time. */
export class Link {
  /** Written by the chain alone. */
  chain: Chain<Link> | undefined;
  before: Link | undefined;
  after: Link | undefined;
}

/**
 * Things in the order in which they came, for those that come and go with every event: as a Set, in constant time.
 *
 * A Set or Map is not fit for that. One in which something always is makes a new table after some changes, and V8 lets the old
 * one refer to the new one, for those who iterate over it. Once an old table has survived two small collections, all that ever
 * was in the tables after it survives too, until the next full collection: a third of everything that was allocated (measured,
 * docs/decisions/0060). A link that leaves refers to nothing.
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

  /** At the end; nothing happens when it is here already. */
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
