import { EventContract } from '@tramline/core';
import { IsInt, IsNumber, IsString, MaxLength, Min } from 'class-validator';

/** As `Order`, with rules of class-validator for each property. */
export class RuledOrder {
  account!: number;
  number!: number;
  at!: number;
  note!: string;
}

// As decorators would do; Node runs this file as it is, and knows none.
const rules = {
  account: [IsInt(), Min(0)],
  number: [IsInt(), Min(0)],
  at: [IsNumber()],
  note: [IsString(), MaxLength(1_000)],
} as const;
for (const [property, decorators] of Object.entries(rules))
  for (const decorate of decorators) decorate(RuledOrder.prototype, property);

/** The class as the contract of this topic; one topic at a time. */
export function ruledOrderOf(topic: string): typeof RuledOrder {
  EventContract(topic, { key: 'account' })(RuledOrder);
  return RuledOrder;
}
