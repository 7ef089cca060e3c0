import type { Features } from './features';

/** One reason to take a call for harder, or for easier. */
export interface Rule {
  /** Shown to callers, and in metrics never: it may be added to. */
  readonly name: string;
  readonly points: number;
  readonly holds: (features: Features) => boolean;
}

/** All that hold are added up. */
export const RULES: readonly Rule[] = [
  { name: 'long_prompt', points: 1, holds: ({ promptCharacters }) => promptCharacters > 8_000 },
  { name: 'very_long_prompt', points: 1, holds: ({ promptCharacters }) => promptCharacters > 60_000 },
  { name: 'long_question', points: 1, holds: ({ lastCharacters }) => lastCharacters > 1_500 },
  { name: 'long_history', points: 1, holds: ({ turns }) => turns > 10 },
  { name: 'code', points: 2, holds: ({ codeLines }) => codeLines >= 2 },
  { name: 'mathematics', points: 2, holds: ({ mathematics }) => mathematics >= 1 },
  { name: 'reasoning', points: 1, holds: ({ reasoning }) => reasoning >= 1 },
  { name: 'much_reasoning', points: 1, holds: ({ reasoning }) => reasoning >= 3 },
  { name: 'tools', points: 1, holds: ({ tools }) => tools >= 1 },
  { name: 'many_tools', points: 1, holds: ({ tools }) => tools > 5 },
  { name: 'structured_output', points: 1, holds: ({ structured }) => structured },
  { name: 'images', points: 1, holds: ({ images }) => images >= 1 },
  { name: 'documents', points: 1, holds: ({ documents }) => documents >= 1 },
  { name: 'thinking', points: 3, holds: ({ thinks }) => thinks },
  { name: 'long_answer', points: 1, holds: ({ maxTokens }) => maxTokens !== undefined && maxTokens > 16_000 },
  { name: 'routine', points: -1, holds: ({ routine }) => routine >= 1 },
];
