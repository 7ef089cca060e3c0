import type { ReadingLimits } from './document-reader';
import type { DocumentSource } from './document-source';
import type { DocumentInput } from './tasks/document-input';
import type { DocumentTask } from './tasks/document-task';

export interface DocumentSettings extends ReadingLimits {
  /** Which model reads the parts, and which puts together, where the caller names none. */
  readonly model: string;
  readonly mergeModel: string;
  /** Of the text of one question that reads a part, and of one that puts together; estimated. */
  readonly partTokens: number;
  readonly mergeTokens: number;
}

export interface DocumentJob {
  readonly source: DocumentSource;
  readonly task: DocumentTask;
  readonly name: DocumentInput['task'];
  readonly model: string;
  readonly mergeModel: string;
}
