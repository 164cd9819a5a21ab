import 'reflect-metadata';
import { Transform, Type } from 'class-transformer';
import * as transformer from 'class-transformer';
import { beforeAll, describe, expect, it } from 'vitest';
import { instantiate } from './instantiate.js';
import { loadTransformMetadata, type TransformMetadata } from './transform-metadata.js';

class Shape {
  kind!: string;
}
class Circle extends Shape {
  radius!: number;
}
class Square extends Shape {
  side!: number;
}
class Drawing {
  @Type(() => Shape, {
    discriminator: {
      property: 'kind',
      subTypes: [
        { value: Circle, name: 'circle' },
        { value: Square, name: 'square' },
      ],
    },
  })
  shapes!: (Circle | Square)[];

  @Type(() => Shape) byName!: Map<string, Shape>;
  @Type(() => Shape) some!: Set<Shape>;
  @Transform(() => 'read from the wire', { toClassOnly: true }) text!: string;
  @Type(() => Date) at!: Date;

  get count(): number {
    return this.shapes.length;
  }
  area(): number {
    return 0;
  }
}

let metadata: TransformMetadata | undefined;
beforeAll(async () => {
  metadata = await loadTransformMetadata(transformer);
});

describe('instantiate', () => {
  it('makes nested objects instances, by discriminator too, and leaves the source alone', () => {
    const source = {
      shapes: [{ kind: 'circle', radius: 1 }, { kind: 'square', side: 2 }, { kind: 'other' }],
      byName: new Map([['a', { kind: 'circle' }]]),
      some: new Set([{ kind: 'square' }]),
      text: 'as given',
      at: new Date(0),
    };
    const before = structuredClone(source);
    const drawing = instantiate(Drawing, source, metadata) as Drawing;
    expect(drawing.shapes.map((shape) => shape.constructor)).toEqual([Circle, Square, Shape]);
    expect(drawing.shapes[0]!.kind).toBe('circle');
    expect(drawing.byName.get('a')).toBeInstanceOf(Shape);
    expect([...drawing.some][0]).toBeInstanceOf(Shape);
    expect(drawing.text).toBe('as given');
    expect(drawing.at).toBe(source.at);
    expect(source).toEqual(before);
  });

  it('keeps instances that are given', () => {
    const circle = new Circle();
    expect((instantiate(Drawing, { shapes: [circle] }, metadata) as Drawing).shapes[0]).toBe(circle);
  });

  it('cannot be made to replace what the class is', () => {
    const drawing = instantiate(
      Drawing,
      JSON.parse('{"constructor": 1, "__proto__": {"x": 1}, "count": 9, "area": 9}') as object,
    );
    expect(Object.getPrototypeOf(drawing)).toBe(Drawing.prototype);
    expect(drawing.constructor).toBe(Drawing);
    expect((drawing as Drawing).area()).toBe(0);
  });
});
