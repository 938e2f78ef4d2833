/** A row of the table at the end. */
export interface CheckRow {
  readonly check: string;
  /** promise: a guarantee of the file system. proof: that the run shows anything. */
  readonly kind: 'promise' | 'proof';
  readonly holds: boolean;
  readonly detail: string;
}
