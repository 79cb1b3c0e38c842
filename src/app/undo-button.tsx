import { useCommand } from '@/state/commands/run-command'
import { useUndoWords } from '@/state/document/undo-words'
import { IconButton } from '@/ui/icon-button'
import { CommandIcon } from './command-icon'

/** Undo or redo in the top bar: it names what it would take back on this screen, or says why it takes nothing back. */
export function UndoButton({ direction }: { readonly direction: 'undo' | 'redo' }) {
  const command = useCommand(direction)
  const words = useUndoWords(direction)
  const label = words === undefined ? command.title : `${command.title}: ${words}`
  return (
    // A disabled button has no tooltip of its own.
    <span className="inline-flex" title={command.isEnabled ? undefined : label}>
      <IconButton
        label={label}
        shortcut={command.shortcut}
        icon={<CommandIcon name={command.icon} />}
        disabled={!command.isEnabled}
        onClick={() => void command.run()}
      />
    </span>
  )
}
