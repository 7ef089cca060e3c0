// The gateway's own code, as built: what is measured is what runs.
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const require = createRequire(join(resolve(import.meta.dirname, '../..'), 'dist/'));
const similar = (name) => require(`./features/answers/similar/${name}.js`);

export const { LexicalEmbedder } = similar('lexical-embedder');
export const { compact, cosine } = similar('vector');
export const { traitsOf } = similar('check/traits');
export const { doubtBetween } = similar('check/second-check');
export const { SimilarQuestions } = similar('similar-questions');
export const { AskedQuestion } = similar('asked-question');
export const { MemoryVectorIndex } = similar('memory-vector-index');
export const { SIMILAR_DEFAULTS } = require('./platform/config/similar-settings.js');
