/** Tells, fragment by fragment and without parsing, when a JSON object has been closed. */
export class JsonProgress {
  private depth = 0;
  private inString = false;
  private escaped = false;
  private closed = false;

  get complete(): boolean {
    return this.closed;
  }

  push(fragment: string): void {
    for (let i = 0; i < fragment.length && !this.closed; i++) this.step(fragment[i]);
  }

  private step(char: string): void {
    if (this.escaped) this.escaped = false;
    else if (this.inString) {
      if (char === '\\') this.escaped = true;
      else if (char === '"') this.inString = false;
    } else if (char === '"') this.inString = true;
    else if (char === '{' || char === '[') this.depth++;
    else if (char === '}' || char === ']') this.closed = --this.depth <= 0;
  }
}
