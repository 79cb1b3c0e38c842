import { Upload } from 'lucide-react'
import { useEffect, useRef, useState, type DragEvent } from 'react'
import { Button } from '@/ui/button'
import { isTyping } from '@/state/session/shortcuts'
import { cx } from '@/ui/cx'
import { ErrorBoundary } from '@/ui/error-boundary'
import { templates } from '@/templates/registry'
import { BlankCard } from './blank-card'
import { importFile, importTransfer } from './gallery-actions'
import { RecentProjects } from './recent-projects'
import { TemplateCard } from './template-card'

/** The first screen: start from a template, from nothing, from a file, or go on with a project. */
export function GalleryScreen() {
  const [isOver, setOver] = useState(false)
  const chooser = useRef<HTMLInputElement>(null)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    importTransfer({ items: event.dataTransfer.items, files: event.dataTransfer.files, getData: () => '' })
  }
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const { clipboardData: data } = event
      if (!data || isTyping(event.target)) return
      if (importTransfer({ items: data.items, files: data.files, getData: () => data.getData('text/plain') })) event.preventDefault()
    }
    window.addEventListener('paste', paste)
    return () => window.removeEventListener('paste', paste)
  }, [])
  return (
    // Dropping is the short way of the Import button below.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={event => event.currentTarget === event.target && setOver(false)}
      onDrop={drop}
      className={cx('min-h-full', isOver && 'bg-accent-soft')}
    >
      <div className="mx-auto max-w-5xl px-6 py-10 max-sm:px-4 max-sm:py-6">
        <header className="mb-8 flex items-start justify-between gap-6 max-sm:flex-col">
          <div>
            <h1 className="text-2xl font-semibold tracking-tight">Build LM pipelines by eye. Compile them to score better.</h1>
            <p className="mt-1 max-w-2xl text-lg text-soft">
              Say what goes in and what should come out, bring example rows and a metric; an optimizer writes the instructions and picks the
              demos. Everything runs and stays in this browser.
            </p>
          </div>
          <Button icon={<Upload />} onClick={() => chooser.current?.click()}>
            Open a file…
          </Button>
          <input
            ref={chooser}
            type="file"
            accept=".json,application/json"
            aria-label="Project file or DSPy state"
            className="hidden"
            onChange={event => {
              const file = event.target.files?.[0]
              event.target.value = ''
              if (file) void importFile(file)
            }}
          />
        </header>
        <section aria-labelledby="templates-title">
          <h2 id="templates-title" className="mb-1 text-base font-semibold">
            Start from a working pipeline
          </h2>
          <p className="mb-4 max-w-3xl text-soft">
            Each comes with its own data and runs on the Sandbox: a small deterministic program inside this page. It is free and needs no
            key, and it is not an LLM.
          </p>
          <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-4">
            {templates.map(template => (
              <li key={template.id} className="flex">
                <ErrorBoundary place={`“${template.title}”`}>
                  <TemplateCard template={template} />
                </ErrorBoundary>
              </li>
            ))}
            <li className="flex">
              <BlankCard />
            </li>
          </ul>
        </section>
        <RecentProjects />
      </div>
    </div>
  )
}
