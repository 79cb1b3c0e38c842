import { useCommand } from '@/state/commands/run-command'
import { useProjectStore } from '@/state/document/project-store'
import { IconButton } from '@/ui/icon-button'
import { CommandIcon } from './command-icon'

/** A command as an icon of the top bar. Undo and redo also name what they would take back. */
export function CommandButton({ id }: { readonly id: string }) {
  const command = useCommand(id)
  const detail = useProjectStore(state => (id === 'undo' ? state.undoLabel : id === 'redo' ? state.redoLabel : undefined))
  return (
    <IconButton
      label={detail === undefined ? command.title : `${command.title}: ${detail.charAt(0).toLowerCase()}${detail.slice(1)}`}
      shortcut={command.shortcut}
      icon={<CommandIcon name={command.icon} />}
      disabled={!command.isEnabled}
      onClick={() => void command.run()}
    />
  )
}
