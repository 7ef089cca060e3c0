/** A model that tells instructions from data. Abstract class and injection token. */
export abstract class InjectionDetector {
  /** As it stands in records. */
  abstract readonly name: string;

  /**
   * @param windows pieces of one request, each short enough for the model: see `windowsOf`
   * @returns how likely the worst of them is an attack, 0 to 1
   * @throws {DetectorUnavailable} when there is no answer to rely on; the reason of `signal` when that was aborted
   */
  abstract classify(windows: readonly string[], signal: AbortSignal): Promise<{ readonly score: number }>;

  /** Says that it gives scores one can rely on, by having it read something harmless. Never throws, and takes no longer than a second. */
  abstract check(): Promise<boolean>;

  abstract close(): Promise<void>;
}

/** `labels`: it answers, with labels none of which is known to mean an attack. */
export type DetectorFailure = 'timeout' | 'unreachable' | 'status' | 'garbage' | 'labels';

/** There is no score; the policy's `onFailure` decides what that means. Nothing of the text or the answer is in the message. */
export class DetectorUnavailable extends Error {
  constructor(
    readonly reason: DetectorFailure,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DetectorUnavailable';
  }
}

export interface Windows {
  readonly windows: readonly string[];
  /** False when the text was too long for so many windows. */
  readonly complete: boolean;
}

/** About 512 tokens of prose in any language that is written with spaces. */
const CHARACTERS = 1_600;
const OVERLAP = 200;
const MOST = 16;

/** Cuts texts into windows for a model that reads 512 tokens; they overlap, and end between words where there are any. */
export function windowsOf(
  texts: readonly string[],
  {
    characters = CHARACTERS,
    overlap = OVERLAP,
    most = MOST,
  }: { characters?: number; overlap?: number; most?: number } = {},
): Windows {
  const windows: string[] = [];
  for (const text of texts)
    for (let start = 0; start < text.length;) {
      if (windows.length >= most) return { windows, complete: false };
      const end = start + characters >= text.length ? text.length : betweenWords(text, start + characters, overlap);
      windows.push(text.slice(start, end));
      if (end === text.length) break;
      start = betweenWords(text, end - overlap, overlap / 2);
    }
  return { windows, complete: true };
}

function betweenWords(text: string, at: number, reach: number): number {
  for (let back = at; back > at - reach; back--) if (/\s/.test(text[back] as string)) return back;
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
