import { mkdirSync } from 'node:fs';

/** The directory that the services of this machine share. */
export const data = process.env.TRAMLINE_DATA ?? '.tramline';

mkdirSync(data, { recursive: true });
