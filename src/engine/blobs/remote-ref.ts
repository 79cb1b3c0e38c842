/**
 * Names a file whose bytes are not kept here: at an address on the web, or at the provider, under the id that it gave to an upload. Stands
 * as a value wherever a `BlobRef` may stand. The address or the id is sent, and the provider fetches the file.
 */
export type RemoteRef = AddressRef | UploadRef

/** An image at its address. */
export type AddressRef = {
  /** Begins with `https:`, `http:` or `gs:`, as DSPy's `Image` takes them. */
  readonly $url: string
}

/** A file that was uploaded to the provider before. */
export type UploadRef = {
  readonly $file: string
  /** What it is called, where it was said. */
  readonly name?: string
}

export function isRemoteRef(value: unknown): value is RemoteRef {
  return isAddressRef(value) || isUploadRef(value)
}

export function isAddressRef(value: unknown): value is AddressRef {
  if (typeof value !== 'object' || value === null || !('$url' in value)) return false
  const { $url, ...others } = value as Readonly<Record<string, unknown>>
  return typeof $url === 'string' && isWebAddress($url) && Object.keys(others).length === 0
}

export function isUploadRef(value: unknown): value is UploadRef {
  if (typeof value !== 'object' || value === null || !('$file' in value)) return false
  const { $file, name, ...others } = value as Readonly<Record<string, unknown>>
  return typeof $file === 'string' && isUploadId($file) && (name === undefined || isFileName(name)) && Object.keys(others).length === 0
}

/** An address that a provider may fetch an image from. */
export function isWebAddress(text: string): boolean {
  return text.length <= 8000 && /^(?:https?|gs):\/\/[^\s/]/i.test(text) && !/\s/.test(text)
}

/** As providers give them: `file-abc123`, `file_011CNha8…`. */
export function isUploadId(text: string): boolean {
  return /^[\w.:/-]{1,200}$/.test(text)
}

/** What a file may be called: one line, no longer than file systems take. */
export function isFileName(value: unknown): value is string {
  // oxlint-disable-next-line no-control-regex
  return typeof value === 'string' && value.length > 0 && value.length <= 255 && !/[\u0000-\u001f\u007f]/.test(value)
}

/** What stands for such a file where only text can stand. */
export function remoteWords(ref: RemoteRef): string {
  return '$url' in ref ? ref.$url : ref.name === undefined ? `file ${ref.$file}` : `${ref.name}, file ${ref.$file}`
}
