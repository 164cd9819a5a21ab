import { describe, it } from 'vitest';
import { VirtualClock } from '../time/virtual-clock.js';
import { describeOutboxStore, ModelDatabase, type ModelTransaction } from './index.js';

describeOutboxStore<ModelTransaction>(
  { describe, it },
  {
    name: 'model',
    create: async () => {
      const clock = new VirtualClock();
      const database = new ModelDatabase({ clock });
      const beside = new ModelDatabase({ clock });
      return {
        clock,
        open: () => database.open(),
        none: async () => {
          const transaction = await database.open().begin();
          await transaction.commit();
          return transaction;
        },
        foreign: (work) => beside.open().transaction(work),
        end: (tx) => tx.commit(),
        savepoints: (tx, work) => tx.behindSavepoint(work),
        schema: (state) => new ModelDatabase({ clock, schema: state }).open(),
        away: (away) => database.setAway(away),
      };
    },
  },
);
