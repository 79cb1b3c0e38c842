import { Braces, Download, FileCode, FileDown } from 'lucide-react'
import type { CandidateView } from '@/engine/run/view/run-view'
import { exportProjectFile } from '@/state/export/export-commands'
import { exportCandidateDspy, exportCandidateTypeScript } from '@/state/runs/actions/run-actions'
import { useApplied } from '@/state/runs/applied'
import type { RunRecord } from '@/storage/records'
import { Button } from '@/ui/button'
import { Menu } from '@/ui/menu'

/** Takes the result out of the studio, applied or not. */
export function ExportResult({ record, candidate }: { readonly record: RunRecord; readonly candidate: CandidateView }) {
  const { isInUse } = useApplied(record, candidate)
  return (
    <Menu
      align="end"
      className="w-80"
      trigger={<Button icon={<Download />}>Export</Button>}
      items={[
        { heading: `The program with ${candidate.label}` },
        {
          id: 'typescript',
          label: 'TypeScript (.zip)',
          hint: 'A folder that runs in Node. Its requests are compared with the studio’s first.',
          icon: <FileCode />,
          onSelect: () => void exportCandidateTypeScript(record, candidate),
        },
        {
          id: 'dspy',
          label: 'DSPy state (.json)',
          hint: 'Instructions and demos, in the shape that program.load reads.',
          icon: <Braces />,
          onSelect: () => exportCandidateDspy(record, candidate),
        },
        'separator',
        {
          id: 'project',
          label: 'Project file (.json)',
          hint: isInUse ? 'With this result, data and versions. No keys.' : 'As it is now: apply first to have this result in it.',
          icon: <FileDown />,
          onSelect: () => void exportProjectFile(),
        },
      ]}
    />
  )
}
