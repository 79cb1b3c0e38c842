import { setSystemNotices, useSystemNotices } from '@/state/runs/notices/system-notices'
import { Switch } from '@/ui/switch'

/** What the studio may tell while it is out of sight. */
export function NoticesSection() {
  const { isOn, permission } = useSystemNotices()
  if (permission === 'unsupported') return <p className="text-soft">This browser shows no notifications for pages.</p>
  return (
    <div className="flex flex-col gap-1">
      <Switch checked={isOn} onChange={wanted => void setSystemNotices(wanted)} label="Notify me when a run is done" />
      <p className="text-sm text-soft">
        {permission === 'denied'
          ? 'The browser blocks notifications of this site. Allow them in its settings first.'
          : 'Only while the studio is out of sight. Progress also shows in the title and the icon of its tab.'}
      </p>
    </div>
  )
}
