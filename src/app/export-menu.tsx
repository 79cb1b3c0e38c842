import { Braces, Download, FileCode, FileDown } from 'lucide-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import { runCommand } from '@/state/commands/run-command'
import { onSessionEvent } from '@/state/session/session-events'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'

export function ExportMenu() {
  const [isOpen, setOpen] = useState(false)
  useEffect(() => onSessionEvent('open-export', () => setOpen(true)), [])
  return (
    <>
      <Menu
        align="end"
        className="w-80"
        trigger={<IconButton label="Export" icon={<Download />} />}
        items={[
          {
            id: 'project',
            label: 'Project file (.json)',
            hint: 'Program, data, versions and settings, to open in the studio again. No keys.',
            icon: <FileDown />,
            onSelect: () => runCommand('export-project'),
          },
          {
            id: 'dspy',
            label: 'DSPy state (.json)',
            hint: 'Instructions and demos, in the shape that program.load reads.',
            icon: <Braces />,
            onSelect: () => runCommand('export-dspy'),
          },
          {
            id: 'typescript',
            label: 'TypeScript (.zip)',
            hint: 'A folder that runs the program in Node.',
            icon: <FileCode />,
            onSelect: () => setOpen(true),
          },
        ]}
      />
      {isOpen && (
        <Suspense fallback={null}>
          <ExportTypeScriptDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}

const ExportTypeScriptDialog = lazy(async () => ({ default: (await import('./export-typescript-dialog')).ExportTypeScriptDialog }))
