/** As much of SVG as the plots need: every element is a text, and a drawing is its elements. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly elements: readonly string[];
}

export const INK = '#1f2328';
export const PALE = '#8c959f';
export const GRID = '#d8dee4';

/** A file of its own, on white, so that it can be read on any page. */
export function svgOf({ width, height, elements }: Drawing): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `  <rect width="${width}" height="${height}" fill="white"/>`,
    ...elements.map((element) => `  ${element}`),
    '</svg>',
    '',
  ].join('\n');
}

export function text(
  x: number,
  y: number,
  words: string,
  {
    fill = INK,
    anchor = 'start',
  }: { readonly fill?: string; readonly anchor?: 'start' | 'middle' | 'end' } = {},
): string {
  return `<text x="${short(x)}" y="${short(y)}" fill="${fill}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

export function line(
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
  {
    stroke = INK,
    width = 1,
    dash,
  }: { readonly stroke?: string; readonly width?: number; readonly dash?: string } = {},
): string {
  const dashed = dash === undefined ? '' : ` stroke-dasharray="${dash}"`;
  return `<line x1="${short(from[0])}" y1="${short(from[1])}" x2="${short(to[0])}" y2="${short(to[1])}" stroke="${stroke}" stroke-width="${width}"${dashed}/>`;
}

export function dot(x: number, y: number, fill: string): string {
  return `<circle cx="${short(x)}" cy="${short(y)}" r="4" fill="${fill}"/>`;
}

export function path(points: readonly (readonly [x: number, y: number])[], stroke: string): string {
  const d = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`).join(' ');
  return `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="2"/>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
