import { commands } from '@/state/commands/run-command'
import { Dialog } from '@/ui/dialog'
import { Kbd } from '@/ui/kbd'
import type { AskedDialogProps } from './asked-dialog'

/** `?`: every key, from the commands themselves, and those of the canvas that React Flow and the kit bring. */
export function ShortcutSheet({ open, onOpenChange }: AskedDialogProps) {
  const withKeys = commands.filter(command => command.shortcut !== undefined)
  const groups = [...new Set(withKeys.map(command => command.group))]
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts" size="lg">
      <div className="gap-8 sm:columns-2">
        {groups.map(group => (
          <ShortcutGroup
            key={group}
            title={group}
            rows={withKeys.filter(command => command.group === group).map(command => [command.title, command.shortcut ?? ''])}
          />
        ))}
        <ShortcutGroup title="Everywhere" rows={everywhere} />
        <ShortcutGroup title="Rows and traces" rows={rowKeys} />
      </div>
    </Dialog>
  )
}

function ShortcutGroup({ title, rows }: { readonly title: string; readonly rows: readonly (readonly [string, string])[] }) {
  return (
    <section className="mb-5 break-inside-avoid">
      <h3 className="mb-1 text-sm font-semibold text-faint">{title}</h3>
      <dl>
        {rows.map(([name, keys]) => (
          <div key={name} className="flex items-center justify-between gap-4 border-b border-line py-1">
            <dt>{name}</dt>
            <dd>
              <Kbd keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const rowKeys = [
  ['Next row or trace', 'J'],
  ['Previous row or trace', 'K'],
] as const

const everywhere = [
  ['Move a selected node', 'ArrowUp'],
  ['Move through a table', 'ArrowDown'],
  ['Open the row or node under the cursor', 'Enter'],
  ['Close a dialog, leave a wire', 'Escape'],
  ['Leave the code editor: Escape, then', 'Tab'],
] as const
