import type { ReactNode } from 'react'

export function KitBlock({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="rounded-lg border border-line bg-surface p-4">
      <h2 className="mb-3 text-sm font-semibold text-faint">{title}</h2>
      <div className="flex flex-col gap-3">{children}</div>
    </section>
  )
}
