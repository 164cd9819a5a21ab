import { context, isSpanContextValid, trace } from '@opentelemetry/api';

/** W3C trace context, as it travels in headers. */
export interface Trace {
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
}

/** The span that is active where an event is published; undefined without an OpenTelemetry SDK or a span. */
export function activeTrace(): Trace | undefined {
  const span = trace.getSpanContext(context.active());
  if (!span || !isSpanContextValid(span)) return undefined;
  const flags = span.traceFlags.toString(16).padStart(2, '0');
  return {
    traceparent: `00-${span.traceId}-${span.spanId}-${flags}`,
    tracestate: span.traceState?.serialize(),
  };
}
