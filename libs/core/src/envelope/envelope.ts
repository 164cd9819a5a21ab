/** An event's metadata, apart from its payload. Names follow CloudEvents 1.0. */
export interface Envelope {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly time: Date;
  /** The record's key as text; null when it has none or it is not UTF-8. */
  readonly key: string | null;
  readonly subject: string | undefined;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  readonly contentType: string | undefined;
  /** Headers that are not part of the envelope, as text; of a name given twice the last. Null values are left out,
   * and so is what begins with `ce_` or `tramline-`. */
  readonly headers: Readonly<Record<string, string>>;
}
