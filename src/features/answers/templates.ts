import { RE2JS, RE2Set } from 're2js';
import type { Caller } from '../../contract/caller';
import type { ModelRequest } from '../../contract/request';
import type { Template } from '../../platform/config/policies';

const QUESTION_CHARACTERS = 8_000;
/** Patterns that are looked for in one pass over the question. */
const AT_ONCE = 25;
/** Patterns are linear in the question, but there may be many, and some are slow. */
const PATIENCE_MS = 100;

const PANGRAM = 'The quick brown fox, 12.50 EUR, jumps over the lazy dog on 03/04? Why!';

interface Group {
  readonly templates: readonly Template[];
  readonly patterns: RE2Set;
}

/** The texts that an operator wrote for when no model answers. */
export class Templates {
  private groups!: readonly Group[];

  constructor(
    templates: readonly Template[],
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.take(templates);
  }

  /** Other templates hold from now on. */
  take(templates: readonly Template[]): void {
    const starts = Array.from({ length: Math.ceil(templates.length / AT_ONCE) }, (_, i) => i * AT_ONCE);
    this.groups = starts.map((start) => groupOf(templates.slice(start, start + AT_ONCE)));
  }

  /** The first template whose pattern the question matches, of those for this model and tenant. */
  match(request: ModelRequest, caller: Pick<Caller, 'tenantId' | 'tenantName'>): Template | undefined {
    const question = this.groups.length ? questionOf(request) : undefined;
    if (question === undefined) return undefined;
    const until = this.clock() + PATIENCE_MS;
    for (const { templates, patterns } of this.groups) {
      if (this.clock() > until) return undefined;
      const meant = templates.map((template) => isFor(template, request.model, caller));
      if (!meant.includes(true)) continue;
      const matched = new Set(patterns.match(question));
      const found = templates.find((_, i) => meant[i] && matched.has(i));
      if (found) return found;
    }
    return undefined;
  }
}

function groupOf(templates: readonly Template[]): Group {
  const patterns = new RE2Set(RE2Set.UNANCHORED, RE2JS.CASE_INSENSITIVE);
  for (const { pattern } of templates) patterns.add(pattern);
  patterns.compile();
  // the automaton is built as far as text leads through it: better now than on the bad day
  patterns.match(PANGRAM);
  return { templates, patterns };
}

/** The text that the caller waits for an answer to; undefined when a text of ours would be no answer. */
function questionOf(request: ModelRequest): string | undefined {
  if (request.operation !== 'chat') return undefined;
  const { responseFormat, toolChoice, messages } = request;
  if (responseFormat && responseFormat.type !== 'text') return undefined;
  if (toolChoice?.type === 'required' || toolChoice?.type === 'tool') return undefined;
  const last = messages.findLast(({ role }) => role !== 'system');
  if (last?.role !== 'user') return undefined;
  const texts = last.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length ? texts.join('\n').slice(0, QUESTION_CHARACTERS) : undefined;
}

function isFor(
  { models, tenants }: Template,
  model: string,
  { tenantId, tenantName }: Pick<Caller, 'tenantId' | 'tenantName'>,
): boolean {
  const name = tenantName.toLowerCase();
  const forModel = !models.length || models.some((pattern) => matches(pattern, model));
  return (
    forModel && (!tenants.length || tenants.some((tenant) => tenant === tenantId || tenant.toLowerCase() === name))
  );
}

function matches(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : pattern === model;
}
