import { fileStem } from '@/lib/file-stem'
import { engine } from './engine-client'

/** Hands a file to the browser's downloads. */
export function download(blob: Blob, fileName: string): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // Firefox reads the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** The same under the name of a project or a run, in which somebody may have typed a key. */
export async function downloadNamed(blob: Blob, name: string, ending: string): Promise<void> {
  download(blob, `${fileStem(await engine().withoutKeys(name))}${ending}`)
}
