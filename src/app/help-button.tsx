import { CircleHelp } from 'lucide-react'
import { sendSessionEvent } from '@/state/session/session-events'
import { IconButton } from '@/ui/icon-button'

export function HelpButton() {
  return <IconButton label="Keyboard shortcuts" shortcut="?" icon={<CircleHelp />} onClick={() => sendSessionEvent('open-shortcuts')} />
}
