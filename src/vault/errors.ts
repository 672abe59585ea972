/** Everything that stops a vault from being opened or used. `code` is stable; the message says what to do next. */
export type VaultFault =
  | 'key-file-readable-by-others'
  | 'key-file-missing'
  | 'key-file-malformed'
  | 'wrong-key'
  | 'not-a-vault'
  | 'vault-damaged'
  | 'vault-full'
  | 'stranger'
  | 'store-rolled-back'
  | 'vault-older-than-store'
  | 'backup-damaged'
  | 'backup-expired';

export class VaultError extends Error {
  constructor(
    readonly code: VaultFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'VaultError';
  }
}
