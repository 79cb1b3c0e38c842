import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'
import { createTurns } from '@/lib/turns'

/** A file as it is named in values and messages. */
export interface BlobName {
  readonly $blob: string
  readonly mime: string
  readonly bytes: number
  readonly name?: string
}

/** A file that is kept here, or elsewhere: at an address, or at the provider. */
export type FileName = BlobName | { readonly $url: string } | { readonly $file: string; readonly name?: string }

/** Where the kit gets the bytes of a file. Undefined for one that is not there any more. */
export type LoadBlob = (name: BlobName) => Promise<Blob | undefined>

const Source = createContext<LoadBlob | undefined>(undefined)

export function BlobSource({ load, children }: { readonly load: LoadBlob; readonly children: ReactNode }) {
  return <Source.Provider value={load}>{children}</Source.Provider>
}

export type LoadedBlob = { readonly state: 'loading' | 'missing' } | { readonly state: 'there'; readonly url: string }

/** An address of the file for as long as the component is drawn. */
export function useBlobUrl(name: BlobName): LoadedBlob {
  const load = useContext(Source)
  const [loaded, setLoaded] = useState<LoadedBlob & { readonly of?: string }>({ state: 'loading' })
  const { $blob, mime, bytes } = name
  useEffect(() => {
    let url: string | undefined
    const turns = createTurns()
    const found = load?.({ $blob, mime, bytes }) ?? Promise.resolve(undefined)
    void found
      .catch(() => undefined)
      .then(
        turns.next().take(blob => {
          url = blob && URL.createObjectURL(blob)
          setLoaded(url === undefined ? { state: 'missing', of: $blob } : { state: 'there', url, of: $blob })
        }),
      )
    return () => {
      turns.end()
      if (url !== undefined) URL.revokeObjectURL(url)
    }
  }, [load, $blob, mime, bytes])
  return loaded.of === $blob ? loaded : { state: 'loading' }
}
