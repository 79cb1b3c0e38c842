import { ChevronDown } from 'lucide-react'
import type { ModuleId } from '@/engine/program/program'
import { moduleKind, moduleKinds } from '@/engine/modules/registry'
import { setModule } from '@/state/document/edits/node-edits'
import { Menu } from '@/ui/menu'

/** How the signature is answered; press to choose another module. */
export function ModuleBadge({ nodeId, module }: { nodeId: string; module: ModuleId }) {
  const title = moduleKind(module)?.title ?? module
  return (
    <Menu
      trigger={
        <button type="button" className="module-badge nodrag nopan" tabIndex={-1} aria-label={`Module: ${title}`} title={title}>
          <span>{title}</span>
          <ChevronDown size={10} aria-hidden />
        </button>
      }
      items={moduleKinds.map(kind => ({
        id: kind.id,
        label: kind.title,
        hint: kind.help,
        checked: kind.id === module,
        onSelect: () => setModule(nodeId, kind.id),
      }))}
    />
  )
}
