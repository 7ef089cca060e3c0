import { FaultyServer, type Answer, type Asked } from './faulty-server';

type Value = { stringValue?: string; intValue?: number | string; doubleValue?: number; boolValue?: boolean } & {
  arrayValue?: { values: Value[] };
};
interface Attribute {
  readonly key: string;
  readonly value: Value;
}

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  /** As OTLP numbers them: 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly failed: boolean;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** A collector of traces as OpenTelemetry's are: OTLP over HTTP, in JSON. */
export class Collector extends FaultyServer {
  readonly spans: CollectedSpan[] = [];
  readonly resources: Readonly<Record<string, unknown>>[] = [];

  protected override answer({ url, headers, body }: Asked): Answer {
    if (url.pathname !== '/v1/traces' || !headers['content-type']?.startsWith('application/json')) return [415, {}];
    const { resourceSpans } = JSON.parse(body.toString()) as {
      resourceSpans: {
        resource: { attributes: Attribute[] };
        scopeSpans: { spans: (Record<string, never> & { attributes: Attribute[] })[] }[];
      }[];
    };
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resources.push(plain(resource.attributes));
      for (const { spans } of scopeSpans) for (const span of spans) this.spans.push(read(span));
    }
    return [200, {}];
  }

  /** Of one trace, the first step first. */
  trace(traceId: string): CollectedSpan[] {
    const found = this.spans.filter((span) => span.traceId === traceId);
    return found.toSorted((a, b) => Number(a.startNs - b.startNs));
  }
}

function read(span: Record<string, never> & { attributes: Attribute[] }): CollectedSpan {
  const { traceId, spanId, name, kind, attributes } = span as never as CollectedSpan & { attributes: Attribute[] };
  const { parentSpanId, status, startTimeUnixNano, endTimeUnixNano } = span as Record<string, unknown>;
  return {
    traceId,
    spanId,
    parentSpanId: (parentSpanId as string) || undefined,
    name,
    kind,
    failed: (status as { code?: number } | undefined)?.code === 2,
    facts: plain(attributes),
    startNs: BigInt(startTimeUnixNano as string),
    endNs: BigInt(endTimeUnixNano as string),
  };
}

const plain = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));

function valueOf({ stringValue, intValue, doubleValue, boolValue, arrayValue }: Value): unknown {
  if (arrayValue) return arrayValue.values.map(valueOf);
  if (intValue !== undefined) return Number(intValue);
  return stringValue ?? doubleValue ?? boolValue;
}
