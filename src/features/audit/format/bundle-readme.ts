/** The first thing that somebody sees who unpacks a bundle. */
export const BUNDLE_README = `This is a part of an audit log, or all of it, with everything that is needed to check it without its operator.

    node verify-audit.js bundle.tar --vkey '<verifier key of the log>'

Take the verifier key from somewhere that the operator of the log cannot change, never from this file, and give it the checkpoints that
you kept (--checkpoint). "docs/audit-format.md" of the project says what every byte means and how to check it by other means.

bundle.json           what this is; nothing in it is evidence
checkpoints.ndjson    signed heads of the log
writers.ndjson        who was allowed to write, where the log's own entries about it are not shown
keys.json             keys of entries whose content is disclosed to you
log/*/runs.ndjson     the log from its first entry to its last: batches, and what is not shown
log/*/headers.ndjson  the entries of the batches, or the hash of one that is not shown
log/*/payloads.bin    encrypted content
manifest.json, .note  SHA-256 of all of the above, signed by the log
`;
