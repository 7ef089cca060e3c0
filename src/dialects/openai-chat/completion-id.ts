const PREFIX = 'chatcmpl-';

/** The id of a reply as a chat client expects it to look. */
export function completionId(replyId: string, requestId: string): string {
  return replyId.startsWith(PREFIX) ? replyId : PREFIX + (replyId || requestId);
}
