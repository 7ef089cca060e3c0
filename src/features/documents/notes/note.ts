import type { JsonObject } from '../../../contract/json';

/** A quote that stands in the document, letter for letter as far as its setting allows. */
export interface Citation extends JsonObject {
  readonly page: number;
  readonly quote: string;
}

/** Something that the document says, and where. */
export interface Note extends JsonObject {
  readonly statement: string;
  /** Verified; empty where no quote that was given stands in the document. */
  readonly citations: readonly Citation[];
}

export const NOTES_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    notes: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          statement: { type: 'string', description: 'One sentence that can be understood on its own.' },
          page: { type: 'integer', description: 'The number of the page that the quote begins on.' },
          quote: { type: 'string', description: 'Words of that page, copied letter for letter; at most about 25.' },
        },
        required: ['statement', 'page', 'quote'],
        additionalProperties: false,
      },
    },
  },
  required: ['notes'],
  additionalProperties: false,
};

export const CONDENSED_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    notes: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          statement: { type: 'string' },
          sources: { type: 'array', items: { type: 'integer' }, description: 'Numbers of the notes it is made of.' },
        },
        required: ['statement', 'sources'],
        additionalProperties: false,
      },
    },
  },
  required: ['notes'],
  additionalProperties: false,
};
