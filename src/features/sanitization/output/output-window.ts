import type { Finding } from '../finding';
import { LONGEST_WORD, openFrom } from './open-from';

/** Of what was let go, as the beginning of what follows: the words that announce a value. */
const CONTEXT = 96;
/** The same, while something found in it may go on: a private key has many lines. */
const LONGEST_FINDING = 4_096;

/**
 * Lets a text that comes in pieces pass once it is known to hold nothing, or once what it holds was replaced. Held back is the word
 * that is not over yet, and a value in groups before it: prose passes word by word. What is longer than may be held back is
 * replaced from where it is recognised.
 */
export class OutputWindow {
  private held = '';
  private before = '';
  /** Where in `before` something was replaced last that reached to its end; -1 for nothing. */
  private replacedFrom = -1;

  /**
   * @param scan sorted findings in a text, none overlapping
   * @param replace called once for each finding; what is said instead. What it throws ends the text.
   */
  constructor(
    private readonly scan: (text: string) => readonly Finding[],
    private readonly replace: (finding: Finding, value: string) => string,
  ) {}

  push(piece: string): string {
    const text = this.held + piece;
    return this.letGo(text, openFrom(text));
  }

  end(): string {
    return this.letGo(this.held, this.held.length);
  }

  /** @param end where what must wait begins */
  private letGo(held: string, end: number): string {
    if (end === 0) {
      this.held = held;
      return '';
    }
    const first = this.before.length;
    // in one text: a word that announces a value, and the value, may come apart
    const text = this.before + held;
    const findings = this.scan(text).filter((finding) => finding.end > first);
    let cut = first + end;
    // what is found across the end waits for its rest
    const across = findings.find((finding) => finding.start < cut && finding.end > cut);
    if (across && across.start >= first && text.length < LONGEST_WORD + across.start) cut = across.start;
    let passed = '';
    let at = first;
    let reaching = -1;
    for (const finding of findings) {
      if (finding.start >= cut) break;
      const from = Math.max(at, finding.start);
      passed += text.slice(at, from);
      // what was replaced already only goes on
      if (finding.start !== this.replacedFrom) passed += this.replace(finding, text.slice(finding.start, finding.end));
      at = finding.end;
      if (at >= cut) reaching = finding.start;
    }
    passed += text.slice(at, Math.max(at, cut));
    cut = Math.max(at, cut);
    this.held = text.slice(cut);
    const keep = reaching >= 0 && cut - reaching <= LONGEST_FINDING ? reaching : cut;
    const from = Math.max(0, Math.min(keep, cut - CONTEXT));
    this.before = text.slice(from, cut);
    this.replacedFrom = reaching >= 0 ? reaching - from : -1;
    return passed;
  }
}
