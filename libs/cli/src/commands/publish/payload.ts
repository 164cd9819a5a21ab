import { CliError } from '../../exit.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @throws CliError for bytes that are no JSON, or no text */
export function payloadOf(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch (cause) {
    throw new CliError('TRAMLINE_PAYLOAD', 'is not UTF-8', undefined, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError('TRAMLINE_PAYLOAD', `is not JSON: ${(cause as Error).message}`, undefined, { cause });
  }
}

/** Everything that is wrong with one payload; undefined when the error is about something else. */
export function faultsOfPayload(error: unknown): readonly string[] | undefined {
  const { code, message, faults } = (error ?? {}) as { code?: unknown; message?: unknown; faults?: unknown };
  if (code === 'TRAMLINE_PAYLOAD') {
    if (!Array.isArray(faults) || faults.length === 0) return [String(message)];
    return (faults as { path: string; message: string }[]).map((fault) =>
      fault.path ? `${fault.path}: ${fault.message}` : fault.message,
    );
  }
  return code === 'TRAMLINE_RECORD_TOO_LARGE' || code === 'TRAMLINE_PUBLISH_OPTIONS'
    ? [String(message)]
    : undefined;
}
