import { useState } from 'react'
import type { DatasetMeta } from '@/engine/project/project'
import { renameDataset } from '@/state/data/dataset-commands'

/** The name, editable in place: Enter keeps, Escape takes back. */
export function DatasetName({ dataset }: { readonly dataset: DatasetMeta }) {
  const [name, setName] = useState<string>()
  function keep() {
    const next = name?.trim() ?? ''
    if (next !== '' && next !== dataset.name) void renameDataset(dataset, next)
    setName(undefined)
  }
  return (
    <input
      aria-label="Name of the dataset"
      value={name ?? dataset.name}
      onChange={event => setName(event.target.value)}
      onBlur={keep}
      onKeyDown={event => {
        if (event.key === 'Escape') setName(undefined)
        if (event.key === 'Enter') event.currentTarget.blur()
      }}
      className="-ml-1.5 h-7 min-w-24 max-w-96 rounded-md border border-transparent bg-transparent px-1.5 text-lg font-semibold [field-sizing:content] hover:border-line-strong focus:border-accent focus:outline-none"
    />
  )
}
