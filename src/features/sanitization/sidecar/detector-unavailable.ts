/**
 * `unreachable`: no connection, or it broke; `late`: no answer within the deadline; `busy`: too many texts wait already;
 * `refused`: an answer other than 200; `garbage`: an answer that makes no sense; `resting`: it failed a moment ago and was not
 * asked.
 */
export type Unavailability = 'unreachable' | 'late' | 'busy' | 'refused' | 'garbage' | 'resting';

/** A text could not be examined. It never holds any of the text, nor of what was answered. */
export class DetectorUnavailable extends Error {
  /** @param message for operators, without content */
  constructor(
    readonly reason: Unavailability,
    message: string,
  ) {
    super(message);
    this.name = 'DetectorUnavailable';
  }
}
