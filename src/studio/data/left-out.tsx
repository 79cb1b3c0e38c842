import { Info } from 'lucide-react'

/** What of the file is in no row of the preview. Rows that cannot be read are told apart, with their reasons. */
export function LeftOut({ words }: { readonly words: readonly string[] }) {
  if (words.length === 0) return null
  return (
    <section aria-label="Left out" className="rounded-lg border border-line bg-sunken p-3">
      <h3 className="font-medium">
        <Info className="mr-1.5 inline size-4 align-text-bottom" aria-hidden="true" />
        Left out of the file
      </h3>
      <ul className="mt-1 list-disc pl-9 text-sm">
        {words.map(each => (
          <li key={each} className="break-words">
            {each}
          </li>
        ))}
      </ul>
    </section>
  )
}
