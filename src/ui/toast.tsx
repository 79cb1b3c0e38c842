import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { Button } from './button'
import { cx } from './cx'
import { IconButton } from './icon-button'
import { toastStore, type ToastItem, type ToastOptions } from './toast-store'

/** Shows a short message; returns its id. It leaves by itself; errors and those with a button stay longer, and all stay while pointed at. */
export function toast(options: ToastOptions): number {
  return toastStore.add(options)
}

/** Where toasts appear: once, in the app's shell. */
export function Toaster() {
  const items = useSyncExternalStore(toastStore.subscribe, toastStore.items)
  return (
    <section
      aria-label="Notices"
      // The buttons of a dialog are at its foot: while one is open, notices come at the top.
      className="pointer-events-none fixed right-4 bottom-4 z-50 flex w-80 max-w-[calc(100vw-2rem)] flex-col gap-2 [body:has([data-modal])_&]:top-4 [body:has([data-modal])_&]:bottom-auto"
    >
      {items.map(item => (
        <Toast key={item.id} item={item} />
      ))}
    </section>
  )
}

function Toast({ item }: { readonly item: ToastItem }) {
  const tone = item.tone ?? 'neutral'
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(() => toastStore.dismiss(item.id), tone === 'bad' ? 20_000 : item.action ? 9000 : 5000)
    return () => clearTimeout(timer)
  }, [isHeld, tone, item])

  const Icon = icons[tone]
  return (
    <div
      role={tone === 'bad' ? 'alert' : 'status'}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="pointer-events-auto flex items-start gap-2.5 rounded-lg border border-line bg-raised py-2.5 pr-2 pl-3 shadow-float animate-rise-in"
    >
      <Icon className={cx('mt-0.5 size-4 shrink-0', colours[tone])} aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="font-medium break-words">{item.title}</p>
        {item.detail !== undefined && <p className="text-sm break-words text-soft">{item.detail}</p>}
        {item.action && (
          <Button
            size="sm"
            className="mt-2"
            onClick={() => {
              toastStore.dismiss(item.id)
              item.action?.run()
            }}
          >
            {item.action.label}
          </Button>
        )}
      </div>
      <IconButton label="Dismiss" icon={<X />} size="sm" tooltipSide="left" onClick={() => toastStore.dismiss(item.id)} />
    </div>
  )
}

const icons = { neutral: Info, good: CircleCheck, warn: TriangleAlert, bad: CircleAlert }
const colours = { neutral: 'text-faint', good: 'text-good', warn: 'text-warn', bad: 'text-bad' }
