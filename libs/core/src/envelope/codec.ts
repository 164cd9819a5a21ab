/** Payloads to bytes and back. JSON unless another one is given. `type`: the event's, for messages and schema look-ups. */
export interface Codec {
  /** What the `content-type` header says. */
  readonly contentType: string;
  /** @throws PayloadError when the payload cannot be carried without loss, naming the path */
  encode(payload: unknown, type: string): Uint8Array;
  /** @throws PayloadError when the bytes are not of this codec */
  decode(bytes: Uint8Array, type: string): unknown;
}
