import type { RE2JS } from 're2js';
import { linearPattern } from '../../platform/validation/linear-pattern';
import { patternSize } from '../../platform/validation/pattern-size';
import { SchemaError } from './schema-reader';
import type { Trial } from './trial';

const PATTERN_CHARACTERS = 1_000;
const PATTERNS = 100;
/** Instructions of all patterns of a schema: what one more character of a text costs at most. */
const INSTRUCTIONS = 10_000;
/** Instructions that cost about as much as looking at one keyword. */
const INSTRUCTIONS_A_STEP = 20;

export interface Pattern {
  /** Whether it is found anywhere in the text. @throws TooLaborious */
  found(text: string, trial: Trial): boolean;
}

/** Makes the regular expressions of one schema: RE2, so that a text costs the same time wherever it fails to match. */
export class Patterns {
  private readonly made = new Map<string, Pattern>();
  private instructions = 0;

  /** @throws SchemaError */
  of(source: string): Pattern {
    const known = this.made.get(source);
    if (known) return known;
    if (source.length > PATTERN_CHARACTERS)
      throw new SchemaError(`a pattern is longer than ${PATTERN_CHARACTERS} characters`);
    if (this.made.size >= PATTERNS) throw new SchemaError(`it has more than ${PATTERNS} patterns`);
    // before anything is made of it: that is what takes long
    this.instructions += patternSize(source);
    if (this.instructions > INSTRUCTIONS) throw new SchemaError('its patterns are too complex');
    const expression = compiled(source);
    const size = expression.programSize();
    const pattern: Pattern = {
      found: (text, trial) => {
        trial.spend(Math.ceil((size * (text.length + 1)) / INSTRUCTIONS_A_STEP));
        return expression.matcher(text).find();
      },
    };
    this.made.set(source, pattern);
    return pattern;
  }
}

function compiled(source: string): RE2JS {
  const pattern = linearPattern(source);
  if (pattern) return pattern;
  throw new SchemaError(
    'a pattern is not a regular expression that is matched here (RE2 syntax: no look-around, no back-references)',
  );
}
