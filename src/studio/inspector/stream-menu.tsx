import { TextCursor } from 'lucide-react'
import { outputNames } from '@/engine/graph/output-names'
import { setStream } from '@/state/document/edits/project-edits'
import { useProject } from '@/state/document/project-store'
import { IconButton } from '@/ui/icon-button'
import { Menu } from '@/ui/menu'

/** Which outputs of a row are shown while their answers are written. */
export function StreamMenu() {
  const graph = useProject(project => project.graph)
  const stream = useProject(project => project.run.stream)
  const names = outputNames(graph)
  const hidden = stream === 'off' ? names : (stream?.except ?? [])
  const shown = names.filter(name => !hidden.includes(name))
  const toggle = (name: string): void => {
    const except = hidden.includes(name) ? hidden.filter(one => one !== name) : [...hidden, name]
    setStream(except.length === 0 ? undefined : { except })
  }
  return (
    <Menu
      align="end"
      trigger={<IconButton size="md" label="What is shown while it is written" icon={<TextCursor />} />}
      items={[
        { heading: 'Show while the answer is written' },
        {
          id: 'all',
          label: 'All outputs',
          checked: stream !== 'off' && shown.length === names.length,
          onSelect: () => setStream(undefined),
        },
        { id: 'none', label: 'None: ask for whole answers', checked: shown.length === 0, onSelect: () => setStream('off') },
        ...(names.length > 1 ? (['separator'] as const) : []),
        ...(names.length > 1
          ? names.map(name => ({ id: `output-${name}`, label: name, checked: shown.includes(name), onSelect: () => toggle(name) }))
          : []),
      ]}
    />
  )
}
