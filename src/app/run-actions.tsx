import { Gauge, Play, Sparkles } from 'lucide-react'
import { useCommand } from '@/state/commands/run-command'
import { Button } from '@/ui/button'
import { Tooltip } from '@/ui/tooltip'

/** Run row, Evaluate, Compile. */
export function RunActions() {
  const row = useCommand('run-row')
  const evaluate = useCommand('evaluate')
  const compile = useCommand('compile')
  return (
    <div className="flex items-center gap-1.5">
      <Tooltip text="Run the program on the chosen row" shortcut={row.shortcut}>
        <Button icon={<Play />} disabled={!row.isEnabled} onClick={() => void row.run()} aria-label="Run row">
          <span className="max-xl:hidden">Run row</span>
        </Button>
      </Tooltip>
      <Tooltip text="Score the program on the val split" shortcut={evaluate.shortcut}>
        <Button icon={<Gauge />} disabled={!evaluate.isEnabled} onClick={() => void evaluate.run()} aria-label="Evaluate">
          <span className="max-xl:hidden">Evaluate</span>
        </Button>
      </Tooltip>
      <Tooltip text="Let the chosen optimizer improve instructions and demos" shortcut={compile.shortcut}>
        <Button variant="primary" icon={<Sparkles />} disabled={!compile.isEnabled} onClick={() => void compile.run()}>
          <span className="max-[379px]:sr-only">Compile</span>
        </Button>
      </Tooltip>
    </div>
  )
}
