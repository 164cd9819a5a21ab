import { describe, expect, it } from 'vitest';
import { runOf, storedRow } from './example-run.ts';
import { withFigures } from './figures.ts';

const [begin, end] = [
  '<!-- figures: npm run bench -- --store writes what stands from here -->',
  '<!-- figures: to here -->',
];
const page = `# Page\n\n${begin}\nold figures\n${end}\n\nby hand\n`;

describe('the figures of the page', () => {
  it('are a table for each run, which says where they come from', () => {
    const runs = [
      runOf('2026-11-21T10:00:00.000Z', storedRow('publish', [2, 1.5, 3], 1)),
      runOf('2026-11-20T10:00:00.000Z', storedRow('consume', [0.5], 1)),
    ];
    expect(withFigures(page, runs)).toBe(`# Page

${begin}

![All ratios beside their goals](../bench/results/ratios.svg)

One row of 2026-11-21, in a run of 17 min, on 2 cores (Example CPU), 8 GiB, Linux 6.1, Node 26.10.0, load before 0.3:

| row       | median | spread               | goal | met | measured            |
| --------- | ------ | -------------------- | ---- | --- | ------------------- |
| \`publish\` | 2.00   | 1.5 to 3 in 3 rounds | 1    | yes | 5 events/s beside 1 |

One row of 2026-11-20, in a run of 17 min, on 2 cores (Example CPU), 8 GiB, Linux 6.1, Node 26.10.0, load before 0.3:

| row       | median | spread    | goal | met             | measured            |
| --------- | ------ | --------- | ---- | --------------- | ------------------- |
| \`consume\` | 0.50   | one round | 1    | **no**, by 0.50 | 5 events/s beside 1 |

${end}

by hand
`);
  });

  it('show the plot of growth once something grew', () => {
    const grown = storedRow('growth-keys', [1], 0.83, [
      { at: 10, cost: 1 },
      { at: 1_000_000, cost: 1.1 },
    ]);
    expect(withFigures(page, [runOf('2026-11-21', grown)])).toContain('../bench/results/growth.svg');
  });

  it('are written anew without leaving anything of the old ones, and the same every time', () => {
    const runs = [runOf('2026-11-21', storedRow('publish', [2], 1))];
    const once = withFigures(page, runs);
    expect(withFigures(once, runs)).toBe(once);
    expect(withFigures(once, [])).toBe(
      `# Page\n\n${begin}\n\nNothing has been stored yet.\n\n${end}\n\nby hand\n`,
    );
  });

  it('need a page with a place for them', () => {
    expect(() => withFigures('# Page\n', [])).toThrow('around its figures');
  });
});
