import { partitionsOf } from '../context.js';
import type { ConformanceCase } from '../suite.js';

export const hearingCases: readonly ConformanceCase[] = [
  {
    name: 'hearing: a member tells when it heard from the broker, again and again, also while everything is paused',
    async run(context) {
      const transport = context.open();
      const topic = await context.topic(transport, { partitions: 2 });
      const member = context.join(transport, { group: context.name('group'), topics: [topic] });
      await context.held([member], partitionsOf(topic, 2));
      member.pause(partitionsOf(topic, 2));
      let last = -Infinity;
      for (let time = 1; time <= 3; time++) {
        await context.until(`it heard from the broker (${time})`, () => {
          const heardAt = member.membership.heardAt();
          if (heardAt === undefined || heardAt <= last) return false;
          last = heardAt;
          return true;
        });
      }
    },
  },
];
