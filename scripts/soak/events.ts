import { defineEvent } from '@tramline/core';

/** Somebody registered. The key is one of few, so that many transactions meet at each of them. */
export const Registered = defineEvent<{ userId: string; key: string; doomed: boolean }>('soak.registered', {
  key: 'key',
});

export const Awarded = defineEvent<{ userId: string; points: number }>('soak.awarded', { key: 'userId' });

export const POINTS = 100;
export const POINTS_SERVICE = 'points';
