import { Scrubber } from './scrubber';

/** The one of this process, for what runs before and beside the application's modules: errors of the start, crashes. */
export const processScrubber = new Scrubber();
