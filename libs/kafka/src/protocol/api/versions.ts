import { TransportError } from '@tramline/core';
import type { Api } from '../api.js';
import * as cluster from './cluster.js';
import * as groups from './groups.js';
import * as membership from './membership.js';
import * as records from './records.js';
import * as topics from './topics.js';

export type VersionRanges = Record<number, { readonly minVersion: number; readonly maxVersion: number }>;

/** What the broker speaks. @throws TransportError `TRAMLINE_REFUSED` when that is not what we speak */
export const apiVersions: Api<Record<string, never>, { readonly ranges: VersionRanges }> = {
  key: 18,
  name: 'ApiVersions',
  version: 0,
  write() {},
  read(from) {
    const errorCode = from.int16();
    const ranges: VersionRanges = {};
    from.array(() => (ranges[from.int16()] = { minVersion: from.int16(), maxVersion: from.int16() }));
    const missing = spoken().filter(({ key, version }) => {
      const range = ranges[key];
      return !range || version < range.minVersion || version > range.maxVersion;
    });
    if (errorCode !== 0 || missing.length > 0) {
      const names = missing.map(({ name, version }) => `${name} v${version}`).join(', ');
      throw new TransportError(
        'TRAMLINE_REFUSED',
        `This broker does not speak ${names || 'our protocol'}. Tramline needs Apache Kafka 3.0 to 4.x.`,
      );
    }
    return { ranges };
  },
};

/** Everything that every connection may be used for. */
function spoken(): readonly Pick<Api<never, unknown>, 'key' | 'name' | 'version'>[] {
  return [cluster, groups, membership, records, topics].flatMap((module) =>
    Object.values(module).filter((value) => typeof value === 'object'),
  );
}
