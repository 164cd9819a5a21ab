import { describe, expect, it } from 'vitest';
import { storedRow } from './example-run.ts';
import { growthPlot } from './growth-plot.ts';
import { ratiosPlot } from './ratios-plot.ts';

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, words]) => words);
const xOf = (svg: string, element: string) =>
  Number(new RegExp(`<${element}[^>]* cx="([\\d.]+)"`).exec(svg)![1]);

describe('the plot of ratios', () => {
  it('has every row beside a scale of decades that reaches all of them', () => {
    const svg = ratiosPlot([storedRow('publish', [20, 10, 40], 8), storedRow('latency<1', [0.04], 1)]);
    expect(texts(svg)).toEqual([
      expect.stringContaining('log scale'),
      ...['0.01', '0.1', '1', '10', '100'],
      ...['publish', '20', 'latency&lt;1', '0.04'],
    ]);
    expect(svg.match(/<circle/g)).toHaveLength(2);
  });

  it('puts ten times as much one decade further', () => {
    const at = (ratio: number) =>
      xOf(ratiosPlot([storedRow('a', [ratio, 0.1, 100], 1)].map((row) => ({ ...row, ratio }))), 'circle');
    expect(at(10) - at(1)).toBeCloseTo(at(1) - at(0.1), 0);
  });

  it('draws a ratio of nothing at its edge', () => {
    expect(ratiosPlot([storedRow('a', [0], 1)])).not.toContain('NaN');
  });
});

describe('the plot of growth', () => {
  const keys = storedRow('growth-keys', [0.9], 0.83, [
    { at: 10, cost: 1 },
    { at: 1_000_000, cost: 1.1 },
  ]);

  it('has a panel for each row with points, and none for others', () => {
    const svg = growthPlot([storedRow('publish', [20], 8), keys], 1.2);
    expect(texts(svg)).toEqual(expect.arrayContaining(['growth-keys', '10', '1M']));
    expect(texts(svg)).not.toContain('publish');
    expect(svg.match(/<circle/g)).toHaveLength(2);
  });

  it('draws what costs more higher up', () => {
    const heights = [...growthPlot([keys], 1.2).matchAll(/<circle[^>]* cy="([\d.]+)"/g)].map(([, y]) =>
      Number(y),
    );
    expect(heights[1]).toBeLessThan(heights[0]!);
  });
});
