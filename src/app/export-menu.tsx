import { Braces, Download, FileCode, FileDown } from 'lucide-react'
import { useEffect, useEffectEvent, useState } from 'react'
import { runCommand } from '@/state/commands/run-command'
import { notifyError } from '@/state/session/notices'
import { onSessionEvent, sendSessionEvent } from '@/state/session/session-events'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'
import { whenShown } from '@/ui/when-shown'
import { useTurns } from '@/ui/use-turns'

export function ExportMenu() {
  const [opened, setOpened] = useState<Target>()
  const turns = useTurns()
  const openDialog = useEffectEvent((target: Target) =>
    dialogs[target].load().then(
      turns.next().take(() => setOpened(target)),
      (error: unknown) => notifyError('The export could not be opened', error),
    ),
  )
  useEffect(() => onSessionEvent('open-export', () => void openDialog('typescript')), [])
  useEffect(() => onSessionEvent('open-export-python', () => void openDialog('python')), [])
  const OpenDialog = opened && dialogs[opened]
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
            onSelect: () => sendSessionEvent('open-export'),
          },
          {
            id: 'python',
            label: 'Python (.zip)',
            hint: 'A package that runs the program through DSPy.',
            icon: <FileCode />,
            onSelect: () => sendSessionEvent('open-export-python'),
          },
        ]}
      />
      {OpenDialog && <OpenDialog onClose={() => setOpened(undefined)} />}
    </>
  )
}

const dialogs = {
  typescript: whenShown(async () => (await import('./export-typescript-dialog')).ExportTypeScriptDialog),
  python: whenShown(async () => (await import('./export-python-dialog')).ExportPythonDialog),
}
type Target = keyof typeof dialogs
