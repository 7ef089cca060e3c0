/** Lets the ledger read what the audit log has of calls, so that whoever asks next sees its own calls. */
export abstract class SpendCatchUp {
  /** @throws GatewayError `storage_unavailable` when that takes too long */
  abstract catchUp(): Promise<void>;
}
