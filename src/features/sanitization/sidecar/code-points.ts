/** Offsets of one text counted in code points, as Python counts them, and in UTF-16 units, as JavaScript does. */
export class CodePoints {
  /** Where each code point begins, and at last where the text ends; absent where both ways of counting agree. */
  private readonly starts: Uint32Array | undefined;
  /** Of the text, in code points. */
  readonly length: number;

  constructor(text: string) {
    let pairs = 0;
    for (let unit = 0; unit < text.length; unit++) if (isPair(text, unit)) pairs++;
    this.length = text.length - pairs;
    if (!pairs) return;
    this.starts = new Uint32Array(this.length + 1);
    let unit = 0;
    for (let point = 0; point < this.length; point++) {
      this.starts[point] = unit;
      unit += isPair(text, unit) ? 2 : 1;
    }
    this.starts[this.length] = unit;
  }

  /** @param point 0 to `length` */
  toUnits(point: number): number {
    return this.starts ? (this.starts[point] as number) : point;
  }
}

/** Half a pair on its own is a code point, in Python too. */
function isPair(text: string, unit: number): boolean {
  return (text.charCodeAt(unit) & 0xfc00) === 0xd800 && (text.charCodeAt(unit + 1) & 0xfc00) === 0xdc00;
}
