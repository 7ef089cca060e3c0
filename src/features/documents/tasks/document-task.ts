import type { Json, JsonObject } from '../../../contract/json';
import { isObject } from '../../../contract/json';
import { citationsOf } from '../notes/read-notes';
import type { Note } from '../notes/note';
import type { DocumentField, DocumentInput } from './document-input';

/** What is wanted of a document: which notes are taken of each part, and what is made of all notes. */
export interface DocumentTask {
  /** What notes are about. */
  readonly noting: string;
  /** What the last answer is to be. */
  readonly answering: string;
  readonly schema: JsonObject;
  /** @param notes that the answer names by number */
  readonly result: (answer: JsonObject, notes: readonly Note[]) => Json;
}

const SOURCES: JsonObject = {
  type: 'array',
  items: { type: 'integer' },
  description: 'Numbers of the notes that say so.',
};

export function documentTask(input: DocumentInput): DocumentTask {
  const tongue = input.language ? `Write in the language with the tag ${input.language}.` : undefined;
  switch (input.task) {
    case 'summary':
      return {
        noting:
          'Note what somebody who does not read this part must know of it: what it says, decides, demands, promises, and its figures.',
        answering:
          `Summarise the document in at most ${input.max_words} words, and list its most important points in its own order. ` +
          (tongue ?? 'Write in the language of the document.'),
        schema: objectOf({
          summary: { type: 'string' },
          points: listOf({ statement: { type: 'string' }, sources: SOURCES }),
        }),
        result: ({ summary, points }, notes) => ({ summary: summary ?? '', points: cited(points, notes) }),
      };
    case 'question':
      return {
        noting: `Note only what helps to answer this question, also what speaks against an answer: ${quoted(input.question)}`,
        answering:
          `Answer this question from the notes alone: ${quoted(input.question)} Where they do not say it, \`found\` is false and \`answer\` ` +
          `says what is missing. ${tongue ?? 'Write in the language of the question.'}`,
        schema: objectOf({ answer: { type: 'string' }, found: { type: 'boolean' }, sources: SOURCES }),
        result: ({ answer, found, sources }, notes) => ({
          answer: answer ?? '',
          found: found === true,
          citations: citationsOf(sources, notes),
        }),
      };
    case 'instruction':
      return {
        noting: `Note only what is needed to do this: ${quoted(input.instruction)}`,
        answering: `Do this, from the notes alone: ${quoted(input.instruction)} ${tongue ?? 'Write in the language of that instruction.'}`,
        schema: objectOf({ text: { type: 'string' }, sources: SOURCES }),
        result: ({ text, sources }, notes) => ({ text: text ?? '', citations: citationsOf(sources, notes) }),
      };
    case 'extraction': {
      const schema = (input.schema as JsonObject | undefined) ?? fieldsSchema(input.fields ?? []);
      return {
        noting: `Note each statement that gives a value, or a part of one, for this JSON schema:\n${JSON.stringify(schema)}`,
        answering:
          'Fill in `values` from the notes alone; what they do not say is null where the schema allows that. Copy names and numbers exactly. ' +
          '`evidence` names, for each field that you filled in, the notes that its value is from.',
        schema: objectOf({
          values: withoutRoot(schema),
          evidence: listOf({ field: { type: 'string' }, sources: SOURCES }),
        }),
        result: ({ values, evidence }, notes) => ({ values: values ?? null, evidence: cited(evidence, notes) }),
      };
    }
  }
}

/** The caller's own words within an instruction. */
const quoted = (text: string): string => JSON.stringify(text);

function objectOf(properties: Readonly<Record<string, JsonObject>>): JsonObject {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

const listOf = (properties: Readonly<Record<string, JsonObject>>): JsonObject => ({
  type: 'array',
  items: objectOf(properties),
});

/** What only the root of a schema may say. */
function withoutRoot({ $schema: _schema, $id: _id, ...rest }: JsonObject): JsonObject {
  return rest;
}

function fieldsSchema(fields: readonly DocumentField[]): JsonObject {
  return objectOf(Object.fromEntries(fields.map((field) => [field.name, valueSchema(field)])));
}

function valueSchema({ type, list, description }: DocumentField): JsonObject {
  const kind: JsonObject = { type: type === 'date' ? 'string' : type };
  const told = [description, type === 'date' && 'ISO 8601 date'].filter(Boolean).join('; ');
  const values: JsonObject = list ? { type: 'array', items: kind } : { anyOf: [kind, { type: 'null' }] };
  return told ? { ...values, description: told } : values;
}

/** Items that name notes, with what those cite instead. */
function cited(items: Json | undefined, notes: readonly Note[]): readonly Json[] {
  if (!Array.isArray(items)) return [];
  return (items as readonly Json[])
    .filter(isObject)
    .map(({ sources, ...item }) => ({ ...item, citations: citationsOf(sources, notes) }));
}
