import { defineEvent } from '@tramline/core';

/** What is said, and in which language it was said; what one of them says stays in order. */
export const Greeting = defineEvent<{ from: string; text: string }>('hello.greeting', { key: 'from' });
