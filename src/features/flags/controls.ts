import { type Control, IN_MEMORY } from '../../contract/control';

export const FLAGS = {
  name: 'flags',
  purpose: 'Lets flags decide models, prompts, the cache and guards; they are in memory.',
  // what was set through the API is known from before
  without: IN_MEMORY,
} as const satisfies Control;
